"""Tokens over a real connection: from a server that verifies, refuses, gives and takes away."""

import asyncio
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

import pytest
from joserfc.errors import JoseError
from joserfc.jwk import import_key
from joserfc.jwt import JWTClaimsRegistry, decode

from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import BadAnswer, NotAuthorized, NotFound, PlatformError, ServerTrouble, Unreachable

from . import keys
from .given import LOGS_OF_ORGANIZATION, client_of, ids_of, page_body, with_a_key
from .server import Act, Request, Server, answer

TOKEN_PATH = "/v2/auth/token"
WRONG = {"error": "invalid_request", "error_description": "", "error_uri": ""}
"""How Redox refuses an assertion with a wrong claim or time."""


def refusal(description: str, status: int = 400) -> bytes:
    return answer({"error": "invalid_request", "error_description": description, "error_uri": ""}, status)


@cache
def public_half() -> Any:
    return import_key(keys.public_pem(keys.ec()).decode(), "EC")


@dataclass
class SignIn:
    """Verifies assertions by its own clock, gives the tokens t-1, t-2, … and knows which are good.

    `ahead` is by how many seconds its clock differs from this machine's; `first` is said before anything else.
    """

    ahead: float = 0.0
    says_its_time: bool = True
    first: list[bytes | Act] = field(default_factory=list)
    named: str = "t"
    given: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    assertions: list[str] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> bytes | Act:
        if request.path != TOKEN_PATH:
            return self.said(page_body(["a"])) if self._is_good(request) else self.said(b"", 401)
        assert request.method == "POST"
        assert "authorization" not in request.headers
        self.assertions.append(request.form["client_assertion"])
        if self.first:
            return self.first.pop(0)
        if not self._verifies(request):
            return self.said(WRONG, 400)
        self.given.append(f"{self.named}-{len(self.given) + 1}")
        return self.said({"access_token": self.given[-1], "expires_in": 300, "token_type": "Bearer"})

    def _is_good(self, request: Request) -> bool:
        token = request.headers["authorization"].removeprefix("Bearer ")
        return token in self.given and token not in self.revoked

    def _verifies(self, request: Request) -> bool:
        now = int(time.time() + self.ahead)
        token_url = f"http://{request.headers['host']}{TOKEN_PATH}"
        must = JWTClaimsRegistry(now, 0, iss={"value": "client-1"}, aud={"value": token_url}, exp={"essential": True})
        try:
            read = decode(self.assertions[-1], public_half(), algorithms=["ES384"])
            must.validate(read.claims)
        except JoseError:
            return False
        is_new = read.claims["jti"] not in self.nonces
        self.nonces.append(read.claims["jti"])
        return is_new and read.claims["iat"] <= now and read.claims["exp"] - now <= 300 and read.header["kid"] == "k-1"

    def said(self, body: bytes | dict[str, Any], status: int = 200) -> bytes:
        moment = datetime.fromtimestamp(time.time() + self.ahead, UTC)
        date = {"date": format_datetime(moment, usegmt=True)} if self.says_its_time else {}
        return answer(body, status, **date)


async def failure_of(server: Server) -> PlatformError:
    async with client_of(server, tokens=with_a_key) as client:
        with pytest.raises(PlatformError) as caught:
            await ids_of(client)
    return caught.value


def paths(server: Server) -> list[str]:
    return [request.path for request in server.requests]


async def test_au_01_an_assertion_earns_a_token_from_a_server_that_verifies_it() -> None:
    async with Server(by=SignIn()) as server, client_of(server, tokens=with_a_key) as client:
        assert await ids_of(client) == ["a"]
        assert await ids_of(client) == ["a"]
    assert paths(server) == [TOKEN_PATH, LOGS_OF_ORGANIZATION, LOGS_OF_ORGANIZATION]
    asked, first, second = server.requests
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form["grant_type"] == "client_credentials"
    assert first.headers["authorization"] == second.headers["authorization"] == "Bearer t-1"


async def test_au_01_each_try_of_a_request_for_a_token_has_an_assertion_of_its_own() -> None:
    sign_in = SignIn(first=[answer(b"", 503), b""])
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        assert await ids_of(client) == ["a"]
    read = [decode(one, public_half(), algorithms=["ES384"]).claims["jti"] for one in sign_in.assertions]
    assert len(set(read)) == len(read) == 3


