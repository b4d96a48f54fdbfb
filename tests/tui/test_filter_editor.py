"""Editing a filter: what is typed, what is completed, what is said about it, and that nothing of it is lost."""

import signal
from pathlib import Path

import pytest

from redox_tui.domain import value_text
from redox_tui.domain.filter_file import to_toml
from redox_tui.domain.filters import Filter, Rule
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.paste import PasteDialog
from redox_tui.tui.dialogs.values import ValuesDialog
from redox_tui.tui.filter_messages import EditFilter
from redox_tui.tui.screens.filter_editor import FilterEditor
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.path_input import PathField
from redox_tui.tui.widgets.rule_list import RuleList
from tests.tui.editing import NAME, Site, edit, editing, fields, rules
from tests.tui.given import PRODUCTION, Person, opened
from tests.tui.test_lock import locked, unlocked

CLASS = "$.Visit.PatientClass"
NASTY = ("a, b", 'say "no"', "[red]x[/]", "東京 都", "\x1b[31m", " led", "")
WARNING = "Values can be seen by people who may not see payloads: no patient data here."


def draft(person: Person) -> Filter:
    """The filter that is proposed."""
    screen = next(one for one in person.app.screen_stack if isinstance(one, FilterEditor))
    proposed = screen._draft.proposed
    assert proposed
    return proposed


async def test_a_filter_is_shown_with_its_rules_and_what_it_acts_on() -> None:
    async with editing(Site()) as person:
        assert person.screen[0].startswith(" demo/12345/Lab/Staging   Filters › v3 · 21 h ago   PHI hidden")
        assert person.screen[1].rstrip() == " Acts on Fernhill Lab Results → Lakeside EHR Inbound · Results"
        assert fields(person) == {"Name": NAME}
        assert person.screen[3].rstrip() == " Action  (•) send if every rule holds     ( ) block all"
        assert [line.split()[:3] for line in rules(person)] == [
            [">1", "allow", "$.Orders[*].Status"],
            ["2", "deny", "$.Meta.FacilityCode"],
            ["3", "deny", "$.Visit.PatientClass"],
        ]
        assert WARNING in person.text
        assert person.status == "rule 1 of 3 · as saved"
        assert person.hints == (" a add  enter edit  space allow/deny  x remove  u undo  I list  S save  ? keys")


async def test_letters_act_while_the_list_has_the_focus() -> None:
    async with editing(Site()) as person:
        await person.press("space", "j", "x", "b")
        assert [(rule.path, rule.allow) for rule in draft(person).rules] == [
            ("$.Orders[*].Status", False),
            ("$.Visit.PatientClass", False),
        ]
        assert draft(person).action == "block-all"
        assert "(•) block all" in person.screen[3]
        assert person.status == "rule 2 of 2 · not saved"
        await person.press("u", "u", "u")
        assert person.status == "rule 1 of 3 · as saved"
        await person.press("u")
        assert person.status == "Nothing was typed; a save is taken back with R."


async def test_a_rule_is_typed_path_first_and_then_its_values() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        assert person.hints.startswith(" tab complete")
        await person.write(CLASS)
        await person.press("enter")
        await person.write('Inpatient, "a, b"')
        assert fields(person) == {"Name": NAME, "Path": CLASS, "Values": 'Inpatient, "a, b"'}
        await person.press("enter")
        assert draft(person).rules[1] == Rule(CLASS, ("Inpatient", "a, b"))
        assert fields(person) == {"Name": NAME}
        assert rules(person)[1].startswith(">2 allow $.Visit.PatientClass")


async def test_keys_that_come_at_once_go_where_they_belong() -> None:
    async with editing(Site()) as person:
        for key in ["a", *"$.A", "enter", *"xy", "enter", "space", "n", "!", "escape", "a"]:
            person.strike(key)
        await person.wait()
        assert draft(person).name == f"{NAME}!"
        assert draft(person).rules[1] == Rule("$.A", ("xy",), False)
        assert len(draft(person).rules) == 5


async def test_undoing_takes_back_a_field_at_once_and_moves_to_its_rule() -> None:
    async with editing(Site()) as person:
        await person.press("enter")
        await person.write("XY")
        await person.press("enter", *", z", "enter", "j", "j", "u")
        assert draft(person).rules[0] == Rule("$.Orders[*].StatusXY", ("Resulted", "Final", "Corrected"))
        assert person.cursor == 0
        await person.press("u")
        assert person.status == "rule 1 of 3 · as saved"


