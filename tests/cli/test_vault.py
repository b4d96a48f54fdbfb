"""`redox-tui vault`: changing the passphrase, beginning anew, looking whether all is in order; and unlocking it."""

from pathlib import Path

import pytest

from redox_tui.cli import unlocking
from redox_tui.cli.asking import Secrets
from redox_tui.store import vault
from redox_tui.store.contents import SealedCredential
from redox_tui.store.paths import Paths
from tests.unit.store.given import credential

from .given import WEEK, Ran, Run, descriptor
from .person import Person

OLD, NEW = b"correct horse battery staple", b"another four words here"
ASKED, NEW_ONE, ONCE_MORE = "Passphrase of the vault: ", "a new one: ", "once more: "


@pytest.fixture
def paths(home: Path) -> Paths:
    """A store whose vault holds the credential of a profile `lab`."""
    made = Paths(home, home)
    vault.create(made, OLD).put("lab", credential("canary"))
    return made


def held(paths: Paths, passphrase: bytes) -> dict[str, SealedCredential]:
    return dict(vault.unlock(paths, passphrase).profiles)


def with_secrets(run: Run, data: bytes, *arguments: str) -> Ran:
    with descriptor(data) as number:
        return run(*arguments, "--passphrase-fd", number)


def damage(paths: Paths) -> None:
    paths.vault.write_bytes(paths.vault.read_bytes()[:-1])


def test_cs_27_the_passphrase_is_changed_by_a_person_who_types_it_twice(run: Run, paths: Paths, person: Person) -> None:
    person.answers((ASKED, OLD.decode()), (NEW_ONE, NEW.decode()), (ONCE_MORE, NEW.decode()))
    ran = run("vault", "passwd")
    assert (ran.code, ran.out) == (0, b"")
    assert ran.err.endswith("the passphrase of the vault was changed\n")
    assert held(paths, NEW) == {"lab": credential("canary")}


def test_cs_27_two_passphrases_that_differ_change_nothing(run: Run, paths: Paths, person: Person) -> None:
    person.answers((ASKED, OLD.decode()), (NEW_ONE, NEW.decode()), (ONCE_MORE, "slip"))
    ran = run("vault", "passwd")
    assert (ran.code, "The two passphrases differ; nothing was changed." in ran.err) == (3, True)
    assert "lab" in held(paths, OLD)


def test_cs_27_a_script_gives_the_old_and_the_new_passphrase_a_line_each(run: Run, paths: Paths) -> None:
    assert with_secrets(run, OLD + b"\n" + NEW + b"\n", "vault", "passwd").code == 0
    assert "lab" in held(paths, NEW)


def test_a_short_passphrase_is_taken_with_a_word_of_warning(run: Run, paths: Paths) -> None:
    ran = with_secrets(run, OLD + b"\nshort\n", "vault", "passwd")
    assert (ran.code, "less than 12 characters" in ran.err) == (0, True)


@pytest.mark.parametrize("data", [b"", b"\n", OLD, OLD + b"\n\n"])
def test_no_passphrase_is_none(data: bytes, run: Run, paths: Paths) -> None:
    ran = with_secrets(run, data, "vault", "passwd")
    assert (ran.code, ran.err.endswith("was given.\n")) == (3, True)
    assert "lab" in held(paths, OLD)


def test_cs_21_a_wrong_passphrase_of_a_script_is_said_once(run: Run, paths: Paths) -> None:
    ran = with_secrets(run, b"wrong\n" + OLD + b"\n", "vault", "passwd")
    assert (ran.code, ran.err) == (3, "redox-tui: The passphrase does not open the vault.\n")


def test_cs_21_a_person_may_try_again_after_growing_pauses(paths: Paths, person: Person) -> None:
    person.answers(*[(ASKED, "wrong")] * 5, (ASKED, OLD.decode()))
    pauses: list[float] = []
    opened = unlocking.unlocked(paths, Secrets(None), pauses.append)
    assert "lab" in opened.profiles
    assert pauses == [0, 0, 1, 2, 4]


def test_cs_10_nothing_that_is_typed_is_shown(run: Run, paths: Paths, person: Person) -> None:
    person.answers((ASKED, OLD.decode()), (NEW_ONE, NEW.decode()), (ONCE_MORE, NEW.decode()))
    before = person.settings
    ran = run("vault", "passwd")
    for secret in (OLD.decode(), NEW.decode()):
        assert secret not in person.saw
        assert secret not in ran.err
    assert person.settings == before


def test_cs_20_a_damaged_vault_is_said_to_be_damaged_before_anybody_is_asked(run: Run, paths: Paths) -> None:
    damage(paths)
    ran = run("vault", "passwd")
    assert (ran.code, ran.out) == (5, b"")
    assert "damaged" in ran.err
    assert "type: redox-tui vault check --restore" in ran.err


def test_cs_20_the_copy_is_put_back_and_the_damaged_file_kept(run: Run, paths: Paths) -> None:
    damage(paths)
    assert run("vault", "check").code == 5
    ran = with_secrets(run, OLD + b"\n", "vault", "check", "--restore")
    assert (ran.code, str(paths.damaged) in ran.err) == (0, True)
    assert held(paths, OLD) == {"lab": credential("canary")}
    assert run("vault", "check").code == 0


def test_a_check_says_what_can_be_seen_without_the_passphrase(run: Run, paths: Paths) -> None:
    ran = run("vault", "check")
    assert (ran.code, ran.err) == (0, "")
    assert f"{paths.vault}: in order" in ran.text
    assert f"{paths.backup}: in order" in ran.text
    assert "canary" not in ran.text
    paths.backup.write_bytes(b"x")
    assert f"{paths.backup}: The vault is damaged" in run("vault", "check").text
    paths.backup.unlink()
    assert f"{paths.backup}: there is none" in run("vault", "check").text


def test_cs_28_a_reset_needs_the_typed_word_and_keeps_the_profiles(run: Run, paths: Paths, person: Person) -> None:
    run("profiles", "add", "ci", "--organization", "1", "--backend", "env", "--no-test")
    person.answers(("Type reset: ", "yes"))
    ran = run("vault", "reset")
    assert (ran.code, ran.err.endswith("Nothing was removed.\n")) == (9, True)
    assert "lab" in held(paths, OLD)
    person.answers(("Type reset: ", "reset"))
    assert run("vault", "reset").code == 0
    assert not vault.exists(paths)
    assert "ci" in run("profiles", "list").text
    assert run("vault", "reset").code == 8


def test_without_a_vault_the_way_to_one_is_said(run: Run) -> None:
    for action in ("passwd", "check"):
        ran = run("vault", action)
        assert (ran.code, "There is no vault yet." in ran.err) == (3, True)


def test_a_profile_whose_vault_was_reset_is_said_to_have_no_key(run: Run, paths: Paths, home: Path) -> None:
    (home / "profiles.toml").touch(0o600)
    (home / "profiles.toml").write_text("[profiles.prod]\norganization = 1\n")
    ran = with_secrets(run, OLD + b"\n", "logs", WEEK, "--profile", "prod")
    assert (ran.code, ran.out) == (3, b"")
    assert "The vault holds no key of the profile prod. Add it again: redox-tui profiles add prod" in ran.err
