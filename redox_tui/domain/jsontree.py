"""A payload as a flat list of visible lines: what is folded is left out, the rest stands in its own text."""

from bisect import bisect_left
from dataclasses import dataclass

from redox_tui.domain import display
from redox_tui.domain.jsontext import JsonTextError, tokens

_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of a tree: a scalar, or a node's opening or closing bracket.

    `key` is the key's own JSON text (empty in arrays), `value` the value's; `last` is the number of the line that
    closes the node, or the line's own number; `size` is how many members an opened node has.
    """

    depth: int
    key: str
    value: str
    last: int
    size: int = 0
    comma: bool = False

    @property
    def is_node(self) -> bool:
        """Whether the line opens an object or array that has members."""
        return self.size > 0


class JsonTree:
    """The lines of a text with the set of those that are folded. A text that is no JSON becomes its plain lines."""

    def __init__(self, text: str) -> None:
        try:
            self.lines = _lines(text)
            self.is_json = True
        except JsonTextError:
            self.lines = [JsonLine(0, "", part, number) for number, part in enumerate(display.lines(text))]
            self.is_json = False
        self._folded: set[int] = set()
        self._visible = list(range(len(self.lines)))

    def __len__(self) -> int:
        """Visible lines."""
        return len(self._visible)

    def __getitem__(self, row: int) -> JsonLine:
        return self.lines[self._visible[row]]

    def is_folded(self, row: int) -> bool:
        """Whether the node in a visible line is folded."""
        return self._visible[row] in self._folded

    def fold(self, row: int) -> int:
        """Fold the node in this line, or the one around it; the row where that node now stands."""
        number = self._visible[row]
        line = self.lines[number]
        if not line.is_node or number in self._folded:
            number = self._parent(number)
        if number >= 0:
            self._folded.add(number)
            self._rebuild()
        return self._row(max(number, 0))

    def unfold(self, row: int) -> None:
        """Unfold the node in this line."""
        self._folded.discard(self._visible[row])
        self._rebuild()

    def fold_from(self, depth: int) -> None:
        """Fold every node at `depth` and deeper, unfold every other."""
        self._folded = {n for n, line in enumerate(self.lines) if line.is_node and line.depth >= depth}
        self._rebuild()

    @property
    def depth(self) -> int:
        """The depth from which nodes are folded; one more than the deepest node where none is."""
        folded = [self.lines[n].depth for n in self._folded]
        deepest = max((line.depth for line in self.lines if line.is_node), default=0)
        return min(folded, default=deepest + 1)

    def number(self, row: int) -> int:
        """The number of a visible line among all lines; folding does not change it."""
        return self._visible[row]

    def row_of(self, number: int) -> int:
        """The row of a line, or of the folded node that hides it."""
        return self._row(number)

    def path(self, row: int) -> str:
        """The JSON path of a visible line, `$.Visit.Insurances[0].Plan.ID`."""
        number = self._visible[row]
        parts: list[str] = []
        while number >= 0 and self.lines[number].depth > 0:
            line = self.lines[number]
            if line.value in ("}", "]") and not line.size and not line.key:
                number = self._opening(number)
                continue
            parent = self._parent(number)
            parts.append(_step(line.key) if line.key else f"[{self._position(parent, number)}]")
            number = parent
        return "$" + "".join(reversed(parts))

    def _rebuild(self) -> None:
        visible: list[int] = []
        number = 0
        while number < len(self.lines):
            visible.append(number)
            number = self.lines[number].last + 1 if number in self._folded else number + 1
        self._visible = visible

    def _row(self, number: int) -> int:
        row = bisect_left(self._visible, number)
        return row if row < len(self._visible) and self._visible[row] == number else row - 1

    def _parent(self, number: int) -> int:
        depth = self.lines[number].depth
        if self._closes(number):
            return self._opening(number)
        number -= 1
        while number >= 0 and not (self.lines[number].depth < depth and self.lines[number].is_node):
            number -= 1
        return number

    def _closes(self, number: int) -> bool:
        line = self.lines[number]
        return line.value in ("}", "]") and not line.key

    def _opening(self, number: int) -> int:
        opening = number - 1
        while self.lines[opening].last != number:
            opening -= 1
        return opening

    def _position(self, parent: int, number: int) -> int:
        position, at = 0, parent + 1
        while at < number:
            at = self.lines[at].last + 1
            position += 1
        return position


def _step(key: str) -> str:
    name = key[1:-1]
    return f".{name}" if name.isidentifier() and name.isascii() else f"[{key}]"


def _lines(text: str) -> list[JsonLine]:
    """Read a text into lines; raises JsonTextError for what is no JSON."""
    lines: list[JsonLine] = []
    opened: list[tuple[int, str, int]] = []
    key, pending = "", ""
    state = "value"
    for kind, start, end in tokens(text):
        token = text[start:end]
        if state == "done":
            raise JsonTextError(f"more than one value at character {start + 1:,}")
        if state in ("key", "first key") and kind == "string":
            pending, state = token, "colon"
        elif state == "colon" and kind == ":":
            key, state = pending, "value"
        elif state in ("value", "first value") and kind in ("string", "scalar"):
            lines.append(JsonLine(len(opened), key, token, len(lines)))
            key, state = "", "next"
        elif state in ("value", "first value") and kind in _CLOSING:
            opened.append((len(lines), kind, 0))
            lines.append(JsonLine(len(opened) - 1, key, kind, 0))
            key, state = "", "first key" if kind == "{" else "first value"
        elif state == "next" and kind == ",":
            number, bracket, size = opened.pop()
            opened.append((number, bracket, size + 1))
            last = lines[-1]
            lines[-1] = JsonLine(last.depth, last.key, last.value, last.last, last.size, comma=True)
            state = "key" if bracket == "{" else "value"
        elif opened and _CLOSING[opened[-1][1]] == kind and state in ("next", "first key", "first value"):
            number, bracket, size = opened.pop()
            node = lines[number]
            if state == "next":
                lines.append(JsonLine(node.depth, "", kind, len(lines)))
                lines[number] = JsonLine(node.depth, node.key, bracket, len(lines) - 1, size + 1)
            else:
                lines[number] = JsonLine(node.depth, node.key, bracket + kind, number)
            state = "next"
        else:
            raise JsonTextError(f"no JSON at character {start + 1:,}")
        if state == "next" and not opened:
            state = "done"
    if state != "done":
        raise JsonTextError("the text is cut off")
    return lines
