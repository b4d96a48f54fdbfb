"""Changes of filters as a person makes them: read again, said, agreed to, made once, judged by what is in force.

Nothing is sent before its consequence was shown and agreed to. Two screens use the same.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from textual.app import App

from redox_tui.api import safe_write
from redox_tui.api.errors import NotFound, PlatformError
from redox_tui.api.protocol import Filters
from redox_tui.api.safe_write import FilterConflict, Saved
from redox_tui.domain import filter_consequences
from redox_tui.domain.consent import consequence
from redox_tui.domain.filter_diff import differences
from redox_tui.domain.filter_list import FilterSearch
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.logs import Environment
from redox_tui.domain.subscriptions import Subscription, SubscriptionSearch
from redox_tui.tui.dialogs.consequence import ConsequenceDialog
from redox_tui.tui.dialogs.find import FindDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.filter_messages import ChangeEnded
from redox_tui.tui.services import Services

MODE: Final = "filters"
"""The mode of the app in front of which it is asked: a question about a filter belongs to no other place."""

_MOST_PAGES: Final = 40
"""Pages of subscriptions that are read for a choice: 2,000 subscriptions."""


@dataclass(slots=True)
class FilterChanges:
    """Changes of one filter. `tell` is called with what is being done; no method raises.

    `asked_by` is the environment that the calls name, None for the connection's; `environment` is the filter's own, of
    which an unknown one counts as production.
    """

    app: App[Any]
    services: Services
    asked_by: str | None
    environment: Environment | None
    tell: Callable[[str], None]
    is_sent: bool = field(default=False, init=False)
    """Whether something was sent that changes something, so that it cannot be stopped any more."""

    async def delete(self, known: Filter) -> ChangeEnded:
        """Delete a filter, its links first."""
        gone: list[FilterLink] = []

        async def make(calls: Filters, current: Filter) -> ChangeEnded:
            title, lines = filter_consequences.of_deletion(current, await calls.version())
            if not await self._agreed(calls, title, lines, current):
                return ChangeEnded(saved=current)
            self._send(f"deleting “{current.name}”")
            saved = await safe_write.delete_with_links(calls, current, gone.append)
            return _ended(f"“{current.name}” was deleted.", saved, gone=True)

        return await self._made(known, make, lambda: _half_deleted(known, gone))

    async def link_or_unlink(self, known: Filter) -> ChangeEnded:
        """Take the link of a filter away, or let it act on a subscription that is chosen: it has one link at most."""

        async def make(calls: Filters, current: Filter) -> ChangeEnded:
            if await calls.version() == "v0":
                words = "In v0 of the API a filter belongs to its subscription as long as it lives; D deletes it."
                return ChangeEnded(words, is_error=True, saved=current)
            if current.live_links:
                return await self._unlink(calls, current)
            return await self._link(calls, current)

        return await self._made(known, make)

    async def restore(self, base: Filter, wanted: Filter) -> ChangeEnded:
        """Bring back the content of a version of the filter that was read as `base`, after a dry run."""

        async def make(calls: Filters, current: Filter) -> ChangeEnded:
            if current.filter_version != base.filter_version or current.meaning != base.meaning:
                raise FilterConflict(base, current)
            self._look(f"trying out what restoring version {wanted.filter_version} does")
            tried = await calls.restore(current, wanted, dry_run=True)
            after = tried.current or wanted
            if not differences(current, after):
                words = (
                    f"Version {wanted.filter_version} has the content that is in force; there is nothing to restore."
                )
                return ChangeEnded(words, saved=current)
            title, lines = filter_consequences.of_restoring(current, after, wanted.filter_version)
            is_tried = tried.current is not None and await calls.version() == "v1"
            lines.append(
                "The server's dry run says so." if is_tried else "There is no dry run; this is worked out here."
            )
            if not await self._agreed(calls, title, lines, current):
                return ChangeEnded(saved=current)
            self._send(f"restoring version {wanted.filter_version}")
            saved = await safe_write.restore(calls, current, wanted)
            now = saved.filter.filter_version
            words = f"Version {wanted.filter_version} was restored" + (f" as version {now}." if now else ".")
            return _ended(words, saved)

        return await self._made(base, make)

    async def _unlink(self, calls: Filters, current: Filter) -> ChangeEnded:
        links = current.live_links
        chosen: int | None = 0
        if len(links) > 1:
            chosen = await self.app.push_screen_wait(
                PickDialog("Which link is to go?", [link.words for link in links]), mode=MODE
            )
        if chosen is None:
            return ChangeEnded(saved=current)
        link = links[chosen]
        title, lines = filter_consequences.of_unlinking(current, link)
        if not await self._agreed(calls, title, lines, current):
            return ChangeEnded(saved=current)
        self._send(f"unlinking “{current.name}”")
        saved = await safe_write.unlink(calls, current, link.id)
        return _ended(f"“{current.name}” was unlinked.", saved)

    async def _link(self, calls: Filters, current: Filter) -> ChangeEnded:
        place = await self._choose(current)
        if place is None:
            return ChangeEnded(saved=current)
        wanted = FilterLink(source=place.source, destination=place.destination, data_model=place.data_model)
        self._look("looking whether a filter is there already")
        if other := await _filter_of(calls, wanted):
            words = (
                f"A subscription takes one filter, and “{other.name}” acts on {wanted.words}. l on that one unlinks it."
            )
            return ChangeEnded(words, is_error=True, saved=current)
        title, lines = filter_consequences.of_linking(current, wanted.words)
        if not await self._agreed(calls, title, lines, current):
            return ChangeEnded(saved=current)
        self._send(f"linking “{current.name}”")
        saved = await safe_write.link(calls, current, wanted)
        return _ended(f"“{current.name}” was linked.", saved)

    async def _choose(self, current: Filter) -> Subscription | None:
        """One of the subscriptions of the environment, by a part of its words."""
        found, is_all = await self._subscriptions()
        labels = [_link_of(one).words for one in found]
        question = f"Which subscription is “{current.name}” to act on?"
        question += "" if is_all else f" These are the first {len(found):,} of more."
        chosen = await self.app.push_screen_wait(FindDialog(question, labels), mode=MODE)
        return None if chosen is None else found[chosen]

    async def _subscriptions(self) -> tuple[list[Subscription], bool]:
        """The subscriptions that there are by name, and whether these are all."""
        client = await self.services.client()
        calls = client.subscriptions_of(self.asked_by)
        found: list[Subscription] = []
        page: int | None = 1
        while page and page <= _MOST_PAGES:
            self._look(f"reading subscriptions, {len(found):,} so far")
            answer = await calls.list(SubscriptionSearch(), page)
            found += [one for one in answer.subscriptions if one.deleted_at is None]
            page = answer.next if answer.next and answer.next > page else None
        return sorted(found, key=lambda one: _link_of(one).words.casefold()), page is None

    async def _made(
        self,
        known: Filter,
        make: Callable[[Filters, Filter], Awaitable[ChangeEnded]],
        before: Callable[[], str] = lambda: "",
    ) -> ChangeEnded:
        """Make a change of a filter as it is in force; `before` says what of it was made where the rest failed."""
        try:
            self._look(f"reading “{known.name}”")
            client = await self.services.client()
            calls = client.filters_of(self.asked_by)
            current = await calls.get(known.id, known.subscription)
        except NotFound as missing:
            return ChangeEnded(f"“{known.name}” is not there any more. {missing}", is_error=True, gone=known.id)
        except PlatformError as error:
            return ChangeEnded(str(error), is_error=True)
        if current.deleted:
            return ChangeEnded(f"“{known.name}” was deleted meanwhile.", is_error=True, gone=known.id)
        try:
            return await make(calls, current)
        except FilterConflict as conflict:
            gone = None if conflict.theirs else known.id
            words = f"{before()}{conflict.title}" if before() else str(conflict)
            return ChangeEnded(words, is_error=True, saved=conflict.theirs, gone=gone)
        except PlatformError as error:
            saved = await _now(calls, known) if before() else None
            return ChangeEnded(f"{before()}{error}", is_error=True, saved=saved)

    def _look(self, words: str) -> None:
        self.tell(f"{words} … esc stops")

    def _send(self, words: str) -> None:
        self.is_sent = True
        self.tell(f"{words} …")

    async def _agreed(self, calls: Filters, title: str, lines: Sequence[str], current: Filter) -> bool:
        """Whether somebody agrees to exactly this."""
        lines = list(lines)
        if notice := await calls.notice():
            lines.append(f"{notice[:1].upper()}{notice[1:]}.")
        self.tell("")
        asked = consequence(title, lines, self.environment.flag if self.environment else None, current.name, current.id)
        answer: bool | None = await self.app.push_screen_wait(ConsequenceDialog(asked), mode=MODE)
        return bool(answer)


async def _filter_of(calls: Filters, place: FilterLink) -> Filter | None:
    """The filter that acts on a subscription."""
    source, destination = (party.id if party else None for party in (place.source, place.destination))
    search = FilterSearch(source=source, destination=destination, data_model=place.data_model)
    for one in await calls.every(search):
        if not one.deleted and any(_ends(link) == _ends(place) for link in one.live_links):
            return one
    return None


async def _now(calls: Filters, known: Filter) -> Filter | None:
    """What is in force of a filter, None where that cannot be read."""
    try:
        return await calls.get(known.id, known.subscription)
    except PlatformError:
        return None


def _half_deleted(known: Filter, gone: Sequence[FilterLink]) -> str:
    places = ", ".join(link.words for link in gone)
    return f"“{known.name}” was unlinked from {places}, and is not deleted: " if gone else ""


def _ended(words: str, saved: Saved, *, gone: bool = False) -> ChangeEnded:
    """A change that was made; what has to be said of it besides stands out."""
    words, is_odd = f"{words} {saved.words}".strip(), bool(saved.words)
    if gone:
        return ChangeEnded(words, is_odd, gone=saved.filter.id)
    return ChangeEnded(words, is_odd, saved=saved.filter)


def _ends(link: FilterLink) -> tuple[str | None, str | None, str | None]:
    return link.source.id if link.source else None, link.destination.id if link.destination else None, link.data_model


def _link_of(place: Subscription) -> FilterLink:
    return FilterLink(source=place.source, destination=place.destination, data_model=place.data_model)
