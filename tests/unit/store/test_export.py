"""Exports on the disk: whole or a part, private, never over another file, and gone on with after any end."""

import csv
import io
import json
import os
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Log, LogBatch, LogDetail
from redox_tui.domain.masking import Mask
from redox_tui.domain.query import LogQuery
from redox_tui.domain.records import CSV_COLUMNS
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange
from redox_tui.store import export, export_parquet
from redox_tui.store.errors import Conflict, DamagedStore, NotSaved, Refused, UnsafeFile
from redox_tui.store.export import Plan
from redox_tui.store.export_file import TextFile
from tests.unit.store.exports import NASTY, a_record, content, logs_of, whole, write

TEXTS = ("ndjson", "json", "csv")
LOGS = logs_of(*(a_record(number, number // 3, source={"name": NASTY}) for number in range(20)))


@pytest.fixture(params=[*TEXTS, "parquet"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each format; the parts of Parquet are small."""
    if request.param == "parquet":
        pytest.importorskip("pyarrow")
        monkeypatch.setattr(export_parquet, "PART_ROWS", 4)
        monkeypatch.setattr(export_parquet, "GROUP_ROWS", 2)
    return str(request.param)


@pytest.fixture
def plan(form: str, tmp_path: Path) -> Plan:
    return Plan(tmp_path / f"logs.{form}", form, "the query")


def abandoned(
    plan: Plan, logs: tuple[Log, ...], *, of: tuple[Log, ...] = LOGS, search: LogSearch | None = None
) -> None:
    """An export that ends in the middle."""
    begun = export.begin(plan, search or LogSearch())
    write(begun, logs)
    begun.close()


def resumed(plan: Plan, logs: tuple[Log, ...] = LOGS) -> None:
    """Go on to the end."""
    begun = export.resume(plan, LogSearch())
    assert begun
    write(begun, logs)
    begun.finish()
    begun.close()


def undisturbed(plan: Plan, tmp_path: Path, logs: tuple[Log, ...] = LOGS) -> dict[str, bytes]:
    """What the same export is when nothing disturbs it."""
    other = Plan(tmp_path / "undisturbed", plan.format, "the query")
    whole(other, logs)
    return content(other.path)


def test_ph_12_an_export_is_new_and_for_its_user_alone(plan: Plan) -> None:
    before = os.umask(0)
    try:
        begun = export.begin(plan, LogSearch())
        write(begun, LOGS)
        assert plan.part.stat().st_mode & 0o077 == plan.note.stat().st_mode & 0o077 == 0
        begun.finish()
        begun.close()
    finally:
        os.umask(before)
    files = [plan.path, *(plan.path.iterdir() if plan.path.is_dir() else ())]
    assert {path.stat().st_mode & 0o777 for path in files} <= {0o600, 0o700}
    assert os.listdir(plan.path.parent) == [plan.path.name]


@pytest.mark.parametrize("rows", [1, 5, 9, 19, 20])
def test_an_export_that_is_gone_on_with_is_the_same_as_an_undisturbed_one(
    rows: int, plan: Plan, tmp_path: Path
) -> None:
    abandoned(plan, LOGS[:rows])
    if plan.format in TEXTS or rows >= 4:
        assert plan.part.exists()
    resumed(plan)
    assert content(plan.path) == undisturbed(plan, tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([plan.path.name, "undisturbed"])


def test_it_asks_for_little_more_than_what_is_missing(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "logs", "ndjson", "the query")
    abandoned(plan, LOGS[:11])
    begun = export.resume(plan, LogSearch())
    assert begun
    last = LOGS[10].created_at
    assert last
    assert last.instant
    assert begun.search.pin
    assert (begun.search.pin - last.instant).total_seconds() == 0.001
    assert [begun.is_new(log) for log in LOGS[6:]] == [False] * 5 + [True] * 9
    begun.close()


def test_a_range_that_was_meant_from_now_on_stays_that_of_the_first_run(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "logs", "ndjson", "the query")
    then, later = datetime(2026, 11, 20, 12, tzinfo=UTC), datetime(2026, 11, 20, 13, tzinfo=UTC)
    abandoned(plan, LOGS[:2], search=LogSearch(range=TimeRange(then)))
    begun = export.resume(plan, LogSearch(range=TimeRange(later)))
    assert begun
    assert begun.search.range == TimeRange(then)
    begun.close()


def test_a_list_by_time_of_update_is_read_from_its_start_again(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "logs", "ndjson", "the query")
    search = LogSearch(on="updated")
    abandoned(plan, LOGS[:11], search=search)
    begun = export.resume(plan, search)
    assert begun
    assert [begun.is_new(log) for log in LOGS] == [False] * 11 + [True] * 9
    assert begun.search.pin
    assert all(log.created_at and log.created_at.instant and log.created_at.instant <= begun.search.pin for log in LOGS)
    begun.close()


def test_what_lies_behind_a_range_that_could_not_be_read_is_read_again(plan: Plan, tmp_path: Path) -> None:
    newest, gap = LOGS[:8], LOGS[11].created_at
    assert gap
    assert gap.instant
    begun = export.begin(plan, LogSearch())
    begun.take(LogBatch(tuple(map(LogDetail, newest)), 8))
    rows = tuple(map(LogDetail, LOGS[15:]))
    begun.take(LogBatch(rows, 5, gaps=(TimeRange(gap.instant, gap.instant),)))
    begun.close()
    resumed(plan)
    assert content(plan.path) == undisturbed(plan, tmp_path)


@given(
    shapes=st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(["", "named", "nameless", "timeless", "text"]), st.text(max_size=5)
        ),
        max_size=12,
    ),
    form=st.sampled_from(TEXTS),
    where=st.floats(0, 1),
)
def test_a_file_that_is_torn_anywhere_is_mended(
    shapes: list[tuple[int, str, str]], form: str, where: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("torn")
    at, records = 0, []
    for number, (step, kind, text) in enumerate(shapes):
        at += step
        record = a_record(number, at, dataModel=text, eventType=NASTY if kind == "text" else None)
        if kind == "named":
            record["id"] = f"{text}{number}"
        if kind == "nameless":
            del record["id"]
        if kind == "timeless" and number:
            record["createdAt"] = "long ago"
        records.append(record)
    logs = logs_of(*records)
    plan = Plan(folder / "logs", form, "the query")
    whole(Plan(folder / "undisturbed", form, "the query"), logs)
    wanted = (folder / "undisturbed").read_bytes()
    begun = export.begin(plan, LogSearch())
    write(begun, logs)
    os.truncate(plan.part, int(where * plan.part.stat().st_size))
    is_begun = plan.part.stat().st_size > 0
    assert isinstance(begun._sink, TextFile)
    os.close(begun._sink._descriptor)  # as the end of a killed process does
    if not is_begun and plan.note.exists():
        plan.note.unlink()
    again = export.resume(plan, LogSearch())
    assert again
    write(again, logs)
    again.finish()
    again.close()
    assert plan.path.read_bytes() == wanted
    assert sorted(os.listdir(folder)) == ["logs", "undisturbed"]


def test_a_file_that_is_torn_inside_its_end_is_mended(tmp_path: Path) -> None:
    for form in TEXTS:
        plan = Plan(tmp_path / form, form, "the query")
        wanted = undisturbed(plan, tmp_path, LOGS)[""]
        (tmp_path / "undisturbed").unlink()
        for cut in range(4):
            abandoned(plan, LOGS)
            plan.part.write_bytes(wanted[: len(wanted) - cut])
            resumed(plan)
            assert plan.path.read_bytes() == wanted
            plan.path.unlink()


@pytest.mark.parametrize("moment", ["linked", "named"])
def test_a_run_that_ended_while_it_tidied_up_was_complete(moment: str, plan: Plan) -> None:
    abandoned(plan, LOGS[:8])
    note = plan.note.read_bytes()
    resumed(plan)
    plan.note.write_bytes(note)
    plan.note.chmod(0o600)
    if moment == "linked" and plan.path.is_file():
        os.link(plan.path, plan.part)
    assert export.resume(plan, LogSearch()) is None
    assert os.listdir(plan.path.parent) == [plan.path.name]


def test_nothing_to_go_on_with_is_a_beginning(plan: Plan, tmp_path: Path) -> None:
    resumed(plan)
    assert content(plan.path) == undisturbed(plan, tmp_path)


def test_an_export_of_something_else_is_refused_and_stays_as_it_is(plan: Plan) -> None:
    abandoned(plan, LOGS[:8])
    before = content(plan.part)
    with pytest.raises(Refused, match="another query"):
        export.resume(Plan(plan.path, plan.format, "another"), LogSearch())
    assert content(plan.part) == before


def test_a_part_without_its_note_is_refused(plan: Plan) -> None:
    abandoned(plan, LOGS[:8])
    plan.note.unlink()
    with pytest.raises(Refused, match="Nobody knows"):
        export.resume(plan, LogSearch())


def test_a_note_that_makes_no_sense_is_refused(plan: Plan) -> None:
    abandoned(plan, LOGS[:8])
    plan.note.write_text("{}")
    with pytest.raises(DamagedStore):
        export.resume(plan, LogSearch())


@pytest.mark.parametrize(
    ("form", "change"),
    [("ndjson", b"my own line\n"), ("json", b"my own line,\n"), ("csv", b"my own line\n")],
)
def test_a_part_that_somebody_has_changed_is_refused(form: str, change: bytes, tmp_path: Path) -> None:
    plan = Plan(tmp_path / "logs", form, "the query")
    abandoned(plan, LOGS[:5])
    plan.part.write_bytes(
        plan.part.read_bytes() + (b",\n" if form == "json" else b"") + change + plan.part.read_bytes()
    )
    before = plan.part.read_bytes()
    with pytest.raises(Refused, match="not as an export has left it"):
        export.resume(plan, LogSearch())
    assert plan.part.read_bytes() == before


def test_parquet_with_a_foreign_or_damaged_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(export_parquet, "PART_ROWS", 4)
    monkeypatch.setattr(export_parquet, "GROUP_ROWS", 2)
    plan = Plan(tmp_path / "logs", "parquet", "the query")
    abandoned(plan, LOGS[:10])
    (plan.part / "notes.txt").write_text("mine")
    with pytest.raises(Refused, match="other files"):
        export.resume(plan, LogSearch())
    (plan.part / "notes.txt").unlink()
    (plan.part / "part-00001.parquet").write_bytes(b"PAR1 no PAR1")
    with pytest.raises(Refused, match="damaged"):
        export.resume(plan, LogSearch())


def test_two_runs_do_not_write_to_one_file(plan: Plan) -> None:
    abandoned(plan, LOGS[:8])
    first = export.resume(plan, LogSearch())
    assert first
    with pytest.raises(Conflict):
        export.resume(plan, LogSearch())
    first.close()


def test_what_is_there_is_never_touched(plan: Plan) -> None:
    for path in (plan.path, plan.part):
        path.write_text("precious")
        with pytest.raises(NotSaved):
            export.begin(plan, LogSearch())
        assert path.read_text() == "precious"
        path.unlink()


def test_links_are_not_followed(plan: Plan, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    for path in (plan.path, plan.part):
        path.symlink_to(elsewhere)
        with pytest.raises(NotSaved):
            export.begin(plan, LogSearch())
        path.unlink()
    abandoned(plan, LOGS[:8])
    os.rename(plan.part, elsewhere)
    plan.part.symlink_to(elsewhere)
    with pytest.raises((NotSaved, UnsafeFile)):
        export.resume(plan, LogSearch())


def test_what_appears_meanwhile_is_not_replaced(plan: Plan) -> None:
    begun = export.begin(plan, LogSearch())
    write(begun, LOGS[:8])
    plan.path.write_text("precious")
    with pytest.raises(NotSaved, match="appeared meanwhile"):
        begun.finish()
    begun.close()
    assert plan.path.read_text() == "precious"
    assert plan.part.exists()


def test_a_folder_that_vanishes_is_said(form: str, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    plan = Plan(place / "logs", form)
    begun = export.begin(plan, LogSearch())
    write(begun, LOGS[:1])
    os.rename(place, tmp_path / "gone")
    with pytest.raises(NotSaved):
        begun.finish()
    begun.close()


def test_ph_12_a_folder_where_others_can_replace_files_is_refused(plan: Plan) -> None:
    plan.path.parent.chmod(0o777)
    with pytest.raises(UnsafeFile):
        export.begin(plan, LogSearch())
    assert os.listdir(plan.path.parent) == []


def test_ph_12_a_folder_that_others_can_look_into_is_said(tmp_path: Path) -> None:
    assert export.open_to_others(tmp_path / "logs") == ""
    tmp_path.chmod(0o755)
    assert "0755" in export.open_to_others(tmp_path / "logs")


def test_a_full_disk_leaves_whole_rows(tmp_path: Path, file_limit: int) -> None:
    plan = Plan(tmp_path / "logs", "ndjson", "the query")
    begun = export.begin(plan, LogSearch())
    with pytest.raises(NotSaved, match="failed"):
        write(begun, LOGS)
    begun.close()
    lines = plan.part.read_bytes().splitlines(keepends=True)
    assert len(lines) == begun.kept > 0
    assert all(line.endswith(b"\n") for line in lines)
    assert f"{len(lines)} rows are in {plan.part}. Go on." == begun.left("Go on.")


@pytest.fixture
def file_limit() -> Iterator[int]:
    """No file may be longer than this, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500, before[1]))
    try:
        yield 1_500
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_without_rows_does_not_stay(plan: Plan) -> None:
    begun = export.begin(plan, LogSearch())
    begun.close()
    assert os.listdir(plan.path.parent) == []
    assert begun.left("Go on.") == "Nothing was kept."


def test_an_export_of_nothing_is_a_file_of_nothing(form: str, tmp_path: Path) -> None:
    plan = Plan(tmp_path / "logs", form)
    whole(plan, ())
    if form == "parquet":
        import pyarrow.parquet as pq

        assert pq.read_table(plan.path).num_rows == 0
    else:
        assert (
            plan.path.read_bytes()
            == {"ndjson": b"", "json": b"[\n\n]\n", "csv": (",".join(CSV_COLUMNS) + "\n").encode()}[form]
        )


def test_the_note_says_nothing_of_what_was_exported_or_looked_for(plan: Plan) -> None:
    query = LogQuery.parse("source:Lakeside model:PatientAdmin")
    digest = export.identity(Connection("https://api.redoxengine.com", "12345"), query, "csv")
    begun = export.begin(Plan(plan.path, plan.format, digest), LogSearch())
    begun.take(LogBatch(tuple(map(LogDetail, LOGS[:8])), 8))
    text = plan.note.read_text()
    begun.close()
    assert not any(word in text for word in ("Lakeside", "PatientAdmin", "12345", "log-", "failed", "redox"))
    assert set(json.loads(text)) == {"version", "query", "since", "until", "pin", "gap"}


def test_an_export_of_one_patient_or_with_pseudonyms_is_not_gone_on_with(plan: Plan) -> None:
    query = LogQuery.parse("patient:123")
    assert export.identity(Connection("https://api.redoxengine.com", "12345"), query) is None
    masked = Plan(plan.path, plan.format, None, mask=Mask(b"key"))
    begun = export.begin(masked, LogSearch())
    write(begun, LOGS[:8])
    assert begun.left("Go on.").endswith(".part. It cannot go on.")
    begun.close()
    assert not plan.note.exists()
    with pytest.raises(Refused):
        export.resume(masked, LogSearch())


RECORDS = (
    a_record(0, 0, status=NASTY, dataModel="=cmd()", source={"id": 7, "name": NASTY}, attempts={"total": "12"}),
    a_record(1, 1, id="@SUM(A1)", eventType="-1", destination={"name": "x" * 1_000_000}),
    {"id": "bad", "createdAt": "when?", "status": None, "attempts": {"total": 10**30}},
    a_record(3, 3, facilityCode="\ud800 half", updatedAt="2026-11-20T15:00:00Z"),
    "no object",
)


def test_nasty_text_is_the_same_in_json_and_ndjson(tmp_path: Path) -> None:
    logs = logs_of(*RECORDS)
    for form in ("json", "ndjson"):
        plan = Plan(tmp_path / form, form)
        whole(plan, logs)
        text = plan.path.read_text()
        found = json.loads(text) if form == "json" else [json.loads(line) for line in text.split("\n")[:-1]]
        assert found == list(RECORDS)


def test_nasty_text_is_the_same_in_csv_but_for_the_apostrophe_of_formulas(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "csv", "csv")
    whole(plan, logs_of(*RECORDS))
    csv.field_size_limit(2_000_000)
    header, *rows = csv.reader(io.StringIO(plan.path.read_bytes().decode(), newline=""))
    assert header == list(CSV_COLUMNS)
    assert [row[0] for row in rows] == ["log-0", "'@SUM(A1)", "bad", "log-3", ""]
    assert rows[0][2] == rows[0][7] == NASTY
    assert (rows[0][4], rows[0][10], rows[1][5]) == ("'=cmd()", "12", "'-1")
    assert rows[1][9] == "x" * 1_000_000
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in rows for cell in row)


def test_nasty_text_is_the_same_in_parquet_with_types(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    plan = Plan(tmp_path / "parquet", "parquet")
    whole(plan, logs_of(*RECORDS))
    rows = pq.read_table(plan.path).to_pylist()
    assert [json.loads(row["record"]) for row in rows] == list(RECORDS)
    assert rows[0]["createdAt"] == datetime(2026, 11, 20, 14, 59, 59, 999_000, tzinfo=UTC)
    assert rows[0]["source"] == rows[0]["status"] == NASTY
    assert (rows[0]["sourceId"], rows[0]["attempts"], rows[2]["createdAt"], rows[2]["attempts"]) == (
        "7",
        12,
        None,
        None,
    )
    assert rows[3]["facilityCode"] == "\ufffd half"
    assert rows[3]["updatedAt"] == datetime(2026, 11, 20, 15, tzinfo=UTC)


MESSAGES = (
    '{"Patient": {"Name": "=1+1"},\n "Deep": [1e400]}',
    "MSH|^~\\&|A\rPID|1",
    "\ud800",
    "{torn",
    None,
    '{"a":NaN}',
)


def test_a_message_stands_in_its_record(tmp_path: Path) -> None:
    logs = LOGS[: len(MESSAGES)]
    rows = tuple(LogDetail(log, message) for log, message in zip(logs, MESSAGES, strict=True))
    for form in ("ndjson", "csv"):
        begun = export.begin(Plan(tmp_path / form, form, "the query", with_messages=True), LogSearch())
        begun.take(LogBatch(rows, len(rows)))
        begun.finish()
        begun.close()
    lines = (tmp_path / "ndjson").read_text().split("\n")
    found = [json.loads(line)["payload"] for line in lines if line]
    assert found == [json.loads(MESSAGES[0] or ""), *MESSAGES[1:]]
    assert '"payload":{"Patient": {"Name": "=1+1"},"Deep": [1e400]}}' in lines[0]
    cells = [
        row["payload"] for row in csv.DictReader(io.StringIO((tmp_path / "csv").read_bytes().decode(), newline=""))
    ]
    assert cells == [(message or "").replace("\ud800", "\ufffd") for message in MESSAGES]


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_parquet, "is_available", lambda: False)
    with pytest.raises(Exception, match=r"redox-tui\[parquet\]"):
        export.begin(Plan(tmp_path / "logs", "parquet"), LogSearch())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("payloads", "words"),
    [
        (("{}", "{}"), ""),
        (("{}", None), "1 of them has no payload."),
        ((None, None), "2 of them have no payload."),
    ],
)
def test_rows_that_lack_the_message_that_is_wanted_are_counted(
    plan: Plan, payloads: tuple[str | None, ...], words: str
) -> None:
    batch = LogBatch(tuple(map(LogDetail, LOGS, payloads)), 2)
    for wanted, said in ((True, words), (False, "")):
        path = plan.path.with_name(f"wanted-{wanted}")
        begun = export.begin(Plan(path, plan.format, with_messages=wanted), LogSearch())
        begun.take(batch)
        assert begun.lack == said
        begun.finish()
        begun.close()
