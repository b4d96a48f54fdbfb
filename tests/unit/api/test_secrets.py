"""Canaries: no token, no message and no query of a URL is in what an error says, nor in any repr."""

import traceback
from collections.abc import Iterator
from datetime import datetime

import pytest

from redox_tui.api.auth import AssertionTokens, GivenToken, read_key
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import PlatformError
from redox_tui.domain.query import LogQuery

from . import keys
from .given import TOKEN, client_of, connection_to
from .server import HANG, Server, answer

PATIENT = "Solbakken"
EVENT = "EventOfTheQuery"
CANARIES = (TOKEN, PATIENT, EVENT, "_count=")

ANSWERS = {
    "web page": answer(f"<html>{PATIENT}"),
    "no JSON": answer(f"{PATIENT} is here"),
    "cut off": answer(f'{{"payload":{{"results":[{{"id":"{PATIENT}","x":"{PATIENT}'),
    "no list": answer({"payload": {"patient": PATIENT}}),
    "broken off": answer(f'{{"{PATIENT}":1', content_length="999"),
    "damaged": answer(f"{PATIENT}", content_encoding="gzip"),
    "redirect": answer(b"", 302, location=f"https://login.example/?name={PATIENT}"),
    "odd redirect": answer(b"", 302, location=f"https://[{PATIENT}"),
    "nothing": b"",
    "no HTTP": f"{PATIENT}\r\n\r\n".encode(),
    "hang": HANG,
    **{str(status): answer({"patient": PATIENT}, status) for status in (400, 401, 403, 404, 422, 429, 500, 504)},
}


def said(error: BaseException) -> Iterator[str]:
    """Everything that a careless print of an error would show."""
    yield str(error)
    yield repr(error)
    yield from traceback.format_exception(error)
    yield from (f"{name}={value!r}" for name, value in vars(error).items())


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_error_holds_a_token_a_message_or_a_query(
    name: str, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("redox_tui.api.client.DEADLINE", 5 if ANSWERS[name] is not HANG else 0.05)
    search = LogQuery.parse(f"event:{EVENT} patient:{PATIENT} since:1h").search(now)
    async with Server(ANSWERS[name]) as server, client_of(server) as client:
        with pytest.raises(PlatformError) as caught:
            await client.logs.page(search, 1, 50)
    text = "\n".join(said(caught.value))
    assert not [canary for canary in CANARIES if canary in text]
    warnings = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert warnings == []


async def test_a_host_that_cannot_be_reached_does_not_bring_the_query_up(now: datetime) -> None:
    async with Server() as gone:
        pass
    client = PlatformClient(connection_to(gone.url), lambda _: GivenToken(TOKEN))
    with pytest.raises(PlatformError) as caught:
        await client.logs.page(LogQuery.parse(f"event:{EVENT} since:1h").search(now), 1, 50)
    await client.aclose()
    assert not [canary for canary in CANARIES if canary in "\n".join(said(caught.value))]


async def test_neither_key_nor_assertion_nor_token_is_in_what_a_refusal_says() -> None:
    key = read_key(keys.pem(keys.ec()))
    async with Server(answer({"error": "invalid_request"}, 400)) as server:
        client = PlatformClient(
            connection_to(server.url),
            lambda it: AssertionTokens("client-1", "k-1", key, token_url=it.token_url, post=it.post_for_token),
        )
        with pytest.raises(PlatformError) as caught:
            await client.directory.environments()
        await client.aclose()
    text = "\n".join(said(caught.value))
    assert server.requests[0].form["client_assertion"] not in text
    assert str(keys.ec().private_numbers().private_value) not in text


def test_no_repr_holds_a_token() -> None:
    tokens = GivenToken(TOKEN)
    client = PlatformClient(connection_to("http://127.0.0.1:1"), lambda _: tokens)
    for thing in (tokens, client, client.logs, client.directory, vars(client)):
        assert TOKEN not in repr(thing)
