"""The backend `command`: what is run, with what, what it may answer, and that the user has allowed it."""

import json
import os
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from redox_tui.store import command, permission
from redox_tui.store.credential import ApiKey, Token
from redox_tui.store.errors import NoCredential, UnsafeFile
from redox_tui.store.paths import Paths

from .given import as_normal_user, store

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
URL = "https://a.example"
SHELL = "/bin/sh"


def handed_out(script: str, environ: dict[str, str] | None = None, timeout: float = 15.0) -> ApiKey | Token:
    return command.credential((SHELL, "-c", script), URL, environ or {}, NOW, timeout)


def printed(**fields: Any) -> ApiKey | Token:
    return handed_out(f"printf %s {shlex.quote(json.dumps({'version': 1, **fields}))}")


def refusal(script: str, timeout: float = 15.0) -> str:
    with pytest.raises(NoCredential) as raised:
        handed_out(script, timeout=timeout)
    assert raised.value.exit_code == 3
    assert "canary" not in str(raised.value)
    return str(raised.value)


def test_cs_29_a_key_is_taken_as_text_or_as_an_object() -> None:
    pem = printed(client_id="c", key_id="k", key="PEM text")
    jwk = printed(client_id="c", key={"kty": "RSA"})
    assert isinstance(pem, ApiKey)
    assert isinstance(jwk, ApiKey)
    assert (pem.client_id, pem.key_id, pem.text) == ("c", "k", b"PEM text")
    assert (jwk.key_id, json.loads(jwk.text)) == (None, {"kty": "RSA"})


def test_cs_29_a_token_is_taken_until_it_ends() -> None:
    assert printed(token="t", expires_at="2026-11-20T15:00:01Z") == Token("t")
    with pytest.raises(NoCredential, match="has ended at 2026-11-20 14:59 UTC"):
        printed(token="canary", expires_at="2026-11-20T15:59:00+01:00")


def test_cs_29_a_credential_for_another_address_is_not_used() -> None:
    assert printed(token="t", base_url=URL + "/") == Token("t")
    with pytest.raises(NoCredential, match=r"is for https://b\.example, not for https://a\.example"):
        printed(token="canary", base_url="https://b.example")


def from_python(script: str, *words: str) -> ApiKey | Token:
    """What a Python program hands out as a token; `say` prints it."""
    say = "import json, os, sys\ndef say(token): print(json.dumps({'version': 1, 'token': str(token)}))\n"
    return command.credential((sys.executable, "-c", say + script, *words), URL, dict(os.environ), NOW)


def test_cs_29_the_words_of_a_command_are_words_and_no_shell_looks_at_them() -> None:
    words = "$HOME;`id`*"
    assert from_python("say(sys.argv[1])", words) == Token(words)


def test_cs_29_a_command_gets_little_of_the_environment_and_nothing_of_ours() -> None:
    environ = {"PATH": "/bin:/usr/bin", "HOME": "/h", "REDOX_TUI_TOKEN": "canary", "AWS_SECRET": "canary", "LANG": "C"}
    found = handed_out('printf \'{"version": 1, "token": "%s"}\' "$(env | sort | tr \'\\n\' \' \')"', environ)
    assert isinstance(found, Token)
    names = {pair.partition("=")[0] for pair in found.value.split()}
    assert {"PATH", "HOME", "LANG"} <= names <= {"PATH", "HOME", "LANG", "PWD", "SHLVL", "_", "OLDPWD"}


def test_cs_29_what_a_command_says_on_stderr_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert "failed (7)" in refusal("echo canary >&2; exit 7")
    assert capfd.readouterr() == ("", "")


def test_cs_29_a_command_is_in_a_process_group_of_its_own_and_reads_nothing() -> None:
    found = from_python("say([os.getpgrp() == os.getpid(), sys.stdin.read(), sys.stdout.isatty()])")
    assert found == Token("[True, '', False]")


