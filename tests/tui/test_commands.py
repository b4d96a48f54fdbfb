"""Help, palette and the registry behind them: every command can be found, and does what it says."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import redox_tui.tui
from redox_tui.tui import themes
from redox_tui.tui.bindings import Scoped
from redox_tui.tui.commands import COMMANDS, SCOPES, key_sign, of_scopes
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from tests.tui.given import Person, a_world, opened
from tests.tui.server import simulated

TALL = (100, 80)
"""A terminal on which no help has to be scrolled."""


def scoped_classes(base: type[Scoped] = Scoped) -> Iterator[type[Scoped]]:
    """Every class that says that it has commands."""
    for module in pkgutil.walk_packages(redox_tui.tui.__path__, "redox_tui.tui."):
        importlib.import_module(module.name)
    for kind in base.__subclasses__():
        if "SCOPE" in vars(kind):
            yield kind
        yield from scoped_classes(kind)


def helped(person: Person) -> list[tuple[str, str]]:
    """The keys and the title of every command that the help on screen names."""
    lines = [line.split("│")[1][1:] for line in person.screen if "│" in line]
    found = [(line[:18].strip(), line[19:].split(" – ")[0].strip()) for line in lines]
    return [(keys, title) for keys, title in found if keys and title and not keys.startswith("esc closes")]


def test_every_command_has_its_action_where_its_scope_is() -> None:
    for command in COMMANDS:
        owners = [kind for kind in scoped_classes() if command.scope == kind.SCOPE]
        assert owners, f"nobody has the scope of {command.id}"
        for owner in owners:
            assert callable(getattr(owner, f"action_{command.action}", None)), f"{owner.__name__}: {command.id}"


def test_every_scope_has_a_title() -> None:
    assert {command.scope for command in COMMANDS} == set(SCOPES)
    assert {kind.SCOPE for kind in scoped_classes()} == set(SCOPES)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_means_one_thing_in_a_scope(scope: str) -> None:
    keys = Counter(key for command in of_scopes([scope]) for key in command.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_ids_are_unique_and_titles_are_there() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.title for command in COMMANDS)


def test_no_command_has_ctrl_and_a_letter_as_its_only_key_but_half_pages() -> None:
    only_ctrl = {command.action for command in COMMANDS if command.keys and all("ctrl+" in k for k in command.keys)}
    assert only_ctrl <= {"half_down", "half_up", "quit"}, "q quits too"


@pytest.mark.parametrize(
    ("keys", "scopes"),
    [
        ([], ["table", "logs", "app"]),
        (["enter"], ["table", "log", "app"]),
        (["enter", "p"], ["payload", "log", "app"]),
    ],
)
async def test_the_help_lists_the_commands_of_what_has_the_focus(keys: list[str], scopes: list[str]) -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press(*keys, "?")
        expected = [
            (" ".join(key_sign(key) for key in command.keys), command.title)
            for command in of_scopes(scopes)
            if command.keys
        ]
        assert helped(person) == expected
        assert all(SCOPES[scope] in person.text for scope in scopes)


async def test_the_help_of_a_text_field_leaves_out_letters() -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press("/", "f1")
        assert helped(person) == [
            ("enter", "Run the query"),
            ("esc", "Leave the query bar"),
            ("F1", "Keys"),
            ("ctrl+p", "Command palette"),
            ("ctrl+q ctrl+c", "Quit"),
        ]


@pytest.mark.parametrize("key", ["escape", "q", "?"])
async def test_the_help_is_closed_by_its_own_keys(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("?", key)
        assert isinstance(person.app.screen, LogsScreen)
        await person.press("j")
        assert person.cursor == 1


async def test_the_help_opens_once() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("f1", "f1", "escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_the_last_command_of_a_long_help_can_be_reached() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("?")
        assert "esc closes" not in person.text
        await person.press(*["pagedown"] * 4)
        assert "esc closes" in person.text


async def test_the_key_hints_follow_the_focus() -> None:
    async with opened(simulated(a_world()), size=(120, 24)) as person:
        assert person.hints.startswith(" enter open  / query  t time")
        await person.press("/")
        assert person.hints == " enter run  esc leave  F1 keys"
        await person.press("escape", "enter")
        assert "p payload" in person.hints
        await person.press("p")
        assert person.hints.startswith(" enter reveal")


async def test_the_narrowest_terminal_still_says_how_to_see_all_keys() -> None:
    async with opened(simulated(a_world()), size=(60, 15)) as person:
        await person.press("enter", "p")
        assert person.hints.endswith("? keys")


@pytest.mark.parametrize("key", ["ctrl+p", ":"])
async def test_the_palette_runs_a_command_that_is_found_by_its_name(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press(key)
        await person.write("Last ro")
        await person.wait()
        await person.press("enter")
        assert isinstance(person.app.screen, LogsScreen)
        assert person.cursor > 0
        assert person.status == f"row {person.cursor + 1:,} of {person.cursor + 1:,}"


async def test_the_palette_offers_what_can_be_run_where_the_focus_is() -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press("ctrl+p")
        offered = person.text
        titles = [command.title for command in of_scopes(["table", "logs", "app"])]
        assert [title for title in titles if title not in offered] == []
        assert "Reveal the payload" not in offered
        for foreign in ("Screenshot", "Maximize", "Change theme"):
            assert foreign not in offered


async def test_the_palette_knows_the_commands_of_a_payload() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("enter", "p", "ctrl+p")
        await person.write("Reveal")
        await person.wait()
        await person.press("enter")
        assert isinstance(person.app.screen, LogDetailScreen)
        assert "PHI shown" in person.place


async def test_the_palette_can_be_left_and_opens_once() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("ctrl+p", "ctrl+p", "escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_the_palette_changes_between_light_and_dark() -> None:
    async with opened(simulated(a_world())) as person:
        for name in (themes.LIGHT.name, themes.DARK.name):
            await person.press("ctrl+p")
            await person.write("Light or")
            await person.wait()
            await person.press("enter")
            assert person.app.theme == name


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_quitting_ends_with_code_0(key: str) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press(key)
        assert not person.app.is_running
    assert person.app.return_code == 0
    assert person.app.crash is None


@pytest.mark.parametrize("way", [["/"], ["t"], ["enter"], ["?"], ["ctrl+p"]], ids="".join)
async def test_quit_works_everywhere(way: list[str]) -> None:
    async with opened(simulated(a_world())) as person:
        await person.press(*way, "ctrl+q")
        assert not person.app.is_running
    assert person.app.return_code == 0


async def test_ctrl_c_quits_from_a_text_field_too() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("/", "ctrl+c")
        assert not person.app.is_running


async def test_esc_does_not_quit() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("escape", "escape")
        assert person.app.is_running


async def test_the_client_is_closed_at_the_end() -> None:
    async with opened(simulated(a_world())) as person:
        client = await person.app._services.client()
        await person.press("q")
    with pytest.raises(RuntimeError, match="closed"):
        await client.directory.environments()
