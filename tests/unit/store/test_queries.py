"""Queries that are kept: which, how many, what is never among them, and what becomes of a file that is broken."""

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from redox_tui.domain.history import LONGEST, MOST_RUN
from redox_tui.store.errors import DamagedStore, NewerFormat, NotSaved, Refused, UnsafeFile
from redox_tui.store.paths import Paths
from redox_tui.store.queries import MOST_SAVED, KeptQueries, StoredQueries

from .given import fail, interrupted, temporaries


@pytest.fixture
def queries(paths: Paths) -> StoredQueries:
    return StoredQueries(lambda: paths)


def test_nothing_is_kept_and_nothing_is_made_before_a_query_is_run(queries: StoredQueries, tmp_path: Path) -> None:
    assert queries.load() == KeptQueries()
    assert list(tmp_path.iterdir()) == []


def test_queries_that_were_run_are_kept_the_newest_last_and_each_once(queries: StoredQueries) -> None:
    for text in ("status:failed", "lakeside", "status:failed", "  STATUS:Failed "):
        queries.note_run(text)
    assert queries.load().run == ("lakeside", "status:failed")


def test_the_newest_200_are_kept(queries: StoredQueries, paths: Paths) -> None:
    paths.state.mkdir(0o700, parents=True)
    paths.queries.touch(0o600)
    paths.queries.write_text(json.dumps({"version": 1, "run": [f"w{n}" for n in range(MOST_RUN)]}))
    queries.note_run("one-more")
    run = queries.load().run
    assert (len(run), run[0], run[-1]) == (MOST_RUN, "w1", "one-more")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("status:failed patient:Barak", ("status:failed",)),
        ('PATIENT:"Timothy Bixby" lakeside', ("lakeside",)),
        ("patient:Barak", ()),
        ("", ()),
        ("statsu:failed patient:Barak", ()),
        ("x" * (LONGEST + 1), ()),
        ("\ud800", ()),
        ('"a\x1b[31m"', ()),
    ],
)
def test_a_patient_is_never_kept_nor_what_is_no_query(
    text: str, kept: tuple[str, ...], queries: StoredQueries, paths: Paths
) -> None:
    queries.note_run(text)
    assert queries.load().run == kept
    if kept:
        queries.save("mine", text)
        assert dict(queries.load().saved) == {"mine": kept[0]}
    else:
        with pytest.raises(Refused, match="nothing to save"):
            queries.save("mine", text)
    written = paths.queries.read_text() if paths.queries.exists() else ""
    assert not any(word in written for word in ("patient", "PATIENT", "Barak", "Bixby"))


def test_saved_queries_have_names_and_can_be_replaced_and_deleted(queries: StoredQueries) -> None:
    queries.save(" Night shift ", "status:failed since:12h")
    queries.save("Übergabe ✓", "lakeside")
    queries.save("Night shift", "status:failed since:8h")
    assert dict(queries.load().saved) == {"Night shift": "status:failed since:8h", "Übergabe ✓": "lakeside"}
    queries.delete("Night shift")
    queries.delete("unknown")
    assert dict(queries.load().saved) == {"Übergabe ✓": "lakeside"}


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1bb", "\ud800"])
def test_a_name_has_characters_that_can_be_seen(name: str, queries: StoredQueries) -> None:
    with pytest.raises(Refused, match="A name has"):
        queries.save(name, "lakeside")


def test_a_bounded_number_is_saved(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    found = json.loads(paths.queries.read_text())
    paths.queries.write_text(json.dumps(found | {"saved": {f"n{n}": "x" for n in range(MOST_SAVED)}}))
    with pytest.raises(Refused, match="Delete one first"):
        queries.save("more", "lakeside")
    queries.save("n1", "lakeside")


def test_what_a_later_version_has_added_is_kept(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    found = json.loads(paths.queries.read_text())
    paths.queries.write_text(json.dumps(found | {"shared": ["x"]}))
    queries.note_run("status:failed")
    assert json.loads(paths.queries.read_text())["shared"] == ["x"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        "{}",
        '{"version": "1"}',
        '{"version": 1, "run": [1]}',
        '{"version": 1, "saved": []}',
    ],
    ids=range(8),
)
def test_a_broken_file_is_left_alone_and_that_is_said(text: str, queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    paths.queries.write_text(text)
    for use in (
        queries.load,
        lambda: queries.note_run("x"),
        lambda: queries.save("a", "x"),
        lambda: queries.delete("a"),
    ):
        with pytest.raises(DamagedStore, match="is damaged"):
            use()
    assert paths.queries.read_text() == text


def test_a_file_of_a_later_version_is_left_alone(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    paths.queries.write_text('{"version": 2}')
    with pytest.raises(NewerFormat):
        queries.note_run("x")
    assert paths.queries.read_text() == '{"version": 2}'


def test_the_file_is_this_users_alone(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    assert stat.S_IMODE(paths.queries.stat().st_mode) == 0o600
    os.chmod(paths.queries, 0o644)
    with pytest.raises(UnsafeFile):
        queries.load()


def test_a_full_disk_leaves_what_was_there(queries: StoredQueries, paths: Paths) -> None:
    queries.note_run("lakeside")
    with interrupted(2, fail(errno.ENOSPC)), pytest.raises(NotSaved):
        queries.note_run("x")
    assert queries.load().run == ("lakeside",)
    assert temporaries(paths.state) == []
