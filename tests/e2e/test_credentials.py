"""Credentials in the real app: a profile is made, locked, unlocked and used, and no secret is seen on the way."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import Terminal, redox_tui
from tests.e2e.test_demo import Run
from tests.e2e.test_vault import told_by_the_system

PASSPHRASE = "canary horse battery staple"
WRONG = "canary-of-a-wrong-one"
CLIENT = "client-canary-4711"
DOWN, RIGHT = "\x1b[B", "\x1b[C"


def go_down(terminal: Terminal, *fields: str) -> None:
    """Go down from field to field of the form, each by its label."""
    for field in fields:
        terminal.press(DOWN)
        terminal.until(partial(_is_in, terminal, field))


def _is_in(terminal: Terminal, field: str, text: str) -> bool:
    return terminal.cursor.strip().startswith(field)


def write(terminal: Terminal, text: str) -> None:
    """Type into a field of the form."""
    terminal.press(text)
    terminal.until(text)


def write_place(terminal: Terminal, simulator: Simulator) -> None:
    """Say where the simulator is, in the three fields below the one of the credential."""
    go_down(terminal, "Organization")
    write(terminal, simulator.organization)
    go_down(terminal, "Base URL")
    terminal.press("\x15")
    terminal.until(lambda text: "https://" not in text)
    write(terminal, simulator.url)
    go_down(terminal, "Environment")
    write(terminal, simulator.environment)


def paste(terminal: Terminal, text: str, *, is_marked: bool) -> None:
    """Paste a text, as a terminal does that marks what is pasted, or one that sends its lines as if they were typed."""
    terminal.press(f"\x1b[200~{text}\x1b[201~" if is_marked else text.rstrip("\n").replace("\n", "\r"))


@pytest.mark.parametrize("is_marked", [True, False], ids=["pasted", "typed"])
def test_cs_10_and_cs_12_a_profile_made_in_the_app_shows_and_leaves_no_secret(
    is_marked: bool,
    run: Run,
    simulate: Callable[..., Simulator],
    keys: tuple[Path, Path],
    home: Path,
    tmp_path: Path,
) -> None:
    private, public = keys
    pem = private.read_text()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    simulator = simulate("--client-id", CLIENT, "--key-id", "k-1", "--client-key", str(public))

    app = run(redox_tui("open"), TMPDIR=str(temporary))
    app.until("No profile is connected.")
    app.press("a")
    app.until("New profile")
    write(app, "lab")
    go_down(app, "Credential")
    write_place(app, simulator)
    go_down(app, "Client id")
    write(app, CLIENT)
    go_down(app, "Key id")
    write(app, "k-1")
    go_down(app, "Key file", "or paste it")
    paste(app, pem, is_marked=is_marked)
    app.until(f"in {pem.count(chr(10))} lines, not shown")
    go_down(app, "‹ Test")
    app.press("\r")
    app.until("a new one")
    app.press(f"{PASSPHRASE}\r")
    app.until("once more")
    app.press(f"{PASSPHRASE}\r")
    app.until("row 1 of ")
    told = told_by_the_system(app)
    form = app.written

    app.press("L")
    app.until("Keys, tokens and payloads have left the memory")
    app.press("\r")
    app.until("Passphrase of the vault")
    app.press(f"{WRONG}\r")
    app.until("does not open the vault")
    app.press(f"{PASSPHRASE}\r")
    app.until("row 1 of ")
    app.press("3")
    app.until("in use")
    app.press("t")
    app.until("lab works.")
    told += told_by_the_system(app)
    app.press("1")
    app.until("row 1 of ")
    app.press("q")
    assert app.end() == 0
    assert app.is_restored
    assert app.last_words() == ""

    seen = app.written + told
    for path in (*home.rglob("*"), *temporary.rglob("*")):
        seen += path.read_bytes() if path.is_file() else b""
    assert list(temporary.iterdir()) == []
    for canary in (PASSPHRASE, WRONG, *pem.splitlines()[1:-1]):
        assert canary.encode() not in seen
    assert CLIENT.encode() not in seen.replace(form, b""), "it is typed in the open, and shown nowhere else"


def test_cs_12_a_token_is_on_no_screen_and_in_no_file(
    run: Run, simulate: Callable[..., Simulator], home: Path, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    simulator = simulate()
    app = run(redox_tui("open"), TMPDIR=str(temporary), REDOX_TUI_TOKEN=simulator.token)
    app.until("No profile is connected.")
    app.press("a")
    app.until("New profile")
    write(app, "ci")
    go_down(app, "Credential")
    app.press(RIGHT * 3)
    app.until("a token in REDOX_TUI_TOKEN")
    write_place(app, simulator)
    go_down(app, "‹ Test")
    app.press("\r")
    app.until("row 1 of ")
    app.press("L")
    app.until("have left the memory")
    app.press("\r")
    app.until("Quit with q")
    app.press("q")
    assert app.end() == 0
    assert app.last_words() == ""
    files = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert simulator.token.encode() not in app.written + files
    assert list(temporary.iterdir()) == []
