"""The tabs of one log: attempts, why it is filtered, its record, the inspector; and failed logs without leaving."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from redox_tui.simulator.log import Log as Dealt
from redox_tui.simulator.search import Search
from redox_tui.simulator.world import World
from redox_tui.tui.locking import HIDE_AFTER
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.line_list import LineList
from redox_tui.tui.widgets.step_table import StepTable
from redox_tui.tui.widgets.tab_line import TabLine
from redox_tui.tui.widgets.why_list import WhyList
from tests.tui.given import NOW, PRODUCTION, Person, a_world, clock, opened
from tests.tui.server import Call, Reply, Server, failing, listing, scripted, simulated
from tests.tui.test_untrusted_text import NASTY, assert_harmless, nasty_server

TABS = "oapwRI"
INSPECTOR = "/dry-run/logs/"


def shown(person: Person, name: str) -> list[str]:
    """What a tab shows, without the column of the cursor's marker; nothing where it is not open."""
    view = person.app.screen.query_one(f"#{name}")
    assert isinstance(view, LineList)
    if not view.display:
        return []
    area = view.region
    right = area.x + view.scrollable_content_region.width
    lines = ["".join(segment.text for segment in strip.crop(area.x + 1, right)) for strip in person.strips()]
    found = [line.rstrip() for line in lines[area.y : area.bottom]]
    while found and not found[-1]:
        found.pop()
    return found


def facts(person: Person, name: str) -> dict[str, str]:
    """The first line of each fact of a tab, by its name."""
    found: dict[str, str] = {}
    for line in shown(person, name):
        if line[:16].strip():
            found.setdefault(line[:16].strip(), line[16:])
    return found


def a_log(world: World, status: str, version: int = 3) -> Dealt:
    """The newest log that this version of a filter has decided on."""
    logs = map(world.log, world.search(Search(status=status)).page(0, 5_000))
    return next(log for log in logs if log.judge and log.judge[1] == version)


async def go_to(person: Person, log_id: str) -> None:
    """Open a log by its id."""
    await person.tap("i")
    await person.paste(log_id)
    await person.tap("enter")
    await person.wait()
    if isinstance(person.app.screen, LogsScreen):
        await person.press("enter")
    assert isinstance(person.app.screen, LogDetailScreen)


def a_server(world: World | None = None) -> Server:
    return simulated(world or a_world())


def own_world() -> World:
    """Traffic of this test's own, in which filters may be changed."""
    return World(2_000, now=NOW, clock=clock)


async def test_a_line_says_which_tab_is_open_and_each_key_opens_one() -> None:
    async with opened(a_server()) as person:
        await person.press("enter")
        open_tabs = []
        for key in TABS:
            await person.press(key)
            [line] = person.lines(TabLine)
            open_tabs.append(line[line.index("[") + 1 : line.index("]")])
        assert open_tabs == [
            *("o Overview", "a Attempts", "p Payload", "w Why filtered", "R Raw", "I Inspector"),
        ]
        views = [view for view in person.app.screen.query("LineList") if view.display]
        assert len(views) == 1


async def test_a_tab_has_the_keys_again_after_the_terminal_was_too_small() -> None:
    async with opened(a_server()) as person:
        await person.press("enter", "R")
        await person.pilot.resize_terminal(40, 10)
        await person.wait()
        await person.pilot.resize_terminal(80, 24)
        await person.wait()
        await person.press("j", "j")
        assert person.status.startswith("line 3 of ")
        assert person.app.screen.focused is person.app.screen.query_one("#raw")


async def test_the_tabs_fit_the_narrowest_terminal() -> None:
    async with opened(a_server(), size=(60, 15)) as person:
        await person.press("enter")
        for key in TABS:
            await person.press(key)
            assert "Inspector" in person.lines(TabLine)[0]


async def test_attempts_name_each_operation_with_its_version_stage_time_and_duration() -> None:
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), "filtered").id)
        await person.press("a")
        found = facts(person, "attempts")
        assert found["Attempts"] == "1"
        assert found["Latest attempt"] == "⊘ filtered"
        assert found["Operation 3"] == "filters · version 3 · stage request"
        assert "· took 9 ms" in "\n".join(shown(person, "attempts"))


