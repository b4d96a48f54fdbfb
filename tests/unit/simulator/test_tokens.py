import json
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt.algorithms import RSAAlgorithm

from redox_tui.simulator.tokens import Tokens

from .given import NOW, ORGANIZATION, Clock, a_world, calling

_URL = "http://simulator/v2/auth/token"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ISSUED = NOW.timestamp()


@cache
def _rsa(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def _p384() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


def _pem(key: Any) -> bytes:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem


def _tokens(clock: Clock | None = None) -> Tokens:
    tokens = Tokens(clock=clock or Clock())
    tokens.register("client", "rsa", _pem(_rsa()))
    tokens.register("client", "ec", _pem(_p384()).decode())
    return tokens


def _claims(**changes: object) -> dict[str, Any]:
    good = {"iss": "client", "sub": "client", "aud": _URL, "iat": _ISSUED, "exp": _ISSUED + 300, "jti": "one"}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def _signed(claims: dict[str, Any], key: Any = None, algorithm: str = "RS384", kid: str | None = "rsa") -> str:
    return jwt.encode(claims, key or _rsa(), algorithm=algorithm, headers={"kid": kid} if kid else None)


async def _ask(tokens: Tokens, assertion: str | None = "", **changes: str | None) -> httpx.Response:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION_TYPE,
        "client_assertion": assertion,
        **changes,
    }
    async with calling(a_world(), tokens=tokens) as client:
        del client.headers["Authorization"]
        return await client.post(_URL, data={name: value for name, value in form.items() if value is not None})


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(_rsa, "RS384", "rsa"), (_p384, "ES384", "ec")])
async def test_a_good_assertion_earns_a_token_of_five_minutes(key: Any, algorithm: str, kid: str) -> None:
    clock = Clock()
    tokens = _tokens(clock)
    answer = await _ask(tokens, _signed(_claims(), key(), algorithm, kid))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    granted = answer.json()
    assert (granted["expires_in"], granted["token_type"]) == (300, "Bearer")
    async with calling(a_world(), tokens=tokens) as client:
        client.headers["Authorization"] = f"Bearer {granted['access_token']}"
        assert (await client.get(f"{ORGANIZATION}/logs")).status_code == 200
        clock.move(seconds=299)
        assert (await client.get(f"{ORGANIZATION}/logs")).status_code == 200
        clock.move(seconds=1)
        assert (await client.get(f"{ORGANIZATION}/logs")).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": "other"},
        {"sub": None},
        {"aud": "http://elsewhere/v2/auth/token"},
        {"aud": None},
        {"iat": _ISSUED - 311},
        {"iat": _ISSUED + 11, "exp": _ISSUED + 100},
        {"iat": None},
        {"iat": True},
        {"exp": _ISSUED + 301},
        {"exp": _ISSUED - 11, "iat": _ISSUED - 100},
        {"exp": None},
        {"exp": float("nan")},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
    ],
)
async def test_a_wrong_claim_is_refused_without_a_description(changes: dict[str, object]) -> None:
    answer = await _ask(_tokens(), _signed(_claims(**changes)))
    assert answer.status_code == 400
    assert answer.json() == {"error": "invalid_request", "error_description": "", "error_uri": ""}


@pytest.mark.parametrize("changes", [{"iat": _ISSUED + 10}, {"iat": _ISSUED - 300, "exp": _ISSUED}, {"aud": [_URL]}])
async def test_a_clock_that_differs_a_little_is_tolerated(changes: dict[str, object]) -> None:
    assert (await _ask(_tokens(), _signed(_claims(**changes)))).status_code == 200


async def test_an_assertion_counts_once() -> None:
    tokens, assertion = _tokens(), _signed(_claims())
    assert (await _ask(tokens, assertion)).status_code == 200
    again = await _ask(tokens, assertion)
    assert (again.status_code, again.json()["error_description"]) == (400, "")
    assert (await _ask(tokens, _signed(_claims(jti="two")))).status_code == 200


