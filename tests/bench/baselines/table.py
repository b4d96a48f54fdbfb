"""The baseline of start-up: a Textual app of one DataTable with 50 rows, and no network."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable

_TITLES = ("TIME", "STATUS", "TYPE", "MODEL · EVENT", "SOURCE → DESTINATION", "TRY", "FACILITY", "ID")
_CELLS = ("✓ succeeded", "send", "PatientAdmin·Arrival", "Lakeside EHR → Lakeside Data Warehouse", "  1", "–")


class TableApp(App[None]):
    """As many rows as a page of logs has."""

    def compose(self) -> ComposeResult:
        yield DataTable()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*_TITLES)
        table.add_rows((f"12:00:{row:02}", *_CELLS, f"{row:08x}") for row in range(50))


if __name__ == "__main__":
    TableApp().run()