async def test_the_record_is_shown_as_it_was_sent_without_the_message() -> None:
    text = '{"id": "log-0", "status": "failed", "n": 1.00, "none": [], "payload": {"Name": "CANARY"}}'

    def answer(call: Call) -> Reply:
        if call.lists_logs:
            return listing([{"id": "log-0", "status": "failed"}])
        return Reply(body=b'{"payload":' + text.encode() + b"}")

    async with opened(scripted(answer)) as person:
        await person.press("enter", "R")
        assert shown(person, "raw") == [
            *("{", '  "id": "log-0",', '  "status": "failed",', '  "n": 1.00,', '  "none": []', "}")
        ]


@pytest.mark.parametrize(
    ("status", "verdict"), [("filtered", "⊘ filtered: rule "), ("succeeded", "✓ delivered: every rule")]
)
async def test_why_gives_a_verdict_and_marks_each_rule(status: str, verdict: str) -> None:
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), status).id)
        await person.press("w")
        found = facts(person, "why")
        assert found["NOW"] == "version 3, which is also what ran in the latest attempt"
        assert found["Verdict"].startswith(verdict)
        marks = [name[0] for name in found if " rule " in name]
        assert len(marks) == 3
        assert ("✗" in marks) is (status == "filtered")


async def test_values_that_were_found_are_hidden_until_they_are_revealed() -> None:
    world = a_world()
    log = a_log(world, "succeeded")
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, log.id)
        await person.press("w")
        facility = f"“{log.route.facility_code}”"
        assert facility not in person.text
        assert "1 value, hidden" in person.text
        assert "PHI hidden" in person.place
        await person.press("enter")
        assert "PHI shown" in person.place
        assert "hidden" not in "\n".join(shown(person, "why"))
        assert person.hints.startswith(" H hide")
        await person.press("H")
        assert "1 value, hidden" in person.text
        assert "PHI hidden" in person.place


async def test_values_are_hidden_again_after_a_minute_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), "succeeded").id)
        await person.press("w", "enter")
        view = person.find(WhyList)
        person.app.hide_if_idle()
        await person.wait()
        assert view.is_revealed, "a key was pressed less than a minute ago"
        monkeypatch.setattr(type(person.app), "untouched", HIDE_AFTER)
        person.app.hide_if_idle()
        await person.wait()
        assert "1 value, hidden" in person.text
        assert "PHI hidden" in person.place


async def test_values_are_hidden_again_when_somebody_goes_to_another_place() -> None:
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), "succeeded").id)
        await person.press("w", "enter")
        view = person.find(WhyList)
        await person.press("3")
        assert not view.is_revealed
        await person.press("1")
        assert "1 value, hidden" in person.text


async def test_a_filter_that_has_changed_is_explained_as_it_was_and_as_it_is() -> None:
    async with opened(a_server(), size=(100, 45)) as person:
        await go_to(person, a_log(a_world(), "filtered", version=1).id)
        await person.press("w")
        found = facts(person, "why")
        assert found["THEN"] == "version 1 ran in the latest attempt"
        assert found["NOW"] == "version 3 is in force: the filter has changed since"
        assert sum("rule 1" in line for line in shown(person, "why")) == 4, "two rules, two verdicts"


async def test_a_filter_that_was_deleted_since_is_explained_as_it_was() -> None:
    world = own_world()
    log = a_log(world, "filtered")
    assert log.judge
    saved = world.filters.filters[log.judge[0]]
    assert saved.link
    world.filters.unlink(saved.link.id, world.moment)
    world.filters.delete(saved.id, world.moment)
    async with opened(a_server(world), environment=PRODUCTION, generation="organization", size=(100, 40)) as person:
        await go_to(person, log.id)
        await person.press("w")
        found = facts(person, "why")
        assert found["THEN"] == "version 3 ran in the latest attempt"
        assert found["NOW"].startswith("No filter is linked to this subscription now")
        assert found["Verdict"].startswith("⊘ filtered: rule ")


async def test_a_version_that_cannot_be_had_is_said_and_the_one_in_force_explained() -> None:
    server = a_server()

    def only_the_newest(call: Call) -> Reply | None:
        return Reply(404) if call.query.get("showDeleted") else None

    async with opened(server, size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), "filtered", version=1).id)
        server.instead = only_the_newest
        await person.press("w")
        lines = "\n".join(shown(person, "why"))
        assert "version 1 ran in the latest attempt. The server does not have version 1 of it any" in lines
        assert "version 3 is in force" in lines


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("receive", "No filter is linked to this subscription now"),
        ("send", "No filter is linked to this subscription now"),
        ("request", "No filter acts on this log: its type is request"),
        ("unknown", "The log's record names no"),
    ],
)
async def test_where_no_filter_acts_the_reason_is_said(kind: str, words: str) -> None:
    world = a_world()
    log = next(one for one in map(world.log, range(5_000)) if one.route.type == kind and not one.judge)
    async with opened(a_server(), size=(100, 30)) as person:
        await go_to(person, log.id)
        await person.press("w")
        assert facts(person, "why")["NOW"].startswith(words)


