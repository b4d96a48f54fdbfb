"""The line at the top: whose logs these are, over what range, and whether patient data is hidden."""

from textual.content import Content

from redox_tui.domain import display, production
from redox_tui.domain.logs import Environment
from redox_tui.tui.widgets.line import Line

_GAP = "   "
_LONGEST_FLAG = 24


class PlaceLine(Line):
    """One line; production stands out by its colour and by the word PROD. What is too long is the place's name."""

    _shown: tuple[str, Environment | None, tuple[str, ...], bool] = ("", None, (), False)

    def show(
        self, place: str, environment: Environment | None, parts: tuple[str, ...], *, revealed: bool = False
    ) -> None:
        """Show a place and what belongs to it; an environment that is not known counts as production.

        Files are no environment, and say so.
        """
        self._shown = (place, environment, parts, revealed)
        self.update(self._content(), layout=False)

    def on_resize(self) -> None:
        self.update(self._content(), layout=False)

    def _content(self) -> Content:
        place, environment, parts, revealed = self._shown
        flag = environment.flag if environment else None
        is_file = environment is not None and not environment.is_live
        word = "file" if is_file else production.kind(display.clip(flag or "", _LONGEST_FLAG))
        style = "$text-error bold" if production.is_production(flag) and not is_file else "bold"
        phi = "PHI shown" if revealed else "PHI hidden"
        rest = [display.line(part, 60) for part in parts]
        # Before the first layout the line has no width yet, and the first frame is drawn from what is shown here.
        width = self.size.width or self.app.size.width
        room = width - len(word) - 2 - sum(len(part) + len(_GAP) for part in (*rest, phi))
        return Content(_GAP).join(
            [
                Content.assemble(f" {display.clip(place, max(room, 8))}/", (word, style)),
                *(Content(part) for part in rest),
                Content.styled(phi, "$text-error bold" if revealed else "$text-muted"),
            ]
        )
