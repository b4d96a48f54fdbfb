"""A profile on its way into the store, by a command or by the form of the app: described, tried out, then stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from redox_tui.cli import access, credentials
from redox_tui.cli.access import Access
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.unlocking import Keys
from redox_tui.store.asker import Asker, overwrite
from redox_tui.store.credential import ApiKey, is_encrypted, without_passphrase
from redox_tui.store.errors import BadField, BadProfile, Refused, UnusableKey

if TYPE_CHECKING:
    from redox_tui.store.contents import SealedCredential
    from redox_tui.store.profiles import Profile

NO_CLIENT: Final = "--client-id is missing; the backend vault needs it."


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be stored: a profile, for the vault with the key to be sealed beside those that it has `before`.

    `access` is the way that it describes, to be tried out and then locked.
    """

    keys: Keys
    name: str
    profile: "Profile"
    access: Access
    key: ApiKey | None = None
    before: "SealedCredential | None" = None

    def store(self, found: Mapping[str, Any], asker: Asker) -> None:
        """Store it with what was found out about it; the first profile becomes the default."""
        from redox_tui.store import profiles

        paths, profile = self.keys.paths, self.profile.model_copy(update=found)
        if self.key:
            sealed = _sealed(self, self.key)
            self.keys.made(asker).put(self.name, sealed)
            added = {one.id: one.created for one in sealed.keys}
            profile = profile.model_copy(update={"key_id": self.key.key_id, "keys": added})
        profiles.put(paths, self.name, profile)
        if not profiles.load(paths).default:
            profiles.set_default(paths, self.name)


def with_key(keys: Keys, name: str, profile: "Profile", key: ApiKey, asker: Asker) -> Draft:
    """A profile whose key is to be sealed; StoreError where the key cannot be used or is not one of its client's.

    The vault is opened before the key is tried out; where there is none, it is made when the key is stored.
    """
    if not profile.keys and not key.client_id:
        raise BadProfile(NO_CLIENT)
    key = _identified(_decrypted(key, asker), asker)
    vault = keys.opened_if_any(asker)
    before = vault.profiles.get(name) if vault and profile.keys else None
    key = _of_the_same_client(key, before)

    def read(asker: Asker) -> TokenMaker:
        return credentials.token_maker(key, asker)

    way = Access(profile.connection(), read, name=name)
    way.unlock(asker)
    return Draft(keys, name, profile, way, key, before)


def without_key(keys: Keys, name: str, profile: "Profile") -> Draft:
    """A profile whose credential stays where it is."""
    return Draft(keys, name, profile, access.of_profile(keys, name, profile))


def allow_command(keys: Keys, profile: "Profile") -> None:
    """Who types a command allows it by that."""
    from redox_tui.store import permission

    permission.allow(keys.paths, permission.fingerprint(profile.command, profile.base_url))


def _sealed(draft: Draft, key: ApiKey) -> "SealedCredential":
    from redox_tui.store.contents import SealedCredential, SealedKey

    new = SealedKey(id=key.key_id or "", created=datetime.now(UTC).date(), text=key.text.decode())
    if draft.before:
        return draft.before.with_key(new)
    base_url, token_url = draft.access.connection.base_url, draft.access.connect().token_url
    return SealedCredential(client_id=key.client_id, base_url=base_url, token_url=token_url, keys=(new,))


def _identified(key: ApiKey, asker: Asker) -> ApiKey:
    """The key with its id, which a JWK may hold; StoreError where it cannot be used."""
    key_id = credentials.signing_key(key, asker).key_id
    if not key.text.isascii():
        raise UnusableKey(f"{key.source}: There is text around the key that is not ASCII; leave it out.")
    if not (key.key_id or key_id):
        raise BadField("key-id", credentials.NO_KEY_ID)
    return replace(key, key_id=key.key_id or key_id)


def _of_the_same_client(key: ApiKey, before: "SealedCredential | None") -> ApiKey:
    """The key with the client id that the profile's other keys have; StoreError where it is not one of those."""
    if before is None and not key.client_id:
        raise BadProfile(NO_CLIENT)
    if before is None:
        return key
    if key.client_id not in ("", before.client_id):
        raise Refused("That is not the client id of this profile.", hint="Add another profile for it.")
    if any(one.id == key.key_id for one in before.keys):
        raise Refused(f"The profile has a key {key.key_id} already.")
    return replace(key, client_id=before.client_id)


def _decrypted(key: ApiKey, asker: Asker) -> ApiKey:
    """A key without a passphrase of its own: the vault's is the better one."""
    if not is_encrypted(key.text):
        return key
    passphrase = asker.ask("the key")
    try:
        return replace(key, text=without_passphrase(key.text, passphrase))
    finally:
        overwrite(passphrase)
