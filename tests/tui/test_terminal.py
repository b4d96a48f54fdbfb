"""Frames that are cut down show what whole frames show, whatever comes in between."""

import unicodedata
from itertools import pairwise
from typing import TypeAlias

import pyte
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from redox_tui.tui.terminal.frames import read
from redox_tui.tui.terminal.pens import UNKNOWN, Pens
from redox_tui.tui.terminal.screen import Screen

Run: TypeAlias = tuple[str, str]
"""Text and the numbers of its SGR sequence."""

COLOURS = ["", "1", "31", "38;2;1;2;3", "38;2;200;2;3;48;2;9;9;9", "1;38;2;1;2;3;48;5;17", "7;41", "3;4;97;100"]
TEXTS = ["a", "b", " ", "  ", "        ", "ab", "row", "─┐", "é", "日本", "👍", "e\u0301", "☎\ufe0f", "x" * 12]
FOREIGN = [
    "\x1b[2J",
    "\x1b[3;2Hplain\x1b[K",
    "\x1b[?1000l",
    "\x1b[?1049h",
    "\x1b]52;c;aGk=\x07",
    "\x1b[1;1Ha\tb\x1b[1;1H",
    "\x1b[99;99Hoff\x1b[1;1H",
    "\n\n\n",
    "\x1b[2;1H\x1b[31mred\x1b[1mbold\x1b[0m\x1b[1;1H",
    "\x1b[2;1H\u0301\x1b[1;1H",
    "\x1b[1;1H\x1b[2L\x1b[1;1H",
    "\x1b[1;1H\x1b[8mhidden\x1b[0m\x1b[1;1H",
    "\x1b[1;1Hopen end",
    "\x1b[1;1H\x1b[31mopen pen\x1b[1;1H\x1b[m",
    "\x1b[1;1Hfed\n",
]
HARMLESS = ["\x07", "\x1b[?2026h", "\x1b[?2026l", "\x1b]22;pointer\x07"]


def to(line: int, column: int) -> str:
    return f"\x1b[{line + 1};{column + 1}H"


def styled(runs: list[Run]) -> str:
    return "".join(f"\x1b[{numbers}m{text}\x1b[0m" if numbers else text for text, numbers in runs)


def cut(runs: list[Run], cells: int) -> list[Run]:
    """The runs that fit into so many cells, filled up with blanks."""
    kept: list[Run] = []
    for text, numbers in runs:
        if cell_len(text) > cells:
            break
        kept.append((text, numbers))
        cells -= cell_len(text)
    return [*kept, (" " * cells, "41")] if cells else kept


def drawn(lines: list[tuple[int, int, list[Run]]], cursor: tuple[int, int] = (0, 0)) -> str:
    """A frame as Textual writes it."""
    return "\n".join(f"{to(line, column)}{styled(runs)}" for line, column, runs in lines) + to(*cursor)


