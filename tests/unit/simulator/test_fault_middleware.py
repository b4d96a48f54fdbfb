"""Which answers are bad, and what goes wrong with tokens and the clock, over a real socket."""

import asyncio
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from redox_tui.simulator.faults import KINDS
from redox_tui.simulator.tokens import Tokens

from .asked import ENVIRONMENTS, FAULTS, LOGS, ids_of, the_truth
from .given import NOW, Clock
from .line import Reply, Served, serving

_TOKEN = "/v2/auth/token"

_KEY = ec.generate_private_key(ec.SECP384R1())


def _tokens() -> Tokens:
    tokens = Tokens(clock=Clock())
    tokens.register("client", "key", _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return tokens


async def _sign_in(served: Served, *, ahead: int = 0, number: int = 1) -> Reply:
    issued = int(NOW.timestamp()) + ahead
    audience = f"http://simulator{_TOKEN}"
    claims = {"iss": "client", "sub": "client", "aud": audience, "iat": issued, "exp": issued + 60, "jti": str(number)}
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": jwt.encode(claims, _KEY, algorithm="ES384", headers={"kid": "key"}),
    }
    return await served.call(_TOKEN, "POST", urlencode(form).encode())


async def test_tokens_may_be_revoked_but_not_that_of_the_session() -> None:
    async with serving("revoked:2", tokens=_tokens()) as served:
        old = (await _sign_in(served)).json["access_token"]
        assert (await served.call(ENVIRONMENTS, token=old)).status == 401
        new = (await _sign_in(served, number=2)).json["access_token"]
        assert (await served.call(ENVIRONMENTS)).status == 200
        assert (await served.call(ENVIRONMENTS, token=new)).status == 401
        newest = (await _sign_in(served, number=3)).json["access_token"]
        assert (await served.call(ENVIRONMENTS, token=newest)).status == 200


async def test_the_servers_clock_may_be_off_for_tokens_and_in_every_answer() -> None:
    async with serving(tokens=_tokens()) as served:
        token = (await _sign_in(served)).json["access_token"]
        served.faults.set(["clock:3600"])
        assert (await served.call(ENVIRONMENTS, token=token)).status == 401
        served.faults.set([])
        assert (await served.call(ENVIRONMENTS, token=token)).status == 200
        served.faults.set(["clock:3600"])
        refused = await _sign_in(served, number=2)
        assert refused.status == 400
        ahead = parsedate_to_datetime(refused["date"]) - NOW.replace(microsecond=0)
        assert ahead == timedelta(hours=1)
        assert (await _sign_in(served, ahead=3600, number=3)).status == 200


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        (ENVIRONMENTS, "GET", 200),
        ("/nowhere", "GET", 404),
        (LOGS, "DELETE", 405),
        (_TOKEN, "POST", 400),
        (FAULTS, "GET", 200),
    ],
)
async def test_every_answer_has_the_servers_date_once(path: str, method: str, status: int) -> None:
    async with serving() as served:
        answer = await served.call(path, method)
    assert answer.status == status
    assert parsedate_to_datetime(answer["date"]) == NOW.replace(microsecond=0)


async def test_bad_answers_have_the_date_too() -> None:
    async with serving("429", "empty", "redirect", "504-wide:1") as served:
        answers = [await served.call(ENVIRONMENTS) for _ in range(3)] + [await served.call(LOGS)]
    assert [answer.status for answer in answers] == [429, 204, 302, 504]
    assert all("date" in answer for answer in answers)


async def test_each_answer_has_one_fault_in_the_order_given() -> None:
    async with serving("503", "double", "429:2", "html") as served:
        statuses = [(await served.call(f"{LOGS}?_page={n}")).status for n in (1, 1, 1)]
        doubled = await served.call(f"{LOGS}?_page=2")
        page = await served.call(f"{LOGS}?_page=2")
    assert statuses == [503, 429, 429]
    assert len(ids_of(doubled)) == 51
    assert page.body.startswith(b"<!DOCTYPE")


async def test_calls_at_the_same_time_share_the_count() -> None:
    async with serving("429:3") as served:
        answers = await asyncio.gather(*(served.call(ENVIRONMENTS) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] * 5 + [429] * 3


async def test_only_api_calls_use_up_a_fault() -> None:
    async with serving("500", tokens=_tokens()) as served:
        assert (await _sign_in(served)).status == 200
        assert (await served.call(FAULTS)).status == 200
        assert (await served.call("/nowhere")).status == 404
        assert (await served.call(ENVIRONMENTS, token="wrong")).status == 500


async def test_a_head_is_answered_without_body_and_fault_and_mark() -> None:
    async with serving("short") as served, served.line() as line:
        truth = await the_truth(served)
        await line.send(served.request(ENVIRONMENTS, "HEAD"))
        head = await line.head()
        assert (head.status, int(head["content-length"])) == (200, len(truth))
        assert "x-simulator-wire" not in head
        await line.send(served.request(ENVIRONMENTS))
        head = await line.head()
        assert "x-simulator-wire" not in head
        assert await line.rest() == truth[: len(truth) // 2]


def test_every_fault_is_played_by_some_test() -> None:
    text = "".join(file.read_text() for file in Path(__file__).parent.glob("test_fault_*.py"))
    # Those of statuses are made from the number.
    assert [kind.name for kind in KINDS if f'"{kind.name}' not in text and not kind.name.isdecimal()] == []
