"""`redox-tui profiles`: adding after a test, using, showing, rotating and removing profiles and their keys."""

import json
import os
import shlex
from pathlib import Path

import pytest

from redox_tui.simulator import network
from redox_tui.store.paths import Paths
from tests.unit.api import keys
from tests.unit.api.server import Request, Server, answer

from .given import NASTY, TOKEN, WEEK, Ran, Run, Served, descriptor, logs_answer, scripted, to
from .person import Person

PASSPHRASE = b"correct horse battery staple\n"
STAGING = network.ENVIRONMENTS[1].id


@pytest.fixture
def served(by_organization: Served) -> Served:
    """A simulator that knows the key of `key_file`."""
    by_organization.tokens.register("client-1", "k-1", keys.public_pem(keys.ec()))
    return by_organization


def add(run: Run, url: str, key_file: Path, *more: str, name: str = "lab", secrets: bytes = PASSPHRASE) -> Ran:
    with descriptor(secrets) as number:
        credential = ["--client-id", "client-1", "--key-id", "k-1", "--key-file", str(key_file)]
        return run("profiles", "add", name, *to(url), *credential, *more, "--passphrase-fd", number, token=None)


def unlocking(run: Run, *arguments: str, secrets: bytes = PASSPHRASE, token: str | None = None) -> Ran:
    with descriptor(secrets) as number:
        return run(*arguments, "--passphrase-fd", number, token=token)


@pytest.fixture
def added(run: Run, served: Served, key_file: Path) -> Served:
    """The simulator, with a profile `lab` for it whose key is in the vault."""
    assert add(run, served.url, key_file, "--environment", STAGING, "--generation", "organization").code == 0
    return served


def test_a_profile_is_tested_step_by_step_and_stored(run: Run, served: Served, key_file: Path, home: Path) -> None:
    ran = add(run, served.url, key_file, "--environment", STAGING)
    assert [line.split()[:2] for line in ran.lines] == [
        ["ok", step] for step in ("key", "token", "organization", "environments", "logs")
    ]
    assert "Lakeside Production (Production), Lakeside Staging (Staging)" in ran.text
    assert ran.code == 0
    assert ran.err.endswith("the profile lab was stored and is the default\n")
    written = (home / "profiles.toml").read_text()
    assert 'environment-flag = "Staging"' in written
    assert "client-1" not in written


def test_a_profile_is_used_where_none_is_named(run: Run, added: Served) -> None:
    ran = unlocking(run, "logs", WEEK, "--format", "ndjson")
    assert (ran.code, len(ran.lines)) == (0, 100)


