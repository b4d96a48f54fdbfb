"""What can be done with one log besides reading it: compare it with the last good one, copy it, show it plain."""

from textual import work
from textual.screen import Screen

from redox_tui.api.errors import PlatformError
from redox_tui.api.protocol import AsCurl
from redox_tui.domain.logs import Environment, Log
from redox_tui.tui import log_texts
from redox_tui.tui.messages import CompareLogs, OfferCopies
from redox_tui.tui.plain_text import plain_text
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.fact_list import FactList
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.status_line import StatusLine


class OneLogUses(Screen[None]):
    """A mixin for a screen that shows one log, with a list that has the focus."""

    _services: Services
    _place: str
    _environment: Environment | None
    _log: Log
    _data_mode: str | None

    def action_compare_good(self) -> None:
        self.post_message(CompareLogs(self._place, self._environment, None, self._log, self._data_mode))

    @work(group="logs.copy", exclusive=True)
    async def action_copy(self) -> None:
        texts = log_texts.texts(self._log)
        try:
            logs = (await self._services.client()).logs
            if isinstance(logs, AsCurl):
                curl = logs.get_as_curl(self._log.id, self._log.data_mode or self._data_mode)
                texts.append(("Request of this log as curl, token left out", curl))
        except PlatformError as error:
            self.query_one(StatusLine).say(str(error), error=True)
        self.post_message(OfferCopies(texts))

    def action_plain(self) -> None:
        shown = self.focused
        if isinstance(shown, LineList):
            self.post_message(plain_text(shown, is_payload=not isinstance(shown, FactList)))
