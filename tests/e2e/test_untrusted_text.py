"""Text that somebody else wrote, on its way through the whole program: the terminal gets none of it to obey (TS-02)."""

import socket
from collections.abc import Iterator
from threading import Thread

import pytest
import uvicorn

from tests.e2e.grammar import foreign
from tests.e2e.terminal import redox_tui
from tests.e2e.test_demo import Run
from tests.tui.test_untrusted_text import nasty_server


@pytest.fixture
def nasty_url() -> Iterator[str]:
    """The address of a server that writes nasty text wherever it may write any."""
    server = uvicorn.Server(uvicorn.Config(nasty_server(), log_level="critical", lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize("sequence", ["\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b31m", "\u202e", "\u200b", "\x00", "\x7f"])
def test_the_grammar_finds_what_does_not_belong(sequence: str) -> None:
    intended = "\x1b[?1049h\x1b[1;31mfine ✗\x1b[2;1H\r\n\x1b[?1049l".encode()
    assert not foreign(intended)
    assert foreign(intended + sequence.encode())


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_the_terminal_gets_no_byte_that_the_app_did_not_mean_to_send(
    size: tuple[int, int], nasty_url: str, run: Run
) -> None:
    terminal = run(
        redox_tui("open", "--base-url", nasty_url, "--organization", "12345", "id"),
        REDOX_TUI_TOKEN="token",
    )
    terminal.resize(*size)
    terminal.until("row 1 of ")
    terminal.press("\r")
    terminal.until("Logs ›")
    terminal.press("p")
    terminal.until("payload hidden")
    terminal.press("\r")
    terminal.until("PHI shown")
    for key, tab in (("a", "[a Attempts]"), ("w", "[w Why filtered]"), ("R", "[R Raw]"), ("I", "[I Inspector]")):
        terminal.press(key)
        terminal.until(tab)
        terminal.press("Gg")
    terminal.press("Gq")
    terminal.until("row 1 of ")
    terminal.press("\x11")
    terminal.end()
    assert "␛]52" in terminal.written.decode()
    assert not foreign(terminal.written)
