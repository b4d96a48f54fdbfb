"""The path of a rule: compiled once, evaluated on messages, wrong ones pointed at by column.

Evaluation is jsonpath-rfc9535's. Which JSONPath engine Redox runs is not said, so what lies outside of the dialect of
its documents is allowed and warned of (platform-api.md §4.4).
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathQuery

MAX_LENGTH: Final = 2_000
"""Characters of a path."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN_NAME = re.compile(_NAME)
_SEEN_FILTER = re.compile(rf'\?\(@(\.{_NAME})+ *== *"[^"\\]*"\)')
_SEEN_ONLY = re.compile(rf'\$(\.{_NAME}|\[\*\]|\[\?\(@(\.{_NAME})+ *== *"[^"\\]*"\)\])*')


class FieldPathError(ValueError):
    """A text that is no JSONPath: a sentence, and the column (1 is the first character) that it is about."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A compiled path.

    `canonical` is the same for two spellings of one path; `general` has `[*]` in place of every index and filter, as
    the index of fields does, and is None where a path has no such form; `is_single` says that it can match once at
    most; `warnings` are sentences about what Redox's documents never show.
    """

    text: str
    canonical: str
    general: str | None
    is_single: bool
    warnings: tuple[str, ...]
    _query: "JSONPathQuery" = field(repr=False, compare=False)
    _steps: tuple[str | None, ...] | None = field(repr=False, compare=False)

    def values(self, message: Any) -> list[Any]:
        """All values at the path, in the order of the message; none where nothing matches or a message is too deep."""
        if self._steps is not None:
            return _walk(message, self._steps)
        from jsonpath_rfc9535 import JSONPathError

        try:
            return [node.value for node in self._query.finditer(message)]
        except (JSONPathError, RecursionError):
            return []


@lru_cache(1_024)
def compiled(text: str) -> FieldPath:
    """Compile a path; raises FieldPathError."""
    # 40 ms at the start of the program for a library that most commands never need.
    import jsonpath_rfc9535

    if len(text) > MAX_LENGTH:
        raise FieldPathError(f"A path has at most {MAX_LENGTH:,} characters.", MAX_LENGTH + 1)
    if not text.startswith("$"):
        raise FieldPathError("A path begins with $, as in $.Visit.PatientClass.", 1)
    try:
        query = jsonpath_rfc9535.compile(text)
    except jsonpath_rfc9535.JSONPathError as error:
        # The library also counts from 0 in words; the column is enough.
        said = str(error.args[0]).partition(" starting at index")[0] if error.args else "it is no JSONPath"
        column = min(error.token.index, len(text)) + 1 if error.token else 1
        raise FieldPathError(f"{said[:1].upper()}{said[1:]}.", column) from None
    except (RecursionError, ValueError):
        raise FieldPathError("The path is nested too deeply.", 1) from None
    steps = _steps(query)
    return FieldPath(text, str(query), _general(query), query.singular_query(), _warnings(text, query), query, steps)


def step(name: str) -> str:
    """A member's name as a step of a path: `.Name`, or `["a name"]` where a dot cannot stand before it."""
    if _PLAIN_NAME.fullmatch(name):
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def _walk(message: Any, steps: tuple[str | None, ...]) -> list[Any]:
    """What the library finds by names and `[*]` (None), in a fifth of the time: nearly all rules consist of these."""
    values = [message]
    for name in steps:
        if name is None:
            lists = (
                value.values() if type(value) is dict else value for value in values if type(value) in (dict, list)
            )
            values = [child for children in lists for child in children]
        else:
            values = [value[name] for value in values if type(value) is dict and name in value]
    return values


def _steps(query: "JSONPathQuery") -> tuple[str | None, ...] | None:
    """The names of a path, None for each `[*]`; None where it has other steps."""
    from jsonpath_rfc9535.segments import JSONPathChildSegment
    from jsonpath_rfc9535.selectors import NameSelector, WildcardSelector

    steps: list[str | None] = []
    for segment in query.segments:
        selector = segment.selectors[0]
        is_plain = isinstance(segment, JSONPathChildSegment) and len(segment.selectors) == 1
        if not is_plain or not isinstance(selector, NameSelector | WildcardSelector):
            return None
        steps.append(selector.name if isinstance(selector, NameSelector) else None)
    return tuple(steps)


def _general(query: "JSONPathQuery") -> str | None:
    from jsonpath_rfc9535.segments import JSONPathChildSegment
    from jsonpath_rfc9535.selectors import NameSelector

    steps = ["$"]
    for segment in query.segments:
        if not isinstance(segment, JSONPathChildSegment) or len(segment.selectors) != 1:
            return None
        selector = segment.selectors[0]
        steps.append(step(selector.name) if isinstance(selector, NameSelector) else "[*]")
    return "".join(steps)


def _warnings(text: str, query: "JSONPathQuery") -> tuple[str, ...]:
    """What in a path Redox's documents never show, each once."""
    if _SEEN_ONLY.fullmatch(text):
        return ()
    from jsonpath_rfc9535.segments import JSONPathChildSegment

    found: dict[str, None] = {}
    for segment in query.segments:
        if not isinstance(segment, JSONPathChildSegment):
            found.setdefault("`..`, which looks at every depth")
        if len(segment.selectors) > 1:
            found.setdefault("several selectors in one pair of brackets")
        for selector in segment.selectors:
            found.setdefault(_unseen(text, selector, in_brackets=segment.token.type_.name == "LBRACKET"))
    found.pop("", None)
    return tuple(f"Redox's documents show no {what}; how its server reads that is not known." for what in found)


def _unseen(text: str, selector: Any, *, in_brackets: bool) -> str:
    """What is unusual about a selector, empty where nothing is."""
    match type(selector).__name__:
        case "NameSelector":
            if in_brackets:
                return "names in brackets"
            return "" if _PLAIN_NAME.fullmatch(selector.name) else "names with other signs than letters, digits and _"
        case "WildcardSelector":
            return "" if in_brackets else "`.*`"
        case "IndexSelector":
            return "index such as `[0]`"
        case "SliceSelector":
            return "slice such as `[0:2]`"
        case _:
            is_seen = _SEEN_FILTER.match(text, selector.token.index)
            return "" if is_seen else 'filter other than `[?(@.a=="b")]`'
