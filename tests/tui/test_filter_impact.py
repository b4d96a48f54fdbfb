"""What a draft would do to sample messages: where they come from, the figures while typing, and the list of changes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from redox_tui.domain.filters import Filter
from redox_tui.domain.live_impact import SampleSet
from redox_tui.tui.dialogs.changes import ChangesDialog, SampleDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.dialogs.values import ValuesDialog
from redox_tui.tui.locking import HIDE_AFTER
from redox_tui.tui.screens.filter_editor import FilterEditor
from redox_tui.tui.widgets.json_view import JsonView
from tests.tui.editing import RESULTS, STAGING, Site, edit, editing, fields, figures, rules
from tests.tui.given import PRODUCTION, Person, opened
from tests.tui.server import Call, Reply, simulated
from tests.tui.test_lock import locked, unlocked

CANARY = "JANE CANARY"


def messages(folder: Path, count: int, model: str = "Results") -> Path:
    """A file of messages: statuses in turn, one facility, a name that nobody may see."""
    path = folder / "messages.ndjson"
    statuses = ("Resulted", "Final", "Canceled")
    lines = [
        json.dumps(
            {
                "Meta": {"DataModel": model, "FacilityCode": f"F{number % 2}"},
                "Orders": [{"Status": statuses[number % 3]}],
                "Patient": {"Name": CANARY},
            }
        )
        for number in range(count)
    ]
    path.write_text("\n".join(lines))
    return path


async def choose(person: Person, words: str) -> None:
    """Choose where samples come from."""
    await person.tap("s")
    await person.until(lambda: isinstance(person.app.screen, PickDialog))
    await person.look()
    choices = [line.split("│")[1].strip(" >") for line in person.screen if "│" in line][2:]
    await person.tap(*["j"] * next(at for at, choice in enumerate(choices) if words in choice), "enter")


async def take_file(person: Person, path: Path) -> None:
    """Take the samples of a file."""
    await choose(person, "a file or a folder")
    await person.until("A file or a folder of messages")
    await person.write(str(path))
    await person.tap("enter")
    await person.until(lambda: isinstance(person.app.screen, FilterEditor) and "now   proposed" in person.text)
    await person.wait()


async def test_without_samples_it_says_so_and_how_to_get_some() -> None:
    async with editing(Site()) as person:
        assert figures(person)[0] == " IMPACT  no sample messages: s chooses some"
        await person.press("I")
        assert person.status == "There is no impact to list: no sample messages: s chooses some."


async def test_messages_of_a_file_show_what_each_rule_does(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        assert [line.rstrip() for line in figures(person)] == [
            " IMPACT             now   proposed",
            "   delivered         20         20        ±0",
            "   filtered          10         10        ±0   10 by rule 1 (Resulted, …)",
        ]
        assert [line.split()[-2:] for line in rules(person)] == [["20", "✓"], ["30", "✓"], ["30", "✓"]]
        assert "30 messages of" in person.text


async def test_figures_follow_what_is_typed(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        await person.press("enter", "enter")
        await person.write(", Canceled")
        await person.until("+10")
        assert figures(person)[1].split() == ["delivered", "20", "30", "+10"]
        await person.press("escape", "u")
        await person.until("±0")
        await person.press("space")
        await person.until("−10")
        assert figures(person)[2].split()[:4] == ["filtered", "10", "20", "+10"]


async def test_a_text_that_makes_no_sense_yet_has_no_figures(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 3))
        await person.press("enter", "end", "[")
        await person.until("not known yet: Rule 1: Unbalanced brackets.")
        await person.press("backspace")
        await person.until("now   proposed")


async def test_values_that_messages_have_are_counted_and_picked(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        await person.tap("enter", "enter", "tab")
        await person.until(lambda: isinstance(person.app.screen, ValuesDialog))
        await person.look()
        assert "Counted in 30 sample messages; they may be patient data." in person.text
        lines = [line.split("│")[1].split() for line in person.screen if "×" in line or "[x]" in line]
        assert lines[0][-4:] == ["[x]", "Resulted", "10", "×"] or lines[0][-3:] == ["Resulted", "10", "×"]
        assert ["[x]", "Corrected"] in lines
        assert ["[", "]", "Canceled", "10", "×"] in lines
        await person.tap("G", "space", "enter")
        await person.until("+10")


async def test_values_are_there_at_once_even_if_another_rule_makes_no_sense(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        await person.press("enter")
        await person.write("[")
        await person.press("escape", "a")
        for key in [*"$.Meta.FacilityCode", "enter", "tab"]:
            person.strike(key)
        await person.until("Counted in 30 sample messages")
        await person.look()
        assert "F0" in person.text


async def test_examples_are_listed_with_the_word_that_patient_data_is_shown(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 3))
        assert "PHI hidden" in person.place
        await person.press("a")
        await person.write("$.Patient.Na")
        assert f">$.Patient.Name  string · {CANARY}" in person.text
        assert "PHI shown" in person.place
        await person.press("escape")
        assert "PHI hidden" in person.place
        assert CANARY not in person.text


async def test_ph_10_examples_leave_the_screen_when_nobody_touches_a_key(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 3))
        await person.press("a")
        await person.write("$.Patient.Na")
        assert CANARY in person.text
        now = person.app._monotonic()
        person.app._monotonic = lambda: now + 61
        person.app.hide_if_idle()
        await person.wait()
        assert CANARY not in person.text
        assert "PHI hidden" in person.place
        await person.write("m")
        assert fields(person)["Path"] == "$.Patient.Nam", "what was typed stays"


async def test_ph_10_values_seen_leave_the_screen_and_those_that_were_picked_are_kept(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 3))
        await person.press("a")
        await person.write("$.Patient.Name")
        await person.tap("enter", "tab")
        await person.until(lambda: isinstance(person.app.screen, ValuesDialog))
        await person.look()
        assert CANARY in person.text
        person.app.hide_payloads()
        await person.until(lambda: isinstance(person.app.screen, FilterEditor))
        await person.wait()
        assert CANARY not in person.text
        await person.press("escape", "k", "enter", "enter")
        await person.tap("tab")
        await person.until(lambda: isinstance(person.app.screen, ValuesDialog))
        await person.tap("space")
        person.app.hide_payloads()
        await person.until(lambda: isinstance(person.app.screen, FilterEditor))
        await person.wait()
        assert fields(person)["Values"] == "Final, Corrected"


async def test_a_value_that_misses_a_seen_one_by_case_is_pointed_out(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 3))
        await person.press("enter", "enter")
        await person.write(", canceled")
        await person.until("“canceled” differs from “Canceled”, which messages have, by case or")


async def test_the_messages_that_change_are_listed_and_one_is_opened_hidden(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        await person.press("I")
        assert person.status == "None of 30 sample messages would be treated differently."
        await person.press("space")
        await person.until("−10")
        await person.tap("I")
        await person.until(lambda: isinstance(person.app.screen, ChangesDialog))
        await person.look()
        assert person.screen[0].strip() == "30 of 30 sample messages would be treated differently"
        lines = [" ".join(line.split()) for line in person.screen[1:4]]
        assert lines[0] == ">messages.ndjson:1 delivered → filtered rule 1 deny $.Orders[*].Status"
        assert lines[2].startswith("messages.ndjson:3 filtered → delivered was stopped by rule 1 allow")
        await person.tap("j", "enter")
        await person.until(lambda: isinstance(person.app.screen, SampleDialog))
        await person.look()
        assert "payload hidden · enter reveals it" in person.text
        assert "rule 1 deny $.Orders[*].Status found 1 value" in person.text
        assert CANARY not in person.text
        await person.tap("enter")
        assert CANARY in person.text
        assert "found “Final”" in person.text
        await person.tap("H")
        assert CANARY not in person.text
        assert "found 1 value" in person.text
        await person.tap("enter")
        assert CANARY in person.text
        now = person.app._monotonic()
        person.app._monotonic = lambda: now + HIDE_AFTER + 1
        person.app.hide_if_idle()
        await person.look()
        assert CANARY not in person.text
        assert "found 1 value" in person.text
        await person.tap("escape")
        await person.until(lambda: isinstance(person.app.screen, ChangesDialog))
        await person.look()
        assert person.cursor == 1
        await person.tap("escape")
        await person.until(lambda: isinstance(person.app.screen, FilterEditor))


async def test_messages_of_another_data_model_are_left_out(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await choose(person, "a file or a folder")
        await person.until("A file or a folder of messages")
        await person.write(str(messages(tmp_path, 5, "PatientAdmin")))
        await person.tap("enter")
        await person.until("5 of other data models left out")


@pytest.mark.parametrize(
    ("text", "words"), [(None, "cannot be read: No such file"), ("{SECRET", "is no JSON: line 1, column 2.")]
)
async def test_a_file_without_messages_is_an_error_in_words(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "x.json"
    if text:
        path.write_text(text)
    async with editing(Site(), size=(160, 30)) as person:
        await choose(person, "a file or a folder")
        await person.until("A file or a folder of messages")
        await person.write(str(path))
        await person.tap("enter")
        await person.until("No messages were read")
        assert words in person.status
        assert "SECRET" not in person.text


async def test_loaded_logs_of_the_subscription_are_read_four_at_once() -> None:
    site = Site()
    async with editing(site) as person:
        before = len(site.server.calls)
        site.server.hold()
        await choose(person, "loaded logs of this subscription")
        await site.server.arrived(before + 4)
        await person.look()
        assert len(site.server.calls) == before + 4
        assert person.status == "reading 26 messages, behind everything else … esc stops"
        site.server.release()
        await person.until("26 messages of 26 logs")
        assert len(site.server.calls) == before + 26


async def test_the_latest_logs_are_looked_for_in_days_and_at_most_two_hundred_are_read() -> None:
    site = Site(20_000)
    async with editing(site) as person:
        site.server.calls.clear()
        await choose(person, "the latest logs of this subscription")
        await person.until("200 messages of 200 logs")
        assert len([call for call in site.server.calls if "/logs/" in call.path]) == 200
        assert all(call.query["sourceId"] and call.query["dataModel"] == "Results" for call in site.server.lists)


async def test_esc_stops_reading_messages() -> None:
    site = Site()
    async with editing(site) as person:
        site.server.hold()
        before = len(site.server.calls)
        await choose(person, "the latest logs of this subscription")
        await site.server.arrived(before + 1)
        await person.tap("escape")
        assert person.status == "Stopped. No messages were read."
        site.server.release()
        await person.wait()
        assert isinstance(person.app.screen, FilterEditor)


async def test_logs_without_a_payload_are_said_and_not_all_asked_for() -> None:
    site = Site(20_000)

    def without_payload(call: Call) -> Reply | None:
        return Reply(body=b'{"payload":{"id":"log-0"}}') if "/logs/" in call.path else None

    async with editing(site, size=(120, 40)) as person:
        site.server.instead = without_payload
        site.server.calls.clear()
        await choose(person, "the latest logs of this subscription")
        await person.until("the API gives no payload with these logs")
        assert len([call for call in site.server.calls if "/logs/" in call.path]) < 10


async def test_the_environment_generation_gives_no_payloads_and_says_so() -> None:
    site = Site(20_000, "environment")
    async with editing(site, size=(120, 40)) as person:
        await choose(person, "the latest logs of this subscription")
        await person.until("the API gives no payload with these logs")


async def test_logs_that_may_not_be_read_are_said() -> None:
    site = Site(20_000)
    async with editing(site) as person:
        site.server.instead = lambda call: Reply(403) if "/logs/" in call.path else None
        await choose(person, "the latest logs of this subscription")
        await person.until("! No messages were read")
        assert "403" in person.status


async def test_cs_16_a_lock_drops_the_samples_and_all_that_is_known_from_them(tmp_path: Path) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 30))
        await person.press("space")
        await person.until("−10")
        screen = person.app.screen
        assert isinstance(screen, FilterEditor)
        await person.tap("I")
        await person.until(lambda: isinstance(person.app.screen, ChangesDialog))
        await person.look()
        await person.tap("enter")
        await person.until(lambda: isinstance(person.app.screen, SampleDialog))
        await person.look()
        await person.tap("enter")
        await locked(person)
        assert CANARY not in person.text
        assert len(screen._samples) == 0
        await unlocked(person)
        await person.wait()
        assert isinstance(person.app.screen, FilterEditor)
        assert not list(person.app.screen.query(JsonView))
        assert "the lock has dropped the sample messages: s reads them again" in person.text
        assert rules(person)[0].startswith(">1 deny")
        await person.press("a")
        await person.write("$.Patient.Na")
        assert CANARY not in person.text


async def test_a_lock_while_samples_are_read_leaves_none() -> None:
    site = Site()
    async with editing(site) as person:
        site.server.hold()
        before = len(site.server.calls)
        await choose(person, "the latest logs of this subscription")
        await site.server.arrived(before + 1)
        await locked(person)
        site.server.release()
        await unlocked(person)
        await person.wait()
        assert "no sample messages" in person.text


@contextmanager
def slow_looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Looks into messages that wait for an event once they are half done."""
    goes_on = threading.Event()
    real = SampleSet.message

    def message(samples: SampleSet, index: int) -> object:
        if index == len(samples) // 2:
            goes_on.wait(30)
        return real(samples, index)

    monkeypatch.setattr(SampleSet, "message", message)
    monkeypatch.setattr("redox_tui.tui.impact_live._SAID_EVERY", 0)
    try:
        yield goes_on
    finally:
        goes_on.set()


