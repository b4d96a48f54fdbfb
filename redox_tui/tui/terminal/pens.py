"""How text looks, and the fewest bytes that lead a terminal from one look to another.

Textual sets every look anew for each run of text and resets it afterwards; mostly only one colour of it changes.
"""

from dataclasses import dataclass
from typing import Final

DEFAULT: Final = "\x01"
"""The pen after a reset, by its name."""

UNKNOWN: Final = "\x00"
"""No pen: nobody knows what a cell looks like, or which pen the terminal holds."""

_MANY: Final = 2_000
_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""The attributes that are known, each with the number that takes it away: bold and dim are taken away together."""


@dataclass(frozen=True, slots=True)
class _Look:
    colour: str = ""
    background: str = ""
    attributes: tuple[str, ...] = ()

    @property
    def numbers(self) -> list[str]:
        return [*self.attributes, *filter(None, (self.colour, self.background))]


class Pens:
    """Every look that was met, named by one character, so that the looks of a line are a string."""

    def __init__(self) -> None:
        self._names: dict[str | _Look, str] = {"": DEFAULT, "0": DEFAULT, _Look(): DEFAULT}
        self._looks = {DEFAULT: _Look()}
        self._changes: dict[tuple[str, str], str] = {}

    @property
    def are_many(self) -> bool:
        """Whether there are more than an app needs, and it is time to begin anew."""
        return len(self._names) > _MANY

    def name(self, numbers: str) -> str | None:
        """The pen that the numbers of an SGR sequence make of the default one; None where one is not understood."""
        found = self._names.get(numbers)
        if found is None and (look := _look(numbers)):
            # A look that is written in several ways is one pen: between two pens there is always a difference.
            found = self._names.get(look) or chr(len(self._looks) + ord(DEFAULT))
            self._names[numbers] = self._names[look] = found
            self._looks[found] = look
        return found

    def change(self, old: str, new: str) -> str:
        """The sequence that makes one pen of another; whatever the terminal holds where the old one is UNKNOWN."""
        if old == new:
            return ""
        change = self._changes.get((old, new))
        if change is None:
            change = self._changes[old, new] = self._find_change(old, new)
        return change

    def _find_change(self, old: str, new: str) -> str:
        look = self._looks[new]
        anew = _sequence(["0", *look.numbers] if look.numbers else [])
        if old == UNKNOWN:
            return anew
        return min(anew, _sequence(_differences(self._looks[old], look)), key=len)


def _look(numbers: str) -> _Look | None:
    """What numbers do to the default look."""
    colour = background = ""
    attributes: set[str] = set()
    rest = iter(numbers.split(";"))
    for number in rest:
        if number in ("38", "48"):
            kind = next(rest, "")
            more = [next(rest, "") for _ in range({"2": 3, "5": 1}.get(kind, 0))]
            if not more or not all(more):
                return None
            value = ";".join([number, kind, *more])
            colour, background = (value, background) if number == "38" else (colour, value)
        elif number in _OFF:
            attributes.add(number)
        elif _is_basic(number, "3", "9"):
            colour = number
        elif _is_basic(number, "4", "10"):
            background = number
        else:
            return None
    return _Look(colour, background, tuple(sorted(attributes)))


def _is_basic(number: str, normal: str, bright: str) -> bool:
    return number[:-1] in (normal, bright) and number[-1] in "01234567"


def _differences(old: _Look, new: _Look) -> list[str]:
    taken = [_OFF[one] for one in old.attributes if one not in new.attributes]
    given = [one for one in new.attributes if one not in old.attributes or _OFF[one] in taken]
    numbers = [*dict.fromkeys(taken), *given]
    if old.colour != new.colour:
        numbers.append(new.colour or "39")
    if old.background != new.background:
        numbers.append(new.background or "49")
    return numbers


def _sequence(numbers: list[str]) -> str:
    return f"\x1b[{';'.join(numbers)}m"
