"""The payload view: what is read while it shows, folding, finding, whole values, documents, and when it hides again."""

import base64
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from redox_tui.domain import jsonscan, payload
from redox_tui.domain.outline import Outline
from redox_tui.tui.locking import HIDE_AFTER
from redox_tui.tui.screens.cover import CoverScreen
from redox_tui.tui.widgets import payload_page
from redox_tui.tui.widgets.find_field import FindField
from redox_tui.tui.widgets.json_view import JsonView
from tests.tui.given import Person, opened, texts_in
from tests.tui.test_one_log import PAYLOAD, UNFOLDED, reveal, with_payload
from tests.tui.test_untrusted_text import NASTY, assert_harmless

MANY = json.dumps({"Meta": {"DataModel": "Many"}, "Rows": [{"ID": f"row {n}", "N": n} for n in range(20_000)]})
"""More lines than are read before the first are shown."""

HL7 = "MSH|^~\\&|EPIC\rPID|1||CANARY\rPV1|1|I\r"
XML = "<?xml version='1.0'?><Document><id root='1'/><name>CANARY</name></Document>"


class Gate:
    """Keeps the thread that reads a payload waiting until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open = threading.Event()
        monkeypatch.setattr(payload, "scan", self._scan)

    def _scan(self, outline: Outline) -> Iterator[None]:
        for rest, _ in enumerate(jsonscan.scan(outline)):
            if rest >= payload_page._AT_ONCE:
                assert self.open.wait(30)
            yield


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A gate that opens at the end, whatever happens: a thread that waits would keep the test from ending."""
    gate = Gate(monkeypatch)
    yield gate
    gate.open.set()


def view_of(person: Person) -> JsonView:
    return person.find(JsonView)


def is_hidden(view: JsonView) -> bool:
    return view.node is None and not view.is_revealed


async def find(person: Person, text: str) -> None:
    """Look for a text."""
    await person.tap("/")
    await person.write(text)
    await person.press("enter")


async def test_the_first_lines_are_there_while_the_rest_is_read(gate: Gate) -> None:
    async with opened(with_payload(MANY)) as person:
        await person.press("enter", "p")
        await person.tap("enter")
        assert person.payload[:3] == ["{", '  "Meta": {', '    "DataModel": "Many"']
        place, doing, path = person.status.split(" · ")
        assert place.startswith("line 1 of >")
        assert (doing, path) == ("indexing…", "$")
        await person.tap("j", "j")
        assert person.status.startswith("line 3 of >")
        assert person.status.endswith("$.Meta.DataModel")
        gate.open.set()
        await person.wait()
        assert person.status == "line 3 of 80,007 · $.Meta.DataModel"
        await person.press("G")
        assert person.status == "line 80,007 of 80,007 · $"


async def test_what_is_folded_too_early_is_folded_when_all_has_been_read(gate: Gate) -> None:
    async with opened(with_payload(MANY)) as person:
        await person.press("enter", "p")
        await person.tap("enter", "<", "<")
        assert "folds when indexed" in person.status
        assert person.payload[1] == '  "Meta": {'
        gate.open.set()
        await person.wait()
        assert person.payload == ["{", '  "Meta": {…} 1 item', '  "Rows": […] 20,000 items', "}"]
        assert person.status == "line 1 of 4 · $"


async def test_a_lock_while_a_payload_is_read_leaves_nothing_of_it(gate: Gate) -> None:
    async with opened(with_payload(MANY)) as person:
        await person.press("enter", "p")
        await person.tap("enter")
        view = view_of(person)
        await person.tap("L")
        await person.until(lambda: isinstance(person.app.screen, CoverScreen))
        await person.until(lambda: view._text is None)
        gate.open.set()
        await person.until(lambda: all(worker.is_finished for worker in person.app.workers))
        await person.look()
        assert (view.is_revealed, view.node, view.pages) == (False, None, [])


