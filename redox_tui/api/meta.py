"""What the `meta` of a list says of it, wherever in it that is said (platform-api.md §2.2, §2.3)."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from redox_tui.api import endpoints
from redox_tui.domain.logs import PageRef

_TOTAL_NAMES: Final = ("totalRecords", "total", "totalCount")
_CURSOR_NAMES: Final = ("nextCursor", "next_cursor", "cursor", "_cursor")


@dataclass(frozen=True, slots=True)
class Meta:
    """How many records a list has in all and a page of it at most, and which page comes next; None where not said."""

    total: int | None = None
    size: int | None = None
    next: PageRef | None = None
    has_links: bool = False


def meta_of(meta: object) -> Meta:
    """What a `meta` says, whatever that is."""
    inner = meta.get("page") if isinstance(meta, dict) else None
    places = [place for place in (meta, inner) if isinstance(place, dict)]
    has_links = any(isinstance(place.get("links"), dict) for place in places)
    return Meta(_number(places, _TOTAL_NAMES), _number(places, ("pageSize",)) or None, _next(places), has_links)


def _next(places: list[dict[str, Any]]) -> PageRef | None:
    """The next page, from a link's query (never its host) or from wherever a cursor is written, even as the link."""
    for place in places:
        links = place.get("links")
        link = links.get("next") if isinstance(links, dict) else None
        link = link.get("href") if isinstance(link, dict) else link
        if isinstance(link, str):
            try:
                query = parse_qs(urlsplit(link).query)
            except ValueError:
                continue
            if cursor := query.get(endpoints.CURSOR):
                return cursor[0]
            if (number := query.get(endpoints.PAGE)) and number[0].isdecimal() and 0 < int(number[0][:10]) < 10**9:
                return int(number[0])
            if link and not link.startswith(("/", "http:", "https:")) and "?" not in link:
                return link
    cursors = (place.get(name) for place in places for name in _CURSOR_NAMES)
    return next((cursor for cursor in cursors if isinstance(cursor, str) and cursor), None)


def _number(places: list[dict[str, Any]], names: tuple[str, ...]) -> int | None:
    for value in (place.get(name) for place in places for name in names):
        if isinstance(value, str) and value.isdecimal() and len(value) < 16:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