async def test_au_02_fifty_calls_without_a_token_ask_for_one() -> None:
    async with Server(by=SignIn()) as server, client_of(server, tokens=with_a_key) as client:
        assert await asyncio.gather(*(ids_of(client) for _ in range(50))) == [["a"]] * 50
    assert paths(server).count(TOKEN_PATH) == 1
    assert len(server.requests) == 51


async def test_au_02_fifty_calls_share_one_failure() -> None:
    sign_in = SignIn(first=[refusal("Public key not found")])
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        errors = await asyncio.gather(*(ids_of(client) for _ in range(50)), return_exceptions=True)
        assert len(server.requests) == 1
    assert len(set(map(id, errors))) == 1
    assert isinstance(errors[0], NotAuthorized)


async def test_au_04_fifty_calls_with_a_token_that_has_ended_renew_it_once() -> None:
    sign_in = SignIn()
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        await ids_of(client)
        sign_in.revoked.add("t-1")
        assert await asyncio.gather(*(ids_of(client) for _ in range(50))) == [["a"]] * 50
    assert sign_in.given == ["t-1", "t-2"]


async def test_au_04_a_refused_token_is_renewed_and_the_call_made_again() -> None:
    sign_in = SignIn(revoked={"t-1"})
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        assert await ids_of(client) == ["a"]
    said = [request.headers.get("authorization") for request in server.requests]
    assert said == [None, "Bearer t-1", None, "Bearer t-2"]


async def test_au_04_a_second_refusal_in_one_call_is_the_end_of_it() -> None:
    async with Server(by=SignIn(revoked={"t-1", "t-2"})) as server:
        error = await failure_of(server)
    assert isinstance(error, NotAuthorized)
    assert "(401)" in error.title
    assert len(server.requests) == 4


async def test_au_04_a_missing_right_does_not_cost_a_new_token() -> None:
    def forbid(request: Request) -> bytes:
        granted = {"access_token": "t-1", "expires_in": 300, "token_type": "Bearer"}
        return answer(granted) if request.path == TOKEN_PATH else answer(b"", 403)

    async with Server(by=forbid) as server:
        error = await failure_of(server)
    assert isinstance(error, NotAuthorized)
    assert len(server.requests) == 2


async def test_au_04_a_call_that_is_cancelled_does_not_take_the_token_from_the_others() -> None:
    come = asyncio.Event()

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await come.wait()
        writer.write(answer({"access_token": "t-0", "expires_in": 300, "token_type": "Bearer"}))

    sign_in = SignIn(first=[late], given=["t-0"])
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        first, second = asyncio.create_task(ids_of(client)), asyncio.create_task(ids_of(client))
        await server.until_asked()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        come.set()
        assert await second == ["a"]
    assert paths(server) == [TOKEN_PATH, LOGS_OF_ORGANIZATION]


async def test_au_04_a_call_that_waited_in_the_line_goes_out_with_the_token_that_is_good_then() -> None:
    go_on = asyncio.Event()
    current = "old"

    class Tokens:
        async def token(self) -> str:
            return current

        def reject(self, token: str) -> bool:
            return False

        async def close(self) -> None:
            return

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go_on.wait()
        writer.write(answer(page_body(["a"])))

    async with Server(wait, repeats=True) as server, client_of(server, tokens=lambda _: Tokens()) as client:
        calls = [asyncio.create_task(ids_of(client)) for _ in range(9)]
        await server.until_asked(8)
        current = "new"
        go_on.set()
        await asyncio.gather(*calls)
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer old"] * 8 + ["Bearer new"]


@pytest.mark.parametrize("ahead", [3_600.0, -3_600.0, 301.0, -120.0])
async def test_au_05_an_assertion_that_is_refused_for_a_wrong_clock_is_signed_once_more_by_the_servers(
    ahead: float,
) -> None:
    sign_in = SignIn(ahead)
    async with Server(by=sign_in) as server, client_of(server, tokens=with_a_key) as client:
        assert await ids_of(client) == ["a"]
    assert paths(server) == [TOKEN_PATH, TOKEN_PATH, LOGS_OF_ORGANIZATION]
    assert len(sign_in.given) == 1


