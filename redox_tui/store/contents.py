"""What the vault holds once it is open: the keys of each profile, and where they may be used."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from redox_tui.store.credential import Unpicklable
from redox_tui.store.errors import DamagedStore, NoCredential


class _Sealed(Unpicklable, BaseModel):
    """Part of the vault's body; what a later version has added to it is kept (security.md CS-08), and none is shown."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        return iter(())


class SealedKey(_Sealed):
    """A private key as PEM or JWK text, with its id and the day on which it was added."""

    id: str
    created: date
    text: str


class SealedCredential(_Sealed):
    """The keys of a profile, and the only addresses that what they sign may be sent to (security.md §2)."""

    client_id: str
    base_url: str
    token_url: str
    keys: tuple[SealedKey, ...]

    def key(self, key_id: str | None) -> SealedKey:
        """The key with this id, else the one added last; NoCredential where there is none."""
        for key in reversed(self.keys):
            if key_id in (key.id, None):
                return key
        known = ", ".join(key.id for key in self.keys)
        raise NoCredential(f"The vault holds no key “{key_id}” of this profile.", f"It holds: {known or 'none'}.")

    def with_key(self, key: SealedKey) -> "SealedCredential":
        """The same with another key, which is the one added last."""
        return self.model_copy(update={"keys": (*self.keys, key)})

    def without_key(self, key_id: str) -> "SealedCredential":
        """The same without a key; NoCredential where there is none of this id."""
        gone = self.key(key_id)
        return self.model_copy(update={"keys": tuple(key for key in self.keys if key is not gone)})


class Body(_Sealed):
    """All that is sealed: the credential of each profile that keeps it in the vault."""

    profiles: dict[str, SealedCredential] = {}


def read(text: bytes) -> Body:
    """What was sealed; DamagedStore, which quotes nothing of it, where it makes no sense."""
    try:
        return Body.model_validate_json(text)
    except ValidationError:
        raise DamagedStore("The vault opens, but what it holds cannot be read.") from None
