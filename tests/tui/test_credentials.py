"""Credentials in the app: profiles are added, edited, tested, switched and deleted, with the files of a real store."""

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from redox_tui.domain.connection import PRODUCTION_URL
from redox_tui.simulator import network as simulated_network
from redox_tui.store import profiles, secure_file, vault
from redox_tui.store.paths import Paths
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.screens.credentials import CredentialsScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.screens.profile_form import ProfileForm
from redox_tui.tui.screens.welcome import WelcomeScreen
from redox_tui.tui.widgets.secret_field import SecretField
from tests.tui.given import ORGANIZATION, PRODUCTION, Person
from tests.tui.user import (
    CLIENT,
    KEY,
    PASSPHRASE,
    Network,
    Site,
    a_key_file,
    answer,
    asked,
    at_the_app,
    choose_backend,
    fill,
    focus,
    go_to,
    new_passphrase,
    profile_rows,
    reason,
    run_form,
    steps,
    stored,
    stored_with_file,
)
from tests.unit.api import keys

STAGING = next(one for one in simulated_network.ENVIRONMENTS if one.flag == "Staging")


STEPS = ["key", "token", "organization", "environments", "logs"]


async def new_form(person: Person) -> None:
    """Open the form for a new profile from where the app begins."""
    await person.tap("a")
    await person.until(lambda: isinstance(person.app.screen, ProfileForm))


async def describe(person: Person, site: Site, *, name: str = "lab", environment: str = PRODUCTION) -> None:
    """Fill in the form for a server, all but the key."""
    more = {"environment": environment} if environment else {}
    await fill(person, name=name, organization=ORGANIZATION, base_url=site.url, **more, client_id=CLIENT, key_id=KEY)


async def added(person: Person) -> None:
    """Wait until the profile that was added is shown with its logs, as a first one is."""
    await person.until(lambda: isinstance(person.app.screen, LogsScreen) and "row 1 of " in person.text)


