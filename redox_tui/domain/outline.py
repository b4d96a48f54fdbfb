"""A text as lines: where each begins and how deep it stands, in arrays of a few bytes a line, not objects.

A payload of 30 MB has more than a million lines. JSON has nodes besides, which are what can be folded; a text that is
none has lines alone. An outline grows while a scan reads the text (`jsonscan.py`, `textscan.py`), and what has been
read so far can be shown meanwhile.
"""

from array import array
from bisect import bisect_left, bisect_right
from typing import Final

ROOT: Final = 0
"""The node that all others are in."""


class Outline:
    """The lines of a text. Nodes are numbered in the order of their opening brackets; offsets are in characters.

    A scan appends, possibly in another thread: `starts` last, so that a line that can be seen has all else.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = array("I")
        self.depths = bytearray()
        self.node_lines = array("I")
        self.node_opens = array("I")
        """Where the opening bracket stands."""
        self.node_lasts = array("I")
        """The line that closes the node, 0 while it has not been read."""
        self.node_parents = array("I")
        self.node_positions = array("I")
        """Which member of its parent it is, from 0."""
        self.deepest = 0
        """The depth of the deepest node."""
        self.at = 0
        """Characters that have been read."""
        self.is_complete = False

    def __len__(self) -> int:
        """Lines that have been read; of the last one, while the outline is not complete, perhaps a part."""
        return len(self.starts)

    def end(self, line: int) -> int:
        """Where a line ends, what separates it from the next one included."""
        if line + 1 < len(self.starts):
            return self.starts[line + 1]
        return len(self.text) if self.is_complete else self.at

    def is_open_ended(self, line: int) -> bool:
        """Whether a line may be longer than has been read."""
        return not self.is_complete and line + 1 >= len(self.starts)

    def line_at(self, offset: int) -> int:
        """The line that holds a character; the nearest where none does."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def node_of(self, line: int) -> int | None:
        """The node that a line opens."""
        node = bisect_left(self.node_lines, line)
        return node if node < len(self.node_lines) and self.node_lines[node] == line else None

    def node_around(self, line: int) -> int | None:
        """The innermost node that a line is in; the bracket that closes a node is in it, the one that opens it not."""
        node = bisect_left(self.node_lines, line) - 1
        if node < 0:
            return None
        while node != ROOT and 0 < self.node_lasts[node] < line:
            node = self.node_parents[node]
        return node if not 0 < self.node_lasts[node] < line else None

    def node_closed_by(self, line: int) -> int | None:
        """The node that a line closes."""
        node = self.node_around(line)
        return node if node is not None and self.node_lasts[node] == line else None

    def node_at(self, line: int) -> int | None:
        """The node that a line opens or closes."""
        node = self.node_of(line)
        return self.node_closed_by(line) if node is None else node

    def parent(self, node: int) -> int | None:
        """The node around a node."""
        return None if node == ROOT else self.node_parents[node]

    def position(self, node: int, line: int) -> int:
        """Which member of a node a line of it is, from 0; of the line that closes the node, how many it has.

        The nodes before it know their positions, and between nodes each line is a member.
        """
        before = bisect_left(self.node_lines, line) - 1
        while before != node and self.node_parents[before] != node:
            before = self.node_parents[before]
        if before == node:
            return line - self.node_lines[node] - 1
        return self.node_positions[before] + line - self.node_lasts[before]

    def size(self, node: int) -> int:
        """How many members a node has; 0 while it is being read."""
        return self.position(node, self.node_lasts[node]) if self.node_lasts[node] else 0
