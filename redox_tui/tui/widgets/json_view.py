"""A payload as a tree of lines. Nothing of it is drawn before it is revealed, and nothing of it stays after that."""

from collections.abc import Callable
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import on, work
from textual.binding import BindingType
from textual.message import Message

from redox_tui.domain.documents import Document, document_in
from redox_tui.domain.jsontree import Node
from redox_tui.domain.payload import PayloadReader
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets import payload_page
from redox_tui.tui.widgets.page_search import SearchedPages
from redox_tui.tui.widgets.payload_lines import PayloadStyles, segments_of
from redox_tui.tui.widgets.payload_page import Change, PayloadPage

_LONG: Final = 1_000_000
"""Characters from which a value is decoded in a thread."""

_ON_A_TREE = frozenset(
    {"hide", "fold_or_unfold", "fold", "unfold", "level_less", "level_more", "unfold_all"}
    | {"find", "next_hit", "previous_hit", "show_value", "save_document", "copy", "filter"}
)


class JsonView(SearchedPages):
    """The lines of one payload, once it is revealed; or, over them, those of one of its values."""

    SCOPES = ("payload", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings("payload")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "json-view--key",
        "json-view--string",
        "json-view--scalar",
        "json-view--fold",
        "json-view--hit",
        "json-view--mark",
    }

    class VisibilityChanged(Message):
        """The payload appeared, or was hidden again; or a value of it shows, or the payload does again."""

    class SaveDocument(Message):
        """Somebody wants a document of the payload in a file."""

        def __init__(self, document: Document) -> None:
            super().__init__()
            self.document = document

    class CopyNode(Message):
        """Somebody wants something of what is under the cursor; only while `view` shows it."""

        def __init__(self, view: "JsonView", node: Node) -> None:
            super().__init__()
            self.view = view
            self.node = node

    class RuleWanted(Message):
        """Somebody wants a filter rule of what is under the cursor."""

        def __init__(self, node: Node) -> None:
            super().__init__()
            self.node = node

    class _ValueRead(Message):
        """A value has been decoded."""

        def __init__(self, page: PayloadPage, title: str, value: str) -> None:
            super().__init__()
            self.page = page
            self.title = title
            self.value = value

    def __init__(self) -> None:
        super().__init__()
        self._text: str | None = None
        self._styles = PayloadStyles(self._own)

    def show(self, text: str | None, notice: str = "") -> None:
        """Take a payload, hidden; or say why there is none. Whatever was shown, found or looked for is dropped."""
        self.drop_pages()
        self.find_field.forget()
        self._text = text
        self.say("payload hidden · enter reveals it" if text is not None else notice)
        self.rows_changed()
        self.post_message(self.VisibilityChanged())

    @property
    def is_revealed(self) -> bool:
        """Whether patient data is on the screen."""
        return bool(self.pages)

    @property
    def node(self) -> Node | None:
        """What is under the cursor, or is shown as a whole value; None while it is hidden, or not read to its end."""
        return self.pages[0].node(self._row_in_payload) if self.pages else None

    @property
    def path(self) -> str:
        """The JSON path of the line under the cursor, or of the value on show; empty where the text has none."""
        return self.pages[0].path(self._row_in_payload) if self.pages else ""

    @property
    def where(self) -> str:
        """Where the cursor is and what is going on, in words; empty while the payload is hidden."""
        if not self.page:
            return ""
        place = f"value of {self.page.title}" if self.page.title else self.path
        return " · ".join(part for part in (*self.page.words(self.cursor), place) if part)

    def draw_row(self, row: int, width: int, style: Style) -> list[Segment]:
        if not self.page:
            return []
        self._styles.base = style
        return segments_of(self.page, row, width - bool(self.page.hits), self._styles)

    def mark_style(self) -> Style:
        return self.frame_style + self._own("mark")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "reveal":
            return self._text is not None and not self.is_revealed
        if action == "close_value":
            return len(self.pages) > 1
        return self.is_revealed if action in _ON_A_TREE else True

    def action_reveal(self) -> None:
        if self._text is not None and not self.pages:
            self.open_page(PayloadPage(PayloadReader(self._text)))
            self.post_message(self.VisibilityChanged())

    def action_copy(self) -> None:
        if node := self.node:
            self.post_message(self.CopyNode(self, node))

    def action_filter(self) -> None:
        if node := self.node:
            self.post_message(self.RuleWanted(node))

    def action_hide(self) -> None:
        if self._text is not None and self.pages:
            self.show(self._text)

    def action_fold_or_unfold(self) -> None:
        self._change_at_cursor(payload_page.fold_or_unfold)

    def action_fold(self) -> None:
        self._change_at_cursor(payload_page.fold)

    def action_unfold(self) -> None:
        self._change_at_cursor(payload_page.unfold)

    def action_level_less(self) -> None:
        self._change_at_cursor(lambda line: payload_page.fold_by(-1, line))

    def action_level_more(self) -> None:
        self._change_at_cursor(lambda line: payload_page.fold_by(1, line))

    def action_unfold_all(self) -> None:
        self._change_at_cursor(payload_page.unfold_all)

    def action_find(self) -> None:
        self.find_field.ask()

    def action_next_hit(self) -> None:
        self.go_on(1)

    def action_previous_hit(self) -> None:
        self.go_on(-1)

    def action_show_value(self) -> None:
        page, node = self.page, self.page.node(self.cursor) if self.page else None
        if page and node and node.is_scalar:
            begin, end = node.span
            title = node.path or f"line {self.cursor + 1:,}"
            if end - begin < _LONG:
                self._show_value(self._ValueRead(page, title, node.value))
            else:
                self._decode(page, title, node)

    @work(thread=True, group="payload.value", exclusive=True)
    def _decode(self, page: PayloadPage, title: str, node: Node) -> None:
        self.post_message(self._ValueRead(page, title, node.value))

    @on(_ValueRead)
    def _show_value(self, message: _ValueRead) -> None:
        if message.page is self.page:
            width = max(20, self.scrollable_content_region.width - 2)
            self.find_field.forget()
            self.open_page(PayloadPage(PayloadReader(message.value, width, is_part=True), message.title))
            self.post_message(self.VisibilityChanged())

    def action_close_value(self) -> None:
        if len(self.pages) > 1:
            self.find_field.forget()
            self.close_page()
            self.post_message(self.VisibilityChanged())

    def action_save_document(self) -> None:
        node = self.node
        if node and node.is_scalar and (document := document_in(self.pages[0].outline.text, *node.span)):
            self.post_message(self.SaveDocument(document))

    @property
    def _row_in_payload(self) -> int:
        return self.cursor if len(self.pages) == 1 else self.pages[0].cursor

    def _change_at_cursor(self, change: Callable[[int], Change]) -> None:
        if self.page and self.page.rows:
            self.change_folds(self.page, change(self.page.line(self.cursor)))

    def _own(self, name: str) -> Style:
        return self.get_component_rich_style(f"json-view--{name}", partial=True)