async def test_a_subscription_that_is_gone_is_said() -> None:
    server = a_server()
    async with opened(server, size=(100, 30)) as person:
        await go_to(person, a_log(a_world(), "filtered").id)
        server.instead = lambda call: (
            Reply(body=b'{"payload":{"subscriptions":[]}}') if call.path.endswith("/subscriptions") else None
        )
        await person.press("w")
        assert facts(person, "why")["NOW"].startswith("There is no subscription of ")


@pytest.mark.parametrize("part", ["/subscriptions", "/filters"])
async def test_a_role_that_may_not_look_is_told_which_one_helps(part: str) -> None:
    server = a_server()
    async with opened(server, size=(100, 30)) as person:
        await go_to(person, a_log(a_world(), "filtered").id)
        server.instead = failing(403, 403, 403, when=lambda call: call.path.endswith(part))
        await person.press("w")
        assert "(403)" in "\n".join(shown(person, "why"))


async def test_a_server_in_trouble_is_said_and_opening_the_tab_again_asks_again() -> None:
    server = a_server()
    async with opened(server, size=(100, 30)) as person:
        await go_to(person, a_log(a_world(), "filtered").id)
        server.instead = failing(503, when=lambda call: call.path.endswith("/subscriptions"))
        await person.press("w")
        assert shown(person, "why")[1] == "The filter could not be looked for; the line below says why."
        assert person.status.startswith("! The server failed on subscriptions (503).")
        await person.press("o")
        assert not person.status.startswith("!")
        await person.press("w")
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered")


async def test_nothing_is_asked_for_a_tab_before_it_is_opened_and_only_once() -> None:
    server = a_server()
    async with opened(server) as person:
        await person.press("enter")
        before = len(server.calls)
        await person.press("a", "R", "p", "o")
        assert len(server.calls) == before
        await person.press("w")
        asked = len(server.calls)
        assert asked > before
        await person.press("o", "w", "o", "w")
        assert len(server.calls) == asked


async def test_the_inspector_lists_steps_and_says_that_nothing_is_sent() -> None:
    log = a_log(a_world(), "filtered")
    async with opened(a_server(), size=(100, 30)) as person:
        await go_to(person, log.id)
        await person.press("I")
        lines = shown(person, "inspector")
        assert lines[0] == "A dry run with today's settings: nothing is sent. It may differ from then."
        assert [line.split()[1] for line in lines[3:]] == ["blobResolvers", "baseConfigs", "filters"]
        assert lines[-1].endswith("stopped here")


async def test_the_message_of_a_step_is_hidden_like_any_and_esc_goes_back_to_the_steps() -> None:
    log = a_log(a_world(), "succeeded")
    async with opened(a_server()) as person:
        await go_to(person, log.id)
        await person.press("I", "G", "enter")
        assert shown(person, "snapshot")[1] == "payload hidden · enter reveals it"
        assert "after translationSets" in person.status
        await person.press("enter")
        assert "PHI shown" in person.place
        assert '"Meta"' in person.text
        await person.press("escape")
        assert shown(person, "inspector")[2].startswith("in ")
        await person.press("escape")
        assert isinstance(person.app.screen, LogsScreen)
        assert "PHI hidden" in person.place


@pytest.mark.parametrize("status", [403, 404, 422, 500])
async def test_an_inspection_that_is_refused_says_why(status: int) -> None:
    server = a_server()
    async with opened(server, size=(120, 24)) as person:
        await go_to(person, a_log(a_world(), "filtered").id)
        server.instead = failing(status, when=lambda call: INSPECTOR in call.path)
        await person.press("I")
        assert shown(person, "inspector")[-1] == "There is no inspection of this log; the line below says why."
        assert f"({status})" in person.status
        await person.press("r")
        assert shown(person, "inspector")[-1].endswith("stopped here")


async def test_the_inspector_of_a_log_that_names_nobody_says_that_its_environment_is_not_known() -> None:
    world = a_world()
    unknown = next(log for log in map(world.log, range(5_000)) if log.route.type == "unknown" and not log.route.source)
    async with opened(a_server(), size=(120, 24)) as person:
        await go_to(person, unknown.id)
        await person.press("I")
        assert "Name one with --environment ID, or in the profile." in person.status
        await person.press("p")
        assert person.payload[1] == "No message: processing broke before there was one. R shows the record."