def test_the_option_goes_before_the_variable_and_that_before_the_default(
    run: Run, added: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(logs_answer(), logs_answer()) as server:
        for name in ("by-option", "by-variable"):
            assert run("profiles", "add", name, *to(server.url), "--backend", "env", "--no-test").code == 0
        monkeypatch.setenv("REDOX_TUI_PROFILE", "by-variable")
        assert "by-variable, since REDOX_TUI_PROFILE names it" in run("profiles", "show").text
        assert run("logs", WEEK).code == 0
        assert run("logs", WEEK, "--profile", "by-option").code == 0
        assert len(server.requests) == 2
    monkeypatch.delenv("REDOX_TUI_PROFILE")
    assert "lab, since it is the default" in run("profiles", "show").text


def test_options_name_another_place_of_the_same_profile(run: Run) -> None:
    with scripted(logs_answer()) as server:
        run("profiles", "add", "ci", *to(server.url), "--backend", "env", "--no-test")
        assert run("logs", WEEK, "--organization", "77").code == 0
    assert server.requests[0].path.startswith("/platform/v1/organizations/77/")


@pytest.mark.parametrize("option", ["--base-url", "--client-id", "--key-file"])
def test_a_profile_and_what_it_says_are_not_given_together(option: str, run: Run) -> None:
    ran = run("logs", WEEK, "--profile", "lab", option, "x")
    assert (ran.code, ran.err) == (
        2,
        f"redox-tui: A profile says what {option} would: give one or the other.\n",
    )


def test_a_profile_that_does_not_exist_is_said_so(run: Run, added: Served) -> None:
    ran = run("logs", WEEK, "--profile", "lob")
    assert (ran.code, ran.err) == (8, "redox-tui: There is no profile “lob”. There are: lab.\n")


def test_nothing_is_stored_where_the_test_fails_unless_it_is_left_out(
    run: Run, by_organization: Served, key_file: Path, home: Path
) -> None:
    other = ("--key-id", "k-unknown")
    ran = add(run, by_organization.url, key_file, *other)
    assert ran.code == 3
    assert [line.split()[:2] for line in ran.lines] == [["ok", "key"], ["failed", "token"]]
    assert "nothing was stored, since the test failed; --no-test stores it untested" in ran.err
    assert not home.exists()
    assert add(run, by_organization.url, key_file, *other, "--no-test").code == 0
    assert "k-unknown" in run("profiles", "list").text


def test_the_test_of_a_stored_profile_says_what_its_key_may_do(run: Run, added: Served) -> None:
    ran = unlocking(run, "profiles", "test")
    assert ran.code == 0
    assert [line.split()[1] for line in ran.lines] == ["key", "token", "organization", "environments", "logs"]
    assert ran.lines[-1].startswith("ok      logs          may be read")


@pytest.mark.parametrize(
    ("refused", "code", "failed"),
    [
        ("/environments", 404, ["organization"]),
        ("/environments", 403, ["organization"]),
        ("/logs", 403, ["logs"]),
        ("/logs", 500, ["logs"]),
    ],
)
def test_the_steps_that_do_not_work_are_told_apart(refused: str, code: int, failed: list[str], run: Run) -> None:
    def play(request: Request) -> bytes:
        if request.path.endswith(refused):
            return answer({"message": NASTY}, code)
        if request.path.endswith("/logs"):
            return logs_answer()
        return answer({"meta": {}, "payload": {"environments": [{"id": "e-1", "name": NASTY}]}})

    with scripted(server=Server(by=play)) as server:
        run("profiles", "add", "ci", *to(server.url), "--backend", "env", "--no-test")
        ran = run("profiles", "test", "ci", "--passphrase-fd", "0")
    assert [line.split()[1] for line in ran.lines if line.startswith("failed")] == failed
    assert ran.code in (3, 6, 8)
    assert TOKEN not in ran.text + ran.err


def test_an_environment_that_the_key_is_no_member_of_is_said_so(run: Run, served: Served, key_file: Path) -> None:
    ran = add(run, served.url, key_file, "--environment", "nowhere", "--generation", "organization")
    assert ran.code == 8
    assert "failed  environments  nowhere is none of the 3: Lakeside Production" in ran.text


def test_cs_31_a_profile_is_shown_with_where_its_credential_is_and_nothing_secret(
    run: Run, added: Served, home: Path
) -> None:
    ran = run("profiles", "show", "lab")
    assert ran.code == 0
    shown = {line[:14].strip(): line[14:] for line in ran.lines}
    assert shown["profile"] == "lab, since it was named"
    assert shown["environment"] == f"{STAGING} (Staging)"
    assert shown["credential"] == "vault: sealed in the vault"
    assert shown["path"] == f"{home / 'vault'} (mode 0600)"
    assert shown["key"].startswith("k-1, added 20")
    assert shown["key"].endswith("(0 days ago), in use")
    assert "client-1" not in ran.text


def test_cs_02_a_second_name_of_a_file_is_shown(run: Run, added: Served, home: Path) -> None:
    os.link(home / "vault", home / "forgotten")
    assert "mode 0600, 2 names (hard links)" in run("profiles", "show").text


def test_profiles_are_listed_with_the_default_marked_and_unknown_taken_for_production(run: Run, added: Served) -> None:
    run("profiles", "add", "ci", *to("https://a.example"), "--backend", "env", "--no-test")
    lines = [line.split() for line in run("profiles", "list").lines]
    assert lines[1] == ["*", "lab", "12345", STAGING, "Staging", "k-1", "vault"]
    assert lines[2] == ["ci", "12345", "–", "PROD", "–", "env"]
    assert run("profiles", "default", "ci").code == 0
    assert run("profiles", "list").lines[2].startswith("*  ci")
    assert run("profiles", "default", "nobody").code == 8


def test_without_profiles_the_way_to_one_is_said(run: Run) -> None:
    ran = run("profiles", "list")
    assert (ran.code, ran.out) == (0, b"")
    assert "profiles add" in ran.err
    assert run("profiles", "show").code == 8
    assert run("profiles", "test").code == 8
    assert "profiles add" in run("logs", WEEK).err


def test_cs_26_a_profile_is_given_another_key_and_either_can_be_used(
    run: Run, added: Served, tmp_path: Path, key_file: Path
) -> None:
    added.tokens.register("client-1", "k-2", keys.public_pem(keys.rsa()))
    key_file.write_bytes(keys.pem(keys.rsa()))
    ran = unlocking(run, "profiles", "add", "lab", "--key-id", "k-2", "--key-file", str(key_file))
    assert ran.code == 0
    shown = run("profiles", "show").text
    assert "k-1, added" in shown
    assert "ago), in use\n" in shown.partition("k-2")[2]
    for more in ((), ("--key-id", "k-1"), ("--key-id", "k-2")):
        assert unlocking(run, "logs", WEEK, *more).code == 0
    assert "It holds: k-1, k-2" in unlocking(run, "logs", WEEK, "--key-id", "k-3").err
    assert unlocking(run, "profiles", "remove", "lab", "--key-id", "k-2").code == 0
    assert unlocking(run, "logs", WEEK).code == 0
    ran = unlocking(run, "profiles", "remove", "lab", "--key-id", "k-1")
    assert (ran.code, "It is the only key" in ran.err) == (9, True)


def test_cs_26_a_key_that_is_refused_names_itself_and_no_other_is_tried(
    run: Run, added: Served, key_file: Path
) -> None:
    more = ("--key-id", "k-withdrawn", "--key-file", str(key_file), "--no-test")
    assert unlocking(run, "profiles", "add", "lab", *more).code == 0
    ran = unlocking(run, "logs", WEEK)
    assert (ran.code, ran.out) == (3, b"")
    assert "Public key not found" in ran.err
    assert "The key's id is k-withdrawn." in ran.err
    assert ran.err.endswith("The profile has other keys too, for --key-id: k-1.\n")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--key-id", "k-1", "--key-file", "{file}"), "The profile has a key k-1 already."),
        (("--key-id", "k-2", "--key-file", "{file}", "--client-id", "other"), "That is not the client id"),
        (("--key-id", "k-2", "--key-file", "{file}", "--organization", "7"), "There is a profile lab already"),
        (("--key-id", "k-2"), "There is a profile lab already"),
    ],
)
def test_a_profile_is_not_changed_by_adding_it_again(
    more: tuple[str, ...], says: str, run: Run, added: Served, key_file: Path, home: Path
) -> None:
    before = (home / "profiles.toml").read_bytes()
    ran = unlocking(run, "profiles", "add", "lab", *(one.format(file=key_file) for one in more))
    assert (ran.code, ran.out) == (9, b"")
    assert says in ran.err
    assert (home / "profiles.toml").read_bytes() == before


