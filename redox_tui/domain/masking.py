"""Logs and messages with pseudonyms in place of what may name a patient; what is not known to be safe is replaced.

Equal values get equal pseudonyms as long as one key is used, and all times are moved by one length, so that lines can
still be joined and intervals measured. This is no anonymisation: rare codes, results and the order of events stay.
"""

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from redox_tui.domain.logs import Log, LogDetail
from redox_tui.domain.models import DATA_MODELS, same_model
from redox_tui.domain.timerange import Timestamp

KEPT: Final = frozenset(
    (
        *("AbnormalFlag", "Action", "ActionStatus", "CanceledEvent", "Code", "CodeSet", "CodeSystem", "CodeSystemName"),
        *("Codeset", "ContentType", "CreditOrDebit", "DiagnosisRelatedGroup", "DurationUnit", "FileType", "IDType"),
        *("MIMEType", "NDC", "PatientClass", "PatientClasses", "PaymentMethod", "Priority", "ResponsibilityLevel"),
        *("ResultStatuses", "ResultsStatus", "Status", "TimeZone", "Type", "Unit", "Units", "ValueType"),
        "VisitStatuses",
    )
)
"""Fields of the data models whose texts stay: codes, kinds, states, units (shared field paths of all 24 models)."""

MEASURED: Final = frozenset(
    ("Count", "Duration", "High", "Low", "Period", "Quantity", "UnitCount", "UsedQuantity", "Value", "WastedQuantity")
)
"""Fields whose numbers stay, where they have at most six digits: longer ones may be ids."""

PERSONAL: Final = frozenset(
    (
        *("Contacts", "Demographics", "Guarantor", "Guarantors", "Insurance", "Insurances", "Insured", "InsuredPerson"),
        *("PersonalRepresentatives", "Subscriber"),
    )
)
"""Objects below which everything is replaced, codes too."""

_METADATA_KEPT: Final = frozenset(
    ("attemptStage", "dataMode", "dataModel", "eventType", "facilityCode", "region", "status", "type")
)
_METADATA_NUMBERS: Final = frozenset(["attempts", "order", "total", "version"])
_METADATA_PARTIES: Final = frozenset(("source", "destination", "operations"))
"""Who sends, who receives and what ran: systems and assets, whose ids and names no patient has."""

_META_PARTIES: Final = frozenset(("Source", "Destinations"))
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
"""No digit, so that no number can be in a pseudonym by chance, and no vowel, so that no word can."""

_LENGTH: Final = 12
_LEAST_DAYS, _MORE_DAYS = 3_000, 4_000
_SHORTEST_FOUND: Final = 4
"""Characters that a patient's value must have to be looked for in what stays: shorter ones are in every text."""

