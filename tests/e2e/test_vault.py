"""The vault in a real terminal: a profile is added, unlocked and used, and no secret is seen on the way."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_demo import Run

PASSPHRASE = "canary horse battery staple"
CLIENT = "client-canary"
ASKED, NEW_ONE, ONCE_MORE = "Passphrase of the vault:", "a new one:", "once more:"


def test_cs_12_a_visit_with_a_profile_shows_and_leaves_no_secret(
    run: Run, simulate: Callable[..., Simulator], keys: tuple[Path, Path], home: Path, tmp_path: Path
) -> None:
    private, public = keys
    canaries = (PASSPHRASE, private.read_text().splitlines()[2])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    simulator = simulate("--client-id", CLIENT, "--key-id", "k-1", "--client-key", str(public))
    place = ("--base-url", simulator.url, "--organization", simulator.organization)
    credential = ("--client-id", CLIENT, "--key-id", "k-1", "--key-file", str(private))

    adding = run(redox_tui("profiles", "add", "lab", *place, *credential), TMPDIR=str(temporary))
    adding.until(NEW_ONE)
    adding.press(f"{PASSPHRASE}\n")
    adding.until(ONCE_MORE)
    adding.press(f"{PASSPHRASE}\n")
    adding.until("the profile lab was stored and is the default")
    assert adding.end() == 0
    assert adding.is_restored

    using = run(redox_tui("open"), TMPDIR=str(temporary))
    using.until(ASKED)
    using.press("wrong\n")
    using.until("The passphrase does not open the vault.")
    using.press(f"{PASSPHRASE}\n")
    using.until("row 1 of ")
    of_process = told_by_the_system(using)
    using.press("q")
    assert using.end() == 0
    assert using.is_restored
    assert using.last_words() == ""

    seen = adding.written + using.written + of_process
    for path in (*home.rglob("*"), *temporary.rglob("*")):
        seen += path.read_bytes() if path.is_file() else b""
    assert list(temporary.iterdir()) == []
    for canary in canaries:
        assert canary.encode() not in seen
    assert CLIENT.encode() not in using.written + _of_files(home)


def test_cs_10_an_interrupted_question_leaves_the_terminal_as_it_was(run: Run, keys: tuple[Path, Path]) -> None:
    credential = ("--client-id", CLIENT, "--key-id", "k-1", "--key-file", str(keys[0]))
    asking = run(redox_tui("profiles", "add", "lab", "--organization", "1", *credential, "--no-test"))
    asking.until(NEW_ONE)
    assert not asking.reads_lines()
    asking.press("half\x03")
    assert asking.end() == 130
    assert asking.is_restored
    assert b"half" not in asking.written


def told_by_the_system(terminal: Terminal) -> bytes:
    """What others can learn of a running program: its words, and its environment where that can be read at all."""
    told = b""
    for name in ("cmdline", "environ"):
        try:
            told += Path(f"/proc/{terminal.pid}/{name}").read_bytes()
        except PermissionError:
            assert os.geteuid() != 0
    return told


def _of_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