def test_a_profile_is_removed_with_its_keys(run: Run, added: Served, key_file: Path) -> None:
    assert unlocking(run, "profiles", "remove", "lab").code == 0
    assert run("profiles", "list").out == b""
    assert run("profiles", "remove", "lab").code == 8


def test_a_profile_that_makes_no_sense_can_be_removed_and_the_others_used(run: Run, added: Served, home: Path) -> None:
    with (home / "profiles.toml").open("a") as file:
        file.write("\n[profiles.bad]\nrate = 'canary'\n")
    ran = run("profiles", "list")
    assert (ran.code, len(ran.lines)) == (5, 2)
    assert "the profile bad cannot be used: organization: Field required" in ran.err
    assert "canary" not in ran.err
    assert unlocking(run, "logs", WEEK).code == 0
    assert run("profiles", "remove", "bad").code == 0
    assert run("profiles", "list").code == 0


def test_a_profile_that_was_edited_to_connect_elsewhere_sends_nothing(run: Run, added: Served, home: Path) -> None:
    with scripted() as server:
        path = home / "profiles.toml"
        path.write_text(path.read_text().replace(added.url, server.url))
        ran = unlocking(run, "logs", WEEK)
    assert (ran.code, ran.out, server.requests) == (3, b"", [])
    assert f"may be used with {added.url} only, but the profile says {server.url}. Nothing was sent." in ran.err


def test_a_key_whose_token_address_differs_from_the_sealed_one_is_not_used(
    run: Run, added: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redox_tui.api.client.PlatformClient.token_url", f"{added.url}/elsewhere")
    ran = unlocking(run, "logs", WEEK)
    assert (ran.code, ran.out) == (3, b"")
    assert f"It may sign for {added.url}/v2/auth/token only" in ran.err


def test_cs_32_a_jwk_names_its_key_and_an_encrypted_key_is_sealed_without_its_passphrase(
    run: Run, served: Served, key_file: Path
) -> None:
    served.tokens.register("client-1", "k-jwk", keys.public_pem(keys.rsa()))
    key_file.write_bytes(keys.text(keys.jwk(keys.rsa(), kid="k-jwk")))
    credential = ["--client-id", "client-1", "--key-file", str(key_file)]
    assert unlocking(run, "profiles", "add", "jwk", *to(served.url), *credential).code == 0
    key_file.write_bytes(keys.pem(keys.ec(), passphrase=b"its own"))
    assert add(run, served.url, key_file, name="pem", secrets=b"its own\n" + PASSPHRASE).code == 0
    key_file.unlink()
    for name in ("jwk", "pem"):
        assert unlocking(run, "logs", WEEK, "--profile", name).code == 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (keys.text(keys.jwk(keys.ec())), "The key id is missing (--key-id ID)"),
        (keys.pem(keys.rsa(1024)), "The RSA key has 1024 bits"),
        (b"no key", "holds no private key"),
    ],
    ids=["no id", "short", "none"],
)
def test_cs_32_a_key_that_cannot_be_used_is_not_stored(
    content: bytes, says: str, run: Run, key_file: Path, home: Path
) -> None:
    key_file.write_bytes(content)
    credential = ["--client-id", "client-1", "--key-file", str(key_file), "--no-test"]
    ran = unlocking(run, "profiles", "add", "lab", *to("https://a.example"), *credential)
    assert ran.code in (2, 3)
    assert says in ran.err
    assert not home.exists()


