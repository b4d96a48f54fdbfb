"""Environments, sources and destinations on the wire (platform-api.md §3.10, §3.11)."""

from functools import lru_cache

from redox_tui.api.fields import Fields
from redox_tui.api.wire import read_records
from redox_tui.domain.logs import Environment, Party


def read_environments(body: bytes) -> tuple[Environment, ...]:
    """`payload.environments[]` (platform-api.md §3.10)."""
    found = (
        Environment(f.text("id") or "", f.text("name"), f.text("environmentFlag"))
        for f in map(Fields, read_records(body, "environments"))
    )
    return tuple(one for one in found if one.id)


def read_parties(body: bytes, name: str) -> tuple[Party, ...]:
    """`payload.sources[]` or `payload.destinations[]` (platform-api.md §3.11)."""
    return tuple(party(fields) for fields in map(Fields, read_records(body, name)))


def party(fields: Fields) -> Party:
    """A source or destination, with its organization where that is named."""
    organization = fields.inner("organization")
    return _one_party(*fields.texts("id", "name"), *(organization.texts("id", "name") if organization else ()))


# A list names few parties many times.
_one_party = lru_cache(1_024)(Party)
