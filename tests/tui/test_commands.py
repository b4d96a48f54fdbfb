"""Help, palette and the registry behind them: every command can be found, and does what it says."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import pytest

import redox_tui.tui
from redox_tui.api.errors import Unreachable
from redox_tui.tui import themes
from redox_tui.tui.bindings import Scoped
from redox_tui.tui.commands import COMMANDS, SCOPES, key_sign, of_scope
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.scrolled import Scrolled
from tests.tui.given import Person, a_world, opened
from tests.tui.server import simulated

TALL = (100, 140)
"""A terminal on which no help has to be scrolled."""


def scoped_classes(base: type[Scoped] = Scoped) -> Iterator[type[Scoped]]:
    """Every class that says that it has commands."""
    for module in pkgutil.walk_packages(redox_tui.tui.__path__, "redox_tui.tui."):
        importlib.import_module(module.name)
    for kind in base.__subclasses__():
        if "SCOPES" in vars(kind):
            yield kind
        yield from scoped_classes(kind)


def helped(person: Person) -> list[tuple[str, str]]:
    """The keys and the title of every command that the help on screen names."""
    lines = [line.split("│")[1][1:] for line in person.screen if "│" in line]
    found = [(line[:18].strip(), line[19:].split(" – ")[0].strip()) for line in lines]
    return [(keys, title) for keys, title in found if keys and title and not keys.startswith("esc closes")]


def test_every_command_has_its_action_where_its_scope_is() -> None:
    for command in COMMANDS:
        owners = [kind for kind in scoped_classes() if command.scope in kind.SCOPES]
        assert owners, f"nobody has the scope of {command.id}"
        for owner in owners:
            assert callable(getattr(owner, f"action_{command.action}", None)), f"{owner.__name__}: {command.id}"


def test_every_scope_has_a_title() -> None:
    assert {command.scope for command in COMMANDS} == set(SCOPES)
    assert {scope for kind in scoped_classes() for scope in kind.SCOPES} == set(SCOPES)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_means_one_thing_in_a_scope(scope: str) -> None:
    keys = Counter(key for command in of_scope(scope) for key in command.keys)
    assert [key for key, times in keys.items() if times > 1] == []


def test_ids_are_unique_and_titles_are_there() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    assert all(command.title for command in COMMANDS)


def test_no_command_has_ctrl_and_a_letter_as_its_only_key_but_half_pages() -> None:
    only_ctrl = {command.action for command in COMMANDS if command.keys and all("ctrl+" in k for k in command.keys)}
    assert only_ctrl <= {"half_down", "half_up", "quit"}, "q quits too"


def listed(scopes: list[str], absent: set[str]) -> Iterator[tuple[str, str]]:
    """What the help says of scopes, nearest first: no command that is absent, no key that somebody nearer takes."""
    taken: set[str] = set()
    for scope in scopes:
        for command in of_scope(scope):
            keys = [key for key in command.keys if key not in taken and command.id not in absent]
            if keys:
                yield " ".join(map(key_sign, keys)), command.title
        taken |= {key for command in of_scope(scope) if command.id not in absent for key in command.keys}


ON_A_TREE = {command.id for command in of_scope("payload")} - {"payload.reveal"}
"""What can be done with a payload that is revealed only."""


@pytest.mark.parametrize(
    ("keys", "scopes", "absent"),
    [
        ([], ["list", "logs", "app"], set()),
        (["enter"], ["list", "log", "app"], {"log.overview"}),
        (["enter", "p"], ["payload", "list", "log", "app"], {"log.payload", *ON_A_TREE}),
        (
            ["enter", "p", "enter"],
            ["payload", "list", "log", "app"],
            {"log.payload", "payload.reveal", "payload.close_value"},
        ),
        (["enter", "p", "enter", "H"], ["payload", "list", "log", "app"], {"log.payload", *ON_A_TREE}),
        (["enter", "p", "enter", "o"], ["list", "log", "app"], {"log.overview"}),
    ],
    ids=lambda value: "".join(value) if isinstance(value, list) else "",
)
async def test_the_help_lists_the_commands_in_force_where_the_focus_is(
    keys: list[str], scopes: list[str], absent: set[str]
) -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press(*keys, "?")
        assert helped(person) == list(listed(scopes, absent))
        assert all(SCOPES[scope] in person.text for scope in scopes)


async def test_the_help_of_a_text_field_leaves_out_letters() -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press("/", "f1")
        assert helped(person) == [
            ("enter", "Run the query"),
            ("tab", "Take the marked completion"),
            ("↑", "Completion above, or an older query"),
            ("↓", "Completion below, or a newer query"),
            ("esc", "Close the list, or leave the query bar"),
            ("ctrl+s", "Save the query"),
            ("ctrl+o", "Saved queries"),
            ("F2", "Logs"),
            ("F3", "Filters"),
            ("F4", "Credentials"),
            ("F9", "Lock"),
            ("F1", "Keys"),
            ("ctrl+p", "Command palette"),
            ("F12 ctrl+l", "Draw again"),
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
        await person.press(*["pagedown"] * 5)
        assert "esc closes" in person.text


async def test_every_key_scrolls_a_long_help_however_fast_they_come() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("?")
        for _ in range(3):
            person.strike("down")
        await person.wait()
        assert person.find(Scrolled).scroll_y == 3


async def test_the_key_hints_follow_the_focus() -> None:
    async with opened(simulated(a_world()), size=(120, 24)) as person:
        assert person.hints == " enter open  / query  t time  r refresh  e failure  f follow  # counts  y copy  ? keys"
        await person.press("/")
        assert person.hints == " enter run  tab complete  esc leave  F1 keys"
        await person.press("escape", "enter")
        assert person.hints == " [ newer  ] older  e failure  esc back  ? keys"


async def test_the_key_hints_follow_what_can_be_done_with_the_payload() -> None:
    async with opened(simulated(a_world()), size=(120, 24)) as person:
        hidden = " enter reveal  [ newer  ] older  e failure  esc back  ? keys"
        await person.press("enter", "p")
        assert person.hints == hidden
        await person.press("enter")
        assert person.hints == " H hide  space fold  / find  v value  [ newer  ] older  e failure  esc back  ? keys"
        await person.press("H")
        assert person.hints == hidden


async def test_the_narrowest_terminal_still_says_how_to_leave_and_how_to_see_all_keys() -> None:
    async with opened(simulated(a_world()), size=(60, 15)) as person:
        await person.press("enter", "p", "enter")
        assert person.hints == " H hide  space fold  / find  v value  esc back  ? keys"


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
        titles = [command.title for scope in ("list", "logs", "app") for command in of_scope(scope)]
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


async def test_the_palette_offers_nothing_that_is_not_in_force() -> None:
    async with opened(simulated(a_world()), size=TALL) as person:
        await person.press("enter", "p", "enter", "ctrl+p")
        assert "Hide the payload" in person.text
        assert "Reveal the payload" not in person.text


async def test_the_palette_opens_the_log() -> None:
    async with opened(simulated(a_world())) as person:
        await person.press("ctrl+p")
        await person.write("Open the")
        await person.wait()
        await person.press("enter")
        assert isinstance(person.app.screen, LogDetailScreen)


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
        client = await person.services.client()
        await person.press("q")
    with pytest.raises(Unreachable, match="closed"):
        await client.directory.environments()
