"""The kinds of logs there are: what searches ask for and many logs share, each kind known by one example."""

from collections.abc import Hashable
from typing import Any, Final

from redox_tui.api import log_wire
from redox_tui.domain.logs import Log

_SHARED: Final = ("status", "type", "dataModel", "eventType", "dataMode", "facilityCode")
_ENDS: Final = ("source", "destination")


class LogKinds:
    """Numbers kinds as they turn up. `examples` has a log of each, without id, times and whatever else is its own."""

    def __init__(self) -> None:
        self.examples: list[Log] = []
        self._numbers: dict[Hashable, int] = {}

    def of_fields(self, fields: dict[str, Any]) -> int | None:
        """The number of the kind of a record, None where something in it is not as it should be."""
        key: list[object] = [fields.get(name) for name in _SHARED]
        for end in _ENDS:
            party = fields.get(end)
            if isinstance(party, dict):
                key += (party.get("id"), party.get("name"))
            else:
                key += (party, None)
        try:
            number = self._numbers.get(known := tuple(key))
        except TypeError:
            return None
        if number is None:
            number = self._numbers[known] = self.of_log(log_wire.read_facts(fields))
        return number

    def of_log(self, log: Log) -> int:
        """The number of the kind of a log."""
        example = Log(
            "",
            status=log.status,
            type=log.type,
            data_model=log.data_model,
            event_type=log.event_type,
            source=log.source,
            destination=log.destination,
            data_mode=log.data_mode,
            facility_code=log.facility_code,
        )
        number = self._numbers.setdefault(example, len(self.examples))
        if number == len(self.examples):
            self.examples.append(example)
        return number

    def forget_numbers(self) -> None:
        """No more logs will be looked at."""
        self._numbers.clear()
