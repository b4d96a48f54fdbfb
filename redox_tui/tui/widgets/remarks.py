"""What there is to remark about a filter, in two lines: of the rule under the cursor first."""

from collections.abc import Sequence

from textual.content import Content

from redox_tui.domain import display
from redox_tui.domain.lint import Remark
from redox_tui.tui.widgets.line import Line

_MOST: int = 2
_MARGIN = 4


class Remarks(Line):
    """The remarks that matter most where somebody is; hidden while there is none."""

    def show(self, remarks: Sequence[Remark], number: int, *, is_open: bool) -> None:
        """Show those of a rule (1 is the first), then of the whole filter, then errors of other rules.

        While the fields of the rule are open, what is wrong with a text stands below its field.
        """
        own = [one for one in remarks if one.rule == number and not (is_open and _of_a_field(one))]
        whole = [one for one in remarks if one.rule is None]
        others = [one for one in remarks if one.rule not in (None, number) and one.is_error]
        found = [*own, *whole, *others]
        # One that takes two lines leaves no room for another.
        is_long = bool(found) and len(str(found[0])) > self.app.size.width - _MARGIN
        shown = found[: 1 if is_long else _MOST]
        lines = [Content.styled(display.line(str(one), 300), _tone(one)) for one in shown]
        if more := len(found) - len(shown):
            lines[-1] += Content.styled(f" +{more:,} more", "$text-muted")
        self.display = bool(lines)
        self.update(Content("\n").join(lines))


def _of_a_field(remark: Remark) -> bool:
    return remark.place == "path" or remark.is_error


def _tone(remark: Remark) -> str:
    return "$text-error" if remark.is_error else "$text-warning"