class Both:
    """Two terminals: one is sent what Textual writes, the other what it is cut down to."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screen = Screen()
        self.whole, self.short = pyte.Screen(columns, lines), pyte.Screen(columns, lines)
        self._streams = pyte.Stream(self.whole), pyte.Stream(self.short)
        self.sent = self.write("\x1b[?7l")

    @property
    def size(self) -> tuple[int, int]:
        return self.whole.columns, self.whole.lines

    def write(self, data: str) -> str:
        self.sent = self.screen.shorten(data, self.size)
        for stream, text in zip(self._streams, (data, self.sent), strict=True):
            stream.feed(text)
        return self.sent

    def resize(self, columns: int, lines: int) -> None:
        for screen in (self.whole, self.short):
            screen.resize(lines, columns)

    def assert_same(self) -> None:
        columns, lines = self.size
        for y in range(lines):
            whole, short = ([screen.buffer[y][x] for x in range(columns)] for screen in (self.whole, self.short))
            assert short == whole, f"line {y} after {self.sent!r}"
        assert (self.short.cursor.x, self.short.cursor.y) == (self.whole.cursor.x, self.whole.cursor.y)
        assert self.short.cursor.attrs == self.whole.cursor.attrs
        assert self.short.margins is None or self.short.margins == self.whole.margins


runs = st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(COLOURS)), min_size=1, max_size=6)


@settings(max_examples=300)
@given(st.data())
def test_cut_down_frames_show_what_whole_ones_show(data: st.DataObject) -> None:
    both = Both(data.draw(st.integers(2, 24)), data.draw(st.integers(2, 9)))
    shown: list[list[Run]] = []
    for _ in range(data.draw(st.integers(1, 12))):
        columns, lines = both.size
        what = data.draw(st.sampled_from(["all", "scroll", "scroll", "scroll", "part", "part", "foreign", "size"]))
        if what == "size":
            both.resize(data.draw(st.integers(2, 24)), data.draw(st.integers(2, 9)))
            shown = []
        elif what == "foreign":
            both.write(data.draw(st.sampled_from(FOREIGN + HARMLESS)))
            both.write(data.draw(st.sampled_from(["", "\x1b[0m", "\x1b\\"])))
        elif what == "all" or len(shown) != lines:
            shown = [cut(data.draw(runs), columns) for _ in range(lines)]
            both.write(drawn([(line, 0, row) for line, row in enumerate(shown)]))
        elif what == "scroll":
            top, bottom = sorted(data.draw(st.tuples(st.integers(0, lines), st.integers(0, lines))))
            by = data.draw(st.integers(0, bottom - top))
            new = [cut(data.draw(runs), columns) for _ in range(by)]
            part = shown[top:bottom]
            part = part[by:] + new if data.draw(st.booleans()) else new + part[: len(part) - by]
            shown[top:bottom] = part
            if part:
                both.write(drawn([(top + at, 0, row) for at, row in enumerate(part)], (top, columns - 1)))
        else:
            line, column = data.draw(st.integers(0, lines - 1)), data.draw(st.integers(0, columns - 1))
            height = data.draw(st.integers(1, lines - line))
            over = cut(data.draw(runs), columns - column)
            pieces = [(line + at, column, over) for at in range(height)]
            if column and data.draw(st.booleans()):
                beside = cut(data.draw(runs), data.draw(st.integers(1, column)))
                pieces += [(at, 0, beside) for at, _, _ in pieces]
            if not data.draw(st.integers(0, 5)):
                pieces = [(at, column, [*runs, ("over the edge", "")]) for at, column, runs in pieces]
            both.write(drawn(data.draw(st.permutations(pieces)), (line, column)))
        both.assert_same()


@settings(max_examples=200)
@given(st.data())
def test_lists_that_scroll_show_the_same_with_their_cursor_their_bar_and_what_is_over_them(data: st.DataObject) -> None:
    columns, lines = data.draw(st.integers(20, 40)), data.draw(st.integers(6, 14))
    both = Both(columns, lines)
    top, bottom = data.draw(st.integers(0, 2)), lines - data.draw(st.integers(0, 2))
    moved = 0
    first = cursor = 0
    for _ in range(data.draw(st.integers(2, 8))):
        cursor = max(0, min(99, cursor + data.draw(st.integers(-4, 4))))
        first = max(min(first, cursor), cursor - (bottom - top - 1))
        rows = [a_row(first + at, columns - 1, is_under_cursor=first + at == cursor) for at in range(bottom - top)]
        thumb = first * (bottom - top) // 100
        bars: list[Run] = [(" ", "48;5;17" if at == thumb else "41") for at in range(bottom - top)]
        moved += "r\x1b" in both.write(
            drawn([(top + at, 0, [*row, bars[at]]) for at, row in enumerate(rows)], (lines - 1, 3))
        )
        both.assert_same()
        if data.draw(st.booleans()):
            both.write(drawn([(line, 5, cut(data.draw(runs), 12)) for line in range(1, lines - 1)]))
            both.assert_same()
        if not data.draw(st.integers(0, 5)):
            both.write(data.draw(st.sampled_from(FOREIGN + HARMLESS)))
            both.write("\x1b[m\x1b\\\x1b[?7l")
    event(f"lines are moved: {bool(moved)}")


def a_row(number: int, columns: int, *, is_under_cursor: bool) -> list[Run]:
    """A row unlike the others; one in eleven has wide characters."""
    text = "".join(chr(ord("a") + (number * number + 7 * at) % 26) for at in range(columns - 9))
    name = "日本" if number % 11 == 10 else f"{number:04}"
    return [(name, "7" if is_under_cursor else "31"), (f" {number:04}{text}", "7" if is_under_cursor else "38;2;9;8;7")]


def test_a_frame_that_is_shown_already_is_not_sent_again() -> None:
    both = Both(20, 3)
    frame = drawn([(line, 0, [("a" * 20, "1;31")]) for line in range(3)])
    assert both.write(frame) == "".join(
        [
            *("\x1b[1;1H\x1b[0;1;31m", "a" * 20, "\x1b[2;1H", "a" * 20, "\x1b[3;1H", "a" * 20),
            *("\x1b[m", "\x1b[1;1H"),
        ]
    )
    assert both.write(frame) == ""


def test_a_list_that_scrolls_is_moved_and_only_its_new_line_is_written() -> None:
    both = Both(30, 8)
    rows = [[(f"row {row:02} ".ljust(30, chr(ord("a") + row)), "32")] for row in range(20)]
    both.write(drawn([(line, 0, rows[line if line < 7 else 19]) for line in range(8)]))
    sent = both.write(drawn([(line, 0, rows[line + 2]) for line in range(1, 7)]))
    assert sent.startswith("\x1b[2;7r\x1b[2;1H\x1b[2M\x1b[r")
    assert [f"row {row:02}" in sent for row in range(10)] == [row in (7, 8) for row in range(10)]
    both.assert_same()
    sent = both.write(drawn([(line, 0, rows[line + 1]) for line in range(1, 7)]))
    assert sent.startswith("\x1b[2;7r\x1b[2;1H\x1b[1L\x1b[r")
    both.assert_same()


def test_lines_are_not_moved_where_something_unknown_would_move_with_them() -> None:
    both = Both(30, 6)
    rows = [[(f"row {row:02} ".ljust(30, chr(ord("a") + row)), "32")] for row in range(12)]
    both.write(drawn([(line, 0, rows[line]) for line in range(6)]))
    both.write(drawn([(3, 0, [("日本", "")])]))
    sent = both.write(drawn([(line, 0, rows[line + 1]) for line in range(6) if line != 3]))
    assert "r\x1b" not in sent
    both.assert_same()


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_not_understood_is_sent_as_it_is_and_the_next_frame_whole(foreign: str) -> None:
    both = Both(20, 6)
    frame = drawn([(line, 0, [(f"line {line}".ljust(20), "")]) for line in range(6)])
    both.write(frame)
    assert both.write(foreign) == foreign
    assert all(f"line {line}" in both.write(frame) or line for line in range(6))


@pytest.mark.parametrize("harmless", HARMLESS)
def test_what_draws_nothing_is_sent_as_it_is_and_nothing_is_forgotten(harmless: str) -> None:
    both = Both(20, 2)
    frame = drawn([(line, 0, [("text", "1")]) for line in range(2)])
    both.write(frame)
    assert both.write(harmless) == harmless
    assert both.write(frame) == ""


def test_a_line_with_characters_of_doubtful_width_is_sent_whole_each_time() -> None:
    both = Both(20, 2)
    frame = drawn([(0, 0, [("plain", "")]), (1, 0, [("日本", "31"), ("ok", "31")])])
    for _ in range(2):
        assert "\x1b[2;1H\x1b[31m日本\x1b[0m\x1b[31mok\x1b[0m" in both.write(frame)
    assert "plain" not in both.sent


def test_a_new_size_makes_the_next_frame_whole() -> None:
    both = Both(20, 2)
    frame = drawn([(0, 0, [("text", "1")])])
    both.write(frame)
    both.resize(20, 3)
    assert "text" in both.write(frame)


def test_a_terminal_whose_size_nobody_knows_is_sent_what_textual_writes() -> None:
    screen = Screen()
    frame = drawn([(0, 0, [("text", "1")])])
    for _ in range(2):
        assert screen.shorten(frame, (0, 0)) == frame


def test_what_has_left_the_screen_is_not_remembered() -> None:
    screen = Screen()
    for line, name in enumerate(["Ferdinand", "日本 Ferdinand"]):
        screen.shorten(drawn([(line, 0, [(name, "31")])]), (20, 2))
    assert remembers(screen, "Ferdinand")
    screen.shorten(drawn([(line, 0, [(" " * 20, "31")]) for line in range(2)]), (20, 2))
    assert not remembers(screen, "Ferdinand")


@pytest.mark.parametrize("ending", ["\x1b[?2004l", "\x1b[?1049l"])
def test_leaving_the_screen_forgets_what_was_on_it(ending: str) -> None:
    screen = Screen()
    screen.shorten(drawn([(0, 0, [("Ferdinand", "31")])]), (20, 2))
    screen.shorten(ending, (20, 2))
    assert not remembers(screen, "Ferdinand")


def remembers(of: object, text: str) -> bool:
    """Whether a text is anywhere in what an object holds."""
    if isinstance(of, str):
        return text in of
    if isinstance(of, dict):
        return any(remembers(one, text) for pair in of.items() for one in pair)
    if isinstance(of, list | tuple):
        return any(remembers(one, text) for one in of)
    names = [*getattr(of, "__dict__", ()), *getattr(type(of), "__slots__", ())]
    return any(remembers(getattr(of, name), text) for name in names)


def state_after(sequences: list[str]) -> dict[str, object]:
    """What a terminal makes of SGR sequences (ECMA-48 §8.3.117), down to what it draws with."""
    state: dict[str, object] = {}
    kinds = {"22": ("1", "2"), "23": ("3",), "24": ("4",), "27": ("7",), "29": ("9",), "39": ("colour",)}
    kinds["49"] = ("background",)
    for sequence in sequences:
        numbers = iter(sequence.removeprefix("\x1b[").removesuffix("m").split(";") if sequence else ())
        for number in numbers:
            if number in ("", "0"):
                state = {}
            elif number in ("38", "48"):
                how = next(numbers)
                value = [how, *(next(numbers) for _ in range(3 if how == "2" else 1))]
                state["colour" if number == "38" else "background"] = value
            elif number in kinds:
                for one in kinds[number]:
                    state.pop(one, None)
            elif len(number) == 1:
                state[number] = True
            else:
                state["colour" if number[:-1] in ("3", "9") else "background"] = number
    return state


attributes = st.lists(st.sampled_from("123479"), max_size=4)
colours = st.sampled_from(["", "31", "97", "38;5;7", "38;2;1;22;39"])
backgrounds = st.sampled_from(["", "41", "107", "48;5;0", "48;2;4;49;0"])
looks = st.builds(lambda *parts: ";".join(filter(None, parts)), attributes.map(";".join), colours, backgrounds)


@given(st.lists(looks, min_size=1, max_size=8))
def test_a_change_of_pen_leaves_the_terminal_with_that_pen(pens_of: list[str]) -> None:
    pens = Pens()
    names = [pens.name(numbers) or "" for numbers in pens_of]
    changes = [pens.change(UNKNOWN, names[0])]
    for (old, new), numbers in zip(pairwise(names), pens_of[1:], strict=True):
        changes.append(pens.change(old, new))
        assert state_after(changes) == state_after([f"\x1b[{numbers}m"])
        assert len(changes[-1]) <= len(f"\x1b[0;{numbers}m")


def test_one_look_in_several_spellings_is_one_pen() -> None:
    pens = Pens()
    assert len({pens.name(numbers) for numbers in ("1;31", "31;1", "1;1;31", "1;32;31")}) == 1


@pytest.mark.parametrize("numbers", ["5", "8", "21", "4:3", "58;5;1", "38", "38;2;1;2", "38;7;1", "1;;1", "01", "1;0"])
def test_a_look_that_is_not_known_for_sure_has_no_pen(numbers: str) -> None:
    assert Pens().name(numbers) is None


def test_each_character_that_counts_as_one_cell_is_one_everywhere() -> None:
    pens = Pens()
    certain = []
    for code in range(0x20, 0x3_0000):
        frame = read(f"\x1b[1;1H{chr(code)}\x1b[1;1H", pens, 2)
        if frame and frame.pieces and not frame.pieces[0].as_written:
            certain.append(chr(code))
    assert set("aé…–·→✓✗│█▸⟩") <= set(certain)
    assert not [
        char
        for char in certain
        if unicodedata.category(char)[0] in "MC"
        or unicodedata.east_asian_width(char) in "WF"
        or wcwidth(char) != 1
        or cell_len(char) != 1
    ]


def test_pens_do_not_become_more_for_ever() -> None:
    screen = Screen()
    for blue in range(5_000):
        screen.shorten(drawn([(0, 0, [("a", f"38;2;{blue >> 8};{blue & 255};1")])]), (10, 1))
    assert len(screen._pens._looks) < 2_100