async def test_fields_that_fit_are_listed_with_their_types_and_taken() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        await person.write("$.Visit.PatientC")
        assert ">$.Visit.PatientClass  string" in person.text
        await person.press("tab")
        assert fields(person)["Path"] == CLASS
        assert ">$.Visit" not in person.text


async def test_a_part_of_a_name_finds_its_field_and_enter_takes_it() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        await person.write("patientcl")
        assert "A path begins with $" not in fields(person)["Path"]
        await person.press("enter")
        assert fields(person)["Path"] == CLASS


async def test_esc_closes_the_list_then_the_field_and_what_was_typed_stays() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        await person.write("$.Visit.P")
        await person.press("escape")
        assert ">$.Visit" not in person.text
        assert "Path" in fields(person)
        await person.press("escape")
        assert "Path" not in fields(person)
        assert draft(person).rules[1].path == "$.Visit.P"


async def test_errors_stand_under_their_field_with_the_column() -> None:
    async with editing(Site()) as person:
        await person.press("enter", "end", "[")
        assert "Unbalanced brackets. (column 20)" in fields(person)["Path"]
        await person.press("backspace", "enter", *', "x')
        assert "The quotes are not closed. (column 29)" in fields(person)["Values"]
        await person.until("✗ error")
        await person.press("escape", "S")
        assert person.status == "! It cannot be saved. Rule 1: The quotes are not closed. (column 29)"


async def test_a_path_that_the_data_model_does_not_have_is_pointed_out() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        await person.write("$.Visit.PatientKlass")
        await person.until("did you mean")
        assert fields(person)["Path"].endswith("did you mean | $.Visit.PatientClass?")
        await person.press("escape")
        await person.until("Rule 2: $.Visit.PatientKlass is not known in this data model; did you mean")


async def test_lint_is_said_of_the_rule_under_the_cursor() -> None:
    async with editing(Site()) as person:
        await person.press("a")
        await person.write("$.Orders[*].Status")
        await person.press("enter", *" x, x ", "enter")
        await person.until("Rule 2: “x” stands in it more than once.")
        await person.press("k")
        assert "more than once" not in person.text
        await person.press("j")
        assert "more than once" in person.text


async def test_the_data_model_can_be_chosen() -> None:
    async with opened(Site().server, environment=PRODUCTION) as person:
        await edit(person, None)
        await person.press("a")
        await person.write("$.Vis")
        assert ">$.Visit" not in person.text
        await person.tap("escape", "m")
        await person.until("Fields of which data model?")
        await person.tap("G", *["k"] * 10, "enter")
        await person.wait()
        await person.press("enter")
        await person.write("it.PatientCl")
        assert ">$.Visit.PatientClass" in person.text


async def test_a_judgement_that_ends_while_the_editor_is_being_taken_down_does_no_harm() -> None:
    async with editing(Site()) as person:
        screen = person.app.screen
        assert isinstance(screen, FilterEditor)
        await screen.query_one(PathField).remove()
        screen.changed()
        await person.wait()
    assert person.app.crash is None


async def test_values_that_a_column_of_lines_has_are_pasted_as_values() -> None:
    async with editing(Site()) as person:
        await person.press("a", *"$.A", "enter")
        await person.paste("one\ntwo, too\r\nthree\n")
        await person.press("enter")
        assert draft(person).rules[1].values == ("one", "two, too", "three")


async def test_names_and_values_with_anything_in_them_are_shown_and_kept() -> None:
    site = Site()
    site.somebody_saves(Rule("$.A", NASTY), Rule("$['[b]']", ("x",)), name="[b]名\x1b]0;x\x07")
    async with editing(site) as person:
        assert "\x1b" not in person.text
        assert "[b]名␛]0;x␇" in person.text
        await person.press("enter", "enter")
        assert fields(person)["Values"] == value_text.write(NASTY)
        await person.press("enter", "n", "escape")
        assert (draft(person).name, draft(person).rules[0].values) == ("[b]名\x1b]0;x\x07", NASTY)
        assert person.status == "rule 1 of 2 · as saved"
        await person.press("enter", "enter", *", y", "enter")
        assert draft(person).rules[0].values == (*NASTY, "y")


async def test_five_hundred_rules_are_moved_in_and_edited() -> None:
    site = Site()
    site.somebody_saves(*(Rule(f"$.A{number}", ("x",)) for number in range(500)))
    async with editing(site) as person:
        await person.press("G")
        assert rules(person)[-1].startswith(">500 allow $.A499")
        await person.press("space", "enter", *"z", "escape")
        assert draft(person).rules[499] == Rule("$.A499z", ("x",), False)


