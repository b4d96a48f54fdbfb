"""Which lines of an outline are visible: arithmetic over the nodes that are folded, however many lines they hide."""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Final, Self

from redox_tui.domain.outline import ROOT, Outline

NEVER: Final = 256
"""A level from which nodes are folded that no node has."""


@dataclass(frozen=True, slots=True)
class Folds:
    """Nodes at `level` and deeper are folded and all others open, but for `others`, of which the opposite is true.

    Of the outermost folded nodes there are the line (`firsts`), the line that closes it (`lasts`) and the row. A value:
    another state is another value, which may be made in a thread.
    """

    level: int = NEVER
    others: frozenset[int] = frozenset()
    firsts: "array[int]" = field(default_factory=lambda: array("I"), repr=False)
    lasts: "array[int]" = field(default_factory=lambda: array("I"), repr=False)
    rows: "array[int]" = field(default_factory=lambda: array("I"), repr=False)

    def line(self, row: int) -> int:
        """The line in a row."""
        found = bisect_right(self.rows, row) - 1
        if found < 0:
            return row
        below = row - self.rows[found]
        return self.lasts[found] + below if below else self.firsts[found]

    def row(self, line: int) -> int:
        """The row of a line, or of the folded node that hides it."""
        found = bisect_right(self.firsts, line) - 1
        if found < 0:
            return line
        return self.rows[found] + max(0, line - self.lasts[found])

    def is_folded(self, outline: Outline, node: int) -> bool:
        """Whether a node is folded, visible or not."""
        return (outline.depths[outline.node_lines[node]] >= self.level) != (node in self.others)

    def from_level(self, outline: Outline, level: int) -> Self:
        """Fold every node at this depth and deeper, open every other."""
        return type(self)(level)._with(outline, ROOT) if outline.node_lines else self

    def toggled(self, outline: Outline, node: int) -> Self:
        """Fold a node that is visible, or open it."""
        return type(self)(self.level, self.others ^ {node}, self.firsts, self.lasts, self.rows)._with(outline, node)

    def opened_to(self, outline: Outline, line: int) -> Self:
        """Open every node that hides a line."""
        node, folded = outline.node_around(line), []
        while node is not None:
            if self.is_folded(outline, node):
                folded.append(node)
            node = outline.parent(node)
        if not folded:
            return self
        others = self.others ^ set(folded)
        return type(self)(self.level, others, self.firsts, self.lasts, self.rows)._with(outline, folded[-1])

    def _with(self, outline: Outline, node: int) -> Self:
        """The same with what is visible of a node, and of what is in it, worked out anew."""
        firsts, lasts = self._outermost(outline, node)
        begin = bisect_left(self.firsts, outline.node_lines[node])
        end = bisect_left(self.firsts, outline.node_lasts[node])
        firsts = self.firsts[:begin] + firsts + self.firsts[end:]
        lasts = self.lasts[:begin] + lasts + self.lasts[end:]
        rows = self.rows[:begin]
        hidden = firsts[begin] - self._visible_before(begin, firsts[begin]) if begin < len(firsts) else 0
        for first, last in zip(firsts[begin:], lasts[begin:], strict=True):
            rows.append(first - hidden)
            hidden += last - first
        return type(self)(self.level, self.others, firsts, lasts, rows)

    def _visible_before(self, begin: int, line: int) -> int:
        """How many rows are above a line that the first `begin` folded nodes are before."""
        return self.rows[begin - 1] + line - self.lasts[begin - 1] if begin else line

    def _outermost(self, outline: Outline, node: int) -> tuple["array[int]", "array[int]"]:
        firsts, lasts = array("I"), array("I")
        lines, depths, last = outline.node_lines, outline.depths, outline.node_lasts[node]
        count, level, others = len(lines), self.level, self.others
        if level > outline.deepest and not others:
            return firsts, lasts
        while node < count and lines[node] < last:
            first = lines[node]
            if (depths[first] >= level) != (node in others):
                firsts.append(first)
                lasts.append(outline.node_lasts[node])
                is_leaf = node + 1 == count or lines[node + 1] > lasts[-1]
                node = node + 1 if is_leaf else bisect_left(lines, lasts[-1], node)
            else:
                node += 1
        return firsts, lasts
