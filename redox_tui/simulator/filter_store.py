"""The filters of the simulated organization: each save is a version, and acts on what comes after it."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from redox_tui.domain.fieldpath import FieldPathError, compiled
from redox_tui.domain.filters import ACTIONS, Filter, Rule
from redox_tui.simulator import network
from redox_tui.simulator.answers import Refused
from redox_tui.simulator.network import Party
from redox_tui.simulator.rhythm import DAY, HISTORY, HOUR


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who changes filters; ids are integers (platform-api.md §2.4)."""

    id: int
    name: str


CALLER = User(3363, "Ottilie Marsh")
"""Who every caller of the simulator is."""
COLLEAGUE = User(3370, "Wim Haverford")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A source, a destination and a data model (platform-api.md §3.9). Its id is an integer, written as text."""

    id: str
    source: Party
    destination: Party
    data_model: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is found by."""
        return self.source.id, self.destination.id, self.data_model


@dataclass(frozen=True, slots=True)
class Change:
    """When (epoch milliseconds) and by whom."""

    at: int
    by: User


@dataclass(frozen=True, slots=True)
class Content:
    """What a save sets: name, action and rules, checked."""

    name: str
    action: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A filter's content as it was saved once."""

    number: int
    content: Content
    saved: Change


@dataclass(frozen=True, slots=True)
class Link:
    """A filter's place at a subscription."""

    id: str
    filter_id: str
    subscription: Subscription
    created: Change
    event_type: str | None = None
    deleted: Change | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A filter with all its versions, oldest first, and its links, the deleted ones too."""

    id: str
    environment: str
    versions: tuple[Version, ...]
    links: tuple[Link, ...] = ()
    deleted: Change | None = None

    @property
    def current(self) -> Version:
        """The version in force."""
        return self.versions[-1]

    @property
    def link(self) -> Link | None:
        """The one link that acts."""
        return next((link for link in self.links if link.deleted is None), None)


@dataclass(slots=True)
class _Reign:
    """Which filter is in force at a subscription from when on."""

    since: list[int] = field(default_factory=list)
    filters: list[tuple[Saved, Version] | None] = field(default_factory=list)


class FilterStore:
    """All filters, by id. Every method that changes something takes the moment, epoch milliseconds.

    A method raises Refused for what the API would refuse: 404 for what there is not, 409 for what stands in the way.
    """

    def __init__(self, subscriptions: Iterable[Subscription], start: int) -> None:
        self.subscriptions: Mapping[str, Subscription] = {one.id: one for one in subscriptions}
        self.filters: dict[str, Saved] = {}
        self.acting_since: int | None = None
        self._reigns: dict[tuple[str, str, str], _Reign] = {}
        self._first: dict[tuple[str, str, str], Saved] = {}
        self._numbers = count(1)
        for days, (key, (name, rules)) in enumerate(_FIRST.items(), 1):
            saves = (start - _BEFORE, start - (days + 2) * DAY, start - days * DAY + 3 * HOUR)
            self._seed(key, name, rules, saves)

    def get(self, filter_id: str) -> Saved:
        """A filter, deleted or not."""
        if filter_id not in self.filters:
            raise Refused(404, "There is no filter with this id.")
        return self.filters[filter_id]

    def alive(self, filter_id: str) -> Saved:
        """A filter that is not deleted."""
        found = self.get(filter_id)
        if found.deleted:
            raise Refused(404, "This filter is deleted.")
        return found

    def subscription(self, subscription_id: str) -> Subscription:
        """A subscription by its id."""
        if subscription_id not in self.subscriptions:
            raise Refused(404, "There is no subscription with this id.")
        return self.subscriptions[subscription_id]

    def at(self, subscription: Subscription) -> Saved | None:
        """The filter that is linked to a subscription."""
        links = ((saved, saved.link) for saved in self.filters.values())
        return next((saved for saved, link in links if link and link.subscription is subscription), None)

    def create(self, content: Content, environment: str, moment: int) -> Saved:
        """A new filter; without a link it does nothing."""
        filter_id = network.fixed_id(f"filter {next(self._numbers)}")
        first = Version(1, content, Change(moment, CALLER))
        return self._put(Saved(filter_id, environment, (first,)))

    def update(self, filter_id: str, content: Content, moment: int) -> Saved:
        """A new version, in force at once."""
        saved = self.alive(filter_id)
        version = Version(saved.current.number + 1, content, Change(moment, CALLER))
        saved = self._put(replace(saved, versions=(*saved.versions, version)))
        if saved.link:
            self._reign(saved.link.subscription, saved, moment)
        return saved

    def delete(self, filter_id: str, moment: int) -> None:
        """Delete a filter that is not linked."""
        saved = self.alive(filter_id)
        if saved.link:
            raise Refused(409, "The filter is linked; delete its link first.")
        self._put(replace(saved, deleted=Change(moment, CALLER)))

    def link(self, filter_id: str, subscription: Subscription, moment: int) -> Link:
        """Let a filter act on a subscription: one link a filter, one filter a subscription (platform-api.md §3.8)."""
        saved = self.alive(filter_id)
        if saved.link:
            raise Refused(409, "The filter is linked already; a filter has one link.")
        if self.at(subscription):
            raise Refused(409, "The subscription has a filter already; it takes one.")
        if subscription.destination.organization is not network.OWN:
            raise Refused(400, "A filter acts on what this organization receives only.")
        link_id = network.fixed_id(f"filter link {next(self._numbers)}")
        link = Link(link_id, filter_id, subscription, Change(moment, CALLER))
        self._reign(subscription, self._put(replace(saved, links=(*saved.links, link))), moment)
        return link

    def find_link(self, link_id: str) -> Link:
        """A link that is not deleted."""
        links = (link for saved in self.filters.values() for link in saved.links)
        for link in links:
            if link.id == link_id and not link.deleted:
                return link
        raise Refused(404, "There is no filter link with this id.")

    def unlink(self, link_id: str, moment: int) -> None:
        """The filter stops acting on the subscription."""
        link = self.find_link(link_id)
        saved = self.filters[link.filter_id]
        gone = replace(link, deleted=Change(moment, CALLER))
        self._put(replace(saved, links=tuple(gone if one is link else one for one in saved.links)))
        self._reign(link.subscription, None, moment)

    def in_force(self, key: tuple[str, str, str], moment: int) -> tuple[Saved, Version] | None:
        """The filter, with its version, that was saved before a moment for what comes over a subscription then."""
        reign = self._reigns.get(key)
        place = bisect_left(reign.since, moment) if reign else 0
        return reign.filters[place - 1] if reign and place else None

    def deciding(self, key: tuple[str, str, str], moment: int) -> tuple[Saved, Version] | None:
        """The filter and its version that decide on what comes over a subscription at a moment."""
        return self.in_force(key, moment) if self.has_changed(key, moment) else self.first(key, moment)

    def first(self, key: tuple[str, str, str], moment: int) -> tuple[Saved, Version] | None:
        """The filter that a subscription began with, in its version of a moment; nothing done since counts."""
        saved = self._first.get(key)
        if saved is None:
            return None
        return saved, next((one for one in reversed(saved.versions) if one.saved.at <= moment), saved.versions[0])

    def has_changed(self, key: tuple[str, str, str], moment: int) -> bool:
        """Whether a filter of the subscription had been saved, linked or unlinked before a moment."""
        reign = self._reigns.get(key)
        return reign is not None and reign.since[0] < moment

    def _put(self, saved: Saved) -> Saved:
        self.filters[saved.id] = saved
        return saved

    def _reign(self, subscription: Subscription, saved: Saved | None, moment: int) -> None:
        """From this moment on the filter, or none, decides what comes over the subscription."""
        reign = self._reigns.setdefault(subscription.key, _Reign())
        reign.since.append(moment)
        reign.filters.append((saved, saved.current) if saved else None)
        self.acting_since = moment if self.acting_since is None else self.acting_since

    def _seed(self, key: tuple[str, str, str], name: str, rules: tuple[Rule, ...], saves: tuple[int, int, int]) -> None:
        """A filter that was there before, in three versions, each with one more rule."""
        place = next((one for one in self.subscriptions.values() if one.key == key), None)
        if place is None:
            return
        filter_id = network.fixed_id(f"filters {place.data_model}")
        versions = tuple(
            Version(number, Content(name, "send", rules[:number]), Change(at, COLLEAGUE))
            for number, at in enumerate(saves, 1)
        )
        link = Link(network.fixed_id(f"filter link {place.data_model}"), filter_id, place, versions[0].saved)
        self.filters[filter_id] = self._first[key] = Saved(filter_id, network.PRODUCTION.id, versions, (link,))


def as_filter(content: Content) -> Filter:
    """The domain's filter, which says what it means."""
    return Filter(content.name, content.action, content.rules)


