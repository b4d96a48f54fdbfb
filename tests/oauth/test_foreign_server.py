"""Tokens from an OAuth server that is not ours, for a profile that the command has made."""

import subprocess
from pathlib import Path

import pytest

from tests.cli.given import ORGANIZATION, descriptor, program
from tests.oauth.given import CLIENT, ForeignServer, foreign_server
from tests.unit.api import keys

PASSPHRASE = b"correct horse battery staple\n"
STRANGER = keys.rsa(3_072)
HOUR = 3_600
ALL_IS_WELL = [["ok", step] for step in ("key", "token", "organization", "environments", "logs")]
NO_TOKEN = "failed  token         No token was given for this key. The server says: client authentication failed."

Ended = subprocess.CompletedProcess[str]


def run(*arguments: str) -> Ended:
    """Run the program as a process that reads the passphrase of the vault."""
    with descriptor(PASSPHRASE) as number:
        command = program(*arguments, "--passphrase-fd", number)
        return subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=[int(number)])


def add(server: ForeignServer, key_file: Path, key: keys.PrivateKey, *more: str, key_id: str = "k-1") -> Ended:
    """Add a profile `lab` for a server."""
    key_file.write_bytes(keys.pem(key))
    place = ["--base-url", server.url, "--organization", ORGANIZATION]
    credential = ["--client-id", CLIENT, "--key-id", key_id, "--key-file", str(key_file)]
    return run("profiles", "add", "lab", *place, *credential, *more)


def tried(server: ForeignServer, key_file: Path, key: keys.PrivateKey, key_id: str = "k-1") -> Ended:
    """Add a profile untested, then test it."""
    added = add(server, key_file, key, "--no-test", key_id=key_id)
    assert (added.returncode, added.stdout) == (0, "")
    assert added.stderr.endswith("the profile lab was stored and is the default\n")
    return run("profiles", "test", "lab")


def steps(ended: Ended) -> list[list[str]]:
    """What was tried, and whether it worked."""
    return [line.split()[:2] for line in ended.stdout.splitlines()]


@pytest.mark.parametrize("key", [keys.rsa(), keys.ec()], ids=["RS384", "ES384"])
def test_a_stored_profile_gets_a_token_that_the_server_knows_again(key: keys.PrivateKey, key_file: Path) -> None:
    with foreign_server(key) as server:
        ended = tried(server, key_file, key)
    assert steps(ended) == ALL_IS_WELL
    assert (ended.returncode, ended.stderr) == (0, "")
    assert server.outcomes == ["given to client-1"]


def test_a_profile_that_gets_a_token_is_stored(key_file: Path) -> None:
    with foreign_server(keys.rsa()) as server:
        ended = add(server, key_file, keys.rsa())
    assert steps(ended) == ALL_IS_WELL
    assert ended.returncode == 0
    assert server.outcomes == ["given to client-1"]


def test_a_profile_whose_key_is_refused_is_not_stored(key_file: Path, store: Path) -> None:
    with foreign_server(keys.rsa()) as server:
        ended = add(server, key_file, STRANGER)
    assert steps(ended) == [["ok", "key"], ["failed", "token"]]
    assert ended.returncode == 3
    assert not store.exists()


@pytest.mark.parametrize(
    ("key", "key_id", "reason"),
    [
        pytest.param(STRANGER, "k-1", "signature verification failed", id="wrong key"),
        pytest.param(keys.rsa(), "k-2", "no applicable key found in the JSON Web Key Set", id="unknown id"),
        pytest.param(keys.ec(), "k-1", "alg mismatch", id="another algorithm"),
    ],
)
def test_a_key_that_the_server_does_not_know_is_refused_once_and_said_to_be_what_to_check(
    key: keys.PrivateKey, key_id: str, reason: str, key_file: Path
) -> None:
    with foreign_server(keys.rsa()) as server:
        ended = tried(server, key_file, key, key_id)
    assert server.outcomes == [f"refused: {reason}"]
    assert (ended.returncode, steps(ended)) == (3, [["ok", "key"], ["failed", "token"]])
    said = ended.stdout.splitlines()[1]
    assert said.startswith(f"{NO_TOKEN} The key's id is {key_id}. Check the client id, the key id, the public key")


@pytest.mark.parametrize(
    ("ahead", "outcomes"),
    [
        pytest.param(HOUR, ["refused: jwt expired", "given to client-1"], id="slow"),
        pytest.param(-HOUR, ["given to client-1"], id="fast"),
    ],
)
def test_a_clock_that_is_an_hour_off_costs_no_token(ahead: int, outcomes: list[str], key_file: Path) -> None:
    """An assertion that is refused is signed by the server's clock; this server minds none that ends too late."""
    with foreign_server(keys.ec(), ahead=ahead) as server:
        ended = tried(server, key_file, keys.ec())
    assert server.outcomes == outcomes
    assert (ended.returncode, steps(ended)) == (0, ALL_IS_WELL)


def test_a_clock_that_is_an_hour_off_is_in_the_hint_where_the_server_does_not_tell_the_time(key_file: Path) -> None:
    with foreign_server(keys.ec(), ahead=HOUR, dated=False) as server:
        ended = tried(server, key_file, keys.ec())
    assert server.outcomes == ["refused: jwt expired"]
    assert (ended.returncode, steps(ended)) == (3, [["ok", "key"], ["failed", "token"]])
    said = ended.stdout.splitlines()[1]
    assert said.startswith(NO_TOKEN)
    assert said.endswith("and this machine's clock.")
