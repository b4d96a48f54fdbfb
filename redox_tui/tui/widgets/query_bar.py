"""The query bar: the language of ux.md §2, completed and checked while it is typed."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from redox_tui.domain import display
from redox_tui.domain.completion import Completions, complete
from redox_tui.domain.history import with_run
from redox_tui.domain.logs import Log
from redox_tui.domain.query import LogQuery
from redox_tui.domain.terms import QueryError, local_parts
from redox_tui.domain.timerange import TimeError
from redox_tui.domain.vocabulary import Vocabulary
from redox_tui.tui.bindings import bindings
from redox_tui.tui.widgets.completion_list import CompletionList
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.past_queries import PastQueries


class QueryBar(Field):
    """A query; `enter` runs it, `esc` goes back to the one that runs. `known` is what completions are made of."""

    SCOPES = ("query",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("query")
    LABEL = "/"
    PLACEHOLDER = "no query, for example: status:failed model:PatientAdmin since:3h"

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.known = Vocabulary()
        self._clock = clock
        self._past = PastQueries()
        self._left_alone: str | None = None
        """The text for which no list opens by itself: it was not typed, or its list was closed."""
        self._asked_at: tuple[str, int] | None = None
        """The text and the cursor for which a list was asked for."""
        self._listed_for: tuple[str, int, bool] | None = None

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield CompletionList()

    def on_mount(self) -> None:
        self.watch(self.query_one(Input), "selection", self._offer_soon, init=False)

    @property
    def history(self) -> tuple[str, ...]:
        """Queries that were run, oldest first."""
        return self._past.run

    @history.setter
    def history(self, run: tuple[str, ...]) -> None:
        self._past = PastQueries(tuple(map(display.line, run)))

    def learn(self, logs: Iterable[Log]) -> None:
        """Know the values of rows."""
        self.known.learn(logs)

    def run(self, text: str) -> None:
        """Run a query as if it had been typed: one that makes no sense any more stays in the bar, with the reason."""
        self.edit()
        self._recall(display.line(text))
        self.action_run()

    def problem(self, text: str) -> tuple[str, int, int] | None:
        try:
            LogQuery.parse(text).search(self._clock())
        except QueryError as error:
            return str(error), error.start, error.end
        except TimeError as error:
            return str(error), 0, len(text)
        return None

    def marks(self, text: str) -> Iterator[tuple[int, int, str]]:
        yield from super().marks(text)
        try:
            for start, end in local_parts(text, self.known.parties):
                yield start, end, f"italic {self.app.theme_variables['text-muted']}"
        except QueryError:
            return

    def edit(self) -> None:
        super().edit()
        self._leave_alone()

    def action_run(self) -> None:
        if self.problem(self.text) is None:
            self.history = with_run(self.history, self.text)
        super().action_run()
        self._offer()

    def action_leave(self) -> None:
        self._offer()
        if self._list.display:
            self._leave_alone()
        else:
            super().action_leave()
            self._offer()

    def action_take(self) -> None:
        self._offer()
        if not self._list.display:
            self._asked_at = (self.text, self.query_one(Input).cursor_position)
            self._offer()
            return
        text, cursor = self._list.offered.put(self.text, self._list.cursor)
        # After a key its values are wanted next; a value is complete.
        self._put(text, cursor, is_done=not text[:cursor].endswith(":"))

    def action_above(self) -> None:
        self._offer()
        if self._list.display:
            self._list.action_cursor_up()
        else:
            self._recall(self._past.older(self.text))

    def action_below(self) -> None:
        self._offer()
        if self._list.display:
            self._list.action_cursor_down()
        else:
            self._recall(self._past.newer(self.text))

    @property
    def _list(self) -> CompletionList:
        return self.query_one(CompletionList)

    def _leave_alone(self) -> None:
        self._left_alone, self._asked_at = self.text, None
        self._offer()

    def _recall(self, text: str) -> None:
        self._put(text, len(text), is_done=True)

    def _put(self, text: str, cursor: int, *, is_done: bool) -> None:
        typed_in = self.query_one(Input)
        self._left_alone = text if is_done else None
        typed_in.value = text
        typed_in.cursor_position = cursor
        self._offer()

    @on(Input.Changed)
    def _offer_soon(self) -> None:
        # Of many letters that come at once, only what they make together is looked at.
        self.call_next(self._offer)

    def _offer(self) -> None:
        """List what can stand where the cursor is, where something is being typed or it was asked for."""
        typed_in = self.query_one(Input)
        place = (typed_in.value, typed_in.cursor_position)
        is_asked = place == self._asked_at
        is_typing = self.screen.focused is typed_in and typed_in.value != self._left_alone
        wanted = (*place, is_asked) if is_asked or is_typing else None
        if wanted == self._listed_for:
            return
        self._listed_for = wanted
        found = complete(*place, self.known) if wanted else Completions()
        begins_a_word = found.start == place[1] and not place[0][: place[1]].endswith((":", ","))
        self._list.show(Completions() if begins_a_word and not is_asked else found)
