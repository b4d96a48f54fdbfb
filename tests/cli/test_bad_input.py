"""What can go wrong outside: each a sentence that says what, why and what to do, the right code, and no traceback."""

import pytest

from tests.unit.api.server import Server, answer

from .given import NASTY, TOKEN, WEEK, Run, logs_answer, scripted, to

COMMANDS = [("logs", WEEK), ("log", "some-id"), ("log", "some-id", "--payload")]

SAYING = '{"payload":{"errors":[{"title":"Oops","detail":"It is so."}]}}'


BAD: dict[str, tuple[bytes, int, str]] = {
    "web page": (answer(b"<html>Sign in"), 6, "The answer is a web page, not JSON. Check --base-url;"),
    "empty": (answer(b""), 6, "The answer"),
    "cut off": (answer(b'{"payload":'), 6, "The answer is not whole JSON:"),
    "short": (answer(b"{}", content_length="999"), 6, "broke off before the answer was whole. Try again."),
    "nothing": (b"", 6, "broke off before the answer was whole. Try again."),
    "TLS": (b"\x16\x03\x01", 6, "broke off before the answer was whole. Try again."),
    "number": (answer(b"7"), 6, "The answer"),
    "no gzip": (answer(b"no gzip", content_encoding="gzip"), 6, "it cannot be decompressed. Try again."),
    "redirect": (answer(b"", 302, location="https://login.example/?a=b"), 6, "(302) to login.example. Redirects are"),
    "400": (answer(SAYING, 400), 2, "(400). The server says: It is so."),
    "401": (answer(SAYING, 401), 3, "has ended (401). The server says: It is so. Get a new token, then start again."),
    "403": (answer(SAYING, 403), 3, "(403). The server says: It is so. Ask for a role that may."),
    "429": (answer(SAYING, 429), 6, "(429). The server says: It is so. Wait a few minutes, then try again."),
    "500": (answer(SAYING, 500), 6, "(500). The server says: It is so. Try again in a moment."),
    "502": (answer(b"<html>Bad Gateway", 502), 6, "(502). Try again in a moment."),
    "204": (answer(b"", 204), 6, "The server answered 204"),
}


@pytest.mark.parametrize("command", COMMANDS, ids=["logs", "log", "payload"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_is_one_sentence_with_its_own_code(command: tuple[str, ...], name: str, run: Run) -> None:
    raw, code, says = BAD[name]
    with scripted(raw) as server:
        ran = run(*command, *to(server.url))
    assert (ran.code, ran.out) == (code, b"")
    assert says in ran.err
    assert ran.err.startswith("redox-tui: ")
    assert ran.err.count("\n") == 1
    assert "internal error" not in ran.err
    assert TOKEN not in ran.err


def test_a_log_that_takes_the_server_too_long_is_said_so(run: Run) -> None:
    with scripted(answer(SAYING, 504)) as server:
        ran = run("log", "some-id", *to(server.url))
    assert (ran.code, ran.out) == (6, b"")
    assert "(504). The server says: It is so. Try again." in ran.err


def test_ht_04_a_list_that_always_takes_too_long_is_an_error_and_not_an_empty_list(run: Run) -> None:
    with scripted(server=Server(by=lambda _: answer(SAYING, 504))) as server:
        ran = run("logs", WEEK, *to(server.url))
    assert (ran.code, ran.out) == (6, b"")
    assert ran.err.endswith("The server took too long, even for a second of logs. Try again later.\n")
    assert len(server.requests) < 200


@pytest.mark.parametrize("command", COMMANDS)
def test_a_host_that_cannot_be_reached_is_said(command: tuple[str, ...], run: Run) -> None:
    with scripted() as gone:
        pass
    ran = run(*command, *to(gone.url))
    assert (ran.code, ran.out) == (6, b"")
    assert ran.err == (
        f"redox-tui: {gone.host} cannot be reached: connection refused. Check --base-url and this machine's network.\n"
    )


def test_a_log_that_nobody_has_is_not_found(run: Run) -> None:
    with scripted(answer(b"", 404), answer(b"", 404)) as server:
        ran = run("log", "some-id", *to(server.url))
    assert (ran.code, ran.out) == (8, b"")
    assert ran.err == "redox-tui: No log has the id some-id. Check the id and the organization.\n"


def test_a_list_that_is_missing_names_the_generation(run: Run) -> None:
    with scripted(answer(b"", 404)) as server:
        ran = run("logs", WEEK, *to(server.url))
    assert (ran.code, ran.out) == (8, b"")
    assert "--generation" in ran.err


def test_a_term_that_the_generation_does_not_know_names_the_other(run: Run) -> None:
    with scripted() as server:
        ran = run("logs", WEEK, "facility:2.16", *to(server.url))
    assert (ran.code, ran.out, server.requests) == (2, b"", [])
    assert "use --generation environment." in ran.err


def test_what_a_server_says_cannot_steer_the_terminal(run: Run) -> None:
    with scripted(answer({"message": NASTY}, 500)) as server:
        ran = run("logs", WEEK, *to(server.url))
    assert ran.code == 6
    assert not set(NASTY) - set("]0;owned[31mredgnp") & set(ran.err)
    assert "␛]0;owned␇" in ran.err


def test_a_server_that_goes_in_circles_is_left(run: Run) -> None:
    page = logs_answer({"id": "a"}, links={"next": "/logs?_page=1"})
    with scripted(server=Server(by=lambda _: page)) as server:
        ran = run("logs", WEEK, "--all", "--format", "ndjson", *to(server.url))
    assert (ran.code, ran.lines) == (6, ['{"id": "a"}'])
    assert "The server repeats itself" in ran.err


def test_an_error_that_nobody_expected_is_a_reference_without_anything_from_memory(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object, *_: object) -> None:
        raise RuntimeError("canary")

    monkeypatch.setattr("redox_tui.api.logs.LogCalls.page", fail)
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"))
    assert (ran.code, ran.out) == (1, b"")
    assert ran.err.startswith("redox-tui: internal error RuntimeError at ")
    assert "canary" not in ran.err
    assert TOKEN not in ran.err


def test_logs_of_the_whole_organization_instead_of_an_environment_are_said_to_be_so(run: Run) -> None:
    with scripted(answer(b"{}", 404), logs_answer({"id": "a"})) as server:
        ran = run("logs", WEEK, "--format", "ndjson", *to(server.url, "--environment", "mistyped"))
    assert (ran.code, ran.lines) == (0, ['{"id": "a"}'])
    assert "not of this environment: logs of the whole organization" in ran.err


def test_where_both_lists_are_missing_the_error_is_about_the_one_that_was_named(run: Run) -> None:
    named, other = answer(b'{"message":"no such environment"}', 404), answer(b'{"message":"no longer listed"}', 410)
    with scripted(named, other) as server:
        ran = run("logs", WEEK, *to(server.url, "--environment", "mistyped"))
    assert ran.code == 8
    assert "no such environment" in ran.err
