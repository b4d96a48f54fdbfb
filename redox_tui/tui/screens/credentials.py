"""The profiles of this user: which there are, whether they work, and which one is used."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import ScreenResume
from textual.screen import Screen

from redox_tui.domain.probe import Step
from redox_tui.domain.problem import Problem
from redox_tui.domain.production import kind
from redox_tui.tui.access import Access, Credentials
from redox_tui.tui.asking import PersonAtApp
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.messages import ConnectTo, DescribeProfile, GoBack, Locked
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.profile_table import ProfileRow, ProfileTable
from redox_tui.tui.widgets.status_line import StatusLine
from redox_tui.tui.widgets.step_list import StepList
from redox_tui.tui.widgets.too_small import TooSmall

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profiles

_NONE_YET = ("", "There are no profiles yet.", "a adds one: an organization, perhaps an environment, and a key.")


class CredentialsScreen(Screen[None], Scoped):
    """The list of profiles. `in_use` names the one whose logs are shown."""

    SCOPES = ("credentials",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("credentials")
    AUTO_FOCUS = "ProfileTable"

    def __init__(self, credentials: Credentials, clock: Callable[[], datetime], in_use: Callable[[], str]) -> None:
        super().__init__()
        self._credentials = credentials
        self._clock = clock
        self._in_use = in_use
        self._doing = ""
        self._said_of = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield Line(" Credentials", classes="title")
            yield ProfileTable()
            yield StepList()
            yield StatusLine()
            yield KeyHints()
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one(StepList).show(())
        self.query_one(ProfileTable).moved = self._note_move

    @on(ScreenResume)
    def _look_again(self) -> None:
        self._load()

    def show_stored(self, name: str, *, is_opened: bool) -> None:
        """A profile was stored; it may be opened at once."""
        if is_opened:
            self._open(name)
        else:
            self._list_and_say(f"The profile {name} was stored.")

    @work(group="profiles.list", exclusive=True)
    async def _list_and_say(self, words: str) -> None:
        await self._list()
        self._say(words)

    @on(Locked)
    def _end_waiting(self) -> None:
        self.action_stop()

    @work(group="profiles.list", exclusive=True)
    async def _load(self) -> None:
        await self._list()

    async def _list(self) -> None:
        try:
            known = await asyncio.to_thread(self._credentials.profiles)
            used = await asyncio.to_thread(self._credentials.last_used)
        except Problem as problem:
            self.query_one(ProfileTable).show((), "", "The profiles cannot be read; the line below says why.")
            self._say(str(problem), error=True)
            return
        self.query_one(ProfileTable).show(self._rows(known, used), *_NONE_YET)

    def _rows(self, known: "Profiles", used: Mapping[str, datetime]) -> list[ProfileRow]:
        in_use, now = self._in_use(), self._clock()
        rows = [
            ProfileRow(
                name,
                is_default=name == known.default,
                is_in_use=name == in_use,
                organization=profile.organization,
                environment=profile.environment or "",
                kind=kind(profile.environment_flag),
                is_production=profile.is_production,
                key=profile.key_id or "–",
                credential=profile.backend,
                used="in use" if name == in_use else _age(used.get(name), now),
            )
            for name, profile in known.named.items()
        ]
        return rows + [ProfileRow(name, problem=problem) for name, problem in known.problems.items()]

    def action_add(self) -> None:
        self.post_message(DescribeProfile())

    @work(group="profiles", exclusive=True)
    async def action_edit(self) -> None:
        if row := self._usable():
            try:
                known = (await asyncio.to_thread(self._credentials.profiles)).get(row.name)
            except Problem as problem:
                self._say(str(problem), error=True)
            else:
                self.post_message(DescribeProfile(row.name, known))

    def action_open(self) -> None:
        if row := self._usable():
            self._open(row.name)

    def action_test(self) -> None:
        if row := self._usable():
            self._test(row.name)

    @on(ProfileTable.MadeDefault)
    def _make_default(self) -> None:
        if row := self._usable():
            self._change(f"{row.name} is used where none is named.", self._credentials.use_by_default, row.name)

    @work(group="profiles", exclusive=True)
    async def action_delete(self) -> None:
        row = self.query_one(ProfileTable).current
        if row is None:
            return
        what = "with its keys in the vault" if row.credential == "vault" else "; the key itself stays where it is"
        question = f"Delete the profile {row.name} {what}?\nNothing brings it back."
        word = row.name if row.is_production else ""
        if await self.app.push_screen_wait(ConfirmDialog(question, word)):
            await self._changed(
                f"The profile {row.name} was deleted.", self._credentials.remove, row.name, PersonAtApp(self.app)
            )

    def action_refresh(self) -> None:
        self._say()
        self._load()

    def action_back(self) -> None:
        if self._doing:
            self.action_stop()
        else:
            self.post_message(GoBack())

    def action_stop(self) -> None:
        self.workers.cancel_group(self, "profiles")
        if self._doing:
            self._doing = ""
            self._say("Stopped.")

    @work(group="profiles", exclusive=True)
    async def _open(self, name: str) -> None:
        if access := await self._credential_of(name):
            self.post_message(ConnectTo(access))

    @work(group="profiles", exclusive=True)
    async def _test(self, name: str) -> None:
        shown = self.query_one(StepList)
        shown.show(())
        access = await self._credential_of(name)
        if access is None:
            return
        steps = [Step("key", "can be read")]
        shown.show(tuple(steps))
        self._begin(f"testing {name}")
        try:
            async with aclosing(access.test()) as found:
                async for step in found:
                    steps.append(step)
                    shown.show(tuple(steps))
        finally:
            access.lock()
            self._doing = ""
        if failed := next((step for step in steps if step.code), None):
            self._say(f"{name}: {failed.what} failed.", error=True)
        else:
            await asyncio.to_thread(access.note_use)
            self._say(f"{name} works.")

    async def _credential_of(self, name: str) -> Access | None:
        self._begin(f"getting the credential of {name}")
        try:
            return await asyncio.to_thread(self._credentials.open, name, PersonAtApp(self.app))
        except Problem as problem:
            self._say(str(problem), error=True)
            return None
        finally:
            self._doing = ""

    @work(group="profiles", exclusive=True)
    async def _change(self, done: str, change: Callable[..., None], *arguments: object) -> None:
        await self._changed(done, change, *arguments)

    async def _changed(self, done: str, change: Callable[..., None], *arguments: object) -> None:
        try:
            await asyncio.to_thread(change, *arguments)
        except Problem as problem:
            self._say(str(problem), error=True)
        else:
            await self._list()
            self._say(done)

    def _usable(self) -> ProfileRow | None:
        row = self.query_one(ProfileTable).current
        if row and row.problem:
            self._say(f"The profile {row.name} cannot be used: {row.problem} Edit profiles.toml.", error=True)
            return None
        return row

    def _begin(self, doing: str) -> None:
        self._doing = doing
        self._say(f"{doing} … esc stops")

    def _note_move(self) -> None:
        """What was said holds until the cursor is on another profile, or something else is done."""
        row = self.query_one(ProfileTable).current
        if not self._doing and self._said_of != (row.name if row else ""):
            self._say()

    def _say(self, words: str = "", *, error: bool = False) -> None:
        row = self.query_one(ProfileTable).current
        self._said_of = row.name if row else ""
        place = f"{row.name}: {row.environment or 'no environment named'}" if row and not row.problem else ""
        self.query_one(StatusLine).say(words or place, error=error)


def _age(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "–"
    if moment.date() == now.date():
        return f"today {moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d}"
