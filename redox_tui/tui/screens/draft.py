"""A filter on the screen while it is edited: its name, its action, its rules, and the way back step by step."""

from typing import Final, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from redox_tui.domain import display, value_text
from redox_tui.domain.filter_draft import Draft, RuleText
from redox_tui.domain.filters import Filter
from redox_tui.domain.lint import Remark
from redox_tui.domain.value_text import ValueTextError
from redox_tui.tui import saving
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.dialog import Dialog, Dismissable
from redox_tui.tui.dialogs.values import ValuesDialog
from redox_tui.tui.filter_messages import EditFilter
from redox_tui.tui.messages import Untouched
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.action_line import ActionLine
from redox_tui.tui.widgets.impact_table import ImpactTable
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.path_input import DraftField, FilterNameField, PathField, ValuesField
from redox_tui.tui.widgets.place_line import PlaceLine
from redox_tui.tui.widgets.remarks import Remarks
from redox_tui.tui.widgets.rule_list import RuleList
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.too_small import TooSmall

_WARNING: Final = "Values can be seen by people who may not see payloads: no patient data here."
_LONG: Final = 2_000
"""Characters of values that are still edited as a line; more are a list."""

Answer = TypeVar("Answer")


class DraftScreen(Dismissable[None]):
    """A known filter, or a new one, perhaps of a subscription and with a first rule."""

    AUTO_FOCUS = "RuleList"

    def __init__(self, services: Services, place: str, wanted: EditFilter) -> None:
        super().__init__()
        self._services = services
        self._place = place
        self._environment = wanted.environment
        self._subscription = wanted.subscription
        self._draft = Draft.of(wanted.known or self._new())
        if wanted.rule:
            self._draft = self._draft.add(len(self._draft.rules), RuleText.of(wanted.rule))
        self._open: int | None = None
        """The row of the rule whose fields are open."""
        self._remarks: tuple[Remark, ...] = ()
        self._notice: tuple[str, bool] | None = None
        self._shows_examples = False

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield PlaceLine()
            yield Line(classes="acts")
            yield FilterNameField()
            yield ActionLine()
            yield RuleList()
            yield PathField()
            yield ValuesField()
            yield Remarks()
            yield ImpactTable()
            yield Line(_WARNING, classes="warning")
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self._mode = self.app.current_mode
        rules, path, values, name = (
            self._rules,
            self.query_one(PathField),
            self.query_one(ValuesField),
            self._name_field,
        )
        rules.asked, rules.moved = self._obey, self._say
        for field in (name, path, values):
            field.home, field.left = rules, self._close
        name.went_on, path.went_on, values.went_on = self._close, self._go_to_values, self._close
        path.listing, values.asked_for_seen = self._note_examples, self._pick_values
        path.display = values.display = False
        self._show()
        rules.move_to(len(self._draft.rules) - 1 if self._draft.is_changed else 0)

    @property
    def unsaved(self) -> str:
        """The name of the filter where something is typed and not saved, else nothing."""
        if self.is_mounted:
            self.take_typed()
        return (self._draft.texts.name or "new filter") if self._draft.is_changed else ""

    def changed(self) -> None:
        """Something was typed; what follows from it is for subclasses."""

    async def seen(self, path: str) -> dict[str, int]:
        """The values that samples have at a path."""
        return {}

    @property
    def sample_count(self) -> int:
        """How many sample messages there are."""
        return 0

    @property
    def _rules(self) -> RuleList:
        return self.query_one(RuleList)

    @property
    def _name_field(self) -> FilterNameField:
        return self.query_one(FilterNameField)

    def _new(self) -> Filter:
        environment = self._environment.id if self._environment and self._environment.id else None
        place = self._subscription
        return Filter(
            "",
            environment=environment or self._services.connection.environment,
            subscription=place.id if place else None,
        )

    def _obey(self, wanted: str) -> None:
        """Do what is wanted of the rule under the cursor."""
        self.take_typed()
        row, rules = self._rules.cursor, self._draft.rules
        if wanted == "add":
            at = min(row + 1, len(rules))
            self.set_draft(self._draft.add(at, RuleText()))
            self._rules.move_to(at)
            self._edit(at)
        elif rules and wanted == "edit":
            self._edit(row)
        elif rules and wanted == "allow_or_deny":
            self.set_draft(self._draft.toggle(row))
        elif rules and wanted == "remove":
            self.set_draft(self._draft.remove(row))

    def action_undo(self) -> None:
        self.take_typed()
        if not self._draft.past:
            self.complain("Nothing was typed; a save is taken back with R.", error=False)
            return
        draft, row = self._draft.undo()
        self.set_draft(draft)
        if row is not None:
            self._rules.move_to(row)

    def action_name(self) -> None:
        self._go_to(self._name_field)

    def action_send_or_block(self) -> None:
        self.take_typed()
        self.set_draft(self._draft.switch_action())

    def action_leave(self) -> None:
        self.take_typed()
        if self._draft.is_changed:
            self._ask_whether_to_leave()
        else:
            # At once: the key that follows belongs to what is below.
            self.dismiss()

    @work(group="editor.leave", exclusive=True)
    async def _ask_whether_to_leave(self) -> None:
        if await self.ask(ConfirmDialog("Leave without saving what was typed?")):
            self.dismiss()

    async def ask(self, dialog: Dialog[Answer]) -> Answer | None:
        """The answer of a dialog, in front of this screen wherever somebody is by now; None where a lock has come."""
        return await self.app.push_screen_wait(dialog, mode=self._mode)

    def complain(self, words: str, *, error: bool = True) -> None:
        """Say something that stands until something else is done."""
        self._notice = (words, error)
        self._say()

    def set_draft(self, draft: Draft) -> None:
        """Show another draft."""
        if draft is not self._draft:
            self._draft, self._notice = draft, None
            self._show()
            self.changed()

    def set_remarks(self, remarks: tuple[Remark, ...]) -> None:
        """Show what there is to remark about the draft as it is."""
        self._remarks = remarks
        if self._open is not None:
            own = (one.words for one in remarks if one.rule == self._open + 1 and one.place == "path")
            self.query_one(PathField).remark(self._draft.rules[self._open].path, next(own, ""))
        self._say()

    def take_typed(self) -> None:
        """Take what stands in the fields; every command begins with it, since no message has to come before a key."""
        draft = self._draft
        if self._name_field.is_typed:
            draft = draft.type_name(self._name_field.taken())
        path, values, row = self.query_one(PathField), self.query_one(ValuesField), self._open
        if row is not None and path.is_typed:
            draft = draft.type_path(row, path.taken())
        if row is not None and values.is_typed:
            draft = draft.type_values(row, values.taken())
        self.set_draft(draft)

    @on(Input.Changed)
    def _take(self) -> None:
        self.take_typed()

    def _edit(self, row: int) -> None:
        rule, path = self._draft.rules[row], self.query_one(PathField)
        self._open = row
        path.put(rule.path)
        self.query_one(ValuesField).put(rule.values if len(rule.values) <= _LONG else "")
        path.display = True
        self.query_one(ValuesField).display = len(rule.values) <= _LONG
        self._go_to(path)
        self._say()

    def _go_to(self, field: DraftField) -> None:
        """Type there."""
        field.edit()
        self._returns_to(f"{type(field).__name__} Input")

    def _returns_to(self, selector: str) -> None:
        """Where the focus belongs when the terminal was too small for it, or when the cover goes.

        It is looked up on the screen each time, so a screen may have its own.
        """
        self.AUTO_FOCUS = selector  # type: ignore[misc]

    def _go_to_values(self) -> None:
        self.take_typed()
        self._draft = self._draft.settled()
        values = self.query_one(ValuesField)
        if values.display:
            self._go_to(values)
        else:
            self._pick_values()

    def _close(self) -> None:
        """Back to the rules."""
        self.take_typed()
        self._draft = self._draft.settled()
        self._open = None
        self.query_one(PathField).display = self.query_one(ValuesField).display = False
        self._note_examples(False)
        self._returns_to("RuleList")
        self.set_focus(self._rules)
        self._say()

    def _pick_values(self) -> None:
        self.take_typed()
        if self._open is not None:
            self._pick_values_of(self._open, self._draft.rules[self._open])

    @work(group="editor.values", exclusive=True)
    async def _pick_values_of(self, row: int, rule: RuleText) -> None:
        """Pick from the values that messages have; lists too long for a line are edited there too."""
        try:
            values = value_text.parse(rule.values)
        except ValueTextError as error:
            self.complain(f"First the values that stand there: {error}")
            return
        seen = await self.seen(rule.path)
        if not seen and rule.values == self.query_one(ValuesField).text:
            none = "No message has a value at this path." if self.sample_count else "s chooses messages."
            self.complain(f"There are no values to pick from. {none}", error=False)
            return
        picked = await self.ask(ValuesDialog(rule.path, values, seen, self.sample_count))
        # What was under the dialog may have been undone or left by now.
        if picked is not None and self._draft.rules[row : row + 1] == (rule,):
            text = value_text.write(picked)
            self.set_draft(self._draft.type_values(row, text).settled())
            if self._open == row and len(text) <= _LONG:
                self.query_one(ValuesField).put(text)
        if not self.query_one(ValuesField).display:
            self._close()

    @on(Untouched)
    def _hide_examples(self) -> None:
        self.query_one(PathField).close()

    def _note_examples(self, shows: object) -> None:
        """Examples from messages may be patient data; the place line says whether any is on the screen."""
        if bool(shows) is not self._shows_examples:
            self._shows_examples = bool(shows)
            self._show_place()

    def _show(self) -> None:
        """Show the draft; a field that is being typed in has it already."""
        draft = self._draft
        self._rules.show(draft.rules)
        if self._open is not None and self._open >= len(draft.rules):
            self._close()
        if not self._name_field.is_typed:
            self._name_field.put(draft.texts.name)
        self.query_one(ActionLine).show(draft.texts.action)
        acts = saving.acts_on(draft.base, self._subscription)
        words = f"Acts on {acts}" if acts else "Linked to nothing, so it does nothing"
        self.query_one(".acts", Line).update(f" {display.line(words, 300)}", layout=False)
        self._show_place()
        self._say()

    def _show_place(self) -> None:
        base = self._draft.base
        saved = base.updated.at.instant if base.updated.at else None
        version = f"v{base.filter_version}" if base.filter_version else "new filter" if self._draft.is_new else ""
        age = saving.age(saved, self._services.clock())
        parts = " · ".join(part for part in (version, age) if part)
        where = (f"Filters › {parts or 'filter'}", *(("read-only",) if self._services.read_only else ()))
        self.query_one(PlaceLine).show(self._place, self._environment, where, revealed=self._shows_examples)

    def _say(self) -> None:
        """Say where the cursor is, unless there is something else to say; and what is remarked about the rule."""
        row, rules = self._rules.cursor, self._draft.rules
        self.query_one(Remarks).show(self._remarks, row + 1, is_open=self._open == row)
        if self._notice:
            self.query_one(StatusLine).say(self._notice[0], error=self._notice[1])
            return
        parts = [f"rule {row + 1:,} of {len(rules):,}"] if rules else []
        parts.append(
            "not saved" if self._draft.is_changed else "as saved" if not self._draft.is_new else "nothing typed"
        )
        self.query_one(StatusLine).say(" · ".join(parts))
