"""A text that is longer than the terminal, scrolled by keys."""

from typing import Any

from textual.containers import VerticalScroll


class Scrolled(VerticalScroll):
    """Scrolls at once. Textual does so after the next frame, and loses most keys that come faster than frames."""

    def scroll_to(self, x: float | None = None, y: float | None = None, **how: Any) -> None:
        super().scroll_to(x, y, **(how | {"animate": False, "immediate": True}))
