"""Tokens from a signed assertion: what is signed, when it is renewed, and who waits for whom."""

import asyncio
import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.mock import ANY

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.errors import JoseError
from joserfc.jwk import import_key
from joserfc.jwt import decode

from redox_tui.api import auth
from redox_tui.api.auth import AssertionTokens, GivenToken, SigningKey, read_key
from redox_tui.api.errors import BadAnswer, NotAuthorized, PlatformError, ServerTrouble

from . import keys
from .virtual import settle

TOKEN_URL = "https://api.redoxengine.com/v2/auth/token"
NOW = 1_800_000_000.9
"""An epoch time."""


class TokenEndpoint:
    """Gives the tokens t-1, t-2, … and remembers what it was sent. Its clock stands still until it is moved."""

    def __init__(self, **answer: Any) -> None:
        self.answer = {"expires_in": 300, "token_type": "Bearer"} | answer
        self.forms: list[dict[str, str]] = []
        self.fails: PlatformError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.time = 1_000.0

    async def post(self, form: Callable[[float], dict[str, str]]) -> dict[str, Any]:
        self.forms.append(form(NOW))
        token = f"t-{len(self.forms)}"
        await self.gate.wait()
        if self.fails:
            raise self.fails
        return {"access_token": token} | self.answer

    def tokens(self) -> AssertionTokens:
        return AssertionTokens(
            "client-1", "k-1", signing_key(), token_url=TOKEN_URL, post=self.post, clock=lambda: self.time
        )


@cache
def signing_key(make: Callable[[], keys.PrivateKey] = keys.ec) -> SigningKey:
    return read_key(keys.pem(make()))


@cache
def public_half(make: Callable[[], keys.PrivateKey]) -> Any:
    return import_key(keys.public_pem(make()).decode(), "RSA" if make is keys.rsa else "EC")


@pytest.mark.parametrize(("make", "algorithm"), [(keys.rsa, "RS384"), (keys.ec, "ES384")])
def test_au_01_an_assertion_says_what_the_reference_asks_for(
    make: Callable[[], keys.PrivateKey], algorithm: str
) -> None:
    assertion = auth.assertion("client-1", "k-1", signing_key(make), TOKEN_URL, NOW)
    read = jwt.decode_complete(
        assertion,
        make().public_key(),
        algorithms=[algorithm],
        audience=TOKEN_URL,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert read["header"] == {"alg": algorithm, "kid": "k-1", "typ": "JWT"}
    assert read["payload"] == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": TOKEN_URL,
        "iat": 1_800_000_000 - 30,
        "exp": 1_800_000_000 + 240,
        "jti": ANY,
    }


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 2**33), st.sampled_from([("RS384", keys.rsa), ("ES384", keys.ec)]))
def test_au_01_another_library_finds_every_assertion_in_order(
    client_id: str, key_id: str, token_url: str, now: int, kind: tuple[str, Callable[[], keys.PrivateKey]]
) -> None:
    algorithm, make = kind
    assertion = auth.assertion(client_id, key_id, signing_key(make), token_url, now + 0.9)
    public = public_half(make)
    read = decode(assertion, public, algorithms=[algorithm])
    assert read.header == {"alg": algorithm, "kid": key_id, "typ": "JWT"}
    assert read.claims == {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "iat": now - 30,
        "exp": now + 240,
        "jti": ANY,
    }
    assert re.fullmatch("[0-9a-f]{32}", read.claims["jti"])
    for other in {"RS384", "ES384", "RS256", "HS384"} - {algorithm}:
        with pytest.raises((JoseError, ValueError)):
            decode(assertion, public, algorithms=[other])


def test_au_01_every_assertion_has_a_fresh_nonce() -> None:
    made = [auth.assertion("client-1", "k-1", signing_key(), TOKEN_URL, NOW) for _ in range(20)]
    nonces = {jwt.decode(one, options={"verify_signature": False})["jti"] for one in made}
    assert len(nonces) == 20
    assert all(len(nonce) == 32 for nonce in nonces)


async def test_the_form_is_the_one_of_client_credentials() -> None:
    endpoint = TokenEndpoint()
    assert await endpoint.tokens().token() == "t-1"
    assert endpoint.forms == [
        {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": ANY,
        }
    ]


async def test_au_02_fifty_callers_at_once_share_one_request() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    tokens = endpoint.tokens()
    callers = [asyncio.create_task(tokens.token()) for _ in range(50)]
    await settle()
    endpoint.gate.set()
    assert await asyncio.gather(*callers) == ["t-1"] * 50
    assert len(endpoint.forms) == 1