def test_cs_29_a_command_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    assert command.TIMEOUT == 15.0
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    alive = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    assert "it took longer than 0 s" in refusal(f"(exec 3>{fifo}; read x < {fifo}) & read x < {fifo}", timeout=0.3)
    os.set_blocking(alive, True)
    assert os.read(alive, 1) == b""  # the end: nobody has it open for writing any more
    os.close(alive)


def test_cs_29_a_command_that_ends_and_leaves_somebody_at_its_pipe_is_too_slow() -> None:
    assert "it took longer than" in refusal("sleep 20 & exit 0", timeout=0.3)


def test_cs_29_a_command_that_prints_too_much_is_ended() -> None:
    assert command.MAX_OUTPUT == 65_536
    assert "printed more than 65,536 bytes" in refusal("while :; do echo canarycanarycanary; done")


@pytest.mark.parametrize(
    ("output", "says"),
    [
        ("", "no JSON of the expected form"),
        ("canary", "no JSON of the expected form"),
        ('{"version": 1, "token": "canary', "no JSON of the expected form"),
        ('["canary"]', "no JSON of the expected form"),
        ('{"token": "canary"}', "Wrong or missing: version."),
        ('{"version": 2, "token": "canary"}', "Wrong or missing: version."),
        ('{"version": 1, "token": ["canary"]}', "Wrong or missing: token."),
        ('{"version": 1, "token": "t", "expires_at": "canary"}', "Wrong or missing: expires_at."),
        ('{"version": 1}', "without a token, and without client_id and key"),
        ('{"version": 1, "key": "canary"}', "without a token, and without client_id and key"),
    ],
)
def test_cs_14_output_that_makes_no_sense_is_not_quoted(output: str, says: str) -> None:
    assert says in refusal(f"printf %s {shlex.quote(output)}")


def test_cs_29_a_command_that_cannot_be_run_is_said_so() -> None:
    with pytest.raises(NoCredential, match="/no/such cannot be run: No such file"):
        command.credential(("/no/such",), URL, {}, NOW)


def program(folder: Path, text: str = "#!/bin/sh\n") -> Path:
    path = folder / "program"
    path.touch(0o700)
    path.write_text(text)
    path.chmod(0o700)
    return path


def test_cs_29_a_command_is_allowed_once_and_asked_about_again_when_anything_of_it_changes(home: Path) -> None:
    def work() -> None:
        paths = store(home)
        path = program(home)
        mark = permission.fingerprint((str(path), "show"), URL)
        assert not permission.is_allowed(paths, mark)
        permission.allow(paths, mark)
        permission.allow(paths, "another")
        assert permission.is_allowed(paths, permission.fingerprint((str(path), "show"), URL))
        others = [((str(path), "show", "x"), URL), ((str(path), "show"), "https://evil.example")]
        assert not any(permission.is_allowed(paths, permission.fingerprint(*other)) for other in others)
        program(home, "#!/bin/sh\n# changed\n")
        assert not permission.is_allowed(paths, permission.fingerprint((str(path), "show"), URL))
        assert oct(paths.commands.stat().st_mode & 0o777) == "0o600"

    as_normal_user(work)


def test_cs_29_a_program_that_others_could_replace_is_refused(home: Path) -> None:
    def work() -> None:
        path = program(home)
        path.chmod(0o722)
        with pytest.raises(UnsafeFile, match=r"Others can change the command.*chmod go-w"):
            permission.fingerprint((str(path),), URL)
        path.chmod(0o700)
        (home / "link").symlink_to(path)
        permission.fingerprint((str(home / "link"),), URL)
        home.chmod(0o777)
        with pytest.raises(UnsafeFile, match="Others can replace what is in the folder"):
            permission.fingerprint((str(path),), URL)

    as_normal_user(work)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pass", "show"), "has to begin with an absolute path"),
        (("/no/such/program",), "cannot be run: No such file"),
        (("/etc/passwd",), "is no program that can be run"),
        (("/etc",), "is no program that can be run"),
    ],
)
def test_cs_29_what_is_no_program_is_said_so(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(NoCredential, match=says):
        permission.fingerprint(words, URL)


def test_cs_29_a_fresh_store_allows_nothing(paths: Paths) -> None:
    assert not permission.is_allowed(paths, "")
