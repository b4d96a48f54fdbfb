"""Canaries: no token, no message and no query of a URL is in what an error says, nor in any repr."""

import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.errors import PlatformError
from redox_tui.domain.query import LogQuery

from . import keys
from .given import QUICK, TOKEN, WRITE, client_of, connection_to, failure_of, with_a_key
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
    name: str, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    patience = replace(QUICK, read=0.02) if ANSWERS[name] is HANG else QUICK
    search = LogQuery.parse(f"event:{EVENT} patient:{PATIENT} since:1h").search(now)
    async with Server(ANSWERS[name], repeats=True) as server, client_of(server, patience=patience) as client:
        heard: list[str] = []
        client.hear = heard.append
        with pytest.raises(PlatformError) as caught:
            await client.logs.page(search, 1, 50)
    text = "\n".join([*said(caught.value), *heard])
    assert not [canary for canary in CANARIES if canary in text]
    warnings = [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    assert warnings == []


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - {"hang"}))
async def test_an_outcome_that_is_unknown_holds_no_secret_either(name: str) -> None:
    async with Server(ANSWERS[name]) as server:
        error = await failure_of(server, WRITE)
    assert not [canary for canary in CANARIES if canary in "\n".join(said(error))]


async def test_a_host_that_cannot_be_reached_does_not_bring_the_query_up(now: datetime) -> None:
    async with Server() as gone:
        pass
    async with client_of(gone) as client:
        with pytest.raises(PlatformError) as caught:
            await client.logs.page(LogQuery.parse(f"event:{EVENT} since:1h").search(now), 1, 50)
    assert not [canary for canary in CANARIES if canary in "\n".join(said(caught.value))]


async def test_au_06_neither_key_nor_assertion_nor_token_is_in_what_a_refusal_says() -> None:
    refusal = answer({"error": "invalid_request"}, 400)
    async with Server(refusal) as server, client_of(server, tokens=with_a_key) as client:
        with pytest.raises(PlatformError) as caught:
            await client.directory.environments()
    text = "\n".join(said(caught.value))
    assert server.requests[0].form["client_assertion"] not in text
    assert str(keys.ec().private_numbers().private_value) not in text


def test_no_repr_holds_a_token() -> None:
    tokens = GivenToken(TOKEN)
    client = PlatformClient(connection_to("http://127.0.0.1:1"), lambda _: tokens)
    for thing in (tokens, client, client.logs, client.directory, vars(client)):
        assert TOKEN not in repr(thing)
