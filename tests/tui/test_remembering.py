"""What the app remembers of a profile's list: saved at every change, found again by the next start, kept from others.

The app is begun as the command line begins it, on a real store; only the terminal is left out.
"""

import json
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from redox_tui.cli import main
from redox_tui.cli.access import Access
from redox_tui.cli.wiring import UserCredentials
from redox_tui.domain.query import LogQuery
from redox_tui.store import profiles, secure_file, state
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths
from redox_tui.tui.app import RedoxApp
from redox_tui.tui.screens.credentials import CredentialsScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.log_table import LogTable
from redox_tui.tui.widgets.query_bar import QueryBar
from tests.tui.given import NOW, Person
from tests.tui.user import Network, profile_rows, stored_with_file

EST = timezone(timedelta(hours=-5), "EST")
PATIENT = "canary-of-a-patient"
NO_QUERY = [f"{QueryBar.LABEL} {QueryBar.PLACEHOLDER}"]

Begin: TypeAlias = Callable[..., AbstractAsyncContextManager[Person]]


@pytest.fixture
def begin(store: Paths, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Begin the program with these words, and sit in front of it; the profiles are those of the store."""
    given: list[tuple[Access, UserCredentials, LogQuery]] = []

    def run_app(
        access: Access,
        credentials: UserCredentials,
        query: LogQuery,
        *,
        lock_after: float,
        poll: float,
        read_only: bool,
    ) -> int:
        given.append((access, credentials, query))
        return 0

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    for module in ("open", "demo"):
        monkeypatch.setattr(f"redox_tui.cli.{module}.require_terminal", lambda: None)
        monkeypatch.setattr(f"redox_tui.cli.{module}.run_app", run_app)

    @asynccontextmanager
    async def begin(*words: str, now: datetime = NOW, size: tuple[int, int] = (80, 24)) -> AsyncGenerator[Person]:
        monkeypatch.setattr("redox_tui.cli.open.now", lambda: now)
        assert main(words) == 0
        access, credentials, query = given.pop()
        services = Services(access, lambda: now, zone=EST)
        app = RedoxApp(services, query, credentials, lambda: now)
        async with app.run_test(size=size, notifications=True) as pilot:
            person = Person(pilot, app)
            await person.wait()
            yield person

    return begin


@pytest.fixture
def lab(store: Paths, network: Network, key_file: Path) -> Paths:
    """The store with a profile lab, whose server is up."""
    stored_with_file(store, "lab", network.site(), key_file)
    return store


def noted(store: Paths, profile: str = "lab") -> Any:
    """What the file says of a profile's list."""
    return json.loads(store.noted.read_text())["lists"][profile]


async def run_query(person: Person, text: str) -> None:
    """Put this query in place of the one that runs."""
    await person.tap("slash", "end", "ctrl+u")
    await person.write(text)
    await person.press("enter")


async def choose_columns(person: Person) -> None:
    """Switch types on and attempts off."""
    await person.tap("c", "space", "j", "space", "enter")
    await person.wait()


async def test_a_query_is_saved_when_it_runs(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, "status:failed model:results")
        assert noted(lab)["query"] == "status:failed model:Results"
        await person.tap("slash", "end")
        await person.write(" event:New")
        assert noted(lab)["query"] == "status:failed model:Results", "half a query is none"
        await person.press("enter")
        assert noted(lab)["query"] == "status:failed model:Results event:New"


async def test_a_range_is_part_of_the_query_that_is_saved(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await person.tap("t", "5")
        await person.press("enter")
        assert noted(lab)["query"] == "since:3d"
        await person.press("[")
        assert noted(lab)["query"] == "since:2026-11-14T15:00:00.122Z until:2026-11-17T15:00:00.122Z"
        await person.press("Z")
        assert noted(lab)["query"] == "since:3d"


async def test_columns_zone_and_preview_are_saved_each_when_it_changes(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab", "status:failed") as person:
        assert not lab.noted.exists() or "lists" not in json.loads(lab.noted.read_text()), "nothing was changed yet"
        await person.press("U")
        assert noted(lab) == {"query": "status:failed", "columns": {}, "zone": "local", "preview": False}
        await choose_columns(person)
        assert noted(lab)["columns"] == {"type": True, "try": False}
        await person.press("p")
        assert noted(lab)["preview"] is True
        await person.press("U", "p")
        assert (noted(lab)["zone"], noted(lab)["preview"]) == ("UTC", False)


async def test_the_next_start_begins_with_all_of_it(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, "status:failed since:2026-11-20T06:00")
        await person.press("U", "p")
        await choose_columns(person)
    async with begin("open", "--profile", "lab") as person:
        assert person.query == ["/ status:failed since:2026-11-20T06:00"]
        assert all("✗ failed" in row for row in person.rows)
        assert "since 11-20 01:00 EST" in person.place
        assert person.find(FactList).display
        header = person.lines(LogTable)[0]
        assert "TYPE" in header
        assert "TRY" not in header


async def test_what_was_switched_on_can_be_switched_off_for_good(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await choose_columns(person)
        await person.press("p", "U")
    async with begin("open", "--profile", "lab") as person:
        await choose_columns(person)
        await person.press("p", "U")
        await run_query(person, "")
    async with begin("open", "--profile", "lab") as person:
        assert person.query == NO_QUERY
        assert "last 24 h UTC" in person.place
        assert not person.find(FactList).display
        header = person.lines(LogTable)[0]
        assert "TYPE" not in header
        assert "TRY" in header


async def test_the_default_profile_begins_with_what_is_its_own(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, "status:failed")
    profiles.set_default(lab, "lab")
    async with begin("open") as person:
        assert person.query == ["/ status:failed"]


@pytest.mark.parametrize(
    ("words", "query"),
    [
        (("status:pending",), "/ status:pending"),
        (("--since", "3h"), "/ since:3h"),
        (("model:Results", "--until", "1h"), "/ model:Results until:1h"),
    ],
)
async def test_the_command_line_goes_before_what_was_remembered(
    words: tuple[str, ...], query: str, begin: Begin, lab: Paths
) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, "status:failed since:7d")
        await person.press("p")
    async with begin("open", "--profile", "lab", *words) as person:
        assert person.query == [query]
        assert person.find(FactList).display, "how the list looks has no word on the command line"
    assert noted(lab)["query"] == "status:failed since:7d", "a query of the command line is for once"


async def test_each_profile_has_its_own(begin: Begin, lab: Paths, network: Network, key_file: Path) -> None:
    stored_with_file(lab, "other", network.site("127.0.0.1:4002"), key_file)
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, "status:failed")
        await person.press("U", "p")
    async with begin("open", "--profile", "other") as person:
        assert person.query == NO_QUERY
        assert "UTC" in person.place
        assert not person.find(FactList).display
        await run_query(person, "status:pending")
    assert noted(lab)["query"] == "status:failed"
    assert noted(lab, "other")["query"] == "status:pending"


async def test_a_profile_that_is_opened_in_the_app_begins_with_its_own_too(
    begin: Begin, lab: Paths, network: Network, key_file: Path
) -> None:
    stored_with_file(lab, "other", network.site("127.0.0.1:4002"), key_file)
    state.remember(
        lab, "other", {"query": "status:failed", "zone": "local", "preview": True, "columns": {"try": False}}
    )
    async with begin("open", "--profile", "lab", "model:Results") as person:
        await person.tap("3")
        await person.until(lambda: bool(isinstance(person.app.screen, CredentialsScreen) and profile_rows(person)))
        await person.tap("j", "o")
        await person.until(lambda: person.screen[0].startswith(" other/") and "row 1 of " in person.text)
        assert person.query == ["/ status:failed"]
        assert person.find(FactList).display
        assert "TRY" not in person.lines(LogTable)[0]
        await run_query(person, "status:pending")
    kept = {"query": "status:pending", "zone": "local", "preview": True, "columns": {"try": False}}
    assert noted(lab, "other") == kept
    assert "lab" not in json.loads(lab.noted.read_text())["lists"]


async def test_who_is_looked_for_never_reaches_a_file(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, f"status:failed patient:{PATIENT}")
        assert noted(lab)["query"] == "status:failed"
        await person.press("U", "p", "[", "Z")
        await choose_columns(person)
        await run_query(person, f'patient:"{PATIENT} again"')
        assert noted(lab)["query"] == ""
    for path in lab.config.rglob("*"):
        assert not path.is_file() or PATIENT.encode() not in path.read_bytes()
    async with begin("open", "--profile", "lab") as person:
        assert PATIENT not in person.text


async def test_of_changes_that_follow_each_other_fast_the_last_one_stays(begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        with locked(lab.lock):
            for keys in ("U", "p", "U", "p", "U", "p", "U", "p", "U"):
                await person.tap(keys)
            await person.tap("c", "space", "j", "space", "enter")
        await person.wait()
        assert noted(lab) == {"query": "", "columns": {"type": True, "try": False}, "zone": "local", "preview": False}


@pytest.mark.parametrize("words", [("demo", "--logs", "500"), ("demo", "--logs", "500", "--generation", "environment")])
async def test_the_demo_writes_no_file(words: tuple[str, ...], begin: Begin, store: Paths, home: Path) -> None:
    async with begin(*words, now=datetime.now(UTC)) as person:
        await run_query(person, "status:failed")
        await person.press("U", "p", "[")
        await choose_columns(person)
        assert "[" not in person.query[0]
    assert list(home.rglob("*")) == []


async def test_the_demo_next_to_a_profile_changes_nothing_of_it(begin: Begin, lab: Paths) -> None:
    state.remember(lab, "lab", {"query": "status:failed"})
    before = {path: path.read_bytes() for path in lab.config.rglob("*")}
    async with begin("demo", "--logs", "500", now=datetime.now(UTC)) as person:
        assert person.query == NO_QUERY
        await run_query(person, "status:pending")
        await person.press("U", "p")
    assert {path: path.read_bytes() for path in lab.config.rglob("*")} == before


async def test_a_connection_without_a_profile_is_not_remembered(
    begin: Begin, lab: Paths, monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    site = network.site("127.0.0.1:4003")
    monkeypatch.setenv("REDOX_TUI_TOKEN", site.server.token)
    async with begin("open", "--base-url", site.url, "--organization", "12345") as person:
        await run_query(person, "status:failed")
        await person.press("U", "p")
        assert person.rows
    assert not lab.noted.exists()


def write(store: Paths, text: str) -> None:
    store.prepare()
    secure_file.make_private_folder(store.noted.parent)
    secure_file.write(store.noted, text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "\0" * 4_096,
        "[" * 99_999,
        '{"version": 1, "lists": []}',
        '{"version": 1, "lists": {"lab": 7}}',
        '{"version": 1, "lists": {"lab": {"query": 7, "columns": ["id"], "zone": null, "preview": "yes"}}}',
        '{"version": 1, "lists": {"lab": {"query": "statsu:failed", "columns": {"try": "no", "new": true}}}}',
        '{"version": 1, "lists": {"lab": {"query": "status:", "zone": "Europe/Berlin", "more": [1]}}}',
    ],
    ids=lambda text: text[:60],
)
async def test_with_a_damaged_file_the_app_starts_as_if_there_were_none(text: str, begin: Begin, lab: Paths) -> None:
    write(lab, text)
    async with begin("open", "--profile", "lab") as person:
        assert person.query == NO_QUERY
        assert "last 24 h UTC" in person.place
        assert "TRY" in person.lines(LogTable)[0]
        assert not person.find(FactList).display
        await run_query(person, "status:failed")
        assert noted(lab)["query"] == "status:failed"


async def test_a_file_of_a_later_version_is_left_as_it_is(begin: Begin, lab: Paths) -> None:
    text = '{"version": 2, "lists": {"lab": {"query": {"new": "form"}, "columns": 3}}, "more": true}'
    write(lab, text)
    async with begin("open", "--profile", "lab") as person:
        assert person.query == NO_QUERY
        await run_query(person, "status:failed")
        await person.press("U", "p")
    assert lab.noted.read_text() == text


async def test_a_file_that_others_can_read_is_left_as_it_is(begin: Begin, lab: Paths) -> None:
    state.remember(lab, "lab", {"query": "status:failed"})
    lab.noted.chmod(0o644)
    before = lab.noted.read_bytes()
    async with begin("open", "--profile", "lab") as person:
        assert person.query == NO_QUERY
        await run_query(person, "status:pending")
    assert lab.noted.read_bytes() == before


async def test_a_link_in_its_place_is_not_followed(begin: Begin, lab: Paths, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text('{"version": 1, "lists": {"lab": {"query": "status:failed"}}}')
    foreign.chmod(0o600)
    lab.noted.symlink_to(foreign)
    before = foreign.read_bytes()
    async with begin("open", "--profile", "lab") as person:
        assert person.query == NO_QUERY
        await run_query(person, "status:pending")
    assert foreign.read_bytes() == before


@pytest.mark.parametrize("query", ["since:3d until:2026-11-20T12:00", "status:failed since:1h until:2026-11-20"])
async def test_a_range_that_time_has_turned_round_is_left_out(query: str, begin: Begin, lab: Paths) -> None:
    async with begin("open", "--profile", "lab") as person:
        await run_query(person, query)
        assert noted(lab)["query"] == query
    async with begin("open", "--profile", "lab", now=NOW + timedelta(days=30)) as person:
        assert person.query == (["/ status:failed"] if "status:failed" in query else NO_QUERY)
        assert "last 24 h UTC" in person.place
        await person.press("U")


async def test_what_is_not_known_of_a_profile_is_kept(begin: Begin, lab: Paths) -> None:
    write(lab, '{"version": 1, "new": 1, "lists": {"lab": {"query": "status:failed", "saved": {"a": "b"}}, "x": {}}}')
    async with begin("open", "--profile", "lab") as person:
        await person.press("p")
    assert noted(lab)["saved"] == {"a": "b"}
    found = json.loads(lab.noted.read_text())
    assert (found["new"], found["lists"]["x"]) == (1, {})