def content_of(fields: Mapping[str, object]) -> Content:
    """The name, action and rules of a body; Refused with 400, naming the field, where they make no sense."""
    name, action, rules = fields.get("name"), fields.get("action"), fields.get("rules")
    if not isinstance(name, str) or not name.strip():
        raise Refused(400, "name is required.")
    if action not in ACTIONS:
        raise Refused(400, f"action must be one of {', '.join(ACTIONS)}.")
    if not isinstance(rules, list):
        raise Refused(400, "rules is required and must be a list.")
    return Content(name, str(action), tuple(_rule(rule, f"rules[{number}]") for number, rule in enumerate(rules)))


def _rule(rule: object, at: str) -> Rule:
    match rule:
        case {"path": str(path), "values": list(values), **others} if all(isinstance(value, str) for value in values):
            allow = others.get("allowList", True)
        case _:
            raise Refused(400, f"{at} must have a path and a list of strings as values.")
    if not isinstance(allow, bool):
        raise Refused(400, f"{at}.allowList must be true or false.")
    try:
        compiled(path)
    except FieldPathError:
        raise Refused(400, f"{at}.path must be a jsonpath.") from None
    return Rule(path, tuple(values), allow)


_BEFORE = HISTORY + DAY
"""How long before a world's start its first filters were made: before any of its traffic."""

_FIRST: dict[tuple[str, str, str], tuple[str, tuple[Rule, ...]]] = {
    (network.FERNHILL_LAB.id, network.EHR_INBOUND.id, "Results"): (
        "Final results of our facilities",
        (
            Rule("$.Orders[*].Status", ("Resulted", "Final", "Corrected")),
            Rule("$.Meta.FacilityCode", ("2.16.840.1.113883.3.99871.9",), allow=False),
            Rule("$.Visit.PatientClass", ("Veterinary",), allow=False),
        ),
    ),
    (network.BRIGHTWATER_RIS.id, network.ARCHIVE.id, "Notes"): (
        "No drafts in the archive",
        (
            Rule("$.Note.Availability", ("Draft",), allow=False),
            Rule("$.Note.DocumentType", ("Psychotherapy Note",), allow=False),
            Rule("$.Meta.Test", ("true",)),
        ),
    ),
}
"""Filters that every world begins with, by subscription: a name and three rules, of which each version has one more.

Logs from before a subscription's filter is first changed are filtered as the traffic was dealt; their messages fit.
"""

GUARDED = frozenset(_FIRST)
"""The subscriptions (source, destination, data model) that have a filter from the beginning."""