async def test_hiding_while_a_payload_is_read_and_revealing_it_again_reads_it_anew(gate: Gate) -> None:
    async with opened(with_payload(MANY)) as person:
        await person.press("enter", "p")
        await person.tap("enter", "H")
        assert person.payload == ["", "payload hidden · enter reveals it"]
        await person.tap("enter")
        gate.open.set()
        await person.wait()
        assert person.status == "line 1 of 80,007 · $"


async def test_a_text_that_proves_to_be_no_json_goes_on_as_raw_lines_at_the_same_place(gate: Gate) -> None:
    broken = "[\n" + "".join(f'"row {n}",\n' for n in range(20_000)) + "oops]"
    async with opened(with_payload(json.dumps(broken))) as person:
        await person.press("enter", "p")
        await person.tap("enter", "j", "j", "j")
        assert person.payload[3] == '  "row 2",'
        gate.open.set()
        await person.wait()
        assert person.payload[3] == '"row 2",'
        at = broken.index("oops") + 1
        assert person.status == f"line 4 of 20,002 · raw lines: no JSON at character {at:,}"


@pytest.mark.parametrize("few", [0, 5_000], ids=["in a thread", "at once"])
async def test_levels_fold_and_unfold_a_big_payload(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payload_page, "_FEW_NODES", few)
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("G", "k", "<", "<", "<")
        assert person.payload == ["{", '  "Meta": {…} 2 items', '  "Patient": {…} 4 items', '  "Last": true', "}"]
        assert person.status == "line 4 of 5 · $.Last"
        await person.press(">")
        assert '    "Logs": […] 2 items' in person.payload
        await person.press("*")
        assert person.payload == UNFOLDED
        assert person.status == f"line {len(UNFOLDED) - 1} of {len(UNFOLDED)} · $.Last"


async def test_keys_that_fold_take_effect_in_their_order_while_a_fold_is_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(payload_page, "_FEW_NODES", 0)
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        for key in ("*", "<", "<", "<", ">"):
            person.strike(key)
        await person.wait()
        assert '    "Logs": […] 2 items' in person.payload


async def test_a_text_is_found_in_keys_and_values_whatever_its_case() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await find(person, "canary")
        assert person.status == "line 14 of 20 · hit 1 of 1 · $.Patient.Name"
        await find(person, "id")
        assert person.status == "line 6 of 20 · hit 1 of 2 · $.Meta.Logs[0].ID", "after the cursor there is none"
        await person.press("n")
        assert person.status == "line 9 of 20 · hit 2 of 2 · $.Meta.Logs[1].ID"
        await person.press("n")
        assert person.status == "line 6 of 20 · hit 1 of 2 · $.Meta.Logs[0].ID"
        await person.press("N")
        assert person.status == "line 9 of 20 · hit 2 of 2 · $.Meta.Logs[1].ID"


async def test_n_goes_on_from_where_the_cursor_is() -> None:
    async with opened(with_payload(json.dumps([f"x{n % 5}" for n in range(50)]))) as person:
        await reveal(person)
        await find(person, "x0")
        assert person.cursor == 1
        await person.press("G", "N")
        assert person.status == "line 47 of 52 · hit 10 of 10 · $[45]"
        await person.press("pageup", "n")
        assert person.cursor in (26, 31)


