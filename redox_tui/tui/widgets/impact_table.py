"""What a change would do to the sample messages: now against proposed, in three lines, or one in a small room."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content
from textual.geometry import Size

from redox_tui.domain import display
from redox_tui.domain.filters import Rule
from redox_tui.domain.impact import Impact
from redox_tui.tui.widgets.line import Line

_SHORT: Final = 20
"""Lines of a terminal below which the impact has one."""

_MOST_RULES: Final = 3


class ImpactTable(Line):
    """Counts, or in words why there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._impact: Impact | None = None
        self._rules: Sequence[Rule] = ()
        self._words = ""
        self._is_old = False

    def on_mount(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def show(self, impact: Impact, rules: Sequence[Rule]) -> None:
        """Show an impact; `rules` are the proposed ones."""
        self._impact, self._rules, self._words = impact, rules, ""
        self._draw()

    def say(self, words: str, *, keeps_figures: bool = False) -> None:
        """Say why there are no figures, or with `keeps_figures` that those on the screen are of before."""
        self._words = words
        if not keeps_figures:
            self._impact = None
        self._draw()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1 if viewport.height < _SHORT else 3

    def _draw(self) -> None:
        lines = self._one_line() if self.app.size.height < _SHORT else self._three_lines()
        self.update(Content("\n").join(lines), layout=False)

    def _one_line(self) -> list[Content]:
        found = self._impact
        if found is None:
            return [Content.assemble((" IMPACT", "bold"), f"  {self._words}")]
        text = f"  delivered {found.delivered_now:,} → {found.delivered_proposed:,}, filtered {found.filtered_now:,} → "
        words = f"  {self._words}" if self._words else ""
        return [Content.assemble((" IMPACT", "bold"), f"{text}{found.filtered_proposed:,}{words}")]

    def _three_lines(self) -> list[Content]:
        found = self._impact
        head = Content.assemble((f" {'IMPACT':<12}{'now':>10}{'proposed':>11}", "bold $text-muted"))
        if found is None:
            return [Content.assemble((" IMPACT", "bold $text-muted"), f"  {self._words}"), Content(""), Content("")]
        style = "$text-disabled" if self._words else ""
        pairs = (
            ("delivered", found.delivered_now, found.delivered_proposed, ""),
            ("filtered", found.filtered_now, found.filtered_proposed, self._by_rules(found)),
        )
        lines = [
            Content.assemble((f"   {name:<10}{now:>10,}{then:>11,}   {_signed(then - now):>7}   ", style), why)
            for name, now, then, why in pairs
        ]
        return [Content.assemble(head, f"   {self._words}"), *lines]

    def _by_rules(self, found: Impact) -> str:
        stopping = sorted((rule for rule in found.rules if rule.stops), key=lambda rule: -rule.stops)
        said = [f"{rule.stops:,} by rule {rule.number}{self._values(rule.number)}" for rule in stopping[:_MOST_RULES]]
        return ", ".join(said) + (" …" if len(stopping) > _MOST_RULES else "")

    def _values(self, number: int) -> str:
        values = self._rules[number - 1].values if number <= len(self._rules) else ()
        if not values:
            return ""
        more = ", …" if len(values) > 1 else ""
        return f" ({display.clip(values[0], 16)}{more})"


def _signed(difference: int) -> str:
    return f"{'+' if difference > 0 else '−'}{abs(difference):,}" if difference else "±0"
