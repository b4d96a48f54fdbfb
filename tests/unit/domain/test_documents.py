"""Documents inside of messages: named by what they begin with, and decoded to the very bytes."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.documents import NoDocument, document_in

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


def in_json(value: str) -> str:
    return json.dumps(value)


def lines_of(text: str, mark: str) -> str:
    return mark.join(text[at : at + 76] for at in range(0, len(text), 76))


@pytest.mark.parametrize(
    ("begins", "kind", "suffix"),
    [
        (b"%PDF-1.4", "PDF", "pdf"),
        (b"\xff\xd8\xff\xe0", "JPEG", "jpg"),
        (b"\x89PNG\r\n", "PNG", "png"),
        (b"{\\rtf1", "RTF", "rtf"),
        (b"II*\x00", "TIFF", "tif"),
        (b"MM\x00*", "TIFF", "tif"),
        (b"PK\x03\x04", "ZIP", "zip"),
        (b"GIF89a", "GIF", "gif"),
    ],
)
def test_a_document_is_named_by_what_it_begins_with(begins: bytes, kind: str, suffix: str) -> None:
    text = in_json(base64.b64encode(begins + bytes(1_000)).decode())
    document = document_in(text, 0, len(text))
    assert document
    assert (document.kind, document.suffix, document.size) == (kind, suffix, len(begins) + 1_000)


@pytest.mark.parametrize(("size", "words"), [(500, "500 bytes"), (1_234, "1.2 KB"), (1_234_567, "1.2 MB")])
def test_a_document_says_its_size(size: int, words: str) -> None:
    text = in_json(base64.b64encode(PDF[:9] + bytes(size - 9)).decode())
    document = document_in(text, 0, len(text))
    assert document
    assert document.words == f"PDF, {words}, base64"


@given(st.binary(max_size=300))
@pytest.mark.parametrize("mark", ["", "\r\n", "\n"])
@pytest.mark.parametrize("prefix", ["", "data:application/pdf;base64,"])
def test_a_document_is_decoded_to_its_bytes(mark: str, prefix: str, data: bytes) -> None:
    data = PDF + data
    text = in_json(prefix + lines_of(base64.b64encode(data).decode(), mark)).replace("/", "\\/")
    document = document_in(f"[{text}]", 1, 1 + len(text))
    assert document
    assert b"".join(document.pieces()) == data
    assert abs(document.size - len(data)) <= len(data) // 50 + 2


@pytest.mark.parametrize("mark", ["", "\r\n"])
def test_a_long_document_is_decoded_piece_by_piece(mark: str) -> None:
    data = PDF * 800
    text = in_json(lines_of(base64.b64encode(data).decode(), mark))
    document = document_in(text, 0, len(text))
    assert document
    pieces = list(document.pieces())
    assert len(pieces) > 3
    assert b"".join(pieces) == data


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000, "JVBERi0xLjQ=", base64.b64encode(PDF).decode() + "!", "JVBERi0" + " not base64 " * 50, "", "é" * 200],
)
def test_what_is_no_document_is_not_named_as_one(value: str) -> None:
    text = in_json(value)
    assert document_in(text, 0, len(text)) is None


def test_a_document_that_is_damaged_in_the_middle_is_refused_without_a_word_of_it() -> None:
    encoded = base64.b64encode(PDF * 4).decode()
    text = in_json(encoded[:9_000] + "*CANARY*" + encoded[9_000:])
    document = document_in(text, 0, len(text))
    assert document
    with pytest.raises(NoDocument) as raised:
        b"".join(document.pieces())
    assert "CANARY" not in str(raised.value)
    assert "CANARY" not in repr(document)
