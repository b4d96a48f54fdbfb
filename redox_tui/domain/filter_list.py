"""Lists of filters: what is asked for, one page of it, and the versions of one filter."""

from collections.abc import Iterable
from dataclasses import dataclass

from redox_tui.domain.filters import Filter


@dataclass(frozen=True, slots=True)
class FilterSearch:
    """Which filters to list (platform-api.md §3.8): `name` is a part of it; with `deleted` older versions come too."""

    name: str | None = None
    data_model: str | None = None
    source: str | None = None
    destination: str | None = None
    connection: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class FilterPage:
    """One page of filters; `total` where the server says it, `next` is None on the last page."""

    filters: tuple[Filter, ...]
    total: int | None = None
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, or would do: the filter before and after; `current` is None where the server does not say."""

    previous: Filter
    current: Filter | None


def versions_of(filter_id: str, found: Iterable[Filter]) -> tuple[Filter, ...]:
    """The versions of one filter in a list that has older ones too, newest first, each once."""
    by_number = {one.filter_version: one for one in found if one.id == filter_id and one.filter_version is not None}
    return tuple(by_number[number] for number in sorted(by_number, reverse=True))


def newest_of_each(found: Iterable[Filter]) -> tuple[Filter, ...]:
    """Each filter once, in its newest version, in the order of the list; records without an id are all kept."""
    newest: dict[str | int, Filter] = {}
    for place, one in enumerate(found):
        key = one.id or place
        known = newest.get(key)
        if known is None or (one.filter_version or 0) > (known.filter_version or 0):
            newest[key] = one
    return tuple(newest.values())
