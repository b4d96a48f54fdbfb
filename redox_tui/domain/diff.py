"""The structural difference of two texts, as lines: of JSON by keys and elements, of anything else by its own lines.

Values are compared as they were sent: `1` and `1.0` differ, so do two spellings of one string; the order of keys does
not count. Nothing here recurses, and everything can be stopped.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from redox_tui.domain.jsonnodes import JsonDocument, Sameness, Stopped, Value
from redox_tui.domain.jsontext import JsonTextError
from redox_tui.domain.side_by_side import LOOK_EVERY, NAMES, Entry, Kind, Step, of_documents, of_texts

__all__ = ["DiffLine", "Difference", "Kind", "Stopped", "compare", "stacked"]

_BREAK: Final = re.compile(r"\r\n|\r|\n")
_TAGS: Final = re.compile(r"(?<=>)\s*(?=<)")


class DiffLine(NamedTuple):
    """One line. `key` is JSON text, empty in arrays and before closing brackets; `left` and `right` are its texts.

    Equal lines have the same text on both sides. `number` is that of the difference that it belongs to, 0 for none.
    `place` is the place in an array, of the side that has it (the left one where both do). Of a gap, `left` is empty
    and `place` says how many lines it stands for.
    """

    kind: Kind
    depth: int
    key: str
    left: str
    right: str
    number: int
    inside: Step | None
    place: int


def compare(left: str, right: str, stopped: Callable[[], bool] = lambda: False) -> "Difference":
    """Compare two texts; raises Stopped where `stopped` says so. 10 MB take seconds, so this belongs into a thread."""
    sameness = Sameness()
    try:
        one, other = JsonDocument(left, sameness, stopped), JsonDocument(right, sameness, stopped)
    except JsonTextError:
        return Difference(None, None, list(of_texts(_parts(left), _parts(right), stopped)))
    return Difference(one, other, list(of_documents(one, other, stopped)))


def stacked(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """The same lines for one column: what changed is a left line and a right line, each with both texts."""
    found: list[DiffLine] = []
    for line in lines:
        if line.kind is Kind.CHANGED:
            found += DiffLine(Kind.LEFT, *line[1:]), DiffLine(Kind.RIGHT, *line[1:])
        else:
            found.append(line)
    return found


class Difference:
    """What differs between two texts. `count` is the number of differences, 0 where both say the same."""

    def __init__(self, left: JsonDocument | None, right: JsonDocument | None, entries: Sequence[Entry]) -> None:
        self._left, self._right = left, right
        self._entries = entries
        self.count = max((entry.number for entry in entries), default=0)

    @property
    def is_json(self) -> bool:
        """Whether both texts are JSON, so that lines have paths."""
        return self._left is not None

    def lines(self, *, everything: bool = False, stopped: Callable[[], bool] = lambda: False) -> list[DiffLine]:
        """The lines, all of them or the differences with what is next to them; raises Stopped."""
        found: list[DiffLine] = []
        run: list[Entry] = []
        before: Entry | None = None
        for count, entry in enumerate(self._entries):
            if not count & LOOK_EVERY and stopped():
                raise Stopped
            if entry.kind is Kind.EQUAL and not entry.bracket and not everything:
                run.append(entry)
                continue
            if run:
                self._shorten(run, before, entry, found)
                run = []
            before = entry
            self._expand(entry, found, stopped)
        self._shorten(run, before, None, found)
        return found

    def path(self, line: DiffLine) -> str:
        """The JSON path of a line, `$.Visit.Insurances[0].Plan.ID`; of other texts the number of the line."""
        if not self.is_json:
            return f"line {line.place + 1:,}" if line.kind is not Kind.GAP else ""
        parts = []
        step: Step | None = line.inside if line.kind is Kind.GAP else Step(line.inside, line.key, line.place)
        while step:
            parts.append(_member(step.key) if step.key else f"[{step.place}]" if step.place >= 0 else "")
            step = step.above
        return "$" + "".join(reversed(parts))

    def _shorten(self, run: list[Entry], before: Entry | None, after: Entry | None, found: list[DiffLine]) -> None:
        """What is left of equal neighbours: scalars next to a difference, and what tells elements apart."""
        left_out: list[Entry] = []
        for at, entry in enumerate(run):
            is_next = (at == 0 and _differs(before)) or (at == len(run) - 1 and _differs(after))
            if self._size(entry) == 1 and (is_next or entry.key in NAMES):
                self._leave_out(left_out, found)
                left_out = []
                self._expand(entry, found)
            else:
                left_out.append(entry)
        self._leave_out(left_out, found)

    def _leave_out(self, entries: list[Entry], found: list[DiffLine]) -> None:
        lines = sum(map(self._size, entries))
        if lines == 1:
            self._expand(entries[0], found)
        elif lines:
            first = entries[0]
            found.append(DiffLine(Kind.GAP, first.depth, "", "", "", 0, first.inside, lines))

    def _size(self, entry: Entry) -> int:
        return self._left.size(entry.left) if self._left and entry.left is not None else 1

    def _expand(self, entry: Entry, found: list[DiffLine], stopped: Callable[[], bool] = lambda: False) -> None:
        """The lines of an entry; a container that is not opened has all of its own."""
        kind, depth, key, place, left, right, number, inside, bracket = entry
        if bracket:
            found.append(DiffLine(kind, depth, key, bracket, bracket, number, inside, place))
        elif isinstance(left, int) and self._left:
            found.extend(_whole(self._left, left, entry, stopped))
        elif isinstance(right, int) and self._right:
            found.extend(_whole(self._right, right, entry, stopped))
        else:
            one, other = (text if isinstance(text, str) else "" for text in (left, right))
            found.append(DiffLine(kind, depth, key, one, other, number, inside, place))


def _parts(text: str) -> list[str]:
    """The lines of a text, the segments of HL7 v2, or the tags of XML."""
    parts = _BREAK.split(text)
    return [tag for part in parts for tag in _TAGS.split(part)] if text.lstrip()[:1] == "<" else parts


def _whole(document: JsonDocument, value: int, entry: Entry, stopped: Callable[[], bool]) -> Iterator[DiffLine]:
    """Every line of a container that is on one side only, or equal on both."""
    kind, depth, key, place, _, _, number, inside, _ = entry
    count = 0

    def line(depth: int, key: str, text: str, inside: Step | None, place: int) -> DiffLine:
        left, right = "" if kind is Kind.RIGHT else text, "" if kind is Kind.LEFT else text
        return DiffLine(kind, depth, key, left, right, number, inside, place)

    stack: list[tuple[Iterator[tuple[str, int, Value]], str, Step | None]] = []
    members: Iterator[tuple[str, int, Value]] = iter([(key, place, value)])
    closing = ""
    while True:
        count += 1
        if not count & LOOK_EVERY and stopped():
            raise Stopped
        found = next(members, None)
        if found is None:
            if not stack:
                return
            yield line(depth + len(stack) - 1, "", closing, inside, -1)
            members, closing, inside = stack.pop()
            continue
        key, place, child = found
        if isinstance(child, str):
            yield line(depth + len(stack), key, child, inside, place)
            continue
        brackets = document.brackets(child)
        if not document.children[child]:
            yield line(depth + len(stack), key, brackets, inside, place)
            continue
        yield line(depth + len(stack), key, brackets[0], inside, place)
        stack.append((members, closing, inside))
        inside = Step(inside, key, place)
        closing = brackets[1]
        names = document.keys[child]
        children = document.children[child]
        members = (
            ((name, -1, one) for name, one in zip(names, children, strict=True))
            if names is not None
            else (("", number, one) for number, one in enumerate(children))
        )


def _differs(entry: Entry | None) -> bool:
    return entry is not None and entry.number > 0


def _member(key: str) -> str:
    name = key[1:-1]
    return f".{name}" if name.isidentifier() and name.isascii() else f"[{key}]"
