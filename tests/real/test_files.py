"""The messages that Redox publishes, opened as a folder of files: every one is a row that opens as it was written."""

from contextlib import aclosing

from redox_tui.api.local import LocalClient
from redox_tui.api.local_index import LocalIndex
from redox_tui.cli.view import records_of
from redox_tui.domain.logs import Log
from redox_tui.domain.search import LogSearch
from tests.real.given import PAYLOADS


async def test_every_published_message_is_a_row_of_its_own_and_opens_byte_for_byte() -> None:
    texts = sorted(path.read_text() for path in PAYLOADS.glob("*.json"))
    logs: list[Log] = []
    async with aclosing(LocalClient(LocalIndex(records_of([str(PAYLOADS)])))) as client:
        for number in range(1, 4):
            page = await client.logs.page(LogSearch(), number, 50)
            logs += page.logs
        details = [await client.logs.get(log.id) for log in logs]
    assert page.total == len(texts) == len({log.id for log in logs})
    assert sorted(detail.payload or "" for detail in details) == texts
    assert all(log.data_model and log.event_type and log.problem is None for log in logs)
