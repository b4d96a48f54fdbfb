"""Synthetic traffic from a seed: any of a million logs made on demand, and searches that count them exactly.

Nothing is stored per log, so starting costs the same for a hundred logs and for a million.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from redox_tui.domain.filters import Meaning
from redox_tui.simulator import network
from redox_tui.simulator.cast import CAST
from redox_tui.simulator.deck import Deck
from redox_tui.simulator.filter_store import FilterStore, Saved, Subscription, Version, as_filter
from redox_tui.simulator.ids import Ids, Kind, Named
from redox_tui.simulator.log import Log
from redox_tui.simulator.messages import MessageFile
from redox_tui.simulator.mixing import dice, key
from redox_tui.simulator.moments import milliseconds, utc_now
from redox_tui.simulator.payloads import message_of
from redox_tui.simulator.rhythm import DAY, HOUR, MINUTE, Burst, Curve, daily_curve
from redox_tui.simulator.search import Matches, Mode, Search
from redox_tui.simulator.stream import Stream, Stretch
from redox_tui.simulator.traffic import DELAYS, Card, Deal, Route, built_in, from_files

MOST_LOGS = 1_000_000
_CARDS = 4_000
_OUTAGE_CARDS = 1_000
# How long before the world's start an outage began and ended, and who was down.
_OUTAGES = (
    (3 * DAY + 2 * HOUR, 3 * DAY + 50 * MINUTE, network.WAREHOUSE),
    (5 * HOUR + 10 * MINUTE, 4 * HOUR + 20 * MINUTE, network.MEADOWLARK_INBOX),
)
_BURST = 1.8
_FIRST_SUBSCRIPTION = 66_426
_KINDS: dict[Mode, Kind] = {"realtime": Kind.REALTIME, "backfill": Kind.BACKFILL}


class World:
    """The production environment of one organization, with a week of traffic behind it and more to come."""

    organization = network.OWN
    environments = network.ENVIRONMENTS
    production = network.PRODUCTION

    def __init__(
        self,
        logs: int = 100_000,
        *,
        seed: int = 1,
        now: datetime | None = None,
        clock: Callable[[], datetime] = utc_now,
        messages: Sequence[MessageFile] = (),
        lateness: int = 0,
    ) -> None:
        """Start a world.

        Args:
            logs: how many realtime logs the week before `now` has, 1 to 1,000,000.
            seed: equal seeds give equal worlds.
            now: the aware moment at which the world starts; the clock's if None.
            clock: what the present moment is; logs after `now` become visible as it goes on.
            messages: messages to take instead of the built-in ones.
            lateness: milliseconds after their creation at which some logs are listed at last.

        Raises:
            ValueError: `logs` is out of its range.
        """
        if not 1 <= logs <= MOST_LOGS:
            raise ValueError(f"a world has 1 to {MOST_LOGS:,} logs, not {logs:,}")
        self._clock = clock
        self._seed = seed
        self._lateness = lateness
        self._ids = Ids(seed)
        deal = from_files(messages) if messages else built_in()
        self._start = start = milliseconds(clock() if now is None else now)
        usual = deal(self._dice("usual cards"), _CARDS, None)
        self.filters = FilterStore(_subscriptions(usual), start)
        self._verdicts: dict[tuple[str, int, int], bool] = {}
        self._streams: dict[Mode, Stream] = {
            "realtime": self._realtime(deal, usual, start, logs),
            "backfill": self._backfill(usual, start, logs // 20),
        }

    @property
    def moment(self) -> int:
        """The present moment in epoch milliseconds."""
        return milliseconds(self._clock())

    @property
    def newest(self) -> int:
        """When the last log before the start was created, in epoch milliseconds; later traffic does not change it."""
        stream = self._streams["realtime"]
        return stream.time(stream.count_until(self._start) - 1)

    def search(self, search: Search) -> Matches:
        """The logs that fit at the present moment."""
        stream, moment = self._streams[search.mode], self.moment
        acting_since = self.filters.acting_since
        if search.status is None or search.mode != "realtime" or acting_since is None:
            return Matches(stream, search, moment, self._lateness)
        # What a filter does depends on each message, so that no arithmetic tells how many logs have this status.
        first, end = stream.count_until(acting_since), stream.count_until(moment)
        any_status = Matches(stream, replace(search, status=None), moment, self._lateness).page(0, max(0, end - first))
        tail = [at for at in any_status if at >= first and self.log(at, moment=moment).status == search.status]
        return Matches(stream, search, moment, self._lateness, tail=tail, below=first)

    def log(self, index: int, mode: Mode = "realtime", *, moment: int | None = None) -> Log:
        """The log with an index (0 is the oldest) as it stands at a moment, by default the present one."""
        stream = self._streams[mode]
        moment = self.moment if moment is None else moment
        card = stream.card(index)
        created = stream.time(index)
        updated = created + DELAYS[card.delay]
        status, attempts = card.status, card.attempts
        if updated > moment:
            updated, status, attempts = created, "pending", 1
        log = Log(
            index=index,
            mode=mode,
            id=self._ids.name(Named(_KINDS[mode], index)),
            route=card.route,
            status=status,
            created=created,
            updated=updated,
            attempts=attempts,
            attempt_id=self._ids.name(Named(_KINDS[mode], index, attempts)),
            patient=CAST[card.patient],
            dealt=card.status,
            judge=self._judge(card, created),
        )
        return log if mode == "backfill" or self.filters.acting_since is None else self._filtered(log)

    def find(self, log_id: str, mode: Mode = "realtime") -> Log | None:
        """The log with an id, or None if there is none (yet) in this data mode."""
        named = self._ids.read(log_id)
        if named is None or named.kind is not _KINDS[mode] or named.attempt:
            return None
        moment = self.moment
        if named.index >= self._streams[mode].count_until(moment):
            return None
        return self.log(named.index, mode, moment=moment)

    def message(self, log: Log) -> bytes:
        """The message of a log as JSON; `null` where processing broke before there was one."""
        if log.route.file is not None:
            return log.route.file.body
        key = subscription_of(log.route)
        first = self.filters.first(key, log.created) if key else None
        rules = first[1].content.rules if first else ()
        return message_of(log, self._dice(f"message {log.id}"), rules)

    def cursor(self, index: int) -> str:
        """An opaque text that marks the place after a log; it stays right while traffic goes on."""
        return self._ids.name(Named(Kind.CURSOR, index))

    def read_cursor(self, text: str) -> int | None:
        """The index that a cursor stands for, or None for a text that is no cursor of this world."""
        named = self._ids.read(text)
        return named.index if named is not None and named.kind is Kind.CURSOR else None

    def _filtered(self, log: Log) -> Log:
        """A log as the filters in force when it came have left it; they see asynchronous messages we receive (§4.3)."""
        subscription = subscription_of(log.route)
        if subscription is None or log.route.type != "receive":
            return log
        if log.status == "pending" or not self.filters.has_changed(subscription, log.created):
            return log
        in_force = self.filters.in_force(subscription, log.created)
        if in_force and not self._delivers(log, *in_force):
            saved, version = in_force
            return replace(log, status="filtered", filtered_by=(saved.id, version.number))
        return replace(log, status="succeeded") if log.status == "filtered" else log

    def _judge(self, card: Card, created: int) -> tuple[str, int] | None:
        """The filter, with its version, that decides on a card that comes at a moment."""
        key = subscription_of(card.route) if card.route.type == "receive" else None
        found = self.filters.deciding(key, created) if key else None
        return (found[0].id, found[1].number) if found else None

    def _delivers(self, log: Log, saved: Saved, version: Version) -> bool:
        place = (saved.id, version.number, log.index)
        if place not in self._verdicts:
            meaning = Meaning(as_filter(version.content))
            self._verdicts[place] = meaning.delivers(json.loads(self.message(log)))
        return self._verdicts[place]

    def _key(self, purpose: str) -> int:
        return key(self._seed, purpose)

    def _dice(self, purpose: str) -> Random:
        return dice(self._key(purpose))

    def _realtime(self, deal: Deal, cards: Sequence[Card], start: int, logs: int) -> Stream:
        bursts = [Burst(start - began, start - ended, _BURST) for began, ended, _ in _OUTAGES]
        curve = daily_curve(start, logs, bursts)
        usual = Deck(cards, self._key("realtime turns"))

        def stretches() -> Iterator[Stretch]:
            yield Stretch(0, usual)
            for burst, (_, _, down) in zip(bursts, _OUTAGES, strict=True):
                outage = deal(self._dice(f"{down.name} cards"), _OUTAGE_CARDS, down)
                deck = Deck(outage, self._key(f"{down.name} turns"))
                yield Stretch(int(curve.position(burst.start)), deck)
                yield Stretch(int(curve.position(burst.end)), usual)

        return Stream(curve, tuple(stretches()), key=self._key("realtime times"))

    def _backfill(self, cards: Sequence[Card], start: int, logs: int) -> Stream:
        load = start - 3 * DAY
        curve = Curve((load, load + 2 * HOUR), (0.0, float(max(logs, 1))))
        deck = Deck(cards, self._key("backfill turns"))
        return Stream(curve, (Stretch(0, deck),), key=self._key("backfill times"), length=logs)


def subscription_of(route: Route) -> tuple[str, str, str] | None:
    """What the subscription of a route is found by, None where a part is not known."""
    if not (route.source and route.destination and route.data_model):
        return None
    return route.source.id, route.destination.id, route.data_model


def _subscriptions(cards: Sequence[Card]) -> list[Subscription]:
    """The subscriptions that asynchronous traffic of these cards goes over, in an order that is the same every time."""
    found = {
        (route.source.name, route.destination.name, route.data_model): route
        for route in {card.route for card in cards}
        if route.type in ("send", "receive") and route.source and route.destination and route.data_model
    }
    return [
        Subscription(str(_FIRST_SUBSCRIPTION + number), route.source, route.destination, route.data_model)
        for number, (_, route) in enumerate(sorted(found.items(), key=lambda one: one[0]))
        if route.source and route.destination and route.data_model
    ]
