"""Removing a profile with its keys, or one of its keys."""

from typing import TYPE_CHECKING

from redox_tui.cli.unlocking import Keys
from redox_tui.store.asker import Asker
from redox_tui.store.errors import BadProfile, Refused

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profile


def remove(keys: Keys, name: str, asker: Asker) -> None:
    """Remove a profile. What is sealed goes first: where that fails, the profile is still there to try again with."""
    from redox_tui.store import profiles, state

    known = profiles.load(keys.paths)
    profile = known.named.get(name) if name in known.problems else known.get(name)
    vault = keys.opened_if_any(asker) if profile and profile.backend == "vault" else None
    if vault and name in vault.profiles:
        vault.remove(name)
    profiles.remove(keys.paths, name)
    state.forget(keys.paths, name)


def remove_key(keys: Keys, name: str, profile: "Profile", key_id: str, asker: Asker) -> str:
    """Remove one key of a profile; the id of the one that is in use then."""
    from redox_tui.store import profiles

    vault = keys.opened_if_any(asker) if profile.backend == "vault" else None
    if vault is None:
        raise BadProfile("Only a profile whose keys are in the vault has several of them.")
    rest = vault.get(name).without_key(key_id)
    if not rest.keys:
        raise Refused("It is the only key.", hint=f"To remove it: redox-tui profiles remove {name}")
    vault.put(name, rest)
    used = profile.key_id if profile.key_id and profile.key_id != key_id else rest.keys[-1].id
    added = {key.id: key.created for key in rest.keys}
    profiles.put(keys.paths, name, profile.model_copy(update={"key_id": used, "keys": added}))
    return used
