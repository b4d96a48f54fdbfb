"""A pack of cards that is dealt again and again, turned a little each time, with exact counts for any search.

A log takes the card at its place, so nothing is stored per log. The places that fit a search are found once;
how many fit in a range, and which is the k-th, is then arithmetic.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from redox_tui.simulator.cast import CAST, plain
from redox_tui.simulator.mixing import mix
from redox_tui.simulator.traffic import DELAYS, STATUSES, Card, Route

Bucket = tuple[int, str]
"""A delay class and a final status."""

EVERY_BUCKET: frozenset[Bucket] = frozenset(product(range(len(DELAYS)), STATUSES))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a search asks of a card. None leaves a thing open; `patient` is a search text."""

    data_model: str | None = None
    event_type: str | None = None
    facility_code: str | None = None
    source_id: str | None = None
    destination_id: str | None = None
    type: str | None = None
    patient: str | None = None

    def fit(self, route: Route) -> bool:
        """Whether a route fits. Only the data model is compared without regard to case and spaces."""
        return (
            (self.data_model is None or _squeezed(self.data_model) == _squeezed(route.data_model or ""))
            and (self.event_type is None or self.event_type == route.event_type)
            and (self.facility_code is None or self.facility_code == route.facility_code)
            and (self.type is None or self.type == route.type)
            and (self.source_id is None or (route.source is not None and self.source_id == route.source.id))
            and (
                self.destination_id is None
                or (route.destination is not None and self.destination_id == route.destination.id)
            )
        )


class Deck:
    """The cards of a stretch of traffic; `key` decides how far each turn of the pack is rotated."""

    def __init__(self, cards: Sequence[Card], key: int) -> None:
        self._cards = cards
        self._key = key
        self._routes = frozenset(card.route for card in cards)
        self._buckets = lru_cache(64)(self._find_buckets)
        self.matching = lru_cache(256)(self._find_matching)

    def __len__(self) -> int:
        return len(self._cards)

    def card(self, index: int) -> Card:
        """The card of the log with this index."""
        turn, place = divmod(index, len(self._cards))
        return self._cards[(place + self.rotation(turn)) % len(self._cards)]

    def rotation(self, turn: int) -> int:
        """By how many cards the pack is rotated in this turn."""
        return mix(self._key ^ turn) % len(self._cards)

    def _find_matching(self, terms: Terms, buckets: frozenset[Bucket]) -> "Matching":
        if terms == Terms() and buckets == EVERY_BUCKET:
            return Matching(self, range(len(self._cards)))
        found = self._buckets(terms)
        return Matching(self, sorted(place for bucket in buckets for place in found.get(bucket, ())))

    def _find_buckets(self, terms: Terms) -> dict[Bucket, list[int]]:
        routes = {route for route in self._routes if terms.fit(route)}
        found: dict[Bucket, list[int]] = {}
        for place, card in enumerate(self._cards):
            if card.route in routes and _is_about(terms.patient, card):
                found.setdefault((card.delay, card.status), []).append(place)
        return found


class Matching:
    """The places of a deck that fit, in order, and with them all the logs that fit."""

    def __init__(self, deck: Deck, places: Sequence[int]) -> None:
        self._deck = deck
        self._places = places

    def before(self, index: int) -> int:
        """How many logs with a smaller index fit."""
        places, size = self._places, len(self._deck)
        turn, part = divmod(index, size)
        first = self._deck.rotation(turn)
        begun = bisect_left(places, first)
        if first + part <= size:
            extra = bisect_left(places, first + part) - begun
        else:
            extra = len(places) - begun + bisect_left(places, first + part - size)
        return turn * len(places) + extra

    def nth(self, rank: int) -> int:
        """The index of the fitting log that has `rank` fitting logs before it; there must be a fitting place."""
        places, size = self._places, len(self._deck)
        turn, extra = divmod(rank, len(places))
        first = self._deck.rotation(turn)
        place = places[(bisect_left(places, first) + extra) % len(places)]
        return turn * size + (place - first) % size


def _is_about(patient: str | None, card: Card) -> bool:
    if patient is None:
        return True
    file = card.route.file
    return CAST[card.patient].answers_to(patient) if file is None else plain(patient) in file.patient_texts


def _squeezed(data_model: str) -> str:
    return data_model.replace(" ", "").casefold()