async def test_hits_are_drawn_in_a_style_of_their_own_and_marked_beside_the_scrollbar() -> None:
    rows = [f"row {n}" for n in range(500)]
    rows[250] = rows[499] = "needle"
    async with opened(with_payload(json.dumps(rows))) as person:
        await reveal(person)
        await find(person, "needle")
        lines = person.segments(JsonView)
        marks = [y for y, segments in enumerate(lines) if segments[-1].text.endswith("▐")]
        assert marks == [len(lines) // 2, len(lines) - 1]
        hit = view_of(person).get_component_rich_style("json-view--hit", partial=True)
        drawn = [one.text for line in lines for one in line if one.style and one.style.bgcolor == hit.bgcolor]
        assert drawn == ["needle"]
        assert list(texts_in("bold", lines[0])) == []


async def test_a_hit_in_a_folded_node_is_unfolded() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("<", "<", "<")
        await find(person, "two")
        assert person.status.endswith("hit 1 of 1 · $.Meta.Logs[1].ID")
        assert '        "ID": "two"' in [line.rstrip(" ▐") for line in person.payload]
        assert '  "Patient": {…} 4 items' in person.payload, "only what hid the hit"


async def test_a_hit_far_inside_of_a_long_value_is_in_sight() -> None:
    async with opened(with_payload(json.dumps({"a": "x" * 5_000 + "needle" + "y" * 5_000}))) as person:
        await reveal(person)
        await find(person, "needle")
        assert "needle" in person.payload[1]
        assert person.payload[1].startswith('  "a": …xxx')
        assert person.payload[1].rstrip(" ▐").endswith("y… 10,006 characters")


async def test_it_is_said_that_nothing_was_found_and_an_empty_text_forgets_the_hits() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await find(person, "needle")
        assert person.status == "line 1 of 20 · no hits · $"
        await person.press("n", "N")
        assert person.status == "line 1 of 20 · no hits · $"
        await person.tap("/")
        await person.press("delete", "enter")
        assert person.status == "line 1 of 20 · $"


async def test_the_field_can_be_left_and_finds_nothing_then() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.tap("/")
        await person.write("two")
        await person.press("escape")
        assert person.lines(FindField) == []
        assert person.status == "line 1 of 20 · $"
        await person.press("j")
        assert person.cursor == 1


async def test_a_text_is_found_while_the_payload_is_still_read(gate: Gate) -> None:
    async with opened(with_payload(MANY)) as person:
        await person.press("enter", "p")
        await person.tap("enter", "/")
        await person.write("row 19999")
        await person.tap("enter")
        await person.until("hit 1 of 1")
        assert person.cursor == 0
        gate.open.set()
        await person.wait()
        assert person.status == "line 80,003 of 80,007 · hit 1 of 1 · $.Rows[19999].ID"


@pytest.mark.parametrize("key", ["H", "L"])
async def test_what_was_looked_for_is_dropped_with_the_payload(key: str) -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await find(person, "CANARY")
        field, view = person.find(FindField), view_of(person)
        await person.tap(key)
        await person.until(lambda: not view.is_revealed)
        assert field.text == ""
        assert "CANARY" not in person.text


async def test_ph_10_a_payload_hides_after_a_minute_without_a_key() -> None:
    moment = SimpleNamespace(now=0.0)
    async with opened(with_payload(PAYLOAD), monotonic=lambda: moment.now) as person:
        await reveal(person)
        view = view_of(person)
        moment.now += HIDE_AFTER - 1
        person.app.hide_if_idle()
        await person.wait()
        assert view.is_revealed
        await person.press("j")
        moment.now += HIDE_AFTER - 1
        person.app.hide_if_idle()
        await person.wait()
        assert view.is_revealed, "a key puts it off"
        moment.now += 1
        person.app.hide_if_idle()
        await person.wait()
        assert person.payload == ["", "payload hidden · enter reveals it"]
        assert "PHI hidden" in person.place


async def test_ph_10_a_payload_hides_under_a_text_that_is_being_typed() -> None:
    moment = SimpleNamespace(now=0.0)
    async with opened(with_payload(PAYLOAD), monotonic=lambda: moment.now) as person:
        await reveal(person)
        await person.tap("/")
        await person.write("CANARY")
        moment.now += HIDE_AFTER
        person.app.hide_if_idle()
        await person.wait()
        assert "CANARY" not in person.text
        assert person.app.focused is view_of(person)


async def test_ph_10_a_payload_hides_when_somebody_goes_to_another_place() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        view = view_of(person)
        await person.press("?")
        await person.wait()
        assert view.is_revealed, "the help is no other place"
        await person.press("escape", "3")
        assert is_hidden(view)
        await person.press("1")
        assert "CANARY" not in person.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (HL7, ["MSH|^~\\&|EPIC", "PID|1||CANARY", "PV1|1|I"]),
        (XML, ["<?xml version='1.0'?>", "<Document>", "  <id root='1'/>", "  <name>CANARY</name>", "</Document>"]),
        ('{"a": [1]}', ["{", '  "a": [', "    1", "  ]", "}"]),
        ("one\ntwo", ["one", "two"]),
        ("", [""]),
    ],
    ids=["hl7", "xml", "json", "text", "empty"],
)
@pytest.mark.parametrize("key", ["escape", "q"])
async def test_a_value_is_shown_whole_in_lines_and_the_payload_is_a_key_away(
    value: str, shown: list[str], key: str
) -> None:
    async with opened(with_payload(json.dumps({"x": 1, "value": value}))) as person:
        await reveal(person)
        before = person.payload
        await person.press("j", "j", "v")
        assert person.payload == shown
        assert person.status.endswith("value of $.value")
        assert "PHI shown" in person.place
        await person.press(key)
        assert person.payload == before
        assert person.status == "line 3 of 4 · $.value"