def test_cs_32_a_key_stays_in_its_file_where_that_was_chosen(run: Run, served: Served, key_file: Path) -> None:
    assert add(run, served.url, key_file, "--backend", "pem-file").code == 0
    assert run("logs", WEEK, token=None).code == 0
    shown = run("profiles", "show").text
    assert f"pem-file: in a key file\npath          {key_file} (mode 0600)\nkey           k-1\n" in shown
    key_file.chmod(0o644)
    ran = run("logs", WEEK, token=None)
    assert (ran.code, f"Type: chmod 600 {key_file}" in ran.err) == (4, True)


@pytest.fixture
def handing_out(tmp_path: Path) -> str:
    """A command that hands out the key of `key_file`."""
    program = tmp_path / "hand out"
    program.touch(0o700)
    program.chmod(0o700)
    text = json.dumps({"version": 1, "client_id": "client-1", "key_id": "k-1", "key": keys.pem(keys.ec()).decode()})
    program.write_text(f"#!/bin/sh\nprintf '%s' {shlex.quote(text)}\n")
    return shlex.quote(str(program))


def test_cs_29_a_command_that_somebody_types_is_run_without_asking(run: Run, served: Served, handing_out: str) -> None:
    more = ("--backend", "command", "--command", handing_out)
    assert run("profiles", "add", "pass", *to(served.url), *more, token=None).code == 0
    assert run("logs", WEEK, token=None).code == 0
    assert f"command       {handing_out.strip(chr(39))}" in run("profiles", "show").text


def test_cs_29_a_command_that_stands_in_a_file_is_asked_about_once(
    run: Run, served: Served, handing_out: str, home: Path, person: Person
) -> None:
    more = ("--backend", "command", "--command", handing_out, "--no-test")
    run("profiles", "add", "pass", *to(served.url), *more)
    (home / "commands").unlink()
    person.answers(("Type yes: ", "no"))
    ran = run("logs", WEEK, token=None)
    assert (ran.code, ran.out) == (9, b"")
    assert handing_out in ran.err
    assert ran.err.endswith("The command was not run.\n")
    person.answers(("Type yes: ", "yes"))
    assert run("logs", WEEK, token=None).code == 0
    assert run("logs", WEEK, token=None).code == 0
    assert person.saw.count("May it run?") == 2