def texts(folder: Path) -> bytes:
    """All that is written in a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def first_line(pem: bytes) -> bytes:
    """A line of a key that stands in no other file."""
    return pem.splitlines()[1]


async def test_a_first_start_offers_to_add_a_profile_and_the_demo(store: Paths) -> None:
    async with at_the_app() as person:
        assert isinstance(person.app.screen, WelcomeScreen)
        assert "a   adds a profile" in person.text
        assert "d   opens a demo" in person.text
        assert "a add a profile" in person.hints
        await new_form(person)
        assert "New profile" in person.text
        await person.tap("escape")
        await person.until(lambda: isinstance(person.app.screen, WelcomeScreen))
    assert not store.profiles.exists()


async def test_a_first_start_can_go_on_with_the_demo(store: Paths) -> None:
    async with at_the_app() as person:
        await person.tap("d")
        await person.until(lambda: "demo/" in person.text and "row 1 of " in person.text)
    assert not store.vault.exists()
    assert not store.profiles.exists()


async def test_a_profile_is_added_with_a_key_file_and_its_logs_are_shown(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        await run_form(person)
        await new_passphrase(person)
        await added(person)
    found = profiles.load(store)
    assert found.default == "lab"
    assert (found.named["lab"].environment_flag, found.named["lab"].key_id) == ("Production", KEY)
    sealed = vault.unlock(store, PASSPHRASE.encode()).get("lab")
    assert (sealed.client_id, sealed.base_url, [one.id for one in sealed.keys]) == (CLIENT, site.url, [KEY])
    written = texts(store.config)
    assert first_line(key_file.read_bytes()) not in written
    assert CLIENT.encode() not in written


async def test_the_steps_of_the_test_are_shown_one_by_one(store: Paths, network: Network, key_file: Path) -> None:
    site = network.site()
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        site.server.hold()
        await run_form(person)
        await site.server.arrived(1)
        assert "testing … esc stops" in person.status
        site.server.release()
        await asked(person, "a new one")
        await person.tap("escape")
        await person.until("No passphrase of the vault, a new one was given. Nothing was stored.")
        assert [line.split()[2] for line in steps(person)] == STEPS
        assert all(line.startswith("✓ ok") for line in steps(person))
        assert not store.vault.exists()
        assert not store.profiles.exists()


async def by_paste(person: Person, text: str) -> None:
    await person.paste(text)


async def by_keys(person: Person, text: str) -> None:
    """A terminal that does not mark what is pasted sends each line as if it were typed."""
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        for key in (*(["enter"] if number else []), *line):
            person.strike(key)
    await person.look()


Give: TypeAlias = Callable[[Person, str], Awaitable[None]]


@pytest.mark.parametrize(
    ("give", "ends"),
    [(by_paste, "\n"), (by_paste, "\r\n"), (by_paste, "\r"), (by_keys, "\n")],
    ids=["lf", "crlf", "cr", "keys"],
)
async def test_cs_32_a_pem_of_several_lines_is_pasted(give: Give, ends: str, store: Paths, network: Network) -> None:
    site = network.site()
    pem = keys.pem(keys.ec()).decode()
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site)
        await go_to(person, "key")
        await give(person, pem.replace("\n", ends))
        assert focus(person) == "key"
        assert f"in {pem.count(chr(10))} lines, not shown" in person.text
        assert pem.splitlines()[1][:16] not in person.text
        await run_form(person)
        await new_passphrase(person)
        await added(person)
    assert first_line(pem.encode()) not in texts(store.config)


@pytest.mark.parametrize("give", [by_paste, by_keys], ids=["paste", "keys"])
@pytest.mark.parametrize("indent", [None, 2], ids=["one line", "several lines"])
async def test_cs_32_a_jwk_is_pasted_and_names_its_key(
    give: Give, indent: int | None, store: Paths, network: Network
) -> None:
    site = network.site()
    site.know(keys.ec(), "k-of-the-jwk")
    jwk = json.dumps(keys.jwk(keys.ec(), kid="k-of-the-jwk"), indent=indent)
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_id="")
        await go_to(person, "key")
        await give(person, jwk)
        await run_form(person)
        await new_passphrase(person)
        await added(person)
    assert profiles.load(store).named["lab"].key_id == "k-of-the-jwk"


async def test_cs_32_the_passphrase_of_a_pasted_key_is_asked_for_and_the_key_is_sealed_without_it(
    store: Paths, network: Network
) -> None:
    site = network.site()
    pem = keys.pem(keys.ec(), passphrase=b"secret of the key").decode()
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site)
        await go_to(person, "key")
        await person.paste(pem)
        await run_form(person)
        await answer(person, "wrong", asked="Passphrase of the key")
        await person.until("The passphrase does not open the key.")
        assert not store.vault.exists()
        await run_form(person)
        await answer(person, "secret of the key", asked="Passphrase of the key")
        await new_passphrase(person)
        await added(person)
    sealed = vault.unlock(store, PASSPHRASE.encode()).get("lab").keys[0].text
    assert sealed.encode() == keys.pem(keys.ec())


@pytest.mark.parametrize(
    ("place", "environment", "kind"), [(0, None, "PROD?"), (1, PRODUCTION, "PROD"), (2, STAGING.id, "Staging")]
)
async def test_without_an_environment_the_ones_that_the_api_lists_can_be_picked(
    place: int, environment: str | None, kind: str, store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    assert [one.flag for one in simulated_network.ENVIRONMENTS][:2] == ["Production", "Staging"]
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site, environment="")
        await fill(person, key_file=str(key_file))
        await run_form(person)
        await person.until(lambda: isinstance(person.app.screen, PickDialog))
        await person.until("Lakeside Staging (Staging)")
        await person.tap(*["down"] * place, "enter")
        await new_passphrase(person)
        await added(person)
        await person.tap("3")
        await person.until(lambda: bool(isinstance(person.app.screen, CredentialsScreen) and profile_rows(person)))
        assert profile_rows(person)[0].split()[3:5] == [kind, "vault"], person.text
    assert profiles.load(store).named["lab"].environment == environment


async def test_leaving_the_choice_of_environments_stores_nothing(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site, environment="")
        await fill(person, key_file=str(key_file))
        await run_form(person)
        await person.until(lambda: isinstance(person.app.screen, PickDialog))
        await person.tap("escape")
        await person.until("No environment was chosen. Nothing was stored.")
    assert not store.profiles.exists()
    assert not store.vault.exists()


async def test_a_test_that_fails_stores_nothing_until_somebody_says_so(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site(key=keys.rsa())
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        await run_form(person)
        await person.until("The test failed, so nothing was stored.")
        assert steps(person)[0].startswith("✓ ok")
        assert steps(person)[1].startswith("✗ failed  token")
        assert not store.profiles.exists()
        assert not store.vault.exists()
        await run_form(person, "store")
        await new_passphrase(person)
        await person.until("/PROD?   Logs")
        await person.wait()
    known = profiles.load(store).named["lab"]
    assert (known.environment_flag, known.is_production) == (None, True)
    assert vault.unlock(store, PASSPHRASE.encode()).get("lab").keys[0].id == KEY


async def test_a_profile_that_is_stored_without_a_test_asks_no_server(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored(store, "other", site)
    async with at_the_app("other") as person:
        await opened_list(person)
        before = len(site.server.calls)
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        await run_form(person, "store")
        await person.until("The profile lab was stored.")
        assert len(site.server.calls) == before
    assert list(profiles.load(store).named) == ["other", "lab"]


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"name": "has space"}, "name", "A profile's name is up to 64 letters"),
        ({"name": ""}, "name", "A profile's name is up to 64 letters"),
        ({"organization": ""}, "organization", "This is needed."),
        ({"client_id": ""}, "client-id", "This is needed."),
        ({"base_url": ""}, "base-url", "This is needed."),
        ({"base_url": "ftp://x"}, "base-url", "The base URL needs a scheme and a host"),
        ({"base_url": "http://api.example"}, "base-url", "http: would send the token in clear"),
        ({"key_file": ""}, "key-file", "Name a file, or paste the key's text below."),
        ({"key_file": "/nowhere/key.pem"}, "key-file", "The key file /nowhere/key.pem does not exist."),
        ({"key_file": "~nobody-of-this-name/key.pem"}, "key-file", "~nobody-of-this-name"),
    ],
)
async def test_what_is_wrong_stands_under_its_field_which_gets_the_focus(
    said: dict[str, str], field: str, words: str, store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        await fill(person, **said)
        await run_form(person)
        await person.until(lambda: words in reason(person, field))
        assert focus(person) == field
        await person.write("x")
        assert reason(person, field) == ""
    assert site.server.calls == []
    assert not store.profiles.exists()


async def test_a_character_that_cannot_be_seen_is_said_under_its_field(store: Paths, network: Network) -> None:
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, network.site())
        await go_to(person, "key-file")
        await person.paste("/tmp/key\x00.pem")
        await run_form(person)
        await person.until(lambda: "characters that cannot be seen" in reason(person, "key-file"))


async def test_a_name_that_is_taken_is_said_under_it(store: Paths, network: Network, key_file: Path) -> None:
    site = network.site()
    stored_with_file(store, "lab", site, key_file)
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, site)
        await run_form(person)
        await person.until(lambda: "There is a profile of this name already." in reason(person, "name"))


@pytest.mark.parametrize("backend", ["vault", "pem-file"])
async def test_cs_02_a_key_file_that_others_can_read_is_refused_with_the_chmod_to_type(
    backend: str, store: Paths, network: Network, tmp_path: Path
) -> None:
    path = a_key_file(tmp_path / "open.pem", mode=0o644)
    async with at_the_app(size=(160, 40)) as person:
        await new_form(person)
        await choose_backend(person, backend)
        await describe(person, network.site())
        await fill(person, key_file=str(path))
        await run_form(person)
        await person.until(lambda: "(mode 0644)" in reason(person, "key-file"))
        assert f"Type: chmod 600 {path}" in reason(person, "key-file")
    assert not store.profiles.exists()


@pytest.mark.parametrize("is_pasted", [True, False], ids=["pasted", "from a file"])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lambda: keys.pem(keys.rsa(1024)), "The RSA key has 1024 bits"),
        (lambda: b"-----BEGIN NOTHING-----\nx\n-----END NOTHING-----\n", "holds no private key"),
        (lambda: keys.public_pem(keys.ec()), "holds no private key"),
    ],
    ids=["short", "nothing", "public"],
)
async def test_cs_32_a_key_that_cannot_be_used_is_said_under_the_field_that_it_was_given_in(
    text: Callable[[], bytes], words: str, is_pasted: bool, store: Paths, network: Network, tmp_path: Path
) -> None:
    key = text()
    async with at_the_app(size=(160, 40)) as person:
        await new_form(person)
        await describe(person, network.site())
        if is_pasted:
            await go_to(person, "key")
            await person.paste(key.decode())
        else:
            await fill(person, key_file=str(a_key_file(tmp_path / "k.pem", key)))
        await run_form(person)
        field = "key" if is_pasted else "key-file"
        await person.until(lambda: words in reason(person, field))
        assert focus(person) == field
    assert not store.profiles.exists()


async def test_a_jwk_without_kid_is_said_under_the_key_id(store: Paths, network: Network) -> None:
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await describe(person, network.site())
        await fill(person, key_id="")
        await go_to(person, "key")
        await person.paste(keys.text(keys.jwk(keys.ec())).decode())
        await run_form(person)
        await person.until(lambda: "key id is missing" in reason(person, "key-id"))
        assert focus(person) == "key-id"
        assert "--key-id" not in person.text


async def test_a_profile_with_a_key_file_of_its_own_needs_no_vault(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await new_form(person)
        await choose_backend(person, "pem-file")
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        await run_form(person)
        await added(person)
    known = profiles.load(store).named["lab"]
    assert (known.backend, known.key_file, known.environment_flag) == ("pem-file", key_file, "Production")
    assert not store.vault.exists()


async def test_cs_29_who_types_a_command_has_allowed_it(store: Paths, network: Network, tmp_path: Path) -> None:
    site = network.site()
    program = tmp_path / "hand out"
    program.write_text(f'#!/bin/sh\necho \'{{"version": 1, "token": "{site.tokens.session()}"}}\'\n')
    program.chmod(0o700)
    async with at_the_app() as person:
        await new_form(person)
        await choose_backend(person, "command")
        await fill(
            person, name="lab", organization=ORGANIZATION, base_url=site.url, environment=PRODUCTION,
            command=f"'{program}' --for redox",
        )  # fmt: skip
        await run_form(person)
        await added(person)
    assert profiles.load(store).named["lab"].command == (str(program), "--for", "redox")


@pytest.mark.parametrize(
    ("command", "words"),
    [("", "This is needed."), ("pass show", "has to begin with an absolute path"), ("/bin/sh 'x", "quotes are not")],
)
async def test_a_command_that_cannot_be_is_said_under_its_field(
    command: str, words: str, store: Paths, network: Network
) -> None:
    async with at_the_app(size=(120, 40)) as person:
        await new_form(person)
        await choose_backend(person, "command")
        await fill(person, name="lab", organization=ORGANIZATION, command=command)
        await run_form(person, "store")
        await person.until(lambda: words in reason(person, "command"))
    assert not store.profiles.exists()


async def test_a_token_of_the_environment_is_tested_and_then_used(
    store: Paths, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = network.site()
    monkeypatch.setenv("REDOX_TUI_TOKEN", site.tokens.session())
    async with at_the_app() as person:
        await new_form(person)
        await choose_backend(person, "env")
        await fill(person, name="ci", organization=ORGANIZATION, base_url=site.url, environment=PRODUCTION)
        await run_form(person)
        await added(person)
    assert "REDOX_TUI_TOKEN" not in os.environ
    assert profiles.load(store).named["ci"].backend == "env"
    assert site.tokens.session().encode() not in texts(store.config)


async def opened_list(person: Person) -> None:
    """Go to the list of profiles."""
    await person.tap("3")
    await person.until(lambda: bool(isinstance(person.app.screen, CredentialsScreen) and profile_rows(person)))


async def test_cs_31_the_list_says_where_each_credential_is_and_nothing_secret(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored(store, "one", site, environment=PRODUCTION, environment_flag="Production")
    stored_with_file(store, "two", site, key_file, environment=STAGING.id, environment_flag="Staging")
    profiles.set_default(store, "one")
    async with at_the_app("one", size=(140, 24)) as person:
        await opened_list(person)
        one, two = profile_rows(person)
        assert one.split()[:9] == [">*", "one", ORGANIZATION, "PROD", "vault", "in", "use", KEY, PRODUCTION]
        assert two.split()[:5] == ["two", ORGANIZATION, "Staging", "pem-file", "–"]
        assert CLIENT not in person.text


async def test_the_environment_of_a_profile_can_be_changed_and_its_key_stays(store: Paths, network: Network) -> None:
    site = network.site()
    stored(store, "lab", site, environment=PRODUCTION, environment_flag="Production")
    async with at_the_app("lab", size=(120, 40)) as person:
        await opened_list(person)
        await person.tap("enter")
        await person.until("Profile lab")
        assert CLIENT not in person.text
        await fill(person, environment=STAGING.id)
        await run_form(person)
        await person.until("The profile lab was stored.")
    known = profiles.load(store).named["lab"]
    assert (known.environment, known.environment_flag, known.key_id) == (STAGING.id, "Staging", KEY)
    assert list(known.keys) == [KEY]


async def test_cs_26_a_second_key_is_added_and_used_while_the_first_is_kept(store: Paths, network: Network) -> None:
    site = network.site()
    stored(store, "lab", site, environment=PRODUCTION)
    second = keys.rsa()
    site.know(second, "k-2")
    async with at_the_app("lab", size=(120, 40)) as person:
        await opened_list(person)
        await person.tap("enter")
        await person.until("Profile lab")
        await fill(person, key_id="k-2")
        await go_to(person, "key")
        await person.paste(keys.pem(second).decode())
        await run_form(person)
        await person.until("The profile lab was stored.")
    known = profiles.load(store).named["lab"]
    sealed = vault.unlock(store, PASSPHRASE.encode()).get("lab")
    assert (known.key_id, list(known.keys)) == ("k-2", [KEY, "k-2"])
    assert [one.id for one in sealed.keys] == [KEY, "k-2"]
    assert sealed.client_id == CLIENT


@pytest.mark.parametrize("action", ["test", "store"])
@pytest.mark.parametrize("has_new_key", [False, True], ids=["kept key", "new key"])
async def test_the_address_of_sealed_keys_is_not_changed_by_the_form(
    action: str, has_new_key: bool, store: Paths, network: Network
) -> None:
    site, other = network.site(), network.site("127.0.0.1:4002")
    other.know(keys.ec(), "k-2")
    stored(store, "lab", site, environment=PRODUCTION)
    async with at_the_app("lab", size=(120, 40)) as person:
        await opened_list(person)
        await person.tap("enter")
        await person.until("Profile lab")
        await fill(person, base_url=other.url)
        if has_new_key:
            await fill(person, key_id="k-2")
            await go_to(person, "key")
            await person.paste(keys.pem(keys.ec()).decode())
        await run_form(person, action)
        await person.until(lambda: site.url in reason(person, "base-url"))
    assert other.server.calls == []
    assert profiles.load(store).named["lab"].base_url == site.url


@pytest.mark.parametrize("field", ["client_id", "key_id"])
async def test_an_id_without_a_key_is_not_ignored(field: str, store: Paths, network: Network) -> None:
    stored(store, "lab", network.site(), environment=PRODUCTION)
    async with at_the_app("lab", size=(120, 40)) as person:
        await opened_list(person)
        await person.tap("enter")
        await person.until("Profile lab")
        await fill(person, **{field: "other"})
        await run_form(person)
        await person.until(lambda: "Name a file, or paste" in reason(person, "key-file"))


async def test_leaving_a_form_asks_where_something_was_typed(store: Paths, network: Network) -> None:
    async with at_the_app() as person:
        await new_form(person)
        await fill(person, name="lab")
        await person.tap("escape")
        await asked(person, "Leave without storing what was typed?")
        await person.tap("escape")
        assert isinstance(person.app.screen, ProfileForm)
        assert "lab" in person.text
        await person.tap("escape")
        await asked(person, "Leave without")
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, WelcomeScreen))


async def test_quitting_asks_where_something_was_typed_in_the_form(store: Paths, network: Network) -> None:
    async with at_the_app() as person:
        await new_form(person)
        await fill(person, name="lab")
        await person.tap("ctrl+q")
        await asked(person, "What was typed in “new profile” is not saved. Leave it?")
        await person.tap("escape")
        assert isinstance(person.app.screen, ProfileForm)
        await person.tap("ctrl+c", "enter")
        assert not person.app.is_running


async def test_esc_stops_a_test_that_goes_on_and_keeps_what_was_typed(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await new_form(person)
        await describe(person, site)
        await fill(person, key_file=str(key_file))
        site.server.hold()
        await run_form(person)
        await site.server.arrived(1)
        await person.tap("escape")
        assert person.status == "Stopped. Nothing was stored."
        await person.until(lambda: site.server.cancelled == 1)
        await go_to(person, "name")
        assert "lab" in person.text
    assert not store.profiles.exists()


async def test_space_makes_a_profile_the_default(store: Paths, network: Network, key_file: Path) -> None:
    site = network.site()
    for name in ("one", "two"):
        stored_with_file(store, name, site, key_file)
    profiles.set_default(store, "one")
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("j", "space")
        await person.until("two is used where none is named.")
        assert [row[:6].split() for row in profile_rows(person)] == [["one"], [">*", "two"]]
    assert profiles.load(store).default == "two"


async def test_a_profile_of_production_is_deleted_when_its_name_is_typed(store: Paths, network: Network) -> None:
    stored(store, "lab", network.site(), environment_flag="Production")
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("D")
        await asked(person, "Delete the profile lab with its keys in the vault?")
        await person.tap("enter")
        await person.write("la")
        await person.tap("enter")
        assert "Delete the profile lab" in person.text, "nothing less than the name"
        await person.write("b")
        await person.tap("enter")
        await answer(person)
        await person.until("There are no profiles yet.")
        await person.until("The profile lab was deleted.")
    assert profiles.load(store).named == {}
    assert vault.unlock(store, PASSPHRASE.encode()).profiles == {}


async def test_a_profile_of_staging_is_deleted_with_one_key_and_kept_with_another(
    store: Paths, network: Network, key_file: Path
) -> None:
    stored_with_file(store, "lab", network.site(), key_file, environment=STAGING.id, environment_flag="Staging")
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("D")
        await asked(person, "the key itself stays where it is")
        await person.tap("escape")
        await person.look()
        assert "lab" in profiles.load(store).named
        await person.tap("D")
        await asked(person, "Nothing brings it back.")
        await person.tap("enter")
        await person.until("The profile lab was deleted.")
    assert profiles.load(store).named == {}
    assert key_file.exists()


async def test_a_stored_profile_is_tested_in_steps_and_its_use_is_noted(
    store: Paths, network: Network, key_file: Path
) -> None:
    stored_with_file(store, "lab", network.site(), key_file, environment=PRODUCTION)
    async with at_the_app(size=(120, 40)) as person:
        await opened_list(person)
        assert profile_rows(person)[0].split()[5] == "–"
        await person.tap("t")
        await person.until("lab works.")
        assert [line.split()[2] for line in steps(person)] == STEPS
        await person.wait()
        assert person.status == "lab works.", "what was said stays"
        await person.tap("r")
        await person.until(lambda: profile_rows(person)[0].split()[5] != "–")


async def test_cs_26_a_test_that_fails_says_which_step_and_which_key_and_tries_no_other(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site(key=keys.rsa())
    stored_with_file(store, "lab", site, key_file)
    async with at_the_app(size=(120, 40)) as person:
        await opened_list(person)
        await person.tap("t")
        await person.until("lab: token failed.")
        assert f"The key's id is {KEY}." in person.text
    assert [call.path for call in site.server.calls] == ["/v2/auth/token"]


async def test_a_credential_that_cannot_be_had_is_said_and_stays_said(store: Paths, network: Network) -> None:
    stored(store, "lab", network.site())
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("o")
        await asked(person, "Passphrase of the vault")
        await person.tap("escape")
        await person.until("No passphrase of the vault was given.")
        await person.wait()
        assert "No passphrase of the vault was given." in person.status


async def test_cs_21_a_wrong_passphrase_is_said_and_asked_again_with_pauses_after_three(
    store: Paths, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    real = vault.pause_before_next_try

    def note(failures: int) -> float:
        pauses.append(real(failures))
        return 0.0

    monkeypatch.setattr("redox_tui.store.vault.pause_before_next_try", note)
    stored(store, "lab", network.site())
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("o")
        for _ in range(5):
            await answer(person, "wrong")
            await asked(person, "The passphrase does not open the vault.")
        await answer(person)
        await person.until("row 1 of ")
    assert pauses == [0.0, 0.0, 1.0, 2.0, 4.0]


async def test_a_dialog_that_is_answered_twice_closes_nothing_behind_it(store: Paths, network: Network) -> None:
    stored(store, "lab", network.site())
    async with at_the_app() as person:
        await opened_list(person)
        await person.tap("o")
        await asked(person, "Passphrase of the vault")
        await person.write("wrong")
        field = person.find(SecretField)
        for _ in range(3):
            field.post_message(SecretField.Submitted())
        await asked(person, "The passphrase does not open the vault.")
        await answer(person)
        await person.until("row 1 of ")


async def test_the_passphrase_is_asked_for_once_until_a_lock(store: Paths, network: Network) -> None:
    site = network.site()
    for name in ("one", "two"):
        stored(store, name, site)
    async with at_the_app("one") as person:
        await opened_list(person)
        await person.tap("j", "t")
        await person.until("two works.")
        await person.tap("o")
        await person.until("row 1 of ")


async def test_a_file_of_profiles_that_is_no_toml_is_said_and_left_as_it_is(store: Paths, network: Network) -> None:
    secure_file.make_private_folder(store.config)
    store.profiles.touch(0o600)
    store.profiles.write_text("[profiles\n")
    async with at_the_app(size=(120, 24)) as person:
        await person.tap("3")
        await person.until("is no TOML")
        assert "The profiles cannot be read" in person.text
    assert store.profiles.read_text() == "[profiles\n"


async def test_a_profile_that_makes_no_sense_is_listed_with_its_reason_and_spoils_no_other(
    store: Paths, network: Network, key_file: Path
) -> None:
    stored_with_file(store, "good", network.site(), key_file)
    with store.profiles.open("a") as file:
        file.write('[profiles.bad]\norganization = "1"\nbackend = "safe"\n')
    async with at_the_app(size=(120, 24)) as person:
        await opened_list(person)
        assert "bad: ! backend: " in profile_rows(person)[1]
        await person.tap("j", "t")
        await person.until("The profile bad cannot be used")
        await person.tap("k", "t")
        await person.until("good works.")


async def test_cs_20_a_damaged_vault_is_said_to_be_damaged_before_anybody_is_asked(
    store: Paths, network: Network
) -> None:
    stored(store, "lab", network.site())
    store.vault.write_bytes(store.vault.read_bytes()[:-5])
    async with at_the_app(size=(160, 40)) as person:
        await opened_list(person)
        await person.tap("o")
        await person.until("vault check --restore")


async def test_the_form_begins_with_the_address_of_production(store: Paths) -> None:
    async with at_the_app() as person:
        await new_form(person)
        assert PRODUCTION_URL in person.text