async def test_au_02_fifty_callers_at_once_share_one_failure_and_a_later_call_tries_again() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    endpoint.fails = ServerTrouble("The server failed.")
    tokens = endpoint.tokens()
    callers = [asyncio.create_task(tokens.token()) for _ in range(50)]
    await settle()
    endpoint.gate.set()
    assert await asyncio.gather(*callers, return_exceptions=True) == [endpoint.fails] * 50
    assert len(endpoint.forms) == 1
    endpoint.fails = None
    endpoint.time += 1.0
    assert await tokens.token() == "t-2"


async def failure(tokens: AssertionTokens) -> PlatformError:
    with pytest.raises(PlatformError) as caught:
        await tokens.token()
    return caught.value


async def test_au_02_after_a_failure_no_token_is_asked_for_for_a_second_and_then_for_twice_as_long() -> None:
    endpoint = TokenEndpoint()
    endpoint.fails = ServerTrouble("The server failed.")
    tokens = endpoint.tokens()
    for number, pause in enumerate([1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0], 1):
        assert await failure(tokens) is endpoint.fails
        assert len(endpoint.forms) == number
        endpoint.time += pause - 0.01
        assert await failure(tokens) is endpoint.fails
        assert len(endpoint.forms) == number
        endpoint.time += 0.01


async def test_au_02_a_success_ends_the_pauses() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    for _ in range(3):
        endpoint.fails = ServerTrouble("The server failed.")
        assert await failure(tokens) is endpoint.fails
        endpoint.fails = None
        endpoint.time += 1.0
        token = await tokens.token()
        assert tokens.reject(token)


async def test_au_02_the_pause_after_a_failure_is_measured_by_the_clock_that_no_one_sets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = TokenEndpoint()
    endpoint.fails = ServerTrouble("The server failed.")
    tokens = endpoint.tokens()
    await failure(tokens)
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    await failure(tokens)
    assert len(endpoint.forms) == 1


async def test_au_02_a_token_that_is_still_good_is_given_whatever_failed_before() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    endpoint.fails = ServerTrouble("The server failed.")
    await failure(tokens)
    endpoint.fails = None
    endpoint.time += 1.0
    assert await tokens.token() == "t-2"
    assert await tokens.token() == "t-2"


async def test_au_04_a_caller_who_gives_up_does_not_take_the_token_from_the_others() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    tokens = endpoint.tokens()
    first, second = asyncio.create_task(tokens.token()), asyncio.create_task(tokens.token())
    await settle()
    first.cancel()
    await settle()
    endpoint.gate.set()
    assert await second == "t-1"
    assert first.cancelled()
    assert len(endpoint.forms) == 1


async def test_a_failure_that_nobody_waits_for_any_more_is_not_complained_of() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    endpoint.fails = ServerTrouble("The server failed.")
    tokens = endpoint.tokens()
    only = asyncio.create_task(tokens.token())
    await settle()
    only.cancel()
    await settle()
    endpoint.gate.set()
    await settle()
    endpoint.fails = None
    endpoint.time += 1.0
    assert await tokens.token() == "t-2"


@pytest.mark.parametrize(
    ("life", "good_for"),
    [
        (300, 240),  # a minute before the end
        (3_600, 2_880),  # a fifth of the life before the end
        (600, 480),
        (200, 140),
        (120, 60),
        (60, 30),  # at most half of a short life
        (10, 5),
        ("300", 240),
        (10**9, 2_880),  # never believed for more than an hour
        (1e300, 2_880),
        pytest.param(10**400, 30, id="10**400"),
        (float("inf"), 2_880),
        (None, 30),  # what makes no sense counts as a minute
        (0, 30),
        (-300, 30),
        (float("nan"), 30),
        ("soon", 30),
        ([], 30),
        ({}, 30),
    ],
)
async def test_au_03_a_token_is_renewed_before_it_ends(life: object, good_for: float) -> None:
    endpoint = TokenEndpoint(expires_in=life)
    tokens = endpoint.tokens()
    assert await tokens.token() == "t-1"
    endpoint.time += good_for - 0.1
    assert await tokens.token() == "t-1"
    endpoint.time += 0.2
    assert await tokens.token() == "t-2"


async def test_au_03_a_missing_life_counts_as_a_minute() -> None:
    endpoint = TokenEndpoint()
    del endpoint.answer["expires_in"]
    tokens = endpoint.tokens()
    await tokens.token()
    endpoint.time += 31
    assert await tokens.token() == "t-2"


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()))
async def test_au_03_any_life_at_all_leaves_a_token_that_is_renewed_within_the_hour(life: object) -> None:
    endpoint = TokenEndpoint(expires_in=life)
    tokens = endpoint.tokens()
    assert await tokens.token() == "t-1"
    endpoint.time += 3_600
    assert await tokens.token() == "t-2"


async def test_au_03_the_life_counts_from_the_question_not_from_a_late_answer() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    tokens = endpoint.tokens()
    waiting = asyncio.create_task(tokens.token())
    await settle()
    endpoint.time += 200
    endpoint.gate.set()
    await waiting
    endpoint.time += 41
    assert await tokens.token() == "t-2"