@pytest.mark.parametrize("ahead", [3_600.0, -3_600.0])
async def test_au_05_an_assertion_is_signed_by_the_servers_clock_once_only(ahead: float) -> None:
    async with Server(by=SignIn(ahead, first=[SignIn(ahead).said(WRONG, 400)] * 9)) as server:
        error = await failure_of(server)
    assert isinstance(error, NotAuthorized)
    assert len(server.requests) == 2


@pytest.mark.parametrize("ahead", [0.0, 25.0, -25.0])
async def test_au_05_clocks_that_agree_are_no_reason_to_sign_again(ahead: float) -> None:
    async with Server(by=SignIn(ahead, first=[SignIn(ahead).said(WRONG, 400)] * 9)) as server:
        error = await failure_of(server)
    assert "this machine's clock" in error.hint
    assert len(server.requests) == 1


async def test_au_05_without_the_servers_time_nothing_is_signed_again() -> None:
    async with Server(by=SignIn(3_600.0, says_its_time=False)) as server:
        error = await failure_of(server)
    assert isinstance(error, NotAuthorized)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "description",
    [
        "Public key not found, check client_id, kid and Redox dashboard settings",
        "JWT header kid property is required",
        "x-www-form-urlencoded content-type required",
        "Missing grant_type parameter",
        "Invalid client assertion type",
        "invalid_client",
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403])
async def test_au_06_a_refusal_that_is_not_of_the_clock_is_final_and_said_in_the_words_of_the_server(
    description: str, status: int
) -> None:
    refuses = SignIn(3_600.0).said({"error": "invalid_request", "error_description": description}, status)
    async with Server(refuses) as server:
        error = await failure_of(server)
    assert isinstance(error, NotAuthorized)
    assert error.title == "No token was given for this key."
    assert error.detail == f"The server says: {description}."
    assert error.hint
    assert "clock" not in error.hint
    assert len(server.requests) == 1
    assert server.requests[0].form["client_assertion"] not in str(error)


async def test_au_06_an_unknown_client_is_not_tried_again() -> None:
    async with Server(answer({"error": "invalid_client"}, 401)) as server:
        error = await failure_of(server)
    assert error.hint == "Check the client id, and that its key is active in the Redox dashboard."
    assert len(server.requests) == 1


async def warning_of(ahead: float, date: str | None = None) -> str:
    moment = datetime.fromtimestamp(time.time() + ahead, UTC)
    said = format_datetime(moment, usegmt=True) if date is None else date
    async with Server(answer(page_body(["a"]), date=said)) as server, client_of(server) as client:
        assert client.clock_warning == ""
        await ids_of(client)
        return client.clock_warning


@pytest.mark.parametrize("ahead", [3_600.0, -3_600.0, 400.0])
async def test_au_05_a_clock_that_is_wrong_by_more_than_five_minutes_is_told_with_both_times(ahead: float) -> None:
    warning = await warning_of(ahead)
    said = re.fullmatch(r"clocks differ: (\d\d):(\d\d):(\d\d) here, (\d\d):(\d\d):(\d\d) on the server", warning)
    assert said
    ours, theirs = (
        int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        for hours, minutes, seconds in (said.groups()[:3], said.groups()[3:])
    )
    difference = (theirs - ours + 43_200) % 86_400 - 43_200
    assert difference == pytest.approx(ahead, abs=5)


@pytest.mark.parametrize("ahead", [0.0, 290.0, -290.0])
async def test_au_05_a_clock_that_is_nearly_right_is_not_complained_of(ahead: float) -> None:
    assert await warning_of(ahead) == ""


