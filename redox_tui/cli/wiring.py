"""What the app is given: the profiles of this user with the vault behind them, and the demo."""

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redox_tui.cli import access, adding, removing
from redox_tui.cli.access import Access
from redox_tui.cli.adding import Draft
from redox_tui.cli.connecting import store_paths
from redox_tui.cli.unlocking import Keys
from redox_tui.domain.connection import Connection, ConnectionProblem
from redox_tui.store import backends
from redox_tui.store.asker import Asker
from redox_tui.store.credential import ApiKey
from redox_tui.store.errors import BadField, BadProfile, StoreError, UnusableKey

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profile, Profiles
    from redox_tui.tui.access import Description

_NEEDED = {
    "vault": ("organization", "base-url", "client-id"),
    "pem-file": ("organization", "base-url", "client-id", "key-file"),
    "command": ("organization", "base-url", "command"),
    "env": ("organization", "base-url"),
}


class UserCredentials:
    """The profiles of this user (the protocol `tui.access.Credentials`)."""

    def __init__(self, demo: Callable[[], Access]) -> None:
        self.demo = demo

    @cached_property
    def keys(self) -> Keys:
        """The vault. Whether its folder is safe is looked at when it is first needed, so that the demo needs none."""
        return Keys(store_paths())

    def profiles(self) -> "Profiles":
        """What profiles.toml says now."""
        from redox_tui.store import profiles

        return profiles.load(self.keys.paths)

    def last_used(self) -> Mapping[str, datetime]:
        """When each profile last worked."""
        from redox_tui.store import state

        return state.last_used(self.keys.paths)

    def open(self, name: str, asker: Asker) -> Access:
        """The way that a profile describes, with its credential."""
        way = access.of_profile(self.keys, name, self.profiles().get(name))
        way.unlock(asker)
        return way

    def draft(self, description: "Description", asker: Asker) -> Draft:
        """A profile that is described, and known where one of this name is; BadField names what is wrong."""
        known = self._known(description)
        profile = _profile(description, known)
        key = _key(description, profile)
        if key:
            return self._with_key(description, profile, key, asker)
        if profile.backend == "command" and (known is None or known.command != profile.command):
            try:
                adding.allow_command(self.keys, profile)
            except StoreError as problem:
                raise BadField("command", str(problem)) from None
        return adding.without_key(self.keys, description.name, profile)

    def use_by_default(self, name: str) -> None:
        """Use this profile where none is named."""
        from redox_tui.store import profiles

        profiles.set_default(self.keys.paths, name)

    def remove(self, name: str, asker: Asker) -> None:
        """Remove a profile with its keys."""
        removing.remove(self.keys, name, asker)

    @property
    def is_open(self) -> bool:
        """Whether the vault is open."""
        return "keys" in vars(self) and self.keys.is_open

    def lock(self) -> None:
        """Drop what the vault holds, and end the commands that are to hand out a key."""
        if "keys" in vars(self):
            from redox_tui.store import command

            self.keys.lock()
            command.end_running()

    def _with_key(self, description: "Description", profile: "Profile", key: ApiKey, asker: Asker) -> Draft:
        try:
            return adding.with_key(self.keys, description.name, profile, key, asker)
        except UnusableKey as problem:
            raise BadField("key" if description.key.strip() else "key-file", str(problem)) from None
        except BadField as wrong:
            raise BadField(wrong.field, "The key id is missing, and the key itself does not name one.") from None

    def _known(self, description: "Description") -> "Profile | None":
        from redox_tui.store import profiles

        try:
            profiles.check_name(description.name)
        except BadProfile as wrong:
            raise BadField("name", wrong.title) from None
        known = self.profiles()
        if description.name in known.problems:
            raise BadField("name", "A profile of this name is in profiles.toml, and cannot be used; edit it there.")
        found = known.named.get(description.name)
        if found and description.is_new:
            raise BadField("name", "There is a profile of this name already.")
        return found


def _profile(description: "Description", known: "Profile | None") -> "Profile":
    """The profile that was described, with what the form does not show as it was."""
    from redox_tui.store import profiles

    said = {name: text for name, text in description.fields.items() if text}
    is_sealed = bool(known and known.keys)
    for field, text in said.items():
        if not text.isprintable():
            raise BadField(field, "This holds characters that cannot be seen.")
    for field in _NEEDED[said["backend"]]:
        if field not in said and not (field == "client-id" and is_sealed):
            raise BadField(field, "This is needed.")
    fields: dict[str, Any] = {**(known.model_dump(by_alias=True, exclude_defaults=True) if known else {}), **said}
    if not said.get("environment"):
        fields.pop("environment", None)
    if known and known.environment != fields.get("environment"):
        fields.pop("environment-flag", None)
    if said["backend"] == "vault":
        for sealed in ("client-id", "key-file"):
            fields.pop(sealed, None)
        fields["key-id"] = known.key_id if known else None
    if "key-file" in fields:
        fields["key-file"] = _path(fields["key-file"])
    if "command" in said:
        fields["command"] = _words(said["command"])
    try:
        base_url = Connection(said["base-url"], said["organization"]).base_url
    except ConnectionProblem as problem:
        raise BadField("base-url", str(problem)) from None
    if known and is_sealed and base_url != known.connection().base_url:
        words = f"The sealed keys are for {known.base_url} only; add another profile for another address."
        raise BadField("base-url", words)
    return profiles.described(fields)


def _key(description: "Description", profile: "Profile") -> ApiKey | None:
    """The key that is to be sealed, None where there is none to be; BadField where a new profile has none."""
    said = description.fields
    if profile.backend != "vault":
        return None
    client_id, key_id = said.get("client-id", ""), said.get("key-id") or None
    if description.key.strip():
        return ApiKey(client_id, key_id, description.key, "What was pasted")
    if path := said.get("key-file"):
        try:
            return backends.from_file(Path(path), client_id, key_id)
        except StoreError as problem:
            raise BadField("key-file", str(problem)) from None
    if not profile.keys or client_id or key_id:
        raise BadField("key-file", "Name a file, or paste the key's text below.")
    return None


def _path(text: str) -> str:
    try:
        return str(Path(text).expanduser().absolute())
    except RuntimeError:
        raise BadField("key-file", f"{text} is in the home of a user who does not exist.") from None


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        raise BadField("command", "The quotes are not closed.") from None
