"""The lock of the app: a cover is drawn over everything, then what is secret is dropped.

The cover has a mode of its own, so that nothing can be pushed over it, popped in its place or switched to behind its
back. Locking, unlocking and going from place to place happen in the app's own queue, one after the other.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from textual import on, work
from textual.events import Event, InputEvent, Key, Paste
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import AwaitMount

from redox_tui.domain.problem import Problem
from redox_tui.tui.asking import LOCKED, PersonAtApp
from redox_tui.tui.key_order import takes_effect
from redox_tui.tui.messages import AtHandAgain, Covered, Locked, LockNow, Unlocked, UnlockNow, Untouched
from redox_tui.tui.screens.cover import CoverScreen
from redox_tui.tui.terminal.drawing import DrawingApp

_LOOK_FOR_IDLENESS: Final = 1.0
"""Seconds between two looks whether the app is idle."""

HIDE_AFTER: Final = 60.0
"""Seconds without a key after which patient data leaves the screen (security.md PH-10)."""


class LockingApp(DrawingApp):
    """An app that can be locked. `lock_after` is for how many seconds nobody may touch a key, None for ever."""

    def __init__(self, *, lock_after: float | None, monotonic: Callable[[], float]) -> None:
        super().__init__()
        self._lock_after = lock_after
        self._monotonic = monotonic
        self._touched_at = monotonic()
        self._behind: str | None = None
        self._locked_at = 0.0
        self._is_dropped = False
        self._held: list[Message] = []

    @property
    def is_locked(self) -> bool:
        """Whether the cover is on the screen, or on its way there."""
        return self._behind is not None

    @property
    def untouched(self) -> float:
        """Seconds since somebody touched a key."""
        return self._monotonic() - self._touched_at

    @property
    def holds_secrets(self) -> bool:
        """Whether there is anything that a lock would protect."""
        raise NotImplementedError

    def drop_secrets(self) -> None:
        """Drop keys, tokens and whatever else is secret, at once."""
        raise NotImplementedError

    def get_secrets_again(self, person: PersonAtApp) -> None:
        """Get back what a lock has dropped; this waits for a person, so it runs in a thread. Raises Problem."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.set_interval(_LOOK_FOR_IDLENESS, self.hide_if_idle)
        if self._lock_after:
            self.set_interval(_LOOK_FOR_IDLENESS, self.lock_if_idle)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent | Paste):
            self._touched_at = self._monotonic()
        if self.is_locked and event.time < self._locked_at:
            return  # a key that was pressed before the lock is none of the cover's
        if not (isinstance(event, Key | Paste) and await takes_effect(self, event)):
            await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing but the way out while the app is locked."""
        return action == "quit" or not self.is_locked

    def switch_mode(self, mode: str) -> AwaitMount:
        """Go to another place; while the app is locked, once it is unlocked."""
        if self.is_locked and mode != LOCKED:
            self._behind = mode
            return AwaitMount(self.screen, [])
        if mode != self.current_mode:
            self.hide_payloads()
        return super().switch_mode(mode)

    def push_screen(self, screen: Any, *arguments: Any, mode: str | None = None, **more: Any) -> Any:
        """Put a screen on top; while the app is locked, on top of what is behind the cover."""
        return super().push_screen(screen, *arguments, mode=mode or self._behind, **more)

    def is_held(self, message: Message) -> bool:
        """Whether a message has to wait, since the app is locked; it comes again when that is over."""
        if self.is_locked:
            self._held.append(message)
        return self.is_locked

    def action_lock(self) -> None:
        self.post_message(LockNow("Locked."))

    def lock_if_idle(self) -> None:
        """Lock where nobody has touched a key for too long. What arrives by itself does not count."""
        if self._lock_after and self.holds_secrets and self.untouched >= self._lock_after:
            self.post_message(LockNow(f"Locked after {round(self._lock_after / 60)} minutes without a key."))

    def hide_if_idle(self) -> None:
        """Hide payloads where nobody has touched a key for a minute."""
        if not self.is_locked and self.untouched >= HIDE_AFTER:
            self.hide_payloads()

    def hide_payloads(self) -> None:
        """Let every screen hide what somebody has revealed there: the one rule for all of them."""
        self._tell_all(Untouched)

    @on(LockNow)
    async def _cover(self, message: LockNow) -> None:
        if self.is_locked:
            return
        while isinstance(self.screen, ModalScreen):
            self.screen.dismiss(None)
        self._behind, self._locked_at = self.current_mode, message.time
        self.add_mode(LOCKED, lambda: CoverScreen(f"{message.why} enter unlocks, q quits."))
        await self.switch_mode(LOCKED)
        self.draw_whole()

    @on(Covered)
    def _drop(self) -> None:
        self._is_dropped = True
        self.drop_secrets()
        self._tell_all(Locked)

    @on(UnlockNow)
    @work(group="app.unlock", exclusive=True)
    async def _unlock(self) -> None:
        cover = self.screen
        if not self._is_dropped or not isinstance(cover, CoverScreen):
            return
        cover.say("getting the credential …")
        try:
            await asyncio.to_thread(self.get_secrets_again, PersonAtApp(self, mode=LOCKED))
        except Problem as problem:
            cover.say(str(problem), error=True)
        else:
            self.post_message(AtHandAgain())

    @on(AtHandAgain)
    async def _uncover(self) -> None:
        if self._behind is None:
            return
        behind, self._behind, self._is_dropped = self._behind, None, False
        await self.switch_mode(behind)
        await self.remove_mode(LOCKED)
        self._tell_all(Unlocked)
        held, self._held = self._held, []
        for message in held:
            self.post_message(message)

    def _tell_all(self, kind: type[Message]) -> None:
        for stack in self._screen_stacks.values():
            for screen in stack:
                screen.post_message(kind())