async def test_a_long_value_is_wrapped_to_the_screen() -> None:
    value = " ".join(f"word{n}" for n in range(1_000))
    async with opened(with_payload(json.dumps([value])), size=(80, 60)) as person:
        await reveal(person)
        await person.press("j", "v")
        lines = [line for line in person.payload if line]
        assert len(lines) > 50
        assert all(60 < len(line) <= 78 for line in lines)
        assert value.startswith(lines[0])
        await find(person, "word500 ")
        assert "hit 1 of 1" in person.status


async def test_a_value_that_is_long_to_decode_comes_when_it_is_decoded() -> None:
    async with opened(with_payload(json.dumps(["x\n" * 700_000]))) as person:
        await reveal(person)
        await person.press("j", "v")
        assert person.status == "line 1 of 700,000 · value of $[0]"


async def test_what_has_not_been_read_to_its_end_is_nothing_to_take_along(gate: Gate) -> None:
    text = json.dumps({"long": "x" * 2_000_000, "last": 1})
    async with opened(with_payload(text)) as person:
        await person.press("enter", "p")
        await person.tap("enter")
        view = view_of(person)
        assert (view.node, view.path) == (None, "$")
        await person.tap("j")
        assert (view.node, view.path) == (None, "$.long")
        assert person.payload[1].startswith('  "long": "xxx')
        assert "… >" in person.payload[1]
        gate.open.set()
        await person.wait()
        assert view.node
        assert view.node.value == "x" * 2_000_000
        assert person.payload[1].endswith("x… 2,000,000 characters,")


async def test_brackets_have_no_value_of_their_own() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("v", "j", "v", "G", "v")
        assert person.payload == UNFOLDED


async def test_a_whole_value_hides_with_its_payload() -> None:
    async with opened(with_payload(json.dumps([HL7]))) as person:
        await reveal(person)
        await person.press("j", "v", "H")
        assert person.payload == ["", "payload hidden · enter reveals it"]
        await person.press("enter")
        assert person.payload[0] == "["


DOCUMENT = b"%PDF-1.7 CANARY\n" + bytes(range(256)) * 100


def with_document(document: bytes) -> str:
    return json.dumps({"File": base64.b64encode(document).decode(), "Type": "x"})


async def test_a_document_is_named_and_saved_as_a_new_file_for_its_owner_alone(tmp_path: Path) -> None:
    async with opened(with_payload(with_document(DOCUMENT))) as person:
        await reveal(person)
        assert person.payload[1] == '  "File": "JVBERi0xLjcgQ0F… PDF, 25.6 KB, base64,'
        await person.press("j")
        await person.tap("d")
        await person.until("Save the document (PDF, 25.6 KB, base64) as")
        assert "document.pdf" in person.text
        await person.tap("ctrl+u")
        await person.write(str(tmp_path / "one.pdf"))
        await person.press("enter")
        assert person.status.startswith("25,616 bytes were written to")
        assert (tmp_path / "one.pdf").read_bytes() == DOCUMENT
        assert stat.S_IMODE((tmp_path / "one.pdf").stat().st_mode) == 0o600


