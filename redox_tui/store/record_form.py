"""What kind of file records are in, told by its first bytes and, where these do not tell, by its name."""

import json
from enum import Enum
from typing import Final

from redox_tui.store.record_bytes import RecordFileError

HEAD: Final = 1 << 20
"""Bytes that are looked at."""

BOM: Final = b"\xef\xbb\xbf"

_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"PK\x03\x04")
_BY_LINE: Final = (".ndjson", ".jsonl")
_TEXTS: Final = (b"<", b"MSH", b"FHS", b"BHS")
"""How XML and HL7 v2 begin."""

_CSV: Final = b"id,createdAt"
"""How an export as CSV begins."""


class Form(Enum):
    """How records follow each other in a file."""

    WHOLE = "one message"
    LINES = "NDJSON"
    ARRAY = "JSON array"
    TABLE = "CSV"


def form_of(name: str, head: bytes) -> Form:
    """The form of a file with this name and these first bytes; RecordFileError where nothing in it can be shown."""
    _refuse_what_is_no_text(name, head)
    text = head.removeprefix(BOM).lstrip()
    if name.lower().removesuffix(".part").endswith(_BY_LINE):
        return Form.LINES
    if text.startswith(_CSV):
        return Form.TABLE
    if text.startswith(b"["):
        return Form.ARRAY
    if text.startswith(b"{"):
        return Form.LINES if _is_json(text.partition(b"\n")[0]) else Form.WHOLE
    if text.startswith(_TEXTS):
        return Form.WHOLE
    raise RecordFileError(f"{name} is neither JSON, NDJSON, an exported CSV, XML nor HL7 v2.")


def _refuse_what_is_no_text(name: str, head: bytes) -> None:
    if not head.removeprefix(BOM).strip():
        raise RecordFileError(f"{name} is empty.")
    if head.startswith(_COMPRESSED):
        hint = "Unpack it, or let a pipe do it: gunzip -c FILE | redox-tui view -"
        raise RecordFileError(f"{name} is compressed.", hint=hint)
    if head.startswith(b"PAR1"):
        hint = "Programs such as DuckDB do; this one opens NDJSON, JSON and CSV."
        raise RecordFileError(f"{name} is Parquet, which is not opened here.", hint=hint)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordFileError(f"{name} is UTF-16.", hint="Make it UTF-8: iconv -f UTF-16 -t UTF-8 FILE")
    if b"\0" in head[:4_096]:
        raise RecordFileError(f"{name} is binary, no text.")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
