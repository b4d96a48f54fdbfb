"""Text that somebody else wrote is drawn, never obeyed: not as markup, not by the terminal (TS-02 to TS-04)."""

import json
import unicodedata

import pytest
from textual.events import Paste

from redox_tui.domain import display
from redox_tui.tui.safety import HarmlessFilter
from redox_tui.tui.screens.log_detail import LogDetailScreen
from tests.tui.given import Person, opened
from tests.tui.server import Call, Reply, Server, listing, scripted

MARKUP = "[/foo] [@click=app.quit]x[/] $.items[?(@.a=='b')] [bold]b[/bold] [true, false] [0] [ \\["
CODES = "\x1b]52;c;aGk=\x07 \x1b[31m \x9b31m \u202eevil\u202c \u200b\u00ad\x00\x7f\x08\r\n\t \u2028\u2029\ufeff"
LONE = "\ud800"
NASTY = f"{CODES} {MARKUP}"

DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def nasty_server(*, listed: int = 200, read: int = 200) -> Server:
    """A server that writes nasty text wherever it may write any."""
    party = {"id": NASTY, "name": NASTY, "organization": {"id": NASTY, "name": NASTY}}
    operation = {"type": NASTY, "operationId": NASTY, "attemptStage": NASTY, "startTime": NASTY}
    attempt = {"id": NASTY, "attemptAt": NASTY, "status": NASTY, "operations": [operation]}
    record = {
        "id": NASTY,
        "createdAt": NASTY,
        "updatedAt": NASTY,
        "status": NASTY,
        "type": NASTY,
        "dataModel": NASTY,
        "eventType": NASTY,
        "source": party,
        "destination": party,
        "attempts": {"total": 3, "latest": attempt},
        "facilityCode": NASTY,
        "dataMode": NASTY,
    }
    payload = {NASTY: {NASTY: [NASTY, {"deep": NASTY}]}, LONE: LONE, MARKUP: MARKUP}
    error = {"payload": {"errors": [{"title": NASTY, "detail": NASTY}]}}

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            environment = {"id": NASTY, "name": NASTY, "environmentFlag": NASTY}
            return Reply(body=json.dumps({"payload": {"environments": [environment]}}).encode())
        if call.lists_logs:
            reply = listing([record, record | {"id": "b", "source": LONE}, record | {"id": LONE}, NASTY])
            return reply if listed == 200 else Reply(listed, json.dumps(error).encode())
        # Written unescaped where JSON allows it, so that no escape hides what is dangerous.
        text = json.dumps({"payload": {**record, "payload": payload}}, ensure_ascii=False)
        body = text.encode("utf-8", "surrogatepass")
        return Reply(body=body) if read == 200 else Reply(read, json.dumps(error).encode())

    return scripted(answer)


def assert_harmless(person: Person) -> None:
    """Nothing of what is drawn steers a terminal, and every line is as wide as it."""
    for strip in person.strips():
        assert not {f"U+{ord(char):04X}" for char in strip.text if unicodedata.category(char) in DANGEROUS}
        assert strip.cell_length == person.app.size.width


async def look_around(person: Person) -> None:
    """Go to every screen and look at each on the way."""
    assert_harmless(person)
    await person.press("j", "j", "j", "g", "enter")
    assert isinstance(person.app.screen, LogDetailScreen)
    assert_harmless(person)
    await person.press("p", "enter")
    assert_harmless(person)
    for _ in range(len(person.payload)):
        await person.press("j")
        assert_harmless(person)
    for key in ("<", "<", "<", "*", "?", "escape", "ctrl+p", "escape", "H", "]", "[", "o", "G", "escape"):
        await person.press(key)
        assert_harmless(person)


async def paste_everywhere(person: Person) -> None:
    """Put nasty text into every text field."""
    for field in ("/", "t"):
        await person.press(field)
        person.app.post_message(Paste(NASTY))
        await person.wait()
        assert_harmless(person)
        await person.press("enter", "escape")
        assert_harmless(person)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_nasty_text_is_harmless_on_every_screen(size: tuple[int, int]) -> None:
    async with opened(nasty_server(), size=size, title=NASTY) as person:
        await look_around(person)
        await paste_everywhere(person)


async def test_the_last_net_holds_where_nothing_was_made_harmless_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "line", lambda text, limit=0: text or "")
    async with opened(nasty_server(), title=NASTY) as person:
        await look_around(person)
        await paste_everywhere(person)


async def test_what_the_server_writes_is_harmless_before_the_last_net(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HarmlessFilter, "apply", lambda self, segments, background: segments)
    async with opened(nasty_server(), title=NASTY) as person:
        await look_around(person)


async def test_control_characters_are_shown_as_signs() -> None:
    async with opened(nasty_server(), size=(160, 60)) as person:
        assert "␛]52" in person.rows[0]
        await person.press("enter")
        assert "␛]52;c;aGk=␇" in person.text
        assert "⟨U+202E⟩evil" in person.text
        await person.press("p", "enter")
        assert "⟨U+DCED⟩" in person.text, "a byte that is no UTF-8"


@pytest.mark.parametrize("text", MARKUP.split(" "))
async def test_markup_is_shown_letter_by_letter(text: str) -> None:
    record = {"id": "a", "status": text, "dataModel": text, "source": {"name": text}, "facilityCode": text}

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            environment = {"id": "e", "name": text, "environmentFlag": text}
            return Reply(body=json.dumps({"payload": {"environments": [environment]}}).encode())
        if call.lists_logs:
            return listing([record])
        return Reply(body=json.dumps({"payload": record | {"payload": {text: text}}}).encode())

    async with opened(scripted(answer), size=(120, 30)) as person:
        assert f"12345/{text}/{text} " in person.place
        assert text[:6] in person.rows[0]
        await person.press("enter")
        assert person.facts[0].endswith(f"? {text}")
        await person.press("p", "enter", "j")
        assert person.payload[1] == f"  {json.dumps(text)}: {json.dumps(text)}"
        assert person.status.endswith(f"$[{json.dumps(text)}]") or person.status.endswith(f"$.{text}")


async def test_the_words_of_a_refusal_are_harmless() -> None:
    async with opened(nasty_server(listed=500), size=(120, 24)) as person:
        assert "␛]52;c;aGk=␇" in person.status
        assert_harmless(person)


async def test_the_words_of_a_log_that_is_refused_are_harmless() -> None:
    async with opened(nasty_server(read=403), size=(120, 24)) as person:
        await person.press("enter")
        assert "␛]52;c;aGk=␇" in person.status
        assert_harmless(person)


async def test_a_query_of_nasty_words_is_harmless() -> None:
    quoted = json.dumps(NASTY, ensure_ascii=False).replace("\\u", "u")
    async with opened(nasty_server(), f"source:{quoted} {quoted}") as person:
        assert "dim rows do not match" in person.status
        assert_harmless(person)


async def test_a_line_of_a_million_characters_is_cut_and_counted() -> None:
    payload = {"long": "x" * 1_000_000, "wide": "漢" * 1_000, "piled": "e" + "\u0301" * 1_000}

    def answer(call: Call) -> Reply:
        if call.lists_logs:
            return listing([{"id": "a"}])
        return Reply(body=json.dumps({"payload": {"id": "a", "payload": payload}}, ensure_ascii=False).encode())

    async with opened(scripted(answer)) as person:
        await person.press("enter", "p", "enter", "G", "g")
        assert person.payload[1].startswith('  "long": "xxxx')
        assert all(line.rstrip(",").endswith(" characters") for line in person.payload[1:4])
        assert_harmless(person)
