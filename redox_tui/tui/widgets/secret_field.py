"""A field for what nobody may see: no clipboard, no undo, and nothing of it is drawn (security.md, decision 11).

Textual's own masked input copies what it hides, and keeps one line of what is pasted.
"""

import json
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message

from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.widgets.line import Line

MAX_BYTES = 65_536


class SecretField(Line, Scoped, can_focus=True, inherit_bindings=False):
    """A secret that is typed or pasted. With `lines` it may have several, as keys do."""

    SCOPES = ("secret",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("secret")

    class Submitted(Message):
        """The secret is whole; `take` gives it."""

    class Changed(Message):
        """There is more of it, or less."""

    def __init__(self, *, lines: bool = False, placeholder: str = "", limit: int = MAX_BYTES) -> None:
        super().__init__()
        self._limit = limit
        self._lines = lines
        self._placeholder = placeholder
        self._typed = bytearray()

    def on_mount(self) -> None:
        self._draw()

    def on_unmount(self) -> None:
        self.clear()

    @property
    def text(self) -> bytes:
        """The secret, which stays in the field."""
        return bytes(self._typed)

    def take(self) -> bytearray:
        """The secret, which the field forgets."""
        taken = bytearray(self._typed)
        self.clear()
        return taken

    def clear(self) -> None:
        """Forget what was typed."""
        self._typed[:] = bytes(len(self._typed))
        self._typed.clear()
        self._draw()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        if key == "enter":
            return self._lines and self._is_begun()
        return character is not None and character.isprintable()

    def on_key(self, event: Key) -> None:
        # Terminals without bracketed paste send the lines of a key as if they were typed.
        if self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()
            self._add("\n" if event.key == "enter" else event.character or "")

    def on_paste(self, event: Paste) -> None:
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        self._add(text if self._lines else text.split("\n")[0])

    def action_erase(self) -> None:
        text = self._typed.decode(errors="ignore")[:-1]
        self.clear()
        self._add(text)

    def action_erase_all(self) -> None:
        self.clear()
        self.post_message(self.Changed())

    def action_submit(self) -> None:
        self.post_message(self.Submitted())

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    def _add(self, text: str) -> None:
        self._typed += text.encode(errors="surrogateescape")[: self._limit - len(self._typed)]
        self._draw()
        self.post_message(self.Changed())

    def _is_begun(self) -> bool:
        """Whether this is the beginning of a key."""
        text = bytes(self._typed).strip()
        if text.startswith(b"-----BEGIN"):
            return b"-----END" not in text
        if text.startswith(b"{"):
            try:
                json.loads(text)
            except ValueError:
                return True
        return False

    def _draw(self) -> None:
        if self._lines:
            count = bytes(self._typed).strip().count(b"\n") + 1
            shown = f"{len(self._typed):,} characters in {count:,} line{'s' if count > 1 else ''}, not shown"
        else:
            # The number of characters is told up to what fits a line; it helps who mistypes more than who looks on.
            shown = "•" * min(len(self._typed.decode(errors="ignore")), 60)
        text = shown if self._typed else self._placeholder
        cursor = ("▏" if self._typed else " ", "reverse") if self.has_focus else ""
        self.update(Content.assemble((text, "" if self._typed else "$text-disabled"), cursor))
