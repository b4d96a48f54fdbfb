"""A whole list for an export: with messages, with gaps told in time, and gone on with behind any row."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.errors import NotFound, ServerTrouble
from redox_tui.api.every import every
from redox_tui.api.merged import Merged
from redox_tui.api.protocol import Urgency
from redox_tui.domain.logs import Log, LogBatch, LogDetail, LogPage, PageRef
from redox_tui.domain.search import LogSearch
from redox_tui.domain.timerange import TimeRange, Timestamp, iso
from redox_tui.store import export
from redox_tui.store.export import Export, Plan

from .listing import START, Listing, Paging, names, rows

PAGINGS: tuple[Paging, ...] = ("totals", "numbers", "cursors")


@dataclass
class WithMessages(Listing):
    """A list whose logs have messages; `failing` says why one has none."""

    failing: dict[str, Exception] = field(default_factory=dict)
    reading: int = 0
    most_read: int = 0

    async def get(self, log_id: str, data_mode: str | None = None, urgency: Urgency = Urgency.BROWSING) -> LogDetail:
        self.reading += 1
        self.most_read = max(self.most_read, self.reading)
        await asyncio.sleep(0)
        self.reading -= 1
        if log_id in self.failing:
            raise self.failing[log_id]
        return LogDetail(self.log(log_id), f"message of {log_id}")


def anything(log: Log) -> bool:
    return True


async def read(listing: Listing, *, with_messages: bool = True) -> list[LogBatch]:
    found = every(listing, LogSearch(), wanted=anything, with_messages=with_messages, count=10)
    return [batch async for batch in found]


async def test_messages_come_in_the_order_of_their_logs_a_few_at_once() -> None:
    listing = WithMessages(rows(25))
    batches = await read(listing)
    found = [(row.log.id, row.payload) for batch in batches for row in batch.rows]
    assert found == [(name, f"message of {name}") for name in names(range(25))]
    assert sum(batch.read for batch in batches) == 25
    assert listing.most_read == 4
    assert listing.urgencies == {Urgency.EXPORT}


async def test_a_log_whose_message_is_gone_comes_without_it() -> None:
    batches = await read(WithMessages(rows(3), failing={"r1": NotFound("Gone.")}))
    payloads = [row.payload for batch in batches for row in batch.rows]
    assert payloads == ["message of r0", None, "message of r2"]


async def test_an_error_of_a_message_ends_it_and_leaves_no_request_behind() -> None:
    listing = WithMessages(rows(8), failing={"r5": ServerTrouble("No.")})
    found: list[str] = []
    with pytest.raises(ServerTrouble):  # noqa: PT012 - what came before counts
        async for batch in every(listing, LogSearch(), wanted=anything, with_messages=True):
            found += [row.log.id for row in batch.rows]
    assert found == names(range(4))
    assert listing.reading == 0


async def test_messages_of_unwanted_logs_are_not_read() -> None:
    listing = WithMessages(rows(4), failing={"r2": ServerTrouble("No.")})
    found = every(listing, LogSearch(), wanted=lambda log: log.id != "r2", with_messages=True)
    batches = [batch async for batch in found]
    assert [row.log.id for batch in batches for row in batch.rows] == ["r0", "r1", "r3"]
    assert sum(batch.read for batch in batches) == 4


async def test_a_gap_is_told_with_the_first_rows_that_may_be_beyond_it() -> None:
    gap = TimeRange(START, START)

    @dataclass
    class WithGap(Listing):
        async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.EXPORT) -> LogPage:
            page = await super().page(search, ref, count, urgency)
            return replace(page, gaps=(gap,)) if ref == 2 else page

    batches = []
    with pytest.raises(Exception, match="took too long"):  # noqa: PT012 - what came before counts
        async for batch in every(WithGap(rows(30)), LogSearch(), wanted=anything, count=10, at_once=1):
            batches.append(batch)
    assert [batch.gaps for batch in batches] == [(), (gap,), (gap,)]


async def write(begun: Export, listing: Listing, *, until: int | None = None) -> None:
    """Write what is missing, up to a number of batches."""
    found = every(listing, begun.search, wanted=begun.is_new, count=4, at_once=2)
    async for batch in found:
        if until == 0:
            break
        until = None if until is None else until - 1
        begun.take(batch)
    await found.aclose()
    begun.close()


@given(
    steps=st.lists(st.integers(0, 1_200), min_size=1, max_size=30),
    paging=st.sampled_from(PAGINGS),
    ends=st.lists(st.integers(0, 6), max_size=3),
    newer=st.booleans(),
)
async def test_an_export_that_stops_anywhere_gets_every_row_once_in_order(
    steps: list[int], paging: Paging, ends: list[int], newer: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Times differ by microseconds too, which the server writes as one millisecond; new logs come meanwhile."""
    at, logs = START, {}
    for number, step in enumerate(steps):
        at -= timedelta(microseconds=step)
        logs[f"r{number:03}"] = at
    listing = Listing(dict(logs), paging=paging)
    wanted = listing.found(LogSearch())
    plan = Plan(Path(tmp_path_factory.mktemp("stops"), "logs"), "ndjson", "the query")
    as_records(listing)
    for number, end in enumerate(ends):
        begun = export.resume(plan, LogSearch())
        assert begun
        await write(begun, listing, until=end)
        if newer and begun.kept:
            listing.rows[f"n{number}"] = START + timedelta(seconds=1 + number)
    last = export.resume(plan, LogSearch())
    assert last
    await write(last, listing)
    lines = plan.part.read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == wanted


def as_records(listing: Listing) -> None:
    """Let the logs of a list have records as a server sends them."""

    def log(log_id: str) -> Log:
        created = iso(listing.rows[log_id])
        record = json.dumps({"id": log_id, "createdAt": created}).encode()
        return Log(log_id, Timestamp.read(created), record=record)

    listing.log = log  # type: ignore[method-assign]


async def test_several_lists_go_on_in_the_order_of_the_whole(tmp_path: Path) -> None:
    moments = {f"r{number:02}": START - timedelta(milliseconds=number // 3) for number in range(40)}
    search = LogSearch((("status", ("failed", "pending")),))

    @dataclass
    class Statuses(Listing):
        """A list of each status, read as one."""

        merged: dict[LogSearch, Merged] = field(default_factory=dict)

        async def page(self, search: LogSearch, ref: PageRef, count: int, urgency: Urgency = Urgency.EXPORT) -> LogPage:
            key = replace(search, pin=None)
            if ref == 1 or key not in self.merged:
                self.merged[key] = Merged(1, search, count)
            return await self.merged[key].page(self.read_one, ref)

        async def read_one(self, search: LogSearch, ref: PageRef, count: int) -> LogPage:
            failed = dict(search.terms)["status"] == ("failed",)
            part = Listing({one: at for one, at in self.rows.items() if (int(one[1:]) % 5 == 0) is failed})
            as_records(part)
            return await part.page(search, ref, count)

    whole, stopped = (Plan(tmp_path / name, "ndjson", "the query") for name in ("whole", "stopped"))
    await write(export.begin(whole, search), Statuses(moments))
    for end in (3, 2, 1, None):
        begun = export.resume(stopped, search)
        assert begun
        await write(begun, Statuses(moments), until=end)
    assert stopped.part.read_bytes() == whole.part.read_bytes()
    assert len(whole.part.read_bytes().splitlines()) == 40
