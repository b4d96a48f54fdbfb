"""A text that is never read as markup: the only kind of Static that the app has (security.md TS-04)."""

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """Shows a text as it is. Brackets in a server's text would otherwise be styles, links or errors."""

    def __init__(self, text: str | Content = "", *, name: str | None = None, classes: str | None = None) -> None:
        super().__init__(text, name=name, classes=classes, markup=False)