def test_cs_29_a_command_that_nobody_can_be_asked_about_is_not_run(
    run: Run, served: Served, handing_out: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = ("--backend", "command", "--command", handing_out, "--no-test")
    run("profiles", "add", "pass", *to(served.url), *more)
    (home / "commands").unlink()
    monkeypatch.setattr("redox_tui.cli.asking.TERMINAL", "/no/terminal")
    ran = run("logs", WEEK, token=None)
    assert (ran.code, ran.out) == (9, b"")
    assert "There is no terminal to ask on" in ran.err


def test_a_profile_takes_its_token_from_the_environment_where_that_was_chosen(run: Run) -> None:
    with scripted(logs_answer()) as server:
        run("profiles", "add", "ci", *to(server.url), "--backend", "env", "--no-test")
        assert run("logs", WEEK).code == 0
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    ran = run("logs", WEEK, token=None)
    assert (ran.code, ran.err) == (3, "redox-tui: REDOX_TUI_TOKEN holds no token.\n")


def test_a_token_in_the_environment_is_not_used_silently_instead_of_the_vault(run: Run, added: Served) -> None:
    ran = unlocking(run, "logs", WEEK, token="stray")
    assert ran.code == 0
    assert "REDOX_TUI_TOKEN is not used: the credential of the profile lab is of the kind vault" in ran.err
    assert "REDOX_TUI_TOKEN" not in os.environ


def test_a_token_from_a_descriptor_goes_before_the_credential_of_a_profile(run: Run, added: Served) -> None:
    with descriptor(added.tokens.session().encode()) as number:
        assert run("logs", WEEK, "--token-fd", number, token=None).code == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--organization is missing; the backend vault needs it."),
        (("--organization", "1"), "--key-file is missing; the backend vault needs it."),
        (("--organization", "1", "--key-file", "x"), "--client-id is missing; the backend vault needs it."),
        (("--organization", "1", "--backend", "pem-file"), "--client-id is missing; the backend pem-file needs it."),
        (("--organization", "1", "--backend", "command"), "--command is missing; the backend command needs it."),
        (
            ("--organization", "1", "--backend", "env", "--key-file", "x"),
            "--key-file does not go with the backend",
        ),
        (("--organization", "1", "--backend", "command", "--command", "'a"), "--command: the quotes are not closed."),
        (("--organization", "1", "--backend", "env", "--base-url", "http://a.example"), "http: is for loopback only"),
    ],
)
def test_half_a_profile_is_said_to_be_half(options: tuple[str, ...], says: str, run: Run, home: Path) -> None:
    ran = run("profiles", "add", "lab", *options, "--no-test")
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err
    assert not home.exists()


def test_a_relative_command_is_refused(run: Run) -> None:
    ran = run("profiles", "add", "x", *to("https://a.example"), "--backend", "command", "--command", "pass show")
    assert (ran.code, "has to begin with an absolute path" in ran.err) == (3, True)


def test_a_name_that_is_none_is_refused_before_anything_is_asked(run: Run) -> None:
    ran = run("profiles", "add", "a b", *to("https://a.example"))
    assert (ran.code, "A profile's name is" in ran.err) == (2, True)


def test_cs_03_a_store_that_others_can_look_into_is_refused_with_the_chmod_to_type(
    run: Run, added: Served, home: Path
) -> None:
    home.chmod(0o755)
    for arguments in (("logs", WEEK), ("profiles", "list"), ("vault", "check")):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (4, b"")
        assert ran.err.endswith(f"Type: chmod 700 {home}\n")


def test_a_connection_of_ones_own_does_not_look_at_the_store(run: Run, added: Served, home: Path) -> None:
    home.chmod(0o755)
    with scripted(logs_answer()) as server:
        assert run("logs", WEEK, *to(server.url)).code == 0


def test_a_profile_that_lost_its_key_is_given_one_again(run: Run, added: Served, key_file: Path, home: Path) -> None:
    (home / "vault").unlink()
    (home / "vault.bak").unlink()
    again = ["profiles", "add", "lab", "--key-id", "k-1", "--key-file", str(key_file)]
    ran = unlocking(run, *again)
    assert (ran.code, "--client-id is missing" in ran.err) == (2, True)
    assert unlocking(run, *again, "--client-id", "client-1").code == 0
    assert unlocking(run, "logs", WEEK).code == 0


def test_the_app_asks_for_no_passphrase_where_it_cannot_draw(run: Run, added: Served) -> None:
    ran = unlocking(run, "open")
    assert (ran.code, ran.out) == (7, b"")


def test_the_default_is_the_first_profile_only(run: Run, home: Path) -> None:
    for name in ("one", "two"):
        run("profiles", "add", name, *to("https://a.example"), "--backend", "env", "--no-test")
    from redox_tui.store import profiles

    assert profiles.load(Paths(home, home)).default == "one"


def test_a_profile_keeps_how_its_server_is_reached(run: Run, home: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    there = to("http://127.0.0.1:9", "--ca-bundle", str(bundle), "--rate", "500", "--backend", "env", "--no-test")
    there += ["--proxy", "http://proxy.example:3128"]
    assert run("profiles", "add", "lab", *there).code == 0
    written = (home / "profiles.toml").read_text()
    assert f'ca-bundle = "{bundle}"' in written
    assert "rate = 500" in written
    assert 'proxy = "http://proxy.example:3128"' in written
    shown = run("profiles", "show", "lab").text
    assert f"proxy         http://proxy.example:3128\ncertificates  {bundle}\nrate          500\n" in shown


def test_a_profile_keeps_which_calls_its_server_has_for_filters(run: Run, home: Path) -> None:
    there = to("http://127.0.0.1:9", "--filters", "v0", "--backend", "env", "--no-test")
    assert run("profiles", "add", "lab", *there).code == 0
    assert 'filters = "v0"' in (home / "profiles.toml").read_text()