async def test_ten_thousand_values_are_a_list() -> None:
    site = Site()
    values = tuple(f"value {number}" for number in range(10_000))
    site.somebody_saves(Rule("$.A", values))
    async with editing(site) as person:
        await person.press("enter")
        assert "Values" not in fields(person)
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, ValuesDialog))
        assert ">[x] value 0" in person.text
        await person.tap("space", "G")
        assert ">[x] value 9999" in person.text
        await person.tap("space", "a")
        await person.until("Values to add")
        await person.write('"x, y", z')
        await person.tap("enter")
        await person.until('>[x] "x, y"')
        await person.tap("enter")
        await person.wait()
        assert draft(person).rules[0].values == (*values[1:-1], "x, y", "z")


async def test_picking_values_can_be_left_without_a_change() -> None:
    site = Site()
    site.somebody_saves(Rule("$.A", tuple(f"value {number}" for number in range(500))))
    async with editing(site) as person:
        await person.tap("enter", "enter")
        await person.until(lambda: isinstance(person.app.screen, ValuesDialog))
        await person.tap("space", "escape")
        await person.wait()
        assert person.status == "rule 1 of 1 · as saved"


async def test_a_rule_set_is_pasted_and_taken_back() -> None:
    async with editing(Site()) as person:
        await person.tap("o")
        await person.until("Load a rule set")
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, PasteDialog))
        await person.paste(to_toml(Filter("another", "block-all", (Rule("$.A", ("x",)), Rule("$.B", ("y",))))))
        await person.tap("enter")
        await person.until("2 rules were loaded; u brings back what was there.")
        assert (draft(person).name, draft(person).action, len(draft(person).rules)) == (NAME, "block-all", 2)
        await person.press("u")
        assert person.status == "rule 1 of 3 · as saved"


async def test_a_rule_set_of_a_file_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text('{"name": "new", "action": "send", "rules": [{"path": "$.A", "values": ["x"]}]}')
    async with editing(Site()) as person:
        await _load(person, tmp_path / "f.json")
        await person.until("1 rule was loaded")
        assert draft(person).rules == (Rule("$.A", ("x",)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"name": "n", "action": "send", "ruels": []}', "ruels is no field of a filter; did you mean rules?"),
        ("SECRET NAME", "It is no TOML: line 1, column 8."),
        (None, "cannot be read: No such file or directory."),
    ],
)
async def test_a_file_that_is_no_filter_changes_nothing(tmp_path: Path, text: str | None, words: str) -> None:
    if text is not None:
        (tmp_path / "f.json").write_text(text)
    async with editing(Site()) as person:
        await _load(person, tmp_path / "f.json")
        await person.until("Nothing was loaded")
        assert words in person.status
        assert "SECRET" not in person.text
        assert draft(person).rules != ()


async def _load(person: Person, path: Path) -> None:
    await person.tap("o")
    await person.until("Load a rule set")
    await person.tap("j", "enter")
    await person.until("A file with a filter")
    await person.write(str(path))
    await person.tap("enter")


async def test_leaving_asks_where_something_was_typed() -> None:
    async with editing(Site()) as person:
        await person.tap("space", "escape")
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        await person.tap("escape")
        assert isinstance(person.app.screen, FilterEditor)
        assert not draft(person).rules[0].allow
        await person.tap("q")
        await person.until(lambda: isinstance(person.app.screen, ConfirmDialog))
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, LogsScreen))


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+c"])
async def test_quitting_asks_where_something_was_typed(key: str) -> None:
    async with editing(Site()) as person:
        await person.press("enter")
        person.strike("X")
        await person.tap(key)
        await person.until(f"What was typed in “{NAME}” is not saved.")
        await person.tap("escape")
        assert fields(person)["Path"].startswith("$.Orders[*].StatusX")
        await person.tap(key, "enter")
        assert not person.app.is_running
    assert person.app.return_code == 0


async def test_quitting_twice_asks_once() -> None:
    async with editing(Site()) as person:
        await person.tap("space", "ctrl+q", "ctrl+q", "ctrl+c", "escape")
        assert isinstance(person.app.screen, FilterEditor)


@pytest.mark.parametrize("way", [["?"], ["ctrl+p"], ["S"]], ids="".join)
async def test_quitting_asks_in_front_of_a_dialog_too(way: list[str]) -> None:
    async with editing(Site()) as person:
        await person.press("space", *way)
        dialog = person.app.screen
        assert not isinstance(dialog, FilterEditor)
        await person.tap("ctrl+q")
        await person.until("Leave it?")
        await person.tap("escape")
        assert person.app.screen is dialog
        await person.tap("ctrl+q", "enter")
        assert not person.app.is_running