async def test_letters_are_on_the_screen_while_the_impact_is_being_worked_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with editing(Site()) as person:
        await take_file(person, messages(tmp_path, 2_000))
        with slow_looks(monkeypatch) as goes_on:
            await person.tap("enter", "end", "x")
            await person.until("% of 2,000 messages looked at …")
            await person.tap("y", "z")
            assert "$.Orders[*].Statusxyz" in rules(person)[0]
            goes_on.set()
            await person.until(lambda: figures(person)[1].split()[1:3] == ["1,334", "0"])


async def test_without_a_filter_everything_is_delivered_now(tmp_path: Path) -> None:
    async with opened(simulated(Site().world), environment=PRODUCTION) as person:
        await edit(person, None)
        await take_file(person, messages(tmp_path, 30))
        assert figures(person)[1].split() == ["delivered", "30", "30", "±0"]
        await person.press("a", *"$.Meta.FacilityCode", "enter", *"F1", "escape")
        await person.until("−15")


async def test_a_filter_of_no_known_subscription_offers_files_only() -> None:
    async with opened(simulated(Site().world), environment=PRODUCTION) as person:
        await edit(person, Filter("unlinked", id=RESULTS, filter_version=1), environment=STAGING)
        await person.tap("s")
        await person.until(lambda: isinstance(person.app.screen, PickDialog))
        await person.look()
        assert "subscription" not in person.text
