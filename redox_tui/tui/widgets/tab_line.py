"""The tabs of a screen in one line, with the keys that open them, and which one is open."""

from collections.abc import Sequence

from textual.content import Content

from redox_tui.tui.widgets.line import Line


class TabLine(Line):
    """Key and title of each tab; the open one stands in brackets and stands out."""

    def __init__(self, tabs: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._tabs = tabs
        self._open = ""

    def show(self, name: str) -> None:
        """Mark the tab of this name; the tabs are (name, key, title)."""
        self._open = name
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        wide = (self.size.width or self.app.size.width) >= sum(len(title) + 5 for _, _, title in self._tabs)
        edge = " " if wide else ""
        # Where there is little room, the first word of a title says enough.
        titles = [title if wide else title.split()[0] for _, _, title in self._tabs]
        parts = [
            Content.styled(f"[{key} {title}]", "$text-accent bold")
            if name == self._open
            else Content.assemble(edge, (key, "$text-accent"), f" {title}{edge}")
            for (name, key, _), title in zip(self._tabs, titles, strict=True)
        ]
        self.update(Content(" ").join(parts), layout=False)