async def test_quitting_asks_nothing_where_nothing_was_typed() -> None:
    async with editing(Site()) as person:
        await person.press("enter", "ctrl+q")
        assert not person.app.is_running


async def test_quitting_ends_at_once_while_the_editor_is_only_coming_up() -> None:
    async with opened(Site().server, environment=PRODUCTION) as person:
        person.app.post_message(EditFilter(None, None, None, None))
        person.strike("ctrl+q")
        await person.look()
        assert not person.app.is_running
    assert person.app.crash is None


async def test_a_signal_ends_the_program_without_a_question() -> None:
    async with editing(Site()) as person:
        await person.tap("space")
        signal.raise_signal(signal.SIGHUP)
        await person.look()
        assert not person.app.is_running
    assert person.app.return_code == 128 + signal.SIGHUP


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_cs_16_quitting_while_locked_asks_and_names_nothing(key: str) -> None:
    async with editing(Site()) as person:
        await person.press("space")
        await locked(person)
        await person.tap(key)
        await person.until("What was typed before the lock is not saved. Leave it?")
        assert NAME not in person.text
        await person.tap("escape")
        await unlocked(person)
        await person.wait()
        assert not draft(person).rules[0].allow
        await locked(person)
        await person.tap(key, "enter")
        assert not person.app.is_running


async def test_cs_16_a_lock_takes_the_question_of_quitting_away() -> None:
    async with editing(Site()) as person:
        await person.tap("space", "ctrl+q")
        await locked(person)
        await unlocked(person)
        await person.wait()
        assert isinstance(person.app.screen, FilterEditor)
        assert not draft(person).rules[0].allow


async def test_leaving_asks_nothing_where_nothing_was_typed() -> None:
    async with editing(Site()) as person:
        await person.press("space", "u", "escape")
        assert isinstance(person.app.screen, LogsScreen)


async def test_cs_16_what_was_typed_is_there_after_a_lock() -> None:
    async with editing(Site()) as person:
        await person.press("enter", *"XY")
        await locked(person, "f9")
        assert NAME not in person.text
        await unlocked(person)
        await person.wait()
        assert fields(person)["Path"].startswith("$.Orders[*].StatusXY")
        assert person.status == "What you typed is here, and not saved."
        await person.write("Z")
        await person.press("escape")
        assert draft(person).rules[0].path == "$.Orders[*].StatusXYZ"


async def test_a_terminal_that_is_resized_keeps_what_is_being_typed() -> None:
    async with editing(Site()) as person:
        await person.press("enter", *"XY")
        for size in ((60, 15), (40, 10), (120, 40), (80, 24)):
            await person.pilot.resize_terminal(*size)
            await person.wait()
        await person.write("Z")
        assert fields(person)["Path"].startswith("$.Orders[*].StatusXYZ")


async def test_the_smallest_terminal_has_all_that_matters() -> None:
    async with editing(Site(), size=(60, 15)) as person:
        await person.press("enter", "end", "[")
        assert "Unbalanced brackets." in person.text
        for words in (
            "Staging",
            "PHI hidden",
            "RULES 3",
            ">1 allow",
            "Values",
            "IMPACT",
            "patient data here.",
            "esc leave",
        ):
            assert words in person.text, words


async def test_a_new_filter_begins_with_a_rule_where_one_is_given() -> None:
    async with opened(Site().server, environment=PRODUCTION) as person:
        await edit(person, None, rule=Rule(CLASS, ("Inpatient",)))
        assert "Filters › new filter" in person.place
        assert "Linked to nothing, so it does nothing" in person.text
        assert rules(person)[0].startswith(">1 allow $.Visit.PatientClass")
        assert person.status == "rule 1 of 1 · not saved"


async def test_a_rule_that_is_given_comes_below_those_of_the_filter() -> None:
    async with editing(Site(), rule=Rule("$.A", ("x",))) as person:
        assert [rule.path for rule in draft(person).rules][-1] == "$.A"
        assert person.find(RuleList).cursor == 3


async def test_the_program_does_not_end_in_another_place_without_asking() -> None:
    async with opened(Site().server, environment=PRODUCTION) as person:
        await person.press("2")
        await edit(person, None)
        await person.press("n", *"mine", "enter")
        await person.tap("1")
        await person.until(lambda: isinstance(person.app.screen, LogsScreen))
        await person.wait()
        await person.tap("q")
        await person.until("What was typed in “mine” is not saved. Leave it?")
        await person.tap("escape")
        assert isinstance(person.app.screen, LogsScreen)
        await person.press("2")
        assert fields(person) == {"Name": "mine"}