async def test_where_the_api_gives_no_payload_the_inspector_does_and_why_takes_it() -> None:
    server = simulated(a_world(), "environment")
    log = a_log(a_world(), "filtered")
    async with opened(server, environment=PRODUCTION, generation="environment", size=(100, 40)) as person:
        await go_to(person, log.id)
        await person.press("w")
        assert facts(person, "why")["Verdict"] == "not known without a message"
        assert sum("· rule" in line for line in shown(person, "why")) == 3, "the rules are there all the same"
        await person.press("I", "p")
        assert person.payload[1] == "payload hidden · enter reveals it"
        assert person.status == "from the inspector"
        await person.press("w")
        assert facts(person, "why")["Message"] == "from the inspector"
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered: rule ")


async def test_a_message_can_be_taken_from_a_file(tmp_path: Path) -> None:
    server = simulated(a_world(), "environment")
    log = a_log(a_world(), "filtered")
    file = tmp_path / "message.json"
    file.write_bytes(a_world().message(log))
    async with opened(server, environment=PRODUCTION, generation="environment", size=(100, 40)) as person:
        await go_to(person, log.id)
        await person.press("p")
        await person.tap("f")
        await person.write(str(file))
        await person.tap("enter")
        await person.until("from file message.json")
        assert person.payload[1] == "payload hidden · enter reveals it"
        await person.press("enter")
        assert '  "Meta": {' in person.payload
        await person.press("w")
        assert facts(person, "why")["Message"] == "from file message.json"
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered: rule ")
        await person.press("r", "p")
        assert person.payload[1].startswith("This generation of the API gives no payloads.")


async def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    async with opened(simulated(a_world(), "environment"), environment=PRODUCTION, generation="environment") as person:
        await person.press("enter")
        await person.tap("f")
        await person.write(str(tmp_path))
        await person.tap("enter")
        await person.until(lambda: person.status.startswith("! "))
        assert person.status.endswith("is no file with a message in it.")
        await person.press("a")
        assert not person.status.startswith("!")


async def test_stepping_keeps_the_tab_and_explains_the_next_log() -> None:
    async with opened(a_server(), "status:filtered since:7d", size=(100, 40)) as person:
        await person.press("enter", "w", "enter")
        assert "PHI shown" in person.place
        first = person.place
        await person.press("]")
        assert person.place != first
        assert "PHI hidden" in person.place
        assert "hidden" in "\n".join(shown(person, "why"))
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered")


async def test_an_answer_for_a_log_that_was_left_is_dropped() -> None:
    server = a_server()
    async with opened(server, "status:filtered since:7d") as person:
        await person.press("enter")
        server.hold()
        person.strike("w")
        before = len(server.calls)
        await server.arrived(before + 1)
        person.strike("]")
        await server.arrived(before + 2)
        assert server.cancelled == 1
        server.release()
        await person.wait()
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered")


@pytest.mark.parametrize("key", ["w", "I"])
async def test_leaving_while_a_tab_is_read_stops_the_reading(key: str) -> None:
    server = a_server()
    async with opened(server, "status:filtered since:7d") as person:
        await person.press("enter")
        server.hold()
        before = len(server.calls)
        person.strike(key)
        await server.arrived(before + 1)
        person.strike("escape")
        await person.look()
        assert isinstance(person.app.screen, LogsScreen)
        assert server.cancelled == 1
        server.release()


@pytest.mark.parametrize("key", ["p", "w", "I"])
async def test_a_lock_drops_messages_snapshots_and_values(key: str) -> None:
    async with opened(a_server(), size=(100, 40)) as person:
        await go_to(person, a_log(a_world(), "succeeded").id)
        await person.press("I", "w", key, "enter", "enter")
        detail = person.app.screen
        assert isinstance(detail, LogDetailScreen)
        await person.press("L")
        assert detail._known is None
        assert detail.query_one(StepTable)._inspection is None
        assert detail.query_one(WhyList)._explained is None
        assert not detail.query_one(WhyList)._facts
        assert all(view._text is None for view in detail.query(JsonView))
        await person.press("enter")
        assert "PHI hidden" in person.place


