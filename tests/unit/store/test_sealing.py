"""The format of the vault: what opens, and that nothing else does."""

import hashlib
import json
import os
from unittest.mock import Mock

import pytest

from redox_tui.store.errors import DamagedStore, NewerFormat, StoreError, WrongPassphrase
from redox_tui.store.sealing import MAGIC, PRODUCTION, Cost, Header, derive, parse, seal, unseal

from .given import CHEAP, PASSPHRASE

BODY = b'{"profiles": {"canary": 1}}'


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal_with(Header.fresh(CHEAP))


def seal_with(header: Header, passphrase: bytes = PASSPHRASE) -> bytes:
    return seal(BODY, derive(passphrase, header), header)


def open_with(data: bytes, passphrase: bytes = PASSPHRASE, floor: Cost = CHEAP) -> bytes:
    envelope = parse(data, floor)
    return unseal(envelope, derive(passphrase, envelope.header))


def with_header(data: bytes, **fields: object) -> bytes:
    """The vault with another header and a checksum that fits, as somebody would make it who wants it to open."""
    start = len(MAGIC) + 2
    end = start + int.from_bytes(data[len(MAGIC) : start])
    header = json.dumps(json.loads(data[start:end]) | fields).encode()
    whole = MAGIC + len(header).to_bytes(2) + header + data[end:-32]
    return whole + hashlib.sha256(whole).digest()


def test_what_was_sealed_opens_with_its_passphrase(sealed: bytes) -> None:
    assert open_with(sealed) == BODY


def test_nothing_of_the_body_is_readable_and_no_two_saves_look_alike(sealed: bytes) -> None:
    assert b"canary" not in sealed
    header = Header.fresh(CHEAP)
    first, second = seal_with(header), seal_with(header.next())
    start = len(MAGIC) + 2 + len(header.model_dump_json())
    assert first[start : start + 48] != second[start : start + 48]
    assert header.next().generation == header.generation + 1
    assert header.next().salt == header.salt
    assert header.next_salted(CHEAP).salt != header.salt


def test_cs_20_every_flipped_bit_is_damage(sealed: bytes) -> None:
    for place in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[place] ^= 1 << (place % 8)
        with pytest.raises(DamagedStore, match="damaged"):
            parse(bytes(damaged), CHEAP)


def test_cs_20_every_truncation_is_damage(sealed: bytes) -> None:
    for length in range(len(sealed)):
        with pytest.raises(DamagedStore, match="damaged"):
            parse(sealed[:length], CHEAP)


@pytest.mark.parametrize(
    "fields",
    [
        {"v": "1"},
        {"kdf": "argon2"},
        {"logn": "17"},
        {"logn": None},
        {"salt": "zz"},
        {"salt": "00"},
        {"generation": 0},
        {"wrap_nonce": 7},
    ],
)
def test_cs_20_a_header_that_makes_no_sense_is_damage(fields: dict[str, object], sealed: bytes) -> None:
    with pytest.raises(DamagedStore, match="its header cannot be read"):
        parse(with_header(sealed, **fields), CHEAP)


@pytest.mark.parametrize("header", [b"", b"[]", b"7", b"{", b"{}", b"\xff", b"[" * 60_000])
def test_cs_20_a_header_that_is_no_object_is_damage(header: bytes) -> None:
    whole = MAGIC + len(header).to_bytes(2) + header + bytes(100)
    with pytest.raises(DamagedStore):
        parse(whole + hashlib.sha256(whole).digest(), CHEAP)


def test_cs_20_a_vault_that_ends_before_its_body_is_damage(sealed: bytes) -> None:
    whole = sealed[:-100]
    with pytest.raises(DamagedStore, match="it ends at byte"):
        parse(whole + hashlib.sha256(whole).digest(), CHEAP)


def test_cs_21_a_wrong_passphrase_is_told_from_damage(sealed: bytes) -> None:
    with pytest.raises(WrongPassphrase) as raised:
        open_with(sealed, b"wrong")
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("fields", [{"generation": 7}, {"vault_id": "0" * 32}, {"salt": "0" * 32}, {"r": 9}])
def test_a_changed_header_does_not_open_with_the_right_passphrase(fields: dict[str, object], sealed: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        open_with(with_header(sealed, **fields))


def test_a_body_of_another_save_does_not_open(sealed: bytes) -> None:
    header = Header.fresh(CHEAP)
    key = derive(PASSPHRASE, header)
    first, second = (seal(BODY, key, header) for _ in range(2))
    whole = first[: -len(BODY) - 48] + second[-len(BODY) - 48 : -32]
    with pytest.raises(DamagedStore, match="its body does not open"):
        unseal(parse(whole + hashlib.sha256(whole).digest(), CHEAP), key)


@pytest.mark.parametrize("version", [2, 99])
def test_cs_22_a_newer_format_is_named_and_is_not_called_damaged(version: int, sealed: bytes) -> None:
    with pytest.raises(NewerFormat, match=f"has format {version}.*up to 1.*Nothing was changed") as raised:
        parse(with_header(sealed, v=version, surprise=[1]), CHEAP)
    assert raised.value.exit_code == 5


@pytest.mark.parametrize("fields", [{"logn": 16}, {"r": 7}, {"logn": 1, "r": 1}])
def test_cs_23_a_vault_that_is_cheaper_to_guess_than_ours_is_refused(fields: dict[str, object], sealed: bytes) -> None:
    ours = with_header(sealed, logn=17)
    parse(ours, PRODUCTION)
    with pytest.raises(DamagedStore, match="sealed more weakly"):
        parse(with_header(ours, **fields), PRODUCTION)


@pytest.mark.parametrize("fields", [{"logn": 21}, {"logn": 10**6}, {"p": 3}, {"r": 17}, {"r": 2, "p": 9}])
def test_cs_24_a_vault_that_asks_for_too_much_work_is_refused_before_any(
    fields: dict[str, object], sealed: bytes
) -> None:
    with pytest.raises(DamagedStore, match="asks for more work"):
        parse(with_header(sealed, **fields), CHEAP)


def test_cs_24_the_most_work_that_is_accepted_is_bounded(sealed: bytes) -> None:
    parse(with_header(sealed, logn=20, r=16, p=1), CHEAP)


def test_too_little_memory_is_said_in_words(sealed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(**parameters: object) -> Mock:
        return Mock(derive=Mock(side_effect=MemoryError))

    monkeypatch.setattr("cryptography.hazmat.primitives.kdf.scrypt.Scrypt", too_much)
    with pytest.raises(StoreError, match="takes 2,048 MiB of memory"):
        derive(PASSPHRASE, parse(with_header(sealed, logn=20, r=16), CHEAP).header)


def test_what_production_costs_is_what_the_requirements_say() -> None:
    assert (PRODUCTION.logn, PRODUCTION.r, PRODUCTION.p) == (17, 8, 1)
    header = Header.fresh(PRODUCTION)
    assert (header.logn, header.r, header.p, header.v, header.kdf) == (17, 8, 1, 1, "scrypt")
    assert open_with(seal_with(header), floor=PRODUCTION) == BODY


def test_random_bytes_are_never_a_vault() -> None:
    for length in (0, 1, 16, 17, 18, 50, 500):
        for start in (b"", MAGIC):
            with pytest.raises(DamagedStore):
                parse(start + os.urandom(length), CHEAP)
