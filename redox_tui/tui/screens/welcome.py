"""What stands in the place of the logs while nothing is connected."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen

from redox_tui.tui.access import Credentials
from redox_tui.tui.asking import PersonAtApp
from redox_tui.tui.bindings import Scoped, bindings
from redox_tui.tui.messages import ConnectTo, DescribeProfile
from redox_tui.tui.widgets.key_hints import KeyHints
from redox_tui.tui.widgets.line import Line
from redox_tui.tui.widgets.too_small import TooSmall

_WORDS = """\
No profile is connected.

a   adds a profile: an organization, perhaps an environment, and a
    user-level API key. The key is tried out before it is stored, and
    sealed with a passphrase in a file that is yours alone.
d   opens a demo: the same app on simulated traffic.
    Nothing is sent, nothing is written.
3   shows the profiles that there are; o opens one.

For scripts and once only: redox-tui --help"""


class WelcomeScreen(Screen[None], Scoped):
    """The first start, or a start without a default."""

    SCOPES = ("welcome",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("welcome")

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def compose(self) -> ComposeResult:
        with Vertical(id="screen"):
            yield Line(_WORDS, classes="words")
            yield KeyHints()
        yield TooSmall()

    def action_add(self) -> None:
        self.post_message(DescribeProfile())

    def action_demo(self) -> None:
        demo = self._credentials.demo()
        demo.unlock(PersonAtApp(self.app))
        self.post_message(ConnectTo(demo))

    def action_leave(self) -> None:
        self.app.exit()
