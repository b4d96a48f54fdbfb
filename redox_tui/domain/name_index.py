"""Names that can be found by a part of them, fast enough for every letter that is typed: 100,000 are no hindrance."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate


class NameIndex:
    """Names, found in the order in which they were given; looked through as one text, which costs no loop."""

    def __init__(self, names: Iterable[str] = (), fold: Callable[[str], str] = str.casefold) -> None:
        self._fold = fold
        self._names = list(dict.fromkeys(names))
        folded = [fold(name) for name in self._names]
        self._starts = list(accumulate((len(key) + 1 for key in folded), initial=1))
        self._text = "".join(f"\n{key}" for key in folded)

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def beginning(self, part: str, limit: int) -> list[str]:
        """Names that begin with a part, at most so many."""
        return self._found(f"\n{self._fold(part)}", 1, limit)

    def containing(self, part: str, limit: int) -> list[str]:
        """Names that have a part further inside, at most so many; few names should begin with it."""
        wanted = self._fold(part)
        if not wanted:
            return []
        return [name for name in self._found(wanted, 0, limit) if not self._fold(name).startswith(wanted)]

    def _found(self, wanted: str, before: int, limit: int) -> list[str]:
        found: list[str] = []
        at = self._text.find(wanted)
        while at >= 0 and len(found) < limit:
            row = bisect_right(self._starts, at + before) - 1
            found.append(self._names[row])
            at = self._text.find(wanted, self._starts[row + 1] - before)
        return found