async def test_a_lock_while_a_tab_is_read_leaves_nothing_behind() -> None:
    server = a_server()
    async with opened(server, "status:filtered since:7d", size=(100, 40)) as person:
        await person.press("enter")
        detail = person.app.screen
        server.hold()
        before = len(server.calls)
        person.strike("w")
        await server.arrived(before + 1)
        person.strike("L")
        await person.look()
        server.release()
        await person.wait()
        assert detail.query_one(WhyList)._explained is None
        await person.press("enter")
        assert facts(person, "why")["Verdict"].startswith("⊘ filtered"), "read again after unlocking"


async def test_failed_logs_are_gone_to_without_leaving() -> None:
    async with opened(a_server(), size=(100, 30)) as person:
        await person.press("enter", "a")
        places = [person.place]
        for key in ("e", "e", "E"):
            await person.press(key)
            assert facts(person, "attempts")["Latest attempt"] == "✗ failed"
            places.append(person.place)
        assert len(set(places)) == 3
        assert places[3] == places[1]


def failures() -> list[str]:
    """The ids of all failed logs of the week, newest first."""
    world = a_world()
    return [world.log(index).id for index in world.search(Search(status="failed")).page(0, 5_000)]


async def test_a_failed_log_that_is_not_loaded_is_asked_of_the_server() -> None:
    server = a_server()

    def no_more_pages(call: Call) -> Reply | None:
        is_page = call.lists_logs and "status" not in call.query and call.query.get("_count") != "1"
        return Reply(400) if is_page else None

    async with opened(server, "since:7d", size=(100, 30)) as person:
        server.instead = no_more_pages
        await person.press("enter")
        for wanted in failures()[:15]:
            await person.press("e")
            assert f"Logs › {wanted[:8]}" in person.place
            assert facts(person, "overview")["Status"] == "✗ failed"
        assert [call for call in server.lists if call.query.get("status") == "failed"]


async def test_the_list_goes_along_to_failed_logs() -> None:
    async with opened(a_server(), "since:7d", size=(100, 30)) as person:
        await person.press("G", "enter")
        for wanted in reversed(failures()[-6:]):
            await person.press("E")
            assert f"Logs › {wanted[:8]}" in person.place
        await person.press("escape", "enter")
        assert f"Logs › {wanted[:8]}" in person.place


async def test_where_no_log_failed_it_is_said() -> None:
    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            return Reply(body=b'{"payload":{"environments":[]}}')
        if call.lists_logs:
            return listing([{"id": f"log-{number}", "status": "succeeded"} for number in range(3)])
        return Reply(body=json.dumps({"payload": {"id": call.path.rsplit("/", 1)[-1], "status": "x"}}).encode())

    async with opened(scripted(answer)) as person:
        await person.press("enter", "e")
        assert person.status == "No failed log below this one."
        assert "log-0" in person.place
        await person.press("E")
        assert person.status == "No failed log above this one."


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (160, 50)])
async def test_nasty_text_is_harmless_on_every_tab(size: tuple[int, int]) -> None:
    steps = [
        {"type": NASTY, "operationId": NASTY, "attemptStage": NASTY, "name": NASTY, "status": NASTY, "input": NASTY},
        {"type": NASTY, "version": NASTY, "startTime": NASTY, "input": {NASTY: NASTY}, "output": {NASTY: NASTY}},
        NASTY,
    ]
    link = {"id": NASTY, "sourceId": NASTY, "destinationId": NASTY, "dataModel": NASTY, "eventType": None}
    rule = {"path": "$..*", "values": [NASTY, "a" * 5_000], "allowList": False}
    filter_ = {"id": NASTY, "name": NASTY, "action": "send", "rules": [rule], "filterLinks": [link]}
    subscription = {"id": NASTY, "source": {"id": NASTY}, "destination": {"id": NASTY}, "dataModel": NASTY}
    server = nasty_server()
    server.instead = _also(
        server,
        {
            INSPECTOR: {"payload": {"operations": steps}},
            "/filters": {"payload": {"filters": [filter_]}},
            "/subscriptions": {"payload": {"subscriptions": [subscription]}},
        },
    )
    async with opened(server, size=size, environment="e") as person:
        await person.press("enter")
        for key in TABS:
            await person.press(key)
            for more in ("enter", "j", "j", "enter", "G", "enter", "enter", "g"):
                await person.press(more)
                assert_harmless(person)
            if key == "I":
                assert person.find(StepTable).row_count == len(steps) + 1
            if key == "w":
                assert person.find(WhyList).row_count > 5


def _also(server: Server, answers: dict[str, object]) -> Callable[[Call], Reply | None]:
    before = server.instead

    def answer(call: Call) -> Reply | None:
        for part, body in answers.items():
            if part in call.path:
                return Reply(body=json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        return before(call)

    return answer
