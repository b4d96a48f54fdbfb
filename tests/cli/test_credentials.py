"""Where the credential comes from, where it goes, and what is said of one that does not do."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.api import keys
from tests.unit.api.server import answer

from .given import TOKEN, WEEK, Run, Served, descriptor, logs_answer, scripted, to
from .person import Person


def test_the_token_of_the_environment_is_sent(run: Run) -> None:
    with scripted(logs_answer()) as server:
        assert run("logs", WEEK, *to(server.url)).code == 0
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_space_around_the_token_is_not_part_of_it(run: Run) -> None:
    with scripted(logs_answer()) as server:
        run("logs", WEEK, *to(server.url), token=f" {TOKEN}\n")
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_the_token_leaves_the_environment(run: Run) -> None:
    with scripted(logs_answer()) as server:
        run("logs", WEEK, *to(server.url))
    assert "REDOX_TUI_TOKEN" not in os.environ


@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_credential_the_ways_to_give_one_are_named(token: str | None, run: Run) -> None:
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), token=token)
    assert (ran.code, ran.out) == (3, b"")
    assert "set REDOX_TUI_TOKEN, or give --client-id, --key-id and --key-file" in ran.err


@pytest.mark.parametrize("token", ["two words", "line\nX-Evil: 1", "é", "nul\x7f", "tab\tbed"])
def test_what_cannot_be_a_token_is_not_sent(token: str, run: Run) -> None:
    with scripted() as server:
        ran = run("logs", WEEK, *to(server.url), token=token)
    assert (ran.code, server.requests) == (3, [])
    assert ran.err == "redox-tui: REDOX_TUI_TOKEN holds something that is no token.\n"


def test_a_wrong_token_is_said_with_code_3(run: Run, by_organization: Served) -> None:
    ran = run("logs", WEEK, *to(by_organization.url), token="wrong")
    assert (ran.code, ran.out) == (3, b"")
    assert "The access token is missing, unknown or expired." in ran.err
    assert "wrong-token" not in ran.err


def with_key(path: Path, *more: str) -> list[str]:
    return ["--client-id", "client-1", "--key-file", str(path), *more]


@pytest.mark.parametrize(("name", "make"), [("rsa", keys.rsa), ("ec", keys.ec)])
def test_a_key_gets_a_token_of_its_own(
    name: str, make: Callable[[], keys.PrivateKey], run: Run, by_organization: Served, key_file: Path
) -> None:
    key = make()
    key_file.write_bytes(keys.pem(key))
    by_organization.tokens.register(f"client-{name}", "k-1", keys.public_pem(key))
    credential = ["--client-id", f"client-{name}", "--key-id", "k-1", "--key-file", str(key_file)]
    ran = run("logs", WEEK, "--format", "ndjson", *to(by_organization.url), *credential, token=None)
    assert (ran.code, ran.err, len(ran.lines)) == (0, "", 100)


def test_a_jwk_may_name_the_key_itself(run: Run, by_organization: Served, key_file: Path) -> None:
    key_file.write_bytes(keys.text(keys.jwk(keys.ec(), kid="k-jwk")))
    by_organization.tokens.register("client-1", "k-jwk", keys.public_pem(keys.ec()))
    ran = run("logs", WEEK, *to(by_organization.url), *with_key(key_file), token=None)
    assert (ran.code, ran.err) == (0, "")


def test_a_key_that_the_server_does_not_know_is_said_in_its_words(
    run: Run, by_organization: Served, key_file: Path
) -> None:
    ran = run("logs", WEEK, *to(by_organization.url), *with_key(key_file, "--key-id", "unknown"), token=None)
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err.startswith("redox-tui: No token was given for this key.")
    assert "Public key not found, check client_id, kid and Redox dashboard settings" in ran.err
    assert "BEGIN" not in ran.err


def test_the_key_itself_is_never_sent(run: Run, key_file: Path) -> None:
    script = answer({"access_token": "t-1", "expires_in": 300}), logs_answer()
    with scripted(*script) as server:
        ran = run("logs", WEEK, *to(server.url), *with_key(key_file, "--key-id", "k-1"), token=None)
    assert ran.code == 0
    sent = "".join(f"{request.target}{request.headers}{request.body!r}" for request in server.requests)
    assert "PRIVATE" not in sent
    assert server.requests[1].headers["authorization"] == "Bearer t-1"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--client-id", "c"), "A key needs --client-id ID and --key-file FILE."),
        (("--key-id", "k"), "A key needs --client-id ID and --key-file FILE."),
        (("--key-file", "{file}"), "A key needs --client-id ID and --key-file FILE."),
        (("--client-id", "c", "--key-file", "{file}"), "The key id is missing (--key-id ID)"),
    ],
)
def test_half_a_credential_is_said_to_be_half(options: tuple[str, ...], says: str, run: Run, key_file: Path) -> None:
    arguments = [option.format(file=key_file) for option in options]
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *arguments)
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: b"no key", "The file holds no private key in PEM or JWK form."),
        (lambda: keys.pem(keys.rsa(1024)), "The RSA key has 1024 bits"),
        (lambda: keys.public_pem(keys.rsa()), "The file holds no private key"),
    ],
    ids=["no key", "short", "public"],
)
def test_a_key_that_cannot_be_used_is_said_with_its_file(
    make: Callable[[], bytes], says: str, run: Run, key_file: Path
) -> None:
    key_file.write_bytes(make())
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *with_key(key_file, "--key-id", "k-1"))
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err.startswith(f"redox-tui: {key_file}: {says}")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_cs_02_a_key_that_others_can_read_is_refused_with_the_chmod_to_type(
    mode: int, run: Run, key_file: Path
) -> None:
    key_file.chmod(mode)
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *with_key(key_file, "--key-id", "k-1"))
    assert (ran.code, ran.out) == (4, b"")
    assert f"(mode {mode:04o}). Type: chmod 600 {key_file}" in ran.err


@pytest.mark.parametrize(
    ("make", "code", "says"),
    [
        (lambda path: path.unlink(), 3, "does not exist"),
        (lambda path: (path.unlink(), path.mkdir()), 4, "is a folder"),
        (lambda path: path.write_bytes(b"x" * 100_000), 4, "is larger than 65,536 bytes"),
    ],
    ids=["missing", "folder", "too long"],
)
def test_a_key_file_that_is_none_is_said_with_its_path(
    make: Callable[[Path], None], code: int, says: str, run: Run, key_file: Path
) -> None:
    make(key_file)
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *with_key(key_file, "--key-id", "k-1"))
    assert (ran.code, ran.out) == (code, b"")
    assert str(key_file) in ran.err
    assert says in ran.err


def test_cs_32_the_passphrase_of_a_key_is_asked_for(
    run: Run, by_organization: Served, key_file: Path, person: Person
) -> None:
    key_file.write_bytes(keys.pem(keys.ec(), passphrase=b"secret"))
    by_organization.tokens.register("client-1", "k-sealed", keys.public_pem(keys.ec()))
    person.answers(("Passphrase of the key: ", "secret"))
    ran = run("logs", WEEK, *to(by_organization.url), *with_key(key_file, "--key-id", "k-sealed"), token=None)
    assert (ran.code, ran.err) == (0, "")
    assert person.saw == "Passphrase of the key: \r\n"


def test_cs_32_a_wrong_passphrase_of_a_key_is_said_so(run: Run, key_file: Path) -> None:
    key_file.write_bytes(keys.pem(keys.ec(), passphrase=b"secret"))
    with descriptor(b"wrong\n") as number:
        fd = "--passphrase-fd", number
        ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *with_key(key_file, "--key-id", "k-1"), *fd)
    assert (ran.code, ran.out) == (3, b"")
    assert ran.err == f"redox-tui: {key_file}: The passphrase does not open the key.\n"


def test_two_credentials_are_one_too_many(run: Run, key_file: Path) -> None:
    ran = run("logs", WEEK, *to("http://127.0.0.1:9"), *with_key(key_file), "--token-fd", "9")
    assert (ran.code, "two credentials: give one" in ran.err) == (2, True)


def test_a_token_is_taken_from_a_descriptor(run: Run) -> None:
    with scripted(logs_answer()) as server, descriptor(b"from-a-descriptor\n") as number:
        assert run("logs", WEEK, *to(server.url), "--token-fd", number).code == 0
    assert server.requests[0].headers["authorization"] == "Bearer from-a-descriptor"
    assert "REDOX_TUI_TOKEN" not in os.environ