@pytest.mark.parametrize("jump", [-3_600.0, 3_600.0, 10.0**9])
async def test_au_03_a_jump_of_the_wall_clock_changes_nothing(jump: float, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    await tokens.token()
    moved = time.time() + jump
    monkeypatch.setattr("time.time", lambda: moved)
    assert await tokens.token() == "t-1"
    endpoint.time += 241
    assert await tokens.token() == "t-2"


async def test_au_04_a_refused_token_is_renewed_once_however_many_callers_held_it() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    old = await tokens.token()
    assert tokens.reject(old)
    assert await tokens.token() == "t-2"
    assert tokens.reject(old)
    assert await tokens.token() == "t-2"
    assert len(endpoint.forms) == 2


async def test_au_07_a_token_is_forgotten_when_its_source_is_closed() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    await tokens.token()
    await tokens.close()
    assert await tokens.token() == "t-2"


async def test_au_07_a_source_that_is_closed_leaves_no_request_behind() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    tokens = endpoint.tokens()
    before = asyncio.all_tasks()
    waiting = asyncio.create_task(tokens.token())
    await settle()
    await tokens.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asyncio.all_tasks() == before


async def test_a_given_token_is_given_and_cannot_be_renewed() -> None:
    tokens = GivenToken("t-0")
    assert await tokens.token() == "t-0"
    assert not tokens.reject("t-0")
    assert "t-0" not in repr(tokens)


@pytest.mark.parametrize(
    "answer",
    [{"access_token": None}, {"access_token": ""}, {"access_token": 7}, {"token_type": "mac"}, {"token_type": None}],
)
async def test_au_08_an_answer_without_a_bearer_token_is_an_error(answer: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer, match="without a bearer token"):
        await TokenEndpoint(**answer).tokens().token()


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER"])
async def test_au_08_the_kind_of_token_is_read_in_any_case(kind: str) -> None:
    assert await TokenEndpoint(token_type=kind).tokens().token() == "t-1"


async def test_au_08_the_kind_of_token_may_be_missing() -> None:
    endpoint = TokenEndpoint()
    del endpoint.answer["token_type"]
    assert await endpoint.tokens().token() == "t-1"


CLOCK = "this machine's clock"
ANY_OF_ALL = (
    "Check the client id, the key id, the public key that the server has, the base URL, and this machine's clock."
)
ANOTHER_SIGN_IN = "The base URL takes another kind of sign-in"


@pytest.mark.parametrize(
    ("description", "hint"),
    [
        ("Public key not found, check client_id, kid and Redox dashboard settings", "Check the client id, the key id"),
        ("JWT header kid property is required", "The key id is missing: give --key-id."),
        ("x-www-form-urlencoded content-type required", "Something between here and Redox changes requests"),
        ("Missing grant_type parameter", ANOTHER_SIGN_IN),
        ("The grant_type parameter should equal 'client_credentials'", ANOTHER_SIGN_IN),
        ("Missing client assertion type", ANOTHER_SIGN_IN),
        ("Invalid client assertion type", ANOTHER_SIGN_IN),
        ("Missing client assertion", ANOTHER_SIGN_IN),
        ("invalid_client", "Check the client id, and that its key is active"),
        ("", CLOCK),
        ("The assertion has expired.", ANY_OF_ALL),
        ("client authentication failed", ANY_OF_ALL),
    ],
)
def test_au_06_each_refusal_of_the_token_endpoint_has_a_hint(description: str, hint: str) -> None:
    error = auth.refused(description)
    assert isinstance(error, NotAuthorized)
    assert not error.is_retryable
    assert error.detail == (f"The server says: {description.rstrip('.')}." if description else "")
    assert hint in error.hint
    assert auth.may_be_the_clock(error) is (hint in (CLOCK, ANY_OF_ALL))


def test_au_06_what_is_wrong_with_a_token_may_not_be_the_clock() -> None:
    assert not auth.may_be_the_clock(NotAuthorized("The token is wrong."))


async def test_au_03_a_token_near_its_end_is_used_while_another_cannot_be_had() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    assert await tokens.token() == "t-1"
    endpoint.fails = ServerTrouble("The server failed on a token (503).")
    endpoint.time += 250
    assert await tokens.token() == "t-1"
    assert await tokens.token() == "t-1", "in the quiet time after the failure too"
    endpoint.time += 50
    with pytest.raises(ServerTrouble):
        await tokens.token()


async def test_au_03_a_token_that_was_refused_is_not_used_again_when_another_cannot_be_had() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    tokens.reject(await tokens.token())
    endpoint.fails = ServerTrouble("The server failed on a token (503).")
    with pytest.raises(ServerTrouble):
        await tokens.token()
