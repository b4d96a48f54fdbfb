"""What leaves the program when something is copied, byte by byte, and what is said about it."""

import base64
from pathlib import Path

import pytest

from redox_tui.tui.clipboard import ENCODED_CAP, CannotCopy, Clipboard, TooLong, Way, clipboard, sequences, way

LOCAL = {"TERM": "xterm-256color"}
SSH = {**LOCAL, "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22", "DISPLAY": ":10"}
BARE = Way("osc52", forms=("bare",))


def having(*programs: str) -> object:
    return lambda name: f"/usr/bin/{name}" if name in programs else None


def a_program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("mode", "environ", "programs", "expected"),
    [
        ("auto", {**LOCAL, "WAYLAND_DISPLAY": "w"}, ("wl-copy", "xclip"), ("native", "wl-copy")),
        ("auto", {**LOCAL, "DISPLAY": ":0"}, ("wl-copy", "xclip", "xsel"), ("native", "xclip")),
        ("auto", {**LOCAL, "DISPLAY": ":0"}, ("xsel",), ("native", "xsel")),
        ("auto", LOCAL, ("pbcopy",), ("native", "pbcopy")),
        ("auto", LOCAL, ("xclip", "wl-copy"), ("osc52", "")),
        ("auto", SSH, ("xclip", "pbcopy"), ("osc52", "")),
        ("native", SSH, ("xclip",), ("native", "xclip")),
        ("native", LOCAL, (), ("off", "")),
        ("osc52", {**LOCAL, "DISPLAY": ":0"}, ("xclip",), ("osc52", "")),
        ("auto", {"TERM": "dumb"}, (), ("off", "")),
        ("osc52", {"TERM": "dumb"}, (), ("off", "")),
        ("auto", {}, (), ("off", "")),
        ("file", LOCAL, ("pbcopy",), ("file", "")),
        ("off", LOCAL, ("pbcopy",), ("off", "")),
    ],
)
def test_settings_and_environment_lead_to_a_way(
    mode: str, environ: dict[str, str], programs: tuple[str, ...], expected: tuple[str, str]
) -> None:
    found = way(mode, "both", environ, having(*programs))  # type: ignore[arg-type]
    assert (found.kind, found.command[0] if found.command else "") == expected
    assert bool(found.why) == (found.kind == "off")


def test_the_sequence_is_osc_52_with_the_text_as_base64() -> None:
    assert sequences("déjà", BARE) == [f"\x1b]52;c;{base64.b64encode('déjà'.encode()).decode()}\x07"]


def test_in_tmux_the_bare_form_is_followed_by_the_wrapped_one_unless_that_is_not_wanted() -> None:
    both = way("auto", "both", {**LOCAL, "TMUX": "/tmp/tmux,1,0"}, having())  # type: ignore[arg-type]
    assert sequences("ab", both) == ["\x1b]52;c;YWI=\x07", "\x1bPtmux;\x1b\x1b]52;c;YWI=\x07\x1b\\"]
    bare = way("auto", "bare", {**LOCAL, "TMUX": "/tmp/tmux,1,0"}, having())  # type: ignore[arg-type]
    assert sequences("ab", bare) == ["\x1b]52;c;YWI=\x07"]


def test_what_is_longer_than_terminals_take_is_not_sent() -> None:
    most = ENCODED_CAP // 4 * 3
    (sequence,) = sequences("x" * most, BARE)
    assert len(sequence) - len("\x1b]52;c;\x07") <= ENCODED_CAP
    with pytest.raises(TooLong, match=r"56,\d\d\d bytes are more than"):
        sequences("x" * (most + 1), BARE)


async def test_the_words_say_what_was_sent_and_the_first_copy_in_tmux_names_its_setting() -> None:
    written: list[str] = []
    in_tmux = clipboard("osc52", "bare", {**LOCAL, "TMUX": "t"})
    first, second = [await in_tmux.put("x" * 812, written.append) for _ in range(2)]
    assert first == "sent 812 bytes to the terminal's clipboard · tmux: set -s set-clipboard on"
    assert second == "sent 812 bytes to the terminal's clipboard"
    assert (
        await clipboard("osc52", "both", LOCAL).put("é", written.append) == "sent 2 bytes to the terminal's clipboard"
    )
    assert len(written) == 3


async def test_a_program_gets_the_text_and_no_secrets_of_the_environment(tmp_path: Path) -> None:
    a_program(tmp_path, "xclip", f'cat > "{tmp_path}/text"; env > "{tmp_path}/env"; echo "$@" > "{tmp_path}/arguments"')
    environ = {
        **LOCAL,
        "DISPLAY": ":0",
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "REDOX_TUI_TOKEN": "CANARY",
    }
    copies = clipboard("auto", "both", environ, having("xclip"))  # type: ignore[arg-type]
    written: list[str] = []
    assert await copies.put("déjà\n", written.append) == "7 bytes given to xclip"
    assert (tmp_path / "text").read_text() == "déjà\n"
    assert "CANARY" not in (tmp_path / "env").read_text()
    assert (tmp_path / "arguments").read_text() == "-selection clipboard -in\n"
    assert written == []


async def test_where_a_program_fails_the_terminal_is_asked_unless_only_programs_may_be(tmp_path: Path) -> None:
    a_program(tmp_path, "xclip", "exit 3")
    environ = {**LOCAL, "DISPLAY": ":0", "PATH": f"{tmp_path}:/usr/bin:/bin"}
    written: list[str] = []
    words = await clipboard("auto", "both", environ, having("xclip")).put("a", written.append)  # type: ignore[arg-type]
    assert words == "xclip failed (exit code 3). Sent 1 byte to the terminal's clipboard"
    assert written == ["\x1b]52;c;YQ==\x07"]
    with pytest.raises(CannotCopy, match=r"xclip failed \(exit code 3\)\."):
        await clipboard("native", "both", environ, having("xclip")).put("a", written.append)  # type: ignore[arg-type]
    missing = Clipboard(Way("native", ("xclip",)), {"PATH": str(tmp_path / "none")})
    with pytest.raises(CannotCopy, match="xclip could not be run"):
        await missing.put("a", written.append)
    assert len(written) == 1


@pytest.mark.parametrize(("mode", "environ"), [("off", LOCAL), ("auto", {"TERM": "dumb"}), ("native", LOCAL)])
async def test_where_nothing_can_be_copied_that_is_said_and_nothing_is_written(
    mode: str, environ: dict[str, str]
) -> None:
    written: list[str] = []
    with pytest.raises(CannotCopy, match="V shows text to select"):
        await clipboard(mode, "both", environ, having()).put("a", written.append)  # type: ignore[arg-type]
    assert written == []
