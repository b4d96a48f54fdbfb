"""Asking for secrets: at a terminal that is left as it was, or from a descriptor, and never on a command line."""

import os
import signal
from pathlib import Path

import pytest

from redox_tui.cli import asking
from redox_tui.cli.asking import Secrets
from redox_tui.cli.exits import CommandError
from redox_tui.cli.parser import COMMANDS
from redox_tui.cli.store_options import _PROFILES, _VAULT

from .given import Run, descriptor
from .person import Person

EVERY = [*((name,) for name in COMMANDS), *(("profiles", a) for a in _PROFILES), *(("vault", a) for a in _VAULT)]
SECRET_WORDS = ("secret", "token", "passphrase", "password", "private")


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_cs_10_no_option_takes_a_secret(command: tuple[str, ...], run: Run) -> None:
    text = run(*command, "--help").text
    for word in text.replace("[", " ").replace("]", " ").split():
        if word.startswith("--") and any(part in word for part in SECRET_WORDS):
            assert word in ("--passphrase-fd", "--token-fd")
    assert "--key " not in text


def test_cs_10_a_descriptor_gives_a_line_for_each_secret_and_keeps_the_rest() -> None:
    with descriptor("first\nzweites Wört\r\n\nlast".encode()) as number:
        secrets = Secrets(int(number))
        assert secrets.ask("one") == b"first"
        assert secrets.ask("two").decode() == "zweites Wört"
        with pytest.raises(CommandError, match="No passphrase of three was given"):
            secrets.ask("three")
        assert secrets.ask("four") == b"last"


def test_a_descriptor_that_is_not_open_is_said_so() -> None:
    with pytest.raises(CommandError, match="cannot be read from descriptor 9999: Bad file descriptor") as raised:
        Secrets(9_999).ask("the vault")
    assert raised.value.code == 3


def test_a_line_without_end_is_refused() -> None:
    with descriptor(b"x" * 5_000) as number, pytest.raises(CommandError, match="at most 4,096 bytes"):
        Secrets(int(number)).ask("the vault")


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "9" * 9, "¹"])
def test_what_is_no_descriptor_is_wrong_usage(text: str, run: Run) -> None:
    ran = run("logs", "--passphrase-fd", text)
    assert (ran.code, ran.out) == (2, b"")


def test_without_a_terminal_the_other_way_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TERMINAL", "/no/terminal")
    with pytest.raises(CommandError, match=r"There is no terminal to ask on.*--passphrase-fd N") as raised:
        Secrets(None).ask("the vault")
    assert raised.value.code == 3


def test_what_is_typed_is_not_shown_and_the_terminal_is_as_it_was(person: Person) -> None:
    before = person.settings
    person.answers(("Passphrase of x: ", "geheimes Wört"))
    assert Secrets(None).ask("x").decode() == "geheimes Wört"
    assert person.saw == "Passphrase of x: \r\n"
    assert person.settings == before


def test_a_question_shows_what_is_typed(person: Person) -> None:
    person.answers(("Type yes: ", "yes"))
    assert asking.Secrets(None).agrees("Sure?", "yes")
    assert person.saw == "Sure? Type yes: yes\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_as_it_was_after_a_signal(
    number: signal.Signals, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, handler = person.settings, signal.getsignal(number)
    settings_while_asking: list[list[object]] = []

    def interrupted(descriptor: int) -> bytearray:
        settings_while_asking.append(person.settings)
        os.kill(os.getpid(), number)
        return bytearray(b"never")

    monkeypatch.setattr(asking, "read_line", interrupted)
    with pytest.raises(SystemExit) as ended:
        Secrets(None).ask("x")
    assert ended.value.code == 128 + number
    assert settings_while_asking[0] != before
    assert person.settings == before
    assert signal.getsignal(number) is handler


def test_where_names_every_path_and_makes_none(run: Run, home: Path) -> None:
    ran = run("where")
    assert (ran.code, ran.err) == (0, "")
    for name in ("profiles.toml", "vault", "vault.bak", "vault.damaged", "lock", "commands"):
        assert f"{home / name} " in ran.text
    assert "/dev/tty" in ran.text
    assert not home.exists()


def test_where_works_for_a_store_that_is_not_safe(run: Run, home: Path) -> None:
    home.mkdir(0o755)
    assert run("where").code == 0
