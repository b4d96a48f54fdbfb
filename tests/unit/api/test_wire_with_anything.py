"""Whatever JSON a server puts into an answer, reading it never fails and never costs another record."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api import directory_wire, log_wire, wire
from redox_tui.api.errors import BadAnswer

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_text = st.text(st.characters(codec=None), max_size=20) | st.sampled_from(["2026-11-20T12:00:00.000Z", "\ud800", "7"])
_number = st.integers(-(10**30), 10**30) | st.floats()
ANYTHING: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | _number | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)


def _of(*names: str, inner: st.SearchStrategy[Json] = ANYTHING) -> st.SearchStrategy[Json]:
    """An object that has some of these fields, each with anything in it; or anything."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, inner)) | ANYTHING


_PARTY = _of("id", "name", "organization", inner=_of("id", "name"))
_OPERATION = _of("type", "operationId", "version", "order", "attemptStage", "startTime")
_LATEST = st.fixed_dictionaries({"operations": st.lists(_OPERATION, max_size=3)}) | _of("id", "attemptAt", "status")
_ATTEMPTS = st.fixed_dictionaries({"total": ANYTHING, "latest": _LATEST})
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("id", "createdAt", "updatedAt", "status", "type", "dataModel", "eventType"), ANYTHING),
        "source": _PARTY,
        "destination": _PARTY,
        "attempts": _ATTEMPTS | ANYTHING,
        "new": ANYTHING,
    },
)
_LINKS = _of("next", "self", inner=_text.map(lambda text: f"/x?_page={text}") | ANYTHING)
META = st.fixed_dictionaries(
    {}, optional={"links": _LINKS, "totalRecords": ANYTHING, "pageSize": ANYTHING, "nextCursor": ANYTHING}
)


@given(RECORDS | ANYTHING, st.booleans())
def test_a_record_with_anything_in_it_is_a_row_and_its_neighbours_are_whole(record: Json, escaped: bool) -> None:
    text = json.dumps(record, ensure_ascii=escaped).encode("utf-8", errors="surrogatepass")
    before, found, after = log_wire.read_page(
        b'{"payload":{"results":[{"id":"before"},' + text + b',{"id":"after"}]}}', 1
    ).logs
    assert (before.id, after.id) == ("before", "after")
    assert (before.problem, after.problem) == (None, None)
    assert found.record == text
    assert found.id or found.problem


@given(META | ANYTHING, META | ANYTHING)
def test_a_page_with_anything_in_its_meta_keeps_its_logs(meta: Json, inner: Json) -> None:
    nested = {**meta, "page": inner} if isinstance(meta, dict) else meta
    body = json.dumps({"meta": nested, "payload": {"results": [{"id": "a"}]}}).encode()
    page = log_wire.read_page(body, 1)
    assert [log.id for log in page.logs] == ["a"]
    assert page.total is None or page.total >= 1
    assert page.next is None or page.next


@given(RECORDS | ANYTHING)
def test_a_log_by_id_with_anything_in_it_is_read_or_refused_in_words(record: Json) -> None:
    for body in ({"payload": record}, {"payload": {"result": record}}, record):
        try:
            detail = log_wire.read_detail(json.dumps(body).encode())
        except BadAnswer:
            continue
        assert isinstance(detail.log.record, bytes)


@given(st.lists(_PARTY, max_size=3), ANYTHING)
def test_lists_of_parties_and_environments_take_anything(records: list[Json], other: Json) -> None:
    listed: list[Json] = [*records, other]
    body = json.dumps({"payload": {"sources": listed, "environments": listed}}).encode()
    assert len(directory_wire.read_parties(body, "sources")) <= len(listed)
    assert len(directory_wire.read_environments(body)) <= len(listed)


@given(_of("payload", "errors", "message", "error", "detail", inner=_of("errors", "message")))
def test_the_words_of_an_error_are_found_in_anything(body: Json) -> None:
    assert isinstance(wire.read_message(json.dumps(body).encode()), str)


@given(st.binary(max_size=200), st.sampled_from([b"", b'{"payload":{"results":[', b'{"payload":{"id":"a",']))
def test_bytes_of_any_kind_are_read_or_refused_in_words(tail: bytes, head: bytes) -> None:
    for read in (
        lambda body: log_wire.read_page(body, 1),
        log_wire.read_detail,
        directory_wire.read_environments,
        wire.read_object,
    ):
        with contextlib.suppress(BadAnswer):
            read(head + tail)
    assert isinstance(wire.read_message(head + tail), str)
