"""Private keys: which are taken, in which form, and what is said of the others."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from redox_tui.api.auth import KeyIsEncrypted, KeyProblem, read_key

from . import keys

NO_KEY = r"^The file holds no private key in PEM or JWK form\.$"


@pytest.mark.parametrize("form", [keys.PKCS1, keys.PKCS8])
def test_cs_32_an_rsa_key_in_pem_signs_with_rs384(form: PrivateFormat) -> None:
    read = read_key(keys.pem(keys.rsa(), form))
    assert (read.algorithm, read.key_id) == ("RS384", None)
    assert read.key.private_numbers() == keys.rsa().private_numbers()


@pytest.mark.parametrize("form", [keys.PKCS1, keys.PKCS8])
def test_cs_32_a_p384_key_in_pem_signs_with_es384(form: PrivateFormat) -> None:
    read = read_key(keys.pem(keys.ec(), form))
    assert read.algorithm == "ES384"
    assert read.key.private_numbers() == keys.ec().private_numbers()


@pytest.mark.parametrize(("make", "algorithm"), [(keys.rsa, "RS384"), (keys.ec, "ES384")])
def test_cs_32_a_jwk_brings_its_key_id_along(make: Callable[[], keys.PrivateKey], algorithm: str) -> None:
    read = read_key(keys.text(keys.jwk(make(), kid="k-1", use="sig")))
    assert (read.algorithm, read.key_id) == (algorithm, "k-1")


def test_the_algorithm_that_a_jwk_names_does_not_change_ours() -> None:
    assert read_key(keys.text(keys.jwk(keys.rsa(), alg="RS256"))).algorithm == "RS384"


def test_a_key_set_of_one_key_is_that_key() -> None:
    assert read_key(keys.text({"keys": [keys.jwk(keys.rsa(), kid="k-1")]})).key_id == "k-1"


def test_a_key_set_of_two_keys_is_refused_since_nothing_says_which() -> None:
    with pytest.raises(KeyProblem):
        read_key(keys.text({"keys": [keys.jwk(keys.rsa()), keys.jwk(keys.ec())]}))


def test_a_key_id_that_is_no_text_is_taken_for_none() -> None:
    assert read_key(keys.text(keys.jwk(keys.rsa(), kid=7))).key_id is None


def test_cs_32_a_short_rsa_key_is_refused_in_either_form() -> None:
    for data in (keys.pem(keys.rsa(1024)), keys.text(keys.jwk(keys.rsa(1024)))):
        with pytest.raises(KeyProblem, match="has 1024 bits; Redox keys have at least 2048"):
            read_key(data)


@pytest.mark.parametrize("make", [keys.rsa, keys.ec])
@pytest.mark.parametrize("form", [keys.PKCS1, keys.PKCS8])
def test_cs_32_an_encrypted_key_opens_with_its_passphrase(
    form: PrivateFormat, make: Callable[[], keys.PrivateKey]
) -> None:
    data = keys.pem(make(), form, b"passphrase")
    assert read_key(data, bytearray(b"passphrase")).key.private_numbers() == make().private_numbers()
    with pytest.raises(KeyProblem, match=r"^The passphrase does not open the key\.$"):
        read_key(data, b"wrong")


@pytest.mark.parametrize("form", [keys.PKCS1, keys.PKCS8])
def test_cs_32_an_encrypted_key_without_its_passphrase_is_said_to_be_encrypted(form: PrivateFormat) -> None:
    with pytest.raises(KeyIsEncrypted, match="The key is encrypted"):
        read_key(keys.pem(keys.rsa(), form, b"passphrase"))


OTHER_KINDS: dict[str, Callable[[], bytes]] = {
    "P-256 in PEM": lambda: keys.pem(keys.ec(SECP256R1)),
    "P-256 in JWK": lambda: keys.text(keys.jwk(keys.ec(SECP256R1))),
    "public half": lambda: keys.text({name: keys.jwk(keys.rsa())[name] for name in ("kty", "n", "e")}),
    "Ed25519": lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
}


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_key_of_another_kind_is_refused(kind: str) -> None:
    with pytest.raises(KeyProblem, match="private RSA key, or an EC key on P-384"):
        read_key(OTHER_KINDS[kind]())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"ssh-rsa AAAA",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"{",
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[7]}',
        b'{"kty":"oct","k":"AAAA"}',
        b'{"kty":["RSA"]}',
        b'{"kty":"RSA","n":7}',
        pytest.param(b'{"a":' + b"[" * 30_000, id="nested deeply"),
    ],
)
def test_what_is_no_key_is_refused_with_a_sentence_that_quotes_nothing(data: bytes) -> None:
    with pytest.raises(KeyProblem, match=NO_KEY):
        read_key(data)


def test_what_is_no_whole_private_key_is_refused_alike() -> None:
    broken = [
        keys.public_pem(keys.rsa()),
        keys.pem(keys.rsa())[:-200],
        keys.text(keys.jwk(keys.rsa(), n="!!")),
        keys.text(keys.jwk(keys.rsa(), d="AQAB")),
    ]
    for data in broken:
        with pytest.raises(KeyProblem, match=NO_KEY):
            read_key(data)


def test_a_key_is_not_in_its_repr() -> None:
    assert repr(read_key(keys.pem(keys.rsa()))) == "SigningKey(algorithm='RS384', key_id=None)"