_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:([T ])(\d{2}[:.]\d{2}[:.]\d{2})([.:,]\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?"
)
_NUMBER: Final = re.compile(r"[<>]?=?-?(?=(?:\.?\d){1,6}\Z)\d+(?:\.\d+)?")
_FIELD_NAME: Final = re.compile(r"(?!.*\d{4})[A-Za-z_@$][\w.@$-]{0,63}", re.ASCII)
_HL7_MARKS: Final = re.compile(r"[^|^~\\&]+")
_XML: Final = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[!?][^>]*>|<[^>]*>|[^<]+", re.DOTALL)
_XML_TAG: Final = re.compile(
    r"(</?[A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)(\s*/?>)", re.DOTALL
)
_XML_ATTRIBUTE: Final = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Mask:
    """The pseudonyms of one export; whoever has its `key` (32 random bytes) could test guesses, so it is never kept."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        number = int.from_bytes(self._digest("time", "offset"))
        self._days = timedelta(days=_LEAST_DAYS + number % _MORE_DAYS)
        self._seconds = timedelta(seconds=number // _MORE_DAYS % 86_400)

    def row(self, row: LogDetail) -> LogDetail:
        """A log with pseudonyms, and its message where it has one."""
        return LogDetail(self.log(row.log), None if row.payload is None else self.message(row.payload))

    def log(self, log: Log) -> Log:
        """The metadata of a log: statuses, types, data models and parties stay, ids and times do not."""
        try:
            masked = json.dumps(self._metadata(json.loads(log.record), ""), separators=(",", ":"))
        except (ValueError, RecursionError):
            masked = "{}"
        return replace(
            log,
            id=self.text(log.id),
            created_at=self._timestamp(log.created_at),
            updated_at=self._timestamp(log.updated_at),
            record=masked.encode(),
        )

    def message(self, text: str) -> str:
        """A message with pseudonyms. Of a known data model codes stay; of any other text its structure only."""
        start = text.lstrip()[:4]
        if start[:1] in ("{", "["):
            try:
                found = json.loads(text)
                return json.dumps(self._json_message(found), separators=(",", ":"))
            except (ValueError, RecursionError):
                return self.text(text)
        if start[:3] in ("MSH", "FHS", "BHS"):
            return self._hl7(text)
        return self._xml(text) if start[:1] == "<" else self.text(text)

    def text(self, text: str) -> str:
        """The pseudonym of a text; a date or a time is moved instead. Case and spaces around it do not count."""
        if not text.strip():
            return text
        if (found := _TIME.fullmatch(text.strip())) and (moved := self._moved(found)):
            return moved
        number = int.from_bytes(self._digest("text", text.strip().casefold()))
        letters = []
        for _ in range(_LENGTH):
            number, place = divmod(number, len(_LETTERS))
            letters.append(_LETTERS[place])
        return "~" + "".join(letters)

    def _timestamp(self, timestamp: Timestamp | None) -> Timestamp | None:
        return Timestamp.read(self.text(timestamp.text)) if timestamp else None

    def _moved(self, found: re.Match[str]) -> str | None:
        day, between, clock, fraction, zone = found.groups()
        try:
            if clock is None:
                return (datetime.fromisoformat(day) - self._days).date().isoformat()
            instant = datetime.fromisoformat(f"{day}T{clock.replace('.', ':')}") - self._days - self._seconds
        except (ValueError, OverflowError):
            return None
        return f"{instant.date()}{between}{instant.time().isoformat()}{fraction or ''}{zone or ''}"

    def _number(self, value: float) -> float:
        number = int.from_bytes(self._digest("number", repr(value))) % 10**9
        return float(number) if isinstance(value, float) else number

    def _digest(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{text}".encode(errors="surrogatepass"), sha256)

    def _name(self, name: str) -> str:
        """The name of a member: one that could be data is replaced too."""
        return name if _FIELD_NAME.fullmatch(name) else self.text(name)

    def _metadata(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            keep = name in _METADATA_PARTIES
            return {
                self._name(key): one
                if keep and key in ("id", "name", "operationId") and isinstance(one, str | int)
                else self._metadata(one, "source" if keep and key == "organization" else key)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self._metadata(one, name) for one in value]
        if isinstance(value, str):
            return value if name in _METADATA_KEPT else self.text(value)
        if isinstance(value, bool) or value is None or name in _METADATA_NUMBERS:
            return value
        return self._number(value)

    def _json_message(self, found: Any) -> Any:
        meta = found.get("Meta") if isinstance(found, dict) else None
        model = meta.get("DataModel") if isinstance(meta, dict) else None
        if not (isinstance(model, str) and any(same_model(model, known) for known in DATA_MODELS)):
            return self._everything(found)
        return self._of_model(found, (), _Personal(_personal(found, (), is_personal=False)))

    def _everything(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._name(key): self._everything(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._everything(one) for one in value]
        if isinstance(value, str):
            return self.text(value)
        return value if isinstance(value, bool) or value is None else self._number(value)

    def _of_model(self, value: Any, path: tuple[str, ...], personal: "_Personal") -> Any:
        if isinstance(value, dict):
            return {self._name(key): self._of_model(one, (*path, key), personal) for key, one in value.items()}
        if isinstance(value, list):
            return [self._of_model(one, path, personal) for one in value]
        if isinstance(value, bool) or value is None:
            return value
        text = str(value)
        if _stays(path, text) and not (PERSONAL & set(path)) and not personal.is_in(text):
            return value
        return self.text(value) if isinstance(value, str) else self._number(value)

    def _hl7(self, text: str) -> str:
        """Segment names and delimiters stay, and everything between them has a pseudonym."""
        parts = re.split(r"(\r\n|\r|\n)", text)
        return "".join(self._segment(part) if at % 2 == 0 else part for at, part in enumerate(parts))

    def _segment(self, segment: str) -> str:
        name, bar, fields = segment.partition("|")
        if not bar or not re.fullmatch(r"[A-Z][A-Z0-9]{2}", name):
            return self.text(segment)
        return f"{name}|" + _HL7_MARKS.sub(lambda found: self.text(found[0]), fields)

    def _xml(self, text: str) -> str:
        """Names of elements and attributes stay; texts, values of attributes, comments and instructions do not."""
        return "".join(self._xml_part(part) for part in _XML.findall(text))

    def _xml_part(self, part: str) -> str:
        if not part.startswith("<"):
            return part if not part.strip() else self.text(part)
        if tag := _XML_TAG.fullmatch(part):
            attributes = (
                f' {self._name(one[1])}="{self.text(one[2] if one[2] is not None else one[3])}"'
                for one in _XML_ATTRIBUTE.finditer(tag[2])
            )
            return f"{tag[1]}{''.join(attributes)}{tag[3]}"
        return self.text(part) if part.startswith("<![CDATA[") else ""


class _Personal:
    """What a message says of its patient: it must not stay under another name."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = {value.casefold() for value in values if len(value) >= _SHORTEST_FOUND}

    def is_in(self, text: str) -> bool:
        folded = text.casefold()
        return any(value in folded for value in self._values)


def _stays(path: tuple[str, ...], text: str) -> bool:
    """Whether a field of a data model holds what no patient is known by."""
    name = path[-1] if path else ""
    if path[:1] == ("Meta",):
        return name in ("DataModel", "EventType", "FacilityCode") or (
            len(path) == 3 and path[1] in _META_PARTIES and name in ("ID", "Name")
        )
    return name in KEPT or (name in MEASURED and _NUMBER.fullmatch(text.strip()) is not None)


def _personal(value: Any, path: tuple[str, ...], *, is_personal: bool) -> Iterator[str]:
    """The texts of a message below what is about a person, and the ids of patients."""
    if isinstance(value, dict):
        for key, one in value.items():
            is_id = key == "ID" and path[-1:] == ("Identifiers",)
            yield from _personal(one, (*path, key), is_personal=is_personal or key in PERSONAL or is_id)
    elif isinstance(value, list):
        for one in value:
            yield from _personal(one, path, is_personal=is_personal)
    elif is_personal and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)
