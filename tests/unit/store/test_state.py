"""What the program notes of its own use: kept where it can be, and never in the way."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from redox_tui.store import secure_file, state
from redox_tui.store.paths import Paths

from .given import as_normal_user, begun_in_a_child, fail, interrupted, store, temporaries

NO_MOMENTS = '{"used": {"one": 1, "two": "yesterday", "three": null}}'
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def write(paths: Paths, text: str) -> None:
    secure_file.make_private_folder(paths.noted.parent)
    secure_file.write(paths.noted, text.encode())


@pytest.fixture
def paths(paths: Paths) -> Paths:
    """A store whose folder is there, as that of a profile that was used is."""
    secure_file.make_private_folder(paths.config)
    return paths


def test_what_was_noted_is_read(paths: Paths) -> None:
    state.note_use(paths, "one", NOON)
    state.note_use(paths, "two", NOON + timedelta(days=1))
    state.note_use(paths, "one", NOON + timedelta(days=2))
    assert state.last_used(paths) == {"one": NOON + timedelta(days=2), "two": NOON + timedelta(days=1)}


def test_where_nothing_was_noted_nothing_is_known_and_nothing_is_made(paths: Paths) -> None:
    assert state.last_used(paths) == {}
    assert not paths.noted.exists()
    assert not paths.state.exists()


def test_without_a_moment_it_is_the_clocks_to_the_second(paths: Paths) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    state.note_use(paths, "one")
    moment = state.last_used(paths)["one"]
    assert before <= moment <= datetime.now(UTC)
    assert moment.microsecond == 0


def test_cs_01_file_and_folder_are_for_this_user_alone_under_any_umask(paths: Paths) -> None:
    before = os.umask(0)
    try:
        state.note_use(paths, "one", NOON)
    finally:
        os.umask(before)
    assert stat.S_IMODE(paths.noted.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.noted.parent.stat().st_mode) == 0o700
    assert temporaries(paths.noted.parent) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "null",
        '{"used": []}',
        '{"used": {"one": 1, "two": "yesterday", "three": null}}',
        "[" * 99_999,
    ],
    ids=lambda text: text[:12],
)
def test_a_damaged_file_tells_nothing_and_is_replaced_by_the_next_use(text: str, paths: Paths) -> None:
    write(paths, text)
    assert state.last_used(paths) == {}
    state.note_use(paths, "new", NOON)
    assert state.last_used(paths) == {"new": NOON}


def test_a_moment_without_a_zone_is_none(paths: Paths) -> None:
    write(paths, '{"version": 1, "used": {"one": "2026-11-20T12:00:00", "two": "2026-11-20T12:00:00+02:00"}}')
    assert state.last_used(paths) == {"two": datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=2)))}


def test_cs_22_a_file_of_a_later_version_is_left_as_it_is(paths: Paths) -> None:
    text = '{"version": 2, "used": {"one": "2026-11-20T12:00:00+00:00"}}'
    write(paths, text)
    state.note_use(paths, "two", NOON)
    assert paths.noted.read_text() == text


def test_cs_08_what_is_not_known_is_kept(paths: Paths) -> None:
    write(paths, '{"version": 1, "columns": ["id"], "used": {"one": "2026-11-20T12:00:00+00:00"}}')
    state.note_use(paths, "two", NOON)
    found = json.loads(paths.noted.read_text())
    assert found["columns"] == ["id"]
    assert sorted(found["used"]) == ["one", "two"]


def test_cs_05_processes_that_note_at_the_same_time_lose_nothing(paths: Paths) -> None:
    def note(name: str) -> None:
        state.note_use(paths, name, NOON)

    names = [f"profile-{number}" for number in range(12)]
    children = [begun_in_a_child(lambda name=name: note(name)) for name in names]  # type: ignore[misc]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
    assert sorted(state.last_used(paths)) == sorted(names)


@pytest.mark.parametrize("at", range(6))
def test_cs_06_what_cannot_be_noted_is_left_and_nobody_is_bothered(at: int, paths: Paths) -> None:
    state.note_use(paths, "one", NOON)
    with interrupted(at, fail(28)):
        state.note_use(paths, "two", NOON)
    assert state.last_used(paths)["one"] == NOON
    assert temporaries(paths.noted.parent) == []


def test_cs_02_a_file_that_others_can_read_tells_nothing_and_stays(paths: Paths) -> None:
    state.note_use(paths, "one", NOON)
    paths.noted.chmod(0o644)
    assert state.last_used(paths) == {}
    before = paths.noted.read_bytes()
    state.note_use(paths, "two", NOON)
    assert paths.noted.read_bytes() == before


def test_a_folder_that_cannot_be_written_bothers_nobody(home: Path) -> None:
    def work() -> None:
        place = store(home)
        secure_file.make_private_folder(place.config)
        secure_file.make_private_folder(place.state)
        place.state.chmod(0o500)
        state.note_use(place, "one", NOON)
        assert state.last_used(place) == {}
        place.state.chmod(0o700)

    as_normal_user(work)


def test_a_profile_that_is_forgotten_leaves_nothing_to_one_of_its_name(paths: Paths) -> None:
    for name in ("lab", "other"):
        state.note_use(paths, name)
        state.remember(paths, name, {"query": "status:failed"})
    state.forget(paths, "lab")
    assert set(state.last_used(paths)) == {"other"}
    assert state.remembered(paths, "lab") == {}
    assert state.remembered(paths, "other") == {"query": "status:failed"}


def test_forgetting_what_was_never_noted_writes_nothing(paths: Paths) -> None:
    state.forget(paths, "lab")
    assert not paths.noted.exists()
