"""From a profile to its credential: only where the profile says, and only for where it may be used."""

import os
import pickle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from redox_tui.store import backends
from redox_tui.store.credential import ApiKey, Token, is_encrypted, without_passphrase
from redox_tui.store.errors import NoCredential, UnsafeFile
from redox_tui.store.profiles import Profile
from redox_tui.store.vault import Vault
from tests.unit.api import keys

from .given import as_normal_user, credential

PROFILE = Profile(organization="1", base_url="https://a.example", key_id="k-1")


def test_cs_26_the_key_in_use_is_taken_with_the_ids_of_the_others(opened: Vault) -> None:
    opened.put("prod", credential("one").with_key(credential("two", "k-2").keys[0]))
    found = backends.from_vault(opened, "prod", PROFILE)
    assert (found.client_id, found.key_id, found.text, found.siblings) == ("client-1", "k-1", b"one", ("k-2",))
    assert found.token_url == "https://a.example/v2/auth/token"
    assert backends.from_vault(opened, "prod", PROFILE, "k-2").text == b"two"
    with pytest.raises(NoCredential, match=r"no key “k-9”.*It holds: k-1, k-2"):
        backends.from_vault(opened, "prod", PROFILE, "k-9")


@pytest.mark.parametrize("url", ["https://evil.example", "https://a.example.evil.example", "https://a.example/x"])
def test_a_profile_that_was_edited_to_connect_elsewhere_gets_no_key(url: str, opened: Vault) -> None:
    opened.put("prod", credential("canary"))
    edited = PROFILE.model_copy(update={"base_url": url})
    with pytest.raises(NoCredential, match=r"may be used with https://a\.example only.*Nothing was sent") as raised:
        backends.from_vault(opened, "prod", edited)
    assert raised.value.exit_code == 3
    assert "canary" not in str(raised.value)


def test_cs_32_a_key_file_is_read_where_this_user_alone_can_read_it(home: Path) -> None:
    def work() -> None:
        path = home / "key.pem"
        path.touch(0o600)
        path.write_bytes(b"key")
        os.environ["HOME"] = str(home)
        assert backends.from_file(Path("~/key.pem"), "c", None) == ApiKey("c", None, b"key", str(path))
        path.chmod(0o644)
        with pytest.raises(UnsafeFile, match=f"chmod 600 {path}") as raised:
            backends.from_file(path, "c", None)
        assert raised.value.exit_code == 4
        with pytest.raises(NoCredential, match="does not exist"):
            backends.from_file(home / "gone", "c", None)

    as_normal_user(work)


def test_cs_32_an_encrypted_key_loses_its_passphrase_before_it_is_sealed() -> None:
    for form in (keys.PKCS1, keys.PKCS8):
        text = keys.pem(keys.rsa(), form, b"secret")
        assert is_encrypted(text)
        clear = without_passphrase(text, bytearray(b"secret"))
        assert not is_encrypted(clear)
        assert load_pem_private_key(clear, None).private_numbers() == keys.rsa().private_numbers()  # type: ignore[union-attr]
        with pytest.raises(NoCredential, match="The passphrase does not open the key"):
            without_passphrase(text, b"wrong")
    assert not is_encrypted(keys.pem(keys.rsa()))
    assert not is_encrypted(keys.text({"kty": "ENCRYPTED"}))


def test_the_token_leaves_the_environment() -> None:
    environ = {"REDOX_TUI_TOKEN": " token\n", "OTHER": "x"}
    assert backends.from_environment(environ) == Token("token")
    assert environ == {"OTHER": "x"}
    with pytest.raises(NoCredential, match="REDOX_TUI_TOKEN holds no token"):
        backends.from_environment(environ)


def test_a_token_is_read_from_a_descriptor() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"token\n")
    os.close(writer)
    assert backends.from_descriptor(reader) == Token("token")
    with pytest.raises(NoCredential, match=f"The file descriptor {reader} holds no token"):
        backends.from_descriptor(reader)
    os.close(reader)
    with pytest.raises(NoCredential, match="cannot be read: Bad file descriptor"):
        backends.from_descriptor(reader)


@pytest.mark.parametrize("data", [b"two words", b"line\nX-Evil: 1", b"\xff\xfe", b"nul\x00", b"tab\tbed"])
def test_what_cannot_be_a_token_is_not_taken_for_one(data: bytes) -> None:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    with pytest.raises(NoCredential, match="holds something that is no token"):
        backends.from_descriptor(reader)
    os.close(reader)


def test_cs_13_a_credential_is_in_no_repr_and_no_pickle() -> None:
    for secret in (Token("canary"), ApiKey("canary", "k-1", b"canary", "x")):
        assert "canary" not in f"{secret!r} {secret}"
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret)