@pytest.mark.parametrize(
    "date",
    [
        "",
        "soon",
        "Fri, 99 Nov 2026 15:00:20 GMT",
        "Fri, 31 Dec 99999 23:59:59 GMT",
        "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    ],
)
async def test_au_05_a_date_that_is_none_is_no_clock(date: str) -> None:
    assert await warning_of(0.0, date=date) == ""


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0100 00:00:00 GMT"])
async def test_au_05_a_date_that_no_clock_shows_harms_no_call(date: str) -> None:
    script = [answer(page_body(["a"]), date=date), answer(b"", 503, date=date), answer(page_body(["a"]), date=date)]
    async with Server(*script) as server, client_of(server) as client:
        assert await ids_of(client) == ["a"]
        assert await ids_of(client) == ["a"]
        assert isinstance(client.clock_warning, str)


async def test_au_05_a_clock_that_is_put_right_is_no_longer_complained_of() -> None:
    wrong, right = SignIn(3_600.0), SignIn()
    async with (
        Server(wrong.said(page_body(["a"])), right.said(page_body(["a"]))) as server,
        client_of(server) as client,
    ):
        await ids_of(client)
        assert client.clock_warning
        await ids_of(client)
        assert client.clock_warning == ""


async def test_au_07_no_request_carries_a_token_of_another_client() -> None:
    """Two clients at two servers at once, while both have their tokens taken away again and again."""

    async def use(client: PlatformClient, sign_in: SignIn) -> None:
        for number in range(10):
            assert await asyncio.gather(*(ids_of(client) for _ in range(4))) == [["a"]] * 4
            if number % 3 == 2:
                sign_in.revoked |= set(sign_in.given)

    a, b = SignIn(named="a"), SignIn(named="b")
    async with (
        Server(by=a) as server_a,
        Server(by=b) as server_b,
        client_of(server_a, tokens=with_a_key) as client_a,
        client_of(server_b, tokens=with_a_key) as client_b,
    ):
        await asyncio.gather(use(client_a, a), use(client_b, b))
    for server, sign_in in ((server_a, a), (server_b, b)):
        sent = {request.headers["authorization"] for request in server.requests if request.path != TOKEN_PATH}
        assert sent == {f"Bearer {token}" for token in sign_in.given}
        assert len(sign_in.given) >= 4


def granted(**more: Any) -> bytes:
    return answer({"access_token": "t-1", "expires_in": 300, "token_type": "Bearer"} | more)


@pytest.mark.parametrize(
    ("raw", "kind", "tries"),
    [
        pytest.param(answer(b"<html>"), BadAnswer, 3, id="web page"),
        pytest.param(answer(b"access_token=t-1&token_type=bearer"), BadAnswer, 3, id="form"),
        pytest.param(answer(b"[]"), BadAnswer, 3, id="array"),
        pytest.param(answer({"token_type": "Bearer"}), BadAnswer, 1, id="no token"),
        pytest.param(granted(token_type="mac"), BadAnswer, 1, id="another kind"),
        pytest.param(granted(fill="a" * (64 << 10)), BadAnswer, 3, id="large"),
        pytest.param(answer(b"", 404), NotFound, 1, id="404"),
        pytest.param(answer(b"", 302, location="https://evil.example/"), BadAnswer, 3, id="redirect"),
        pytest.param(answer(b"", 500), ServerTrouble, 3, id="500"),
        pytest.param(b"", Unreachable, 3, id="nothing"),
    ],
)
async def test_au_08_any_other_answer_of_the_token_endpoint_is_an_error_in_words(
    raw: bytes, kind: type[PlatformError], tries: int
) -> None:
    async with Server(raw, repeats=True) as server:
        error = await failure_of(server)
    assert type(error) is kind
    assert paths(server) == [TOKEN_PATH] * tries


async def test_au_08_a_token_is_taken_from_an_answer_of_sixty_kib() -> None:
    async with (
        Server(granted(fill="a" * 60_000), answer(page_body(["a"]))) as server,
        client_of(server, tokens=with_a_key) as client,
    ):
        assert await ids_of(client) == ["a"]


async def test_au_08_a_redirect_of_the_token_endpoint_is_not_followed() -> None:
    async with Server(granted()) as other:
        async with Server(answer(b"", 307, location=f"{other.url}{TOKEN_PATH}"), repeats=True) as server:
            error = await failure_of(server)
        assert other.requests == []
    assert error.title == "The answer is a redirect (307) to 127.0.0.1."


async def test_a_request_for_a_token_needs_no_turn_of_its_own() -> None:
    """Else eight calls whose token ends while they wait could never go on."""
    sign_in = SignIn()
    hold = asyncio.Event()

    def script(request: Request) -> bytes | Act:
        if request.path != TOKEN_PATH and not hold.is_set():
            return wait
        return sign_in(request)

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hold.wait()
        writer.write(answer(b"", 401))

    async with Server(by=script) as server, client_of(server, tokens=with_a_key) as client:
        calls = [asyncio.create_task(ids_of(client)) for _ in range(12)]
        await server.until_asked(9)
        hold.set()
        assert await asyncio.gather(*calls) == [["a"]] * 12
