"""Tokens from a signed assertion: what is signed, when it is renewed, and who waits for whom."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api import auth
from redox_tui.api.auth import AssertionTokens, GivenToken, SigningKey, read_key
from redox_tui.api.errors import BadAnswer, NotAuthorized, PlatformError, ServerTrouble

from . import keys

TOKEN_URL = "https://api.redoxengine.com/v2/auth/token"


class TokenEndpoint:
    """Gives the tokens t-1, t-2, … and remembers what it was sent. Its clock stands still until it is moved."""

    def __init__(self, **answer: Any) -> None:
        self.answer = {"expires_in": 300, "token_type": "Bearer"} | answer
        self.forms: list[dict[str, str]] = []
        self.fails: PlatformError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.time = 1_000.0

    async def post(self, form: dict[str, str]) -> dict[str, Any]:
        self.forms.append(form)
        token = f"t-{len(self.forms)}"
        await self.gate.wait()
        if self.fails:
            raise self.fails
        return {"access_token": token} | self.answer

    def tokens(self) -> AssertionTokens:
        return AssertionTokens(
            "client-1", "k-1", signing_key(), token_url=TOKEN_URL, post=self.post, clock=lambda: self.time
        )


def signing_key(make: Callable[[], keys.PrivateKey] = keys.ec) -> SigningKey:
    return read_key(keys.pem(make()))


async def settle() -> None:
    """Let every task that can run now do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("make", "algorithm"), [(keys.rsa, "RS384"), (keys.ec, "ES384")])
def test_an_assertion_says_what_the_reference_asks_for(
    make: Callable[[], keys.PrivateKey], algorithm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.9)
    assertion = auth.assertion("client-1", "k-1", signing_key(make), TOKEN_URL)
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


def test_every_assertion_has_a_fresh_nonce() -> None:
    made = [auth.assertion("client-1", "k-1", signing_key(), TOKEN_URL) for _ in range(20)]
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


async def test_fifty_callers_at_once_share_one_request() -> None:
    endpoint = TokenEndpoint()
    endpoint.gate.clear()
    tokens = endpoint.tokens()
    callers = [asyncio.create_task(tokens.token()) for _ in range(50)]
    await settle()
    endpoint.gate.set()
    assert await asyncio.gather(*callers) == ["t-1"] * 50
    assert len(endpoint.forms) == 1


async def test_fifty_callers_at_once_share_one_failure_and_the_next_call_tries_again() -> None:
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
    assert await tokens.token() == "t-2"


async def test_a_caller_who_gives_up_does_not_take_the_token_from_the_others() -> None:
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
    assert await tokens.token() == "t-2"


@pytest.mark.parametrize(
    ("life", "good_for"),
    [
        (300, 240),  # a minute before the end
        (3_600, 2_880),  # a fifth of the life before the end
        (600, 480),
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
async def test_a_token_is_renewed_before_it_ends(life: object, good_for: float) -> None:
    endpoint = TokenEndpoint(expires_in=life)
    tokens = endpoint.tokens()
    assert await tokens.token() == "t-1"
    endpoint.time += good_for - 0.1
    assert await tokens.token() == "t-1"
    endpoint.time += 0.2
    assert await tokens.token() == "t-2"


async def test_a_missing_life_counts_as_a_minute() -> None:
    endpoint = TokenEndpoint()
    del endpoint.answer["expires_in"]
    tokens = endpoint.tokens()
    await tokens.token()
    endpoint.time += 31
    assert await tokens.token() == "t-2"


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()))
async def test_any_life_at_all_leaves_a_token_that_is_renewed_within_the_hour(life: object) -> None:
    endpoint = TokenEndpoint(expires_in=life)
    tokens = endpoint.tokens()
    assert await tokens.token() == "t-1"
    endpoint.time += 3_600
    assert await tokens.token() == "t-2"


async def test_the_life_counts_from_the_question_not_from_a_late_answer() -> None:
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


async def test_a_jump_of_the_wall_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    await tokens.token()
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    assert await tokens.token() == "t-1"


async def test_a_refused_token_is_renewed_once_however_many_callers_held_it() -> None:
    endpoint = TokenEndpoint()
    tokens = endpoint.tokens()
    old = await tokens.token()
    assert tokens.reject(old)
    assert await tokens.token() == "t-2"
    assert tokens.reject(old)
    assert await tokens.token() == "t-2"
    assert len(endpoint.forms) == 2


async def test_a_given_token_is_given_and_cannot_be_renewed() -> None:
    tokens = GivenToken("t-0")
    assert await tokens.token() == "t-0"
    assert not tokens.reject("t-0")
    assert "t-0" not in repr(tokens)


@pytest.mark.parametrize(
    "answer",
    [{"access_token": None}, {"access_token": ""}, {"access_token": 7}, {"token_type": "mac"}, {"token_type": None}],
)
async def test_an_answer_without_a_bearer_token_is_an_error(answer: dict[str, Any]) -> None:
    with pytest.raises(BadAnswer, match="without a bearer token"):
        await TokenEndpoint(**answer).tokens().token()


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER"])
async def test_the_kind_of_token_is_read_in_any_case(kind: str) -> None:
    assert await TokenEndpoint(token_type=kind).tokens().token() == "t-1"


async def test_the_kind_of_token_may_be_missing() -> None:
    endpoint = TokenEndpoint()
    del endpoint.answer["token_type"]
    assert await endpoint.tokens().token() == "t-1"


@pytest.mark.parametrize(
    ("description", "hint"),
    [
        ("Public key not found, check client_id, kid and Redox dashboard settings", "Check the client id, the key id"),
        ("JWT header kid property is required", "The key id is missing: give --key-id."),
        ("Missing client assertion", "this machine's clock"),
        ("", "this machine's clock"),
    ],
)
def test_each_refusal_of_the_token_endpoint_has_a_hint(description: str, hint: str) -> None:
    error = auth.refused(description)
    assert isinstance(error, NotAuthorized)
    assert error.detail == (f"The server says: {description}." if description else "")
    assert hint in error.hint
