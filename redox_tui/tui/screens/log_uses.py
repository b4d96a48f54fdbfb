"""What can be done with the log under the cursor of a list: open, compare, copy it, show it as plain text."""

from textual import work

from redox_tui.api.errors import PlatformError
from redox_tui.api.protocol import AsCurl
from redox_tui.domain.logs import Log
from redox_tui.tui import log_texts
from redox_tui.tui.messages import CompareLogs, OfferCopies, OpenLog
from redox_tui.tui.plain_text import plain_text
from redox_tui.tui.screens.log_export import LogExportScreen
from redox_tui.tui.widgets.log_table import LogTable


class LogUsesScreen(LogExportScreen):
    """A list of logs whose rows can be used elsewhere."""

    def loaded(self) -> tuple[Log, ...]:
        """The logs that are on hand, newest first."""
        return self._window.loaded

    def announce(self, words: str, *, error: bool) -> None:
        """Say what was copied, until the cursor moves."""
        self.complain(words, error=error)

    def action_open(self) -> None:
        log = self.query_one(LogTable).current
        if log and log.id:
            self.post_message(OpenLog(log, log.data_mode or self._window.search.data_mode))
        elif self._window.known:
            why = log.problem if log else "it has not been read"
            self.complain(f"This log cannot be opened: {why}.")

    def action_compare(self) -> None:
        """Compare the log under the cursor with the marked one; of two marked logs, these two."""
        if not (log := self._usable()):
            return
        marked = self.query_one(LogTable).marked
        others = [one for log_id, one in marked.items() if log_id != log.id]
        if len(others) == 2 and log.id not in marked:
            self._compare(others[0], others[1])
        elif len(others) == 1:
            self._compare(others[0], log)
        elif not others:
            self.complain("Mark another log with m first; W compares with the last good one.")
        else:
            self.complain(f"{len(marked)} logs are marked; leave one marked, or two with the cursor elsewhere.")

    def action_compare_good(self) -> None:
        if log := self._usable():
            self._compare(None, log)

    def _compare(self, left: Log | None, right: Log) -> None:
        self.post_message(CompareLogs(self.place, self.environment, left, right, self._window.search.data_mode))

    @work(group="logs.copy", exclusive=True)
    async def action_copy(self) -> None:
        log = self.query_one(LogTable).current
        texts = log_texts.texts(log) if log else []
        try:
            logs = (await self._services.client()).logs
            if isinstance(logs, AsCurl) and log and log.id:
                curl = logs.get_as_curl(log.id, log.data_mode or self._window.search.data_mode)
                texts.append(("Request of this log as curl, token left out", curl))
            if isinstance(logs, AsCurl):
                texts.append(("Request of this list as curl, token left out", logs.page_as_curl(self._window.search)))
        except PlatformError as error:
            self.complain(str(error))
        if texts:
            self.post_message(OfferCopies(texts))

    def action_plain(self) -> None:
        self.post_message(plain_text(self.query_one(LogTable), is_wide=False))

    def _usable(self) -> Log | None:
        log = self.query_one(LogTable).current
        if log and log.id:
            return log
        if self._window.known:
            self.complain(f"This log cannot be compared: {log.problem if log else 'it has not been read'}.")
        return None
