"""The format of the vault: bytes in, bytes out, no file (security.md §2).

`MAGIC | u16 length | JSON header | wrapped data key | body | SHA-256 of all before`. A passphrase opens the data key,
which is new each time; the header is authenticated with both. The checksum keeps no secret: it tells a damaged file
from a wrong passphrase. Later versions keep the magic, the header's `v` and the checksum where they are.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from redox_tui.store.errors import DamagedStore, NewerFormat, StoreError, WrongPassphrase

MAGIC: Final = b"redox-tui vault\n"
VERSION: Final = 1

MAX_LOGN: Final = 20
MAX_BLOCKS: Final = 16
"""Above `logn` 20 or `r · p` 16 a header asks for more memory and time than an honest program would (CS-24)."""

_KEY, _SALT, _NONCE, _TAG, _CHECKSUM, _LENGTH = 32, 16, 12, 16, 32, 2
_WRAPPED = _KEY + _TAG


@dataclass(frozen=True, slots=True)
class Cost:
    """How hard a guess at the passphrase is: scrypt with N = 2^logn, which takes 128 · N · r bytes of memory."""

    logn: int = 17
    r: int = 8
    p: int = 1


PRODUCTION: Final = Cost()
"""About 0.4 s and 128 MiB a guess. A vault that costs less is refused: its header was meddled with (CS-23)."""


def _hex(size: int) -> object:
    return Field(pattern=rf"^[0-9a-f]{{{2 * size}}}$")


_Salt = Annotated[str, _hex(_SALT)]
_Nonce = Annotated[str, _hex(_NONCE)]


class Header(BaseModel):
    """What can be read without the passphrase. `generation` grows with each save, `salt` is that of a passphrase."""

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)

    v: Literal[1] = VERSION
    kdf: Literal["scrypt"] = "scrypt"
    logn: int = Field(ge=1)
    r: int = Field(ge=1)
    p: int = Field(ge=1)
    salt: _Salt
    wrap_nonce: _Nonce
    body_nonce: _Nonce
    vault_id: _Salt
    generation: int = Field(ge=1)

    @classmethod
    def fresh(cls, cost: Cost) -> Self:
        """The header of a new vault."""
        return cls(
            logn=cost.logn,
            r=cost.r,
            p=cost.p,
            salt=secrets.token_hex(_SALT),
            wrap_nonce=secrets.token_hex(_NONCE),
            body_nonce=secrets.token_hex(_NONCE),
            vault_id=secrets.token_hex(_SALT),
            generation=1,
        )

    def next(self) -> Self:
        """The header of the next save: the same passphrase, other nonces."""
        nonces = {"wrap_nonce": secrets.token_hex(_NONCE), "body_nonce": secrets.token_hex(_NONCE)}
        return self.model_copy(update={**nonces, "generation": self.generation + 1})

    def next_salted(self, cost: Cost) -> Self:
        """The header of the first save with another passphrase."""
        costs = {"logn": cost.logn, "r": cost.r, "p": cost.p, "salt": secrets.token_hex(_SALT)}
        return self.next().model_copy(update=costs)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A vault in its parts, none of them opened."""

    header: Header
    authenticated: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)
    body: bytes = field(repr=False)


def seal(body: bytes, key: bytes | bytearray, header: Header) -> bytes:
    """The bytes of a vault that `key`, which `derive` made for this header, opens."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    text = header.model_dump_json().encode()
    authenticated = MAGIC + len(text).to_bytes(_LENGTH) + text
    data_key = AESGCM.generate_key(8 * _KEY)
    wrapped = AESGCM(key).encrypt(bytes.fromhex(header.wrap_nonce), data_key, authenticated)
    sealed = AESGCM(data_key).encrypt(bytes.fromhex(header.body_nonce), body, authenticated)
    whole = authenticated + wrapped + sealed
    return whole + hashlib.sha256(whole).digest()


def parse(data: bytes, floor: Cost) -> Envelope:
    """Take a vault apart; DamagedStore or NewerFormat where it is no vault of this format, or an unacceptable one.

    Nothing is derived before the header's cost has been looked at.
    """
    whole, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if not data.startswith(MAGIC):
        raise DamagedStore("The vault is damaged at its beginning: it is no vault of this program.")
    if hashlib.sha256(whole).digest() != checksum:
        raise DamagedStore("The vault is damaged: its checksum does not match.")
    start = len(MAGIC) + _LENGTH
    end = start + int.from_bytes(whole[len(MAGIC) : start])
    header = _read_header(whole[start:end])
    if len(whole) < end + _WRAPPED + _TAG:
        raise DamagedStore(f"The vault is damaged: it ends at byte {len(whole):,}.")
    _check_cost(header, floor)
    return Envelope(header, whole[:end], whole[end : end + _WRAPPED], whole[end + _WRAPPED :])


def derive(passphrase: bytes | bytearray, header: Header) -> bytearray:
    """The key that a passphrase stands for under this header; takes what `Cost` says."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(salt=bytes.fromhex(header.salt), length=_KEY, n=1 << header.logn, r=header.r, p=header.p)
    try:
        return bytearray(kdf.derive(passphrase))
    except MemoryError:
        needed = (128 * header.r << header.logn) >> 20
        raise StoreError(f"Opening the vault takes {needed:,} MiB of memory, which are not free.") from None


def unseal(envelope: Envelope, key: bytes | bytearray) -> bytes:
    """The body; WrongPassphrase where the key does not open it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = envelope.header
    try:
        data_key = AESGCM(key).decrypt(bytes.fromhex(header.wrap_nonce), envelope.wrapped, envelope.authenticated)
    except InvalidTag:
        raise WrongPassphrase("The passphrase does not open the vault.") from None
    try:
        return AESGCM(data_key).decrypt(bytes.fromhex(header.body_nonce), envelope.body, envelope.authenticated)
    except InvalidTag:
        raise DamagedStore("The vault is damaged: its body does not open.") from None


def _read_header(text: bytes) -> Header:
    try:
        fields = json.loads(text)
        version = fields["v"]
        if isinstance(version, int) and version > VERSION:
            raise NewerFormat(
                f"The vault has format {version}; this program knows formats up to {VERSION}.",
                "Nothing was changed.",
                "Use the newer version of the program that wrote it.",
            )
        return Header.model_validate(fields)
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError):
        raise DamagedStore("The vault is damaged: its header cannot be read.") from None


def _check_cost(header: Header, floor: Cost) -> None:
    if header.logn > MAX_LOGN or header.r * header.p > MAX_BLOCKS:
        raise DamagedStore("The vault asks for more work to open it than this program ever does; it was meddled with.")
    if header.logn < floor.logn or header.r < floor.r or header.p < floor.p:
        raise DamagedStore("The vault is sealed more weakly than this program ever does; it was meddled with.")
