"""Text that somebody else wrote, on its way through the whole program: the terminal gets none of it to obey (TS-02)."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from tests.e2e.grammar import foreign
from tests.e2e.terminal import redox_tui
from tests.e2e.test_demo import Run
from tests.tui.test_untrusted_text import NASTY, nasty_server


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


RAW = NASTY.replace("\x00", "")
"""As files may hold it; one with a NUL is refused as binary."""

CORPUS = {
    "escapes.json": json.dumps({"Meta": {"DataModel": NASTY}, NASTY: [NASTY]}, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    ),
    "surrogate.json": b'{"Meta":{},"a":"\\ud800","b":"\xed\xa0\x80"}',
    "invalid.json": b'{"Meta":{},"a":"\xff\xfe\x80"}',
    "nul.json": b'{"Meta":{},"a":"\\u0000\x01\x7f"}',
    "line.json": b'{"Meta":{},"a":"' + b"x" * 1_000_000 + b'"}',
    "deep.json": b'{"Meta":' * 10_000 + b"1" + b"}" * 10_000,
    "hl7.txt": f"MSH|^~\\&|{RAW}\rPID|1|{RAW}\r".encode("utf-8", "surrogatepass"),
    "broken.json": b'{"Meta":{' + RAW.encode("utf-8", "surrogatepass"),
}


def test_nasty_files_steer_no_terminal_in_any_tab_or_in_plain_text(tmp_path: Path, run: Run) -> None:
    for name, content in CORPUS.items():
        (tmp_path / name).write_bytes(content)
    files = [str(tmp_path / name) for name in CORPUS]
    terminal = run(redox_tui("view", *files))
    terminal.until(f" of {len(CORPUS)}")
    terminal.press("\r")
    terminal.until("[o Overview]")
    for number in range(len(CORPUS)):
        terminal.press("p")
        terminal.until("[p Payload]")
        terminal.until("payload hidden")
        terminal.press("\r")
        terminal.until("PHI shown")
        terminal.press("V")
        terminal.until(lambda text: "[p Payload]" not in text)
        terminal.press("\x1b")
        terminal.until("[p Payload]")
        for key, tab in (("a", "[a Attempts]"), ("R", "[R Raw]"), ("o", "[o Overview]")):
            terminal.press(key)
            terminal.until(tab)
        if number < len(CORPUS) - 1:
            before = terminal.lines[0]
            terminal.press("]")
            terminal.until(lambda text, before=before: text.split("\n")[0] != before)  # type: ignore[misc]
    terminal.press("\x11")
    terminal.end()
    assert not foreign(terminal.written)
