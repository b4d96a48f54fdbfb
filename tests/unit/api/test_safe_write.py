"""Changing a filter while others may too, and while answers may be lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from redox_tui.api import safe_write
from redox_tui.api.errors import BadRequest, OutcomeUnknown
from redox_tui.api.filters import FilterCalls
from redox_tui.api.safe_write import FilterConflict, NotMade
from redox_tui.domain.filters import Filter, FilterLink, Rule
from redox_tui.domain.logs import Party

from .filters import FILTER_ID, RULE, Shelf
from .server import Act, Request, Server, answer
from .test_filters import client_of

NEW = (Rule("$.a", ("x",)),)


@asynccontextmanager
async def reading(shelf: Shelf) -> AsyncIterator[tuple[FilterCalls, Filter]]:
    """The calls of a client, and the filter of the shelf as it is read first."""
    async with Server(by=shelf) as server, client_of(server, "v1") as client:
        yield client.filters, await client.filters.get(FILTER_ID)


async def test_a_save_is_in_force_as_the_next_version() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        saved = await safe_write.save(calls, base, replace(base, name="new", rules=NEW))
    assert (saved.filter.name, saved.filter.filter_version, saved.between, saved.words) == ("new", 3, 0, "")
    assert len(shelf.writes) == 1


async def test_what_somebody_else_saved_is_a_conflict_and_nothing_is_sent() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.somebody_saves(name="theirs")
        with pytest.raises(FilterConflict, match="read as version 2 and is version 3 now") as caught:
            await safe_write.save(calls, base, replace(base, rules=NEW))
    assert caught.value.theirs is not None
    assert (caught.value.theirs.name, caught.value.exit_code) == ("theirs", 9)
    assert shelf.writes == []


@pytest.mark.parametrize("is_found", [True, False])
async def test_a_filter_that_was_deleted_meanwhile_is_a_conflict(is_found: bool) -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.is_gone = not is_found
        shelf.record["deletedAt"] = "2024-04-25T18:17:16.719Z"
        with pytest.raises(FilterConflict, match="was deleted meanwhile"):
            await safe_write.save(calls, base, replace(base, rules=NEW))
    assert shelf.writes == []


async def test_a_save_between_reading_and_writing_is_noticed_afterwards() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.before_write = lambda: shelf.somebody_saves(name="theirs")
        saved = await safe_write.save(calls, base, replace(base, name="ours"))
    assert (saved.filter.name, saved.filter.filter_version, saved.between) == ("ours", 4, 1)
    assert "Somebody saved in between: this is version 4" in saved.words


async def test_a_lost_answer_of_a_save_that_is_in_force_is_no_failure() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer = True
        saved = await safe_write.save(calls, base, replace(base, rules=NEW))
    assert (saved.filter.rules, saved.was_lost) == (NEW, True)
    assert saved.words == "The answer was lost, but the change is in force."
    assert len(shelf.writes) == 1


async def test_a_lost_answer_of_a_save_that_is_not_in_force_is_said() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer = shelf.ignores_write = True
        with pytest.raises(NotMade, match="is not in force"):
            await safe_write.save(calls, base, replace(base, rules=NEW))
    assert len(shelf.writes) == 1


async def test_a_lost_answer_with_something_else_in_force_is_a_conflict() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer = shelf.ignores_write = True
        shelf.before_write = lambda: shelf.somebody_saves(name="theirs")
        with pytest.raises(FilterConflict):
            await safe_write.save(calls, base, replace(base, rules=NEW))


async def test_where_reading_back_fails_too_nobody_knows() -> None:
    shelf = Shelf()

    def script(request: Request) -> bytes | Act:
        return answer(b"", 500) if shelf.writes else shelf(request)

    shelf.loses_answer = True
    async with Server(by=script) as server, client_of(server, "v1") as client:
        base = await client.filters.get(FILTER_ID)
        with pytest.raises(OutcomeUnknown, match=r"Reading it back failed too: The server failed"):
            await safe_write.save(client.filters, base, replace(base, rules=NEW))


async def test_a_server_that_names_no_versions_leaves_it_open() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.record["filterVersion"] = None
        shelf.somebody_saves = lambda **fields: shelf.record.update(fields)  # type: ignore[method-assign]
        nameless = replace(base, filter_version=None)
        saved = await safe_write.save(calls, nameless, replace(base, rules=NEW))
    assert saved.between is None
    assert "nobody knows" in saved.words


async def test_a_filter_with_something_unreadable_is_not_written() -> None:
    shelf = Shelf(rules=[RULE, {"path": "$.b", "values": [1]}])
    async with reading(shelf) as (calls, base):
        with pytest.raises(BadRequest, match="unreadable: rules; a save would lose that"):
            await safe_write.save(calls, base, replace(base, name="new"))
    assert shelf.writes == []


async def test_rules_from_a_file_keep_the_unknown_fields_of_those_with_the_same_path() -> None:
    shelf = Shelf(rules=[{**RULE, "operator": "in"}, {**RULE, "operator": "out"}])
    path = str(RULE["path"])
    async with reading(shelf) as (calls, base):
        await safe_write.save(calls, base, replace(base, rules=(Rule(path, ("a",)), Rule("$.n"), Rule(path, ("b",)))))
    assert [rule.get("operator") for rule in shelf.writes[0].json["rules"]] == ["in", None, "out"]


@pytest.mark.parametrize("is_lost", [False, True])
async def test_a_filter_is_created_once(is_lost: bool) -> None:
    async with reading(shelf := Shelf()) as (calls, _):
        shelf.new = [{"id": "other", "name": "f", "action": "send", "rules": []}]
        shelf.loses_answer = is_lost
        saved = await safe_write.create(calls, Filter("f", "send", NEW, environment="e-1"))
    assert (saved.filter.id, saved.was_lost, len(shelf.writes)) == ("new-1", is_lost, 1)


async def test_a_creation_whose_answer_and_filter_are_lost_is_said() -> None:
    async with reading(shelf := Shelf()) as (calls, _):
        shelf.loses_answer = shelf.ignores_write = True
        with pytest.raises(NotMade, match="“f” is not in force"):
            await safe_write.create(calls, Filter("f", environment="e-1"))


@pytest.mark.parametrize(("is_lost", "is_ignored"), [(False, False), (True, False), (True, True)])
async def test_a_filter_is_deleted_or_it_is_said_that_it_was_not(is_lost: bool, is_ignored: bool) -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer, shelf.ignores_write = is_lost, is_ignored
        if is_ignored:
            with pytest.raises(NotMade):
                await safe_write.delete(calls, base)
        else:
            assert (await safe_write.delete(calls, base)).was_lost is is_lost
    assert len(shelf.writes) == 1


@pytest.mark.parametrize("is_lost", [False, True])
async def test_a_restore_is_judged_by_what_is_in_force_then(is_lost: bool) -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer = is_lost
        saved = await safe_write.restore(calls, base, replace(base, rules=(), filter_version=1))
        assert (saved.filter.rules, saved.was_lost) == ((), is_lost)
        with pytest.raises(FilterConflict):
            await safe_write.restore(calls, saved.filter, replace(base, name="never"))


@pytest.mark.parametrize(("is_lost", "is_ignored"), [(False, False), (True, False), (True, True)])
async def test_a_link_is_made_or_it_is_said_that_it_was_not(is_lost: bool, is_ignored: bool) -> None:
    wanted = FilterLink(source=Party("s"), destination=Party("d"), data_model="Notes")
    async with reading(shelf := Shelf(links=[])) as (calls, base):
        shelf.loses_answer, shelf.ignores_write = is_lost, is_ignored
        if is_ignored:
            with pytest.raises(NotMade):
                await safe_write.link(calls, base, wanted)
        else:
            saved = await safe_write.link(calls, base, wanted)
            assert (saved.filter.live_links[0].data_model, saved.was_lost) == ("Notes", is_lost)


async def test_a_link_whose_removal_is_lost_on_the_way_is_still_there() -> None:
    async with reading(shelf := Shelf()) as (calls, base):
        shelf.loses_answer = shelf.ignores_write = True
        with pytest.raises(NotMade):
            await safe_write.unlink(calls, base, "l-1")


async def test_a_linked_filter_is_deleted_after_its_links() -> None:
    shelf = Shelf()
    told: list[FilterLink] = []
    async with Server(by=shelf) as server, client_of(server, "v1") as client:
        base = await client.filters.get(FILTER_ID)
        await safe_write.delete_with_links(client.filters, base, told.append)
    assert [request.path.split("/")[-2] for request in shelf.writes] == ["filterLinks", "filters"]
    assert [link.words for link in told] == [base.live_links[0].words]


async def test_what_is_gone_is_told_before_the_rest_fails() -> None:
    shelf = Shelf()
    told: list[FilterLink] = []
    shelf.before_write = lambda: shelf.somebody_saves(name="theirs")
    async with Server(by=shelf) as server, client_of(server, "v1") as client:
        base = await client.filters.get(FILTER_ID)
        saved = await safe_write.unlink(client.filters, base, base.live_links[0].id)
        with pytest.raises(FilterConflict):
            await safe_write.delete_with_links(client.filters, base, told.append)
    assert saved.filter.name == "theirs"
    assert (len(shelf.writes), told) == (1, [])


async def test_a_filter_with_something_unreadable_can_be_deleted() -> None:
    shelf = Shelf(rules=[5], links=[])
    async with Server(by=shelf) as server, client_of(server, "v1") as client:
        base = await client.filters.get(FILTER_ID)
        assert base.problem
        await safe_write.delete(client.filters, base)
    assert shelf.is_gone
