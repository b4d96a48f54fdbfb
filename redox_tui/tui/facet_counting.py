"""Counting a facet of the list on screen: by the server, or of loaded rows where it cannot."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from redox_tui.api.errors import PlatformError
from redox_tui.domain import facets
from redox_tui.domain.bars import of_loaded
from redox_tui.domain.facets import Facet, ValueCensus
from redox_tui.domain.logs import Party
from redox_tui.domain.parties import PARTY_KEYS
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import LogWindow
from redox_tui.tui.counting import fill
from redox_tui.tui.services import Services


async def facet_of(
    services: Services,
    window: LogWindow,
    query: LogQuery,
    environments: Iterable[str],
    key: str,
    tell: Callable[[Facet], None],
) -> Facet:
    """The values of a key among the logs of a window; what could not be counted says why in its words."""
    if window.total is None or query.local:
        loaded = list(window.loaded)
        found = facets.of_logs((log for log in loaded if query.matches(log)), key)
        return replace(found, words=of_loaded(len(loaded)))
    from redox_tui.api.census import NoTotals

    try:
        parties = await _parties(services, environments, key)
        census = ValueCensus(window.search, key, facets.likely(key, window.loaded, parties))
        await fill(services, census, lambda: tell(census.facet))
    except (PlatformError, NoTotals) as error:
        return Facet(key, words=f"not counted: {error}")
    facet = census.facet
    return replace(facet, words=f"{facet.words}: {census.trouble}") if census.trouble else facet


async def _parties(services: Services, environments: Iterable[str], key: str) -> list[Party]:
    """What the organization lists; where that cannot be read, rows know some."""
    if key not in PARTY_KEYS:
        return []
    found: list[Party] = []
    try:
        directory = (await services.client()).directory
        for environment in environments:
            read = directory.sources if key == "source" else directory.destinations
            found += await read(environment)
    except PlatformError:
        return found
    return found
