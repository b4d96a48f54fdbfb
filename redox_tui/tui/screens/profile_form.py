"""The form for a profile: nothing is stored before the test has passed, unless somebody says so."""

import asyncio
import shlex
from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from redox_tui.domain.connection import PRODUCTION_URL
from redox_tui.domain.probe import Step, flag_found
from redox_tui.domain.problem import Problem
from redox_tui.store.errors import BadField, CopyNotSaved, Refused, StoreError
from redox_tui.tui.access import Credentials, Description, Draft
from redox_tui.tui.asking import PersonAtApp
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.dialog import Dismissable
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.messages import Locked, ProfileStored
from redox_tui.tui.widgets.field import Field
from redox_tui.tui.widgets.form_field import ChoiceField, FormField, SecretLine
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.scrolled import Scrolled
from redox_tui.tui.widgets.secret_field import SecretField
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.step_list import StepList
from redox_tui.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profile

_BACKENDS: Final = (
    ("vault", "sealed in the vault"),
    ("pem-file", "stays in a key file"),
    ("command", "handed out by a command"),
    ("env", "a token in REDOX_TUI_TOKEN"),
)
_TEST, _STORE = "test", "store"
_ACTIONS: Final = ((_TEST, "Test, then store"), (_STORE, "Store without a test"))
_SHOWN: Final = {
    "vault": {"client-id", "key-id", "key-file", "key"},
    "pem-file": {"client-id", "key-id", "key-file"},
    "command": {"command"},
    "env": set[str](),
}
"""Which fields a backend has beside those that all have."""

_CREDENTIAL_FIELD: Final = {"pem-file": "key-file", "command": "command"}
"""Where it is said that a credential cannot be had."""

_OF_CREDENTIAL: Final = frozenset().union(*_SHOWN.values())