async def test_saving_a_document_overwrites_nothing_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    (tmp_path / "old.pdf").write_bytes(b"old")
    damaged = with_document(DOCUMENT)[:9_000] + "*" + with_document(DOCUMENT)[9_001:]
    async with opened(with_payload(damaged), size=(120, 24)) as person:
        await reveal(person)
        await person.press("j")
        for name in ("old.pdf", "new.pdf"):
            await person.tap("d")
            await person.until("Save the document")
            await person.tap("ctrl+u")
            await person.write(str(tmp_path / name))
            await person.press("enter")
            assert person.status.startswith("! ")
        assert person.status == "! This is no base64 throughout. Nothing was written."
        await person.tap("d")
        await person.until("Save the document")
        await person.tap("escape")
        await person.wait()
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"old.pdf": b"old"}


async def test_what_is_no_document_cannot_be_saved() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await reveal(person)
        await person.press("d", "j", "j", "d")
        assert person.payload == UNFOLDED


@pytest.mark.parametrize(
    ("text", "first", "said"),
    [
        ("[" * 10_000 + "]" * 10_000, "[[[[[[", "raw lines: it is more than 250 levels deep"),
        ('{"a": 1,\n"b": CANARY}', '{"a": 1,', "raw lines: no JSON at character 15"),
        (HL7, "MSH|^~\\&|EPIC", ""),
        (XML, "<?xml version='1.0'?>", ""),
        ("a\rb\rc", "a", ""),
    ],
    ids=["deep", "broken", "hl7", "xml", "cr"],
)
async def test_a_payload_that_is_no_json_is_shown_in_lines_and_says_why(text: str, first: str, said: str) -> None:
    async with opened(with_payload(json.dumps(text))) as person:
        await reveal(person)
        assert person.payload[0].startswith(first)
        assert person.status.partition(" · ")[2] == said
        await person.press("v")
        assert person.payload[0].startswith(first[:5])
        assert "value of line 1" in person.status


@pytest.mark.parametrize(
    "text",
    [
        *(NASTY, f"<a>{NASTY}</a>", f"MSH|{NASTY}\rPID|{NASTY}", f"{{{NASTY}"),
        *("\r" * 500, "\x00" * 5_000, "\ud800" * 300, "x" * 1_000_000),
        *("漢" * 50_000 + "ab", "e" + "\u0301" * 5_000 + "ab", "\t\tab"),
    ],
    ids=["nasty", "xml", "hl7", "broken", "cr", "nul", "surrogates", "long", "wide", "piled", "tabs"],
)
@pytest.mark.parametrize("is_json", [True, False])
async def test_no_text_steers_the_terminal_in_lines_whole_values_or_hits(text: str, is_json: bool) -> None:
    async with opened(with_payload(json.dumps([text, {text: text}] if is_json else text))) as person:
        await reveal(person)
        assert_harmless(person)
        for key in ("j", "v", "j", "G"):
            await person.press(key)
            assert_harmless(person)
        await find(person, "ab")
        assert_harmless(person)
        await person.press("escape", "*") if is_json else await person.press("H")
        assert_harmless(person)


async def test_deep_lines_stay_readable() -> None:
    depth = 200
    async with opened(with_payload('{"a":' * depth + '"deep"' + "}" * depth)) as person:
        await reveal(person)
        await find(person, "deep")
        line = next(line for line in person.payload if "deep" in line)
        assert line.strip(" ▐") == '"a": "deep"'
        assert person.status.startswith("line 201 of 401 · hit 1 of 1 · $.a.a.a")


async def test_a_node_is_there_only_while_the_payload_is_revealed() -> None:
    async with opened(with_payload(PAYLOAD)) as person:
        await person.press("enter", "p")
        view = view_of(person)
        assert is_hidden(view)
        await person.press("enter", *["j"] * 13)
        node = view.node
        assert node
        assert (node.path, node.key, node.value, node.subtree) == ("$.Patient.Name", "Name", "CANARY", '"CANARY"')
        await person.press("v")
        assert view.path == "$.Patient.Name"
        assert view.node == node
        await person.press("H")
        assert (view.path, is_hidden(view)) == ("", True)
