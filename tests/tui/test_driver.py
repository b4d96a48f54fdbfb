"""The driver of terminals: whom it serves, and when it takes nothing for granted any more."""

import signal
from collections.abc import Callable, Iterator

import pytest
from textual.app import App
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size
from textual.messages import InBandWindowResize

from redox_tui.tui.terminal.drawing import DrawingApp
from redox_tui.tui.terminal.driver import FrugalDriver
from redox_tui.tui.terminal.screen import Screen

FRAME = "\x1b[1;1H\x1b[31mtext\x1b[0m\x1b[1;1H"
BEGIN, END = "\x1b[?2026h", "\x1b[?2026l"
SIZE = Size(20, 2)


class Line:
    """What is sent over the line."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def write(self, text: str) -> None:
        self.sent.append(text)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def signals() -> Iterator[None]:
    """The handlers of signals as they were."""
    numbers = (signal.SIGTSTP, signal.SIGCONT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture
async def driver(line: Line, signals: None, monkeypatch: pytest.MonkeyPatch) -> FrugalDriver:
    """A driver of a terminal that shows a frame already."""
    monkeypatch.setattr(Driver, "send_message", lambda *_: None)
    monkeypatch.setattr(FrugalDriver, "_size_now", lambda _: SIZE)
    driver = FrugalDriver(App())
    monkeypatch.setattr(driver, "_writer_thread", line)
    driver.write(FRAME)
    line.sent.clear()
    return driver


def test_only_textuals_own_driver_of_unix_terminals_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DrawingApp().driver_class is FrugalDriver
    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    assert DrawingApp().driver_class is HeadlessDriver


async def test_an_update_stays_within_its_bounds(driver: FrugalDriver, line: Line) -> None:
    for data in (BEGIN, FRAME.replace("text", "some"), END, BEGIN, END):
        driver.write(data)
    assert line.sent == [BEGIN, "\x1b[1;1H\x1b[31msome\x1b[m\x1b[1;1H", END, BEGIN, END]


async def test_nothing_is_sent_for_a_frame_that_is_shown(driver: FrugalDriver, line: Line) -> None:
    driver.write(FRAME)
    assert line.sent == []


@pytest.mark.parametrize(
    "event",
    [
        lambda driver: driver.process_message(Resize(SIZE, SIZE)),
        lambda driver: driver.process_message(InBandWindowResize(True, True)),
        lambda driver: driver._get_terminal_size(),
        lambda driver: driver.forget_screen(),
        lambda driver: driver._disable_mouse_support(),
    ],
    ids=["resize", "in-band", "signal", "asked", "mouse"],
)
async def test_a_frame_is_whole_after_what_may_have_changed_the_screen(
    event: Callable[[FrugalDriver], object], driver: FrugalDriver, line: Line
) -> None:
    event(driver)
    driver.write(FRAME)
    assert "text" in line.sent[-1]


async def test_a_frame_is_sent_as_textual_wrote_it_where_the_screen_changes_while_it_is_cut_down(
    driver: FrugalDriver, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten = Screen.shorten

    def interrupted(screen: Screen, written: str, size: tuple[int, int]) -> str:
        driver.forget_screen()
        return shorten(screen, written, size)

    with monkeypatch.context() as changed:
        changed.setattr(Screen, "shorten", interrupted)
        driver.write(FRAME)
    assert line.sent == [FRAME]
    driver.write(FRAME)
    assert "text" in line.sent[-1]