class ProfileForm(Dismissable[None], Scoped, inherit_bindings=False):
    """A new profile, or a `known` one by its name."""

    SCOPES = ("form",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("form")

    def __init__(self, credentials: Credentials, name: str = "", known: "Profile | None" = None) -> None:
        super().__init__()
        self._credentials = credentials
        self._profile_name = name
        self._known = known
        self._is_busy = False
        self._is_storing = False

    def compose(self) -> ComposeResult:
        title = f"Profile {self._profile_name}" if self._known else "New profile"
        with Vertical(id="screen"):
            yield Line(f" {title}", classes="title")
            with Scrolled(can_focus=False):
                yield from self._fields()
                yield ChoiceField("action", "", _ACTIONS)
                yield StepList()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    @property
    def unsaved(self) -> str:
        """The name of the profile where something is typed and not stored, else nothing."""
        is_typed = any(one.is_changed for one in self.query(FormField)) or any(
            one.text for one in self.query(SecretField)
        )
        return (self._profile_name or "new profile") if is_typed else ""

    def _fields(self) -> Iterator[FormField | ChoiceField | SecretLine]:
        known = self._known
        if known is None:
            yield FormField("name", "Name", "how you call it, for example lakeside")
            yield ChoiceField("backend", "Credential", _BACKENDS)
        else:
            yield ChoiceField("backend", "Credential", [one for one in _BACKENDS if one[0] == known.backend])
        yield FormField("organization", "Organization", "its id, a number", known.organization if known else "")
        yield FormField("base-url", "Base URL", "", known.base_url if known else PRODUCTION_URL)
        environment = (known.environment or "") if known else ""
        yield FormField("environment", "Environment", "its id; left empty, the test shows which there are", environment)
        yield FormField("client-id", "Client id", "of a user-level API key", (known.client_id or "") if known else "")
        yield FormField("key-id", "Key id", "its kid; a JWK may hold it", self._key_id())
        path = str(known.key_file) if known and known.key_file else ""
        yield FormField("key-file", "Key file", "a private key, PEM or JWK", path)
        keeps = " (kept where nothing is given)" if known and known.keys else ""
        yield SecretLine("key", "or paste it", f"paste the key's text here{keeps}")
        yield FormField("command", "Command", "an absolute path and words", shlex.join(known.command) if known else "")

    def _key_id(self) -> str:
        """The id of a key in its file; one in the vault has its id there, and the field is for another key."""
        return (self._known.key_id or "") if self._known and self._known.backend != "vault" else ""

    def on_mount(self) -> None:
        self.query_one(StepList).show(())
        self._show_fields()
        self._say("enter goes on; nothing is stored before it was tried out")

    @on(ChoiceField.Changed)
    def _show_fields(self) -> None:
        shown = _SHOWN[self._choice("backend")]
        for field in self.query("FormField, SecretLine"):
            field.display = field.name in shown or field.name not in _OF_CREDENTIAL

    @on(Field.Submitted)
    @on(SecretField.Submitted)
    def action_next(self) -> None:
        _select(self.focus_next("Input, SecretField, ChoiceField"))

    def action_previous(self) -> None:
        _select(self.focus_previous("Input, SecretField, ChoiceField"))

    @on(ChoiceField.Taken)
    def _take(self, message: ChoiceField.Taken) -> None:
        if message.choice.name == "action":
            self._run(is_tested=message.choice.value == _TEST)
        else:
            self.action_next()

    @on(Locked)
    def _forget(self) -> None:
        self.query_one(SecretField).clear()
        if self._is_storing:
            return
        self.workers.cancel_node(self)
        self._is_busy = False
        self._say("Locked before this was stored; a pasted key has to be pasted again.", error=True)

    @work(group="form.leave", exclusive=True)
    async def action_leave(self) -> None:
        if self._is_storing:
            self._say("It is being stored; a moment.")
            return
        if self._is_busy:
            self.workers.cancel_group(self, "form.run")
            self._is_busy = False
            self._say("Stopped. Nothing was stored.")
            return
        if not self.unsaved or await self.app.push_screen_wait(ConfirmDialog("Leave without storing what was typed?")):
            self.dismiss()

    @work(group="form.run", exclusive=True)
    async def _run(self, *, is_tested: bool) -> None:
        self._is_busy = True
        self.query_one(StepList).show(())
        draft: Draft | None = None
        try:
            self._say("reading the key … esc stops")
            draft = await asyncio.to_thread(self._credentials.draft, self._description(), PersonAtApp(self.app))
            found = await self._tested(draft) if is_tested else {}
            if found is None:
                self._say(
                    "The test failed, so nothing was stored. Put it right, or store it without a test.", error=True
                )
                return
            self._is_storing = True
            self._say("storing …")
            await asyncio.to_thread(draft.store, found, PersonAtApp(self.app))
        except BadField as wrong:
            self._say("", error=False)
            self._mark(wrong)
        except CopyNotSaved as problem:
            self._say(f"{problem} Store it again.", error=True)
        except Problem as problem:
            self._say(f"{problem} Nothing was stored.", error=True)
        else:
            self.query_one(SecretField).clear()
            self.post_message(ProfileStored(self._text("name") or self._profile_name))
        finally:
            self._is_busy = self._is_storing = False
            if draft:
                draft.access.lock()

    async def _tested(self, draft: Draft) -> dict[str, str] | None:
        """What a test has found out for the profile; None where it failed."""
        shown = self.query_one(StepList)
        try:
            await asyncio.to_thread(draft.access.unlock, PersonAtApp(self.app))
        except StoreError as problem:
            if field := _CREDENTIAL_FIELD.get(self._choice("backend")):
                raise BadField(field, str(problem)) from None
            raise
        steps = [Step("key", "can be read")]
        self._say("testing … esc stops")
        async with aclosing(draft.access.test()) as found:
            async for step in found:
                steps.append(step)
                shown.show(tuple(steps))
                shown.scroll_visible(animate=False)
        if any(step.code for step in steps):
            return None
        environments = next((step.environments for step in steps if step.environments), ())
        if draft.access.connection.environment or not environments:
            return flag_found(steps)
        choices = [
            "all of the organization",
            *(f"{one.name or one.id} ({one.flag or 'PROD?'})" for one in environments),
        ]
        chosen = await self.app.push_screen_wait(PickDialog("Which environment is this profile for?", choices))
        if chosen is None:
            raise Refused("No environment was chosen.")
        if chosen == 0:
            return {}
        picked = environments[chosen - 1]
        return {"environment": picked.id} | ({"environment_flag": picked.flag} if picked.flag else {})

    def _description(self) -> Description:
        shown = [field for field in self.query(FormField) if field.display and field.name != "name"]
        fields = {str(field.name): field.text.strip() for field in shown} | {"backend": self._choice("backend")}
        secret = self.query_one(SecretField)
        key = secret.text if self.query_one(SecretLine).display else b""
        return Description(self._text("name") or self._profile_name, self._known is None, fields, key)

    def _mark(self, wrong: BadField) -> None:
        for field in self.query("FormField, SecretLine"):
            if field.name == wrong.field and field.display and isinstance(field, FormField | SecretLine):
                field.say(wrong.title)
                return
        self._say(wrong.title, error=True)

    def _choice(self, name: str) -> str:
        return next(choice.value for choice in self.query(ChoiceField) if choice.name == name)

    def _text(self, name: str) -> str:
        return next((field.text.strip() for field in self.query(FormField) if field.name == name), "")

    def _say(self, words: str, *, error: bool = False) -> None:
        self.query_one(StatusLine).say(words, error=error)


def _select(field: Widget | None) -> None:
    """What is typed next takes the place of what stands there."""
    if isinstance(field, Input):
        field.action_select_all()
