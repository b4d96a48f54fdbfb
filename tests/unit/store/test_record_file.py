"""Records in files: where each begins, what is no file of records, and files that change while they are read."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.file_record import Record
from redox_tui.store import record_file, record_scan
from redox_tui.store.record_bytes import Bytes, MemoryBytes, RecordFileError, open_bytes
from redox_tui.store.record_file import RecordFile, RecordFiles

LOG = b'{"id":"a","status":"failed"}'

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


class InMemory:
    """Bytes that are read a few at a time, so that every record lies across two pieces somewhere."""

    has_changed = False

    def __init__(self, text: bytes, most: int = 1 << 30) -> None:
        self.size = len(text)
        self._text = text
        self._most = most

    def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
        return [self._text[offset : offset + min(length, self._most)] for offset, length in spans]


def cut(text: bytes, spans: Any) -> list[bytes]:
    return [text[offset : offset + length] for offset, length in spans]


def whole(source: Bytes, name: str) -> RecordFile:
    file = RecordFile(name, source)
    for _ in file.scan():
        pass
    return file


def records(path: Path) -> list[Record]:
    file = whole(open_bytes(path), path.name)
    return list(file.read(range(len(file))))


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n")).map(lambda text: text.encode("utf-8", "surrogatepass"))),
    st.lists(st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \r\n"]), min_size=1, max_size=5),
    st.booleans(),
    st.integers(1, 40),
)
def test_lines_are_those_of_a_naive_split(parts: list[bytes], ends: list[bytes], is_torn: bool, most: int) -> None:
    text = b"".join(part + ends[number % len(ends)] for number, part in enumerate(parts))
    text = text.rstrip(b"\r\n ") if is_torn else text
    wanted = [line.strip() for line in text.split(b"\n") if line.strip()]
    assert [line.strip() for line in cut(text, record_scan.lines(InMemory(text, most)))] == wanted


@given(st.lists(JSON), st.sampled_from([None, 0, 2]), st.booleans(), st.integers(1, 40))
def test_elements_are_those_that_a_parser_finds(
    values: list[Any], indent: int | None, is_ascii: bool, most: int
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    found = cut(text, record_scan.elements(InMemory(text, most)))
    assert [json.loads(one.decode("utf-8", "surrogatepass")) for one in found] == values


@given(st.lists(JSON, min_size=1), st.data())
def test_of_an_array_that_was_cut_off_all_whole_elements_are_found(values: list[Any], data: st.DataObject) -> None:
    text = json.dumps(values).encode()
    end = data.draw(st.integers(1, len(text) - 1))
    found = cut(text[:end], record_scan.elements(InMemory(text[:end], 7)))
    expected = cut(text, record_scan.elements(InMemory(text)))[: len(found)]
    assert found[:-1] == expected[:-1]
    assert all(one.startswith(torn) for one, torn in zip(expected[-1:], found[-1:], strict=True))


def test_an_element_too_deep_for_a_parser_is_one_record() -> None:
    deep = b"[" * 200_000 + b"]" * 200_000
    text = b"[1, " + deep + b', {"a": "\xc3\xa9"}]'
    assert cut(text, record_scan.elements(InMemory(text))) == [b"1", deep, b'{"a": "\xc3\xa9"}']


def test_what_is_no_json_in_an_array_is_the_last_record() -> None:
    text = b'[{"id":"a"}, {"id":} , {"id":"c"}]'
    assert cut(text, record_scan.elements(InMemory(text))) == [b'{"id":"a"}', b'{"id":} , {"id":"c"}]']


def test_rows_of_an_exported_table_become_records(tmp_path: Path) -> None:
    path = tmp_path / "logs.csv"
    header = "id,createdAt,status,type,dataModel,eventType,sourceId,source,destinationId,destination,attempts\n"
    path.write_text(
        header
        + 'a,2026-11-20T14:00:00.000Z,failed,send,Order,New,s-1,\'=Lab,d-1,"East,\nwest",3\n'
        + "b,,failed,,,,,,,,\n"
    )
    first, second = (json.loads(record.text) for record in records(path))
    assert first == {
        "id": "a",
        "createdAt": "2026-11-20T14:00:00.000Z",
        "status": "failed",
        "type": "send",
        "dataModel": "Order",
        "eventType": "New",
        "source": {"id": "s-1", "name": "=Lab"},
        "destination": {"id": "d-1", "name": "East,\nwest"},
        "attempts": {"total": "3"},
    }
    assert second == {"id": "b", "status": "failed"}


def test_a_large_message_in_a_cell_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "logs.csv"
    message = '{\n "Notes": "' + "x" * 300_000 + '"\n}'
    doubled = message.replace('"', '""')
    path.write_text(f'id,createdAt,payload\na,,"{doubled}"\nb,,\n')
    first, second = (json.loads(record.text) for record in records(path))
    assert first == {"id": "a", "payload": message}
    assert second == {"id": "b"}


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.ndjson", LOG + b"\n" + LOG, [LOG, LOG]),
        ("a.txt", LOG + b"\n" + LOG + b"\n", [LOG, LOG]),
        ("a.ndjson.part", LOG + b'\n{"id":"b', [LOG, b'{"id":"b']),
        ("a.ndjson", b"\xef\xbb\xbf" + LOG, [LOG]),
        ("a.json", b"[\n" + LOG + b",\n" + LOG + b"\n]\n", [LOG, LOG]),
        ("a.json", b'{\n "Meta": {}\n}\n', [b'{\n "Meta": {}\n}\n']),
        ("a.xml", b"<ClinicalDocument/>", [b"<ClinicalDocument/>"]),
        ("a.hl7", b"MSH|^~\\&|\rPID|1\r", [b"MSH|^~\\&|\rPID|1\r"]),
        ("a.json", b"[]", []),
    ],
)
def test_the_form_of_a_file_is_told_by_what_it_holds(
    tmp_path: Path, name: str, text: bytes, wanted: list[bytes]
) -> None:
    (tmp_path / name).write_bytes(text)
    assert [record.text for record in records(tmp_path / name)] == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (gzip.compress(LOG, mtime=0), "gunzip -c FILE | redox-tui view -"),
        (b"PAR1abc", "is Parquet"),
        ("[]".encode("utf-16"), "iconv"),
        (b"{\0\0", "is binary"),
        (b"\x89PNG\r\n", "is neither"),
        (b"hello", "is neither"),
    ],
)
def test_what_holds_no_records_is_refused_in_words(tmp_path: Path, text: bytes, reason: str) -> None:
    path = tmp_path / "logs.json"
    path.write_bytes(text)
    with pytest.raises(RecordFileError) as refused:
        records(path)
    assert reason in str(refused.value)
    assert "logs.json" in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordFileError, match=r"nothing\.ndjson cannot be read: No such file"):
        open_bytes(tmp_path / "nothing.ndjson")


def test_a_file_that_shrinks_has_marked_records(tmp_path: Path) -> None:
    path = tmp_path / "logs.ndjson"
    path.write_bytes((LOG + b"\n") * 3)
    file = whole(open_bytes(path), path.name)
    os.truncate(path, len(LOG) + 5)
    first, second, third = file.read(range(3))
    assert (first.text, first.problem) == (LOG, None)
    assert second.problem == third.problem == "the file has changed"
    assert file.has_changed


def test_another_file_in_the_same_place_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "logs.ndjson"
    path.write_bytes(LOG + b"\n")
    file = whole(open_bytes(path), path.name)
    other = tmp_path / "other"
    other.write_bytes(LOG.replace(b'"a"', b'"b"') + b"\n")
    other.rename(path)
    with pytest.raises(RecordFileError, match="Another file has taken the place"):
        list(file.read([0]))


def test_records_are_read_a_few_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[tuple[int, int]]] = []

    class Watched(InMemory):
        def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
            asked.append(spans)
            return super().read(spans)

    monkeypatch.setattr(record_file, "_AT_ONCE", 2 * len(LOG) + 5)
    file = whole(Watched((LOG + b"\n") * 5), "logs.ndjson")
    asked.clear()
    assert [record.text for record in file.read(range(5))] == [LOG] * 5
    assert [sum(length for _, length in spans) <= 2 * len(LOG) + 1 for spans in asked] == [True] * 3


def test_a_pipe_is_kept_in_memory_within_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logs"
    path.write_bytes(LOG)
    with path.open("rb") as stream:
        assert MemoryBytes(stream, "stdin").read([(0, 100)]) == [LOG]
    monkeypatch.setattr("redox_tui.store.record_bytes.MOST_IN_MEMORY", 5)
    with path.open("rb") as stream, pytest.raises(RecordFileError, match="not kept in memory"):
        MemoryBytes(stream, "stdin")


def test_a_record_that_is_too_long_is_marked_and_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_file, "LONGEST", 10)
    path = tmp_path / "logs.ndjson"
    path.write_bytes(LOG + b'\n{"id":1}\n')
    first, second = records(path)
    assert first.problem
    assert first.problem.startswith("longer than")
    assert second.text == b'{"id":1}'


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_several_files_are_one_sequence(sizes: list[int]) -> None:
    texts = [
        b"\n".join(b'{"id":"%d-%d"}' % (number, line) for line in range(size)) for number, size in enumerate(sizes)
    ]
    files = [RecordFile(f"{number}.ndjson", InMemory(text or b"{}")) for number, text in enumerate(texts)]
    together = RecordFiles(files)
    for _ in together.scan():
        assert len(list(together.read(range(len(together))))) == len(together)
    wanted = [line for text in texts for line in (text or b"{}").split(b"\n")]
    assert [record.text for record in together.read(range(len(together)))] == wanted
    backwards = range(len(together) - 1, -1, -1)
    assert [record.text for record in together.read(backwards)] == wanted[::-1]
