"""What a connection signs in with. Its secrets are in no repr, no error and no pickle (security.md CS-13)."""

from dataclasses import dataclass, field
from typing import NoReturn

from redox_tui.store.errors import NoCredential, UnusableKey


class Unpicklable:
    """A pickle would hold the secret in clear, and whoever makes one does not think of it."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is not pickled.")


@dataclass(frozen=True, slots=True)
class ApiKey(Unpicklable):
    """A key to sign in with: PEM or JWK text, and the ids that go with it. A JWK may name its id itself.

    `source` says where it comes from. `token_url` is the only address that what it signs may be sent to, None where
    nothing is known of that. `siblings` are the ids of the other keys of the profile.
    """

    client_id: str = field(repr=False)
    key_id: str | None
    text: bytes = field(repr=False)
    source: str
    token_url: str | None = None
    siblings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Token(Unpicklable):
    """A bearer token that somebody else got; it cannot be had again."""

    value: str = field(repr=False)


def token(text: str, source: str) -> Token:
    """A token from its text; NoCredential, which names the source, for what cannot be one."""
    value = text.strip()
    if not value:
        raise NoCredential(f"{source} holds no token.")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise NoCredential(f"{source} holds something that is no token.")
    return Token(value)


def is_encrypted(text: bytes) -> bool:
    """Whether a private key has a passphrase of its own."""
    return b"-----BEGIN" in text and b"ENCRYPTED" in text


def without_passphrase(text: bytes, passphrase: bytes | bytearray) -> bytes:
    """An encrypted PEM key in clear, to be sealed anew: its own encryption is weak (security.md §0.4, CS-32)."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    try:
        key = load_pem_private_key(text, bytes(passphrase))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnusableKey("The passphrase does not open the key.") from None
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
