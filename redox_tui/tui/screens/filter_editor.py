"""The filter editor: a draft with its impact, saved so that nobody's work is lost and nothing is sent unseen."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType

from redox_tui.api import safe_write
from redox_tui.api.errors import OutcomeUnknown, PlatformError
from redox_tui.api.protocol import Filters
from redox_tui.api.safe_write import FilterConflict, Saved
from redox_tui.domain import filter_file
from redox_tui.domain.consent import Consequence
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filter_file import FilterFileError
from redox_tui.domain.filter_merge import merge
from redox_tui.domain.filters import Filter
from redox_tui.domain.problem import Problem
from redox_tui.store import text_files
from redox_tui.tui import saving
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.conflict import ConflictDialog
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from redox_tui.tui.dialogs.one_line import OneLineDialog
from redox_tui.tui.dialogs.paste import PasteDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.filter_messages import FilterSaved
from redox_tui.tui.messages import Unlocked
from redox_tui.tui.screens.rehearsal import RehearsalScreen


class FilterEditor(RehearsalScreen, Scoped, inherit_bindings=False):
    """Everything about one filter. What was typed is kept whatever happens to a save."""

    SCOPES = ("editor",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("editor")

    _is_sending = False

    def action_leave(self) -> None:
        if self._is_sending:
            self.complain("It is being sent; a moment.", error=False)
        elif self.stop_reading():
            self.complain("Stopped. No messages were read.", error=False)
        else:
            super().action_leave()

    def action_save(self) -> None:
        self.take_typed()
        if not self._is_sending:
            self._save()

    def action_restore(self) -> None:
        self.take_typed()
        if not self._is_sending:
            self._restore()

    def action_refresh(self) -> None:
        self.take_typed()
        if not self._is_sending:
            self._look_again()

    @work(group="editor.load", exclusive=True)
    async def action_load(self) -> None:
        """Take action and rules from a file or from a paste; a name only where there is none."""
        self.take_typed()
        chosen = await self.ask(PickDialog("Load a rule set, JSON or TOML", ["Paste it", "From a file"]))
        if chosen is None:
            return
        pasting = PasteDialog("A filter as JSON or TOML")
        text = await (self.ask(pasting) if chosen == 0 else self._text_of_file())
        if not text:
            return
        try:
            loaded = await asyncio.to_thread(filter_file.parse, text)
        except FilterFileError as error:
            self.complain(f"Nothing was loaded: {error}")
            return
        name = self._draft.texts.name
        self.set_draft(self._draft.take(replace(loaded, name=name if name.strip() else loaded.name)))
        count = len(loaded.rules)
        words = "1 rule was loaded" if count == 1 else f"{count:,} rules were loaded"
        self.complain(f"{words}; u brings back what was there.", error=False)

    async def _text_of_file(self) -> str | None:
        path = await self.ask(OneLineDialog("A file with a filter", "~/filters/inpatients.toml"))
        if path is None:
            return None
        try:
            return await asyncio.to_thread(text_files.read, Path(path).expanduser(), filter_file.MAX_SIZE)
        except Problem as problem:
            self.complain(f"Nothing was loaded: {problem}")
            return None

    @work(group="editor.save", exclusive=True)
    async def _save(self) -> None:
        """Show what a save does, and send it where somebody agrees to exactly that."""
        draft = self._draft
        if why := saving.obstacle(draft, read_only=self._services.read_only):
            self.complain(why, error=why != saving.NOTHING)
            return
        proposed = draft.proposed
        if proposed is None:
            return
        try:
            calls = await self._calls()
            judged = await self.judge_now(draft)
            notice = await calls.notice()
            target = saving.acts_on(draft.base, self._subscription)
            impact = (judged.impact, self.samples_words)
            asked = saving.to_save(draft, proposed, target, impact, notice, self._flag, judged.remarks)
            if await self._agrees(asked):
                await (self._create(calls, proposed) if draft.is_new else self._update(calls, draft.base, proposed))
        except PlatformError as error:
            self._could_not(error)

    async def _update(self, calls: Filters, base: Filter, proposed: Filter) -> None:
        if saved := await self._sent(safe_write.save(calls, base, proposed)):
            self._take_saved(self._draft, saved, saving.was_saved(saved, "Saved"))

    async def _create(self, calls: Filters, proposed: Filter) -> None:
        """Create the filter, and link it where it was opened for a subscription: through v1 it does nothing before."""
        saved = await self._sent(safe_write.create(calls, proposed))
        if saved is None:
            return
        place = self._subscription
        if await calls.version() == "v0" or place is None:
            target = saving.acts_on(saved.filter, None)
            self._take_saved(self._draft, saved, saving.was_saved(saved, "Created", is_linked=bool(target)))
            return
        self._take_saved(self._draft, saved, "Created; it is being linked …")
        try:
            linked = await self._sent(safe_write.link(calls, saved.filter, saving.link_to(place)))
        except PlatformError as error:
            self.complain(f"{saving.was_saved(saved, 'Created')} It could not be linked, so it does nothing: {error}")
            return
        if linked:
            self._take_saved(self._draft, linked, saving.was_saved(linked, "Created and linked"))

    @work(group="editor.save", exclusive=True)
    async def _restore(self) -> None:
        """Bring back the content of the version before the one in force."""
        base = self._draft.base
        if self._services.read_only:
            self.complain("This is the read-only mode: nothing is restored.")
            return
        if self._draft.is_new:
            self.complain("It is new, so there is no version before it.")
            return
        try:
            calls = await self._calls()
            self.complain("reading the versions …", error=False)
            versions = await calls.versions(base.id, base.subscription)
            number = base.filter_version or 0
            before = next((one for one in versions if (one.filter_version or 0) < number), None)
            if before is None:
                self.complain("The server has no version before this one.")
                return
            would = (await calls.restore(base, before, dry_run=True)).current or before
            judged = await self.judge_now(Draft.of(base).take(would))
            notice = await calls.notice()
            impact = (judged.impact, self.samples_words)
            asked = saving.to_restore(base, would, before.filter_version, impact, notice, self._flag)
            if await self._agrees(asked) and (saved := await self._sent(safe_write.restore(calls, base, before))):
                words = saving.was_saved(saved, f"Version {before.filter_version} is in force again,")
                words += " u brings back what was typed." if self._draft.is_changed else ""
                self._take_saved(self._draft.take(saved.filter), saved, words)
        except PlatformError as error:
            self._could_not(error, "restored")

    @work(group="editor.save", exclusive=True)
    async def _look_again(self) -> None:
        """Look whether somebody else has saved it."""
        if self._draft.is_new:
            self.complain("It is new: the server knows nothing of it.", error=False)
            return
        try:
            calls = await self._calls()
            await safe_write.unchanged(calls, self._draft.base)
        except FilterConflict as conflict:
            await self._resolve(conflict)
        except PlatformError as error:
            self.complain(f"{error} {saving.KEPT}")
        else:
            self.complain("Nobody has saved it since it was read.", error=False)

    async def _agrees(self, asked: Consequence) -> bool:
        agreed: bool | None = await self.ask(ConsequenceDialog(asked))
        if not agreed:
            self.complain("Nothing was sent.", error=False)
        return bool(agreed)

    async def _sent(self, change: Awaitable[Saved]) -> Saved | None:
        """What came of a change, None where it was a conflict; raises PlatformError."""
        self._is_sending = True
        self.complain("sending …", error=False)
        try:
            return await change
        except FilterConflict as found:
            conflict = found
        finally:
            self._is_sending = False
        await self._resolve(conflict)
        return None

    def _take_saved(self, draft: Draft, saved: Saved, words: str) -> None:
        """What was saved is what the draft stands on now."""
        now = replace(saved.filter, links=saved.filter.links or draft.base.links)
        self.set_draft(draft.on(now))
        self.complain(words, error=bool(saved.between) or saved.between is None)
        self.post_message(FilterSaved(now))

    def _could_not(self, error: PlatformError, done: str = "saved") -> None:
        if isinstance(error, OutcomeUnknown):
            self.complain(f"Nobody knows whether it was {done}: {error} r looks. {saving.KEPT}")
        else:
            self.complain(f"Not {done}: {error} {saving.KEPT}")

    async def _resolve(self, conflict: FilterConflict) -> None:
        """Somebody else was faster: take theirs, merge both, or leave all as it is. Nothing is sent."""
        theirs, yours = conflict.theirs, self._draft.proposed
        if theirs is None:
            await self._deleted()
        elif yours is None or not self._draft.is_changed or theirs.meaning == yours.meaning:
            is_same = self._draft.is_changed and yours is not None and theirs.meaning == yours.meaning
            self.set_draft((self._draft if is_same else self._draft.take(theirs)).on(theirs))
            what = "just what you typed" if is_same else "this"
            self.complain(f"Somebody has saved {what}: it is in force as version {theirs.filter_version}.", error=False)
            self.post_message(FilterSaved(theirs))
        else:
            merged = merge(conflict.base, theirs, yours)
            way = await self.ask(ConflictDialog(conflict.base, theirs, yours, merged))
            if way == "take":
                self.set_draft(self._draft.take(theirs).on(theirs))
                self.complain("This is theirs; u brings back what you typed, to be saved over it.", error=False)
            elif way == "merge":
                self.set_draft(self._draft.take(merged.filter).on(theirs))
                kept = f" Yours is kept in {len(merged.clashes)} places." if merged.clashes else ""
                self.complain(f"Merged, and not saved yet: S saves.{kept}", error=False)
            else:
                self.complain(f"Not saved: somebody saved it meanwhile. {saving.KEPT}")

    async def _deleted(self) -> None:
        name = self._draft.base.name
        question = f"The filter “{name}” was deleted meanwhile. Make a new filter of what stands here?"
        if not await self.ask(ConfirmDialog(question)):
            self.complain(f"The filter was deleted meanwhile. {saving.KEPT}")
            return
        gone = self._draft.base
        blank = Filter(
            "", environment=gone.environment or self._services.connection.environment, subscription=gone.subscription
        )
        self.set_draft(replace(self._draft.on(blank), start=Draft.of(blank).start))
        self.complain("It is a new filter now, linked to nothing. S creates it.", error=False)

    async def _calls(self) -> Filters:
        """The calls of the environment that the filter is in, where the connection names none."""
        client = await self._services.client()
        environment = self._environment.id if self._environment else self._draft.base.environment
        return client.filters_of(None if self._services.connection.environment else environment or None)

    @property
    def _flag(self) -> str | None:
        return self._environment.flag if self._environment else None

    @on(Unlocked)
    def _say_kept(self) -> None:
        if self._draft.is_changed:
            self.complain("What you typed is here, and not saved.", error=False)