@pytest.mark.parametrize(
    "assertion",
    [
        lambda: _signed(_claims(), _rsa(2048, 1)),
        lambda: _signed(_claims(), _rsa(), "RS256"),
        lambda: _signed(_claims(), _p384(), "ES384"),
        lambda: _signed(_claims(), "s" * 64, "HS384"),
        lambda: jwt.encode(_claims(), "", algorithm="none", headers={"kid": "rsa"}),
        lambda: "no.such.jwt",
    ],
    ids=["other key", "RS256", "other kind of key", "HS384", "none", "no JWT"],
)
async def test_a_wrong_signature_is_refused_without_a_description(assertion: Any) -> None:
    answer = await _ask(_tokens(), assertion())
    assert (answer.status_code, answer.json()["error_description"]) == (400, "")


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"grant_type": None}, "Missing grant_type parameter"),
        ({"grant_type": "password"}, "The grant_type parameter should equal 'client_credentials'"),
        ({"client_assertion_type": None}, "Missing client assertion type"),
        ({"client_assertion_type": "x"}, "Invalid client assertion type"),
        ({"client_assertion": None}, "Missing client assertion"),
    ],
)
async def test_a_wrong_form_is_described_in_redox_words(changes: dict[str, str | None], description: str) -> None:
    answer = await _ask(_tokens(), **changes)
    assert (answer.status_code, answer.json()["error_description"]) == (400, description)


@pytest.mark.parametrize(
    ("changes", "kid", "description"),
    [
        ({}, None, "JWT header kid property is required"),
        ({}, "unknown", "Public key not found, check client_id, kid and Redox dashboard settings"),
        ({"iss": "stranger"}, "rsa", "Public key not found, check client_id, kid and Redox dashboard settings"),
        ({"iss": None}, "rsa", "Public key not found, check client_id, kid and Redox dashboard settings"),
    ],
)
async def test_a_key_that_is_not_found_is_described(
    changes: dict[str, object], kid: str | None, description: str
) -> None:
    answer = await _ask(_tokens(), _signed(_claims(**changes), kid=kid))
    assert (answer.status_code, answer.json()["error_description"]) == (400, description)


async def test_the_form_must_be_urlencoded() -> None:
    async with calling(a_world()) as client:
        answer = await client.post(_URL, json={"grant_type": "client_credentials"})
    assert answer.json()["error_description"] == "x-www-form-urlencoded content-type required"


def test_the_session_token_is_one_and_never_expires() -> None:
    clock = Clock()
    tokens = Tokens(clock=clock)
    assert not tokens.accepts("")
    token = tokens.session()
    clock.move(days=1000)
    assert tokens.session() == token
    assert tokens.accepts(token)
    assert not tokens.accepts(token[:-1])
    assert not Tokens().accepts(token)


async def test_a_key_may_be_a_jwk() -> None:
    tokens = Tokens(clock=Clock())
    tokens.register("client", "rsa", RSAAlgorithm.to_jwk(_rsa().public_key()))
    assert (await _ask(tokens, _signed(_claims()))).status_code == 200


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (lambda: "nothing", "neither a PEM public key nor a JWK"),
        (lambda: b"\xff\xfe", "neither a PEM public key nor a JWK"),
        (lambda: "{", "not a valid JWK"),
        (lambda: json.dumps({"kty": "RSA"}), "not a valid JWK"),
        (lambda: RSAAlgorithm.to_jwk(_rsa()), "this is a private key"),
        (
            lambda: _rsa().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            "this is a private key",
        ),
        (lambda: _pem(_rsa(1024)), "has 1024 bits"),
        (lambda: _pem(ec.generate_private_key(ec.SECP256R1())), "ES384 needs P-384"),
        (lambda: _pem(ed25519.Ed25519PrivateKey.generate()), "neither a public RSA key nor"),
        (lambda: json.dumps({"kty": "oct", "k": "c2VjcmV0"}), "neither a public RSA key nor"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_with_the_reason(key: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Tokens().register("client", "key", key())


async def test_a_nonce_is_forgotten_only_when_its_assertion_is_too_old() -> None:
    clock = Clock()
    tokens = _tokens(clock)
    late = _signed(_claims(iat=_ISSUED + 10, exp=_ISSUED + 310))
    assert (await _ask(tokens, late)).status_code == 200
    for _ in range(7):
        clock.now += timedelta(seconds=50)
        assert (await _ask(tokens, late)).status_code == 400
