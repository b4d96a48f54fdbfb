"""`redox-tui filters` against the simulator and against odd servers: from pulling files to applying and restoring."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn

from redox_tui.simulator import network
from redox_tui.simulator.app import simulator
from redox_tui.simulator.deck import Terms
from redox_tui.simulator.filter_store import Content
from redox_tui.simulator.search import Search
from redox_tui.simulator.tokens import Tokens
from redox_tui.simulator.world import World
from tests.unit.api.filters import FILTER_ID, V1_FILTER, V1_LIST, Shelf
from tests.unit.api.server import Request, Server, answer

from .given import NASTY, NOW, Ran, Run, scripted, to
from .person import Person

RESULTS = network.fixed_id("filters Results")
NOTES = network.fixed_id("filters Notes")
PRODUCTION = World.production.id
STAGING = World.environments[1].id
CONFIRM = ("--confirm", "Lakeside Production")


@dataclass
class Site:
    """A simulator of a test's own, whose clock is moved by hand, and a folder for files."""

    url: str
    token: str
    world: World
    folder: Path
    run: Run
    moments: list[timedelta]

    def __call__(self, *arguments: str, environment: str = PRODUCTION) -> Ran:
        return self.run("filters", *arguments, *to(self.url, "--environment", environment), token=self.token)

    @property
    def file(self) -> Path:
        return self.folder / "final-results-of-our-facilities.toml"

    def pass_time(self, **by: float) -> None:
        self.moments[0] += timedelta(**by)

    def digest(self, *more: str) -> str:
        ran = self("plan", str(self.folder), *more)
        assert ran.code == 10, ran.err
        return ran.lines[-1].removeprefix("digest ")

    def edit(self, old: str, new: str) -> None:
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))

    def somebody_saves(self, name: str = "theirs") -> None:
        saved = self.world.filters.filters[RESULTS]
        rules = saved.current.content.rules
        self.world.filters.update(RESULTS, Content(name, "send", rules), self.world.moment)

    def filtered(self, since: int | None = None) -> int:
        terms = Terms(source_id=network.FERNHILL_LAB.id, data_model="Results")
        return self.world.search(Search(terms, status="filtered", created_after=since)).total


@pytest.fixture
def site(tmp_path: Path, run: Run) -> Iterator[Site]:
    moments = [timedelta()]
    world, tokens = World(20_000, now=NOW, clock=lambda: NOW + moments[0]), Tokens()
    config = uvicorn.Config(simulator(world, tokens=tokens), log_level="critical", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Site(url, tokens.session(), world, tmp_path / "filters", run, moments)
        finally:
            server.should_exit = True
            thread.join()


def test_the_round_trip_of_a_change(site: Site) -> None:
    folder = str(site.folder)
    assert site("pull", folder).code == 0
    assert sorted(path.name for path in site.folder.iterdir()) == [site.file.name, "no-drafts-in-the-archive.toml"]
    assert site("plan", folder).text == "nothing to do\n"

    site.edit('name = "Final results of our facilities"', '# why: see the minutes\nname = "No unsolicited ones"')
    site.edit('values = ["Veterinary"]', 'values = ["Veterinary", "Outpatient"]')
    ran = site("plan", folder)
    assert ran.code == 10
    assert ran.lines[:-1] == [
        "update “No unsolicited ones”  final-results-of-our-facilities.toml  version 3 → 4",
        "    name: “Final results of our facilities” → “No unsolicited ones”",
        "    rule 3 deny $.Visit.PatientClass: + “Outpatient”",
        "    acts on Fernhill Lab Results → Lakeside EHR Inbound · Results",
    ]
    digest = ran.lines[-1].removeprefix("digest ")

    site.somebody_saves()
    ran = site("apply", folder, "--plan", digest, *CONFIRM)
    assert (ran.code, ran.out) == (9, b"")
    assert "not what the plan" in ran.err
    assert site.world.filters.filters[RESULTS].current.content.name == "theirs"

    ran = site("plan", folder)
    assert "the file is of version 3; what was saved since by Ottilie Marsh" in ran.text
    ran = site("apply", folder, "--plan", ran.lines[-1].removeprefix("digest "), *CONFIRM)
    assert (ran.code, ran.err) == (0, "redox-tui: updated “No unsolicited ones”\n")
    assert "# why: see the minutes" in site.file.read_text()
    assert "filterVersion = 5" in site.file.read_text()
    assert site("plan", folder).code == 0

    before = site.filtered()
    site.pass_time(hours=2)
    with_rule = site.filtered() - before
    assert with_rule > 5
    ran = site("restore", RESULTS, "3", "--confirm", "No unsolicited ones")
    assert (ran.code, ran.err) == (0, "redox-tui: restored: “Final results of our facilities” is version 6\n")
    restored = site.world.moment
    site.pass_time(hours=2)
    assert 0 < site.filtered(since=restored + 1) < with_rule / 2, "only what the restored rules stop"


def test_filters_are_listed(site: Site) -> None:
    ran = site("list")
    assert ran.code == 0
    assert [line.split()[-1] for line in ran.lines] == ["ID", RESULTS, NOTES]
    assert "Fernhill Lab Results → Lakeside EHR Inbound · Results" in ran.text
    [line] = site("list", "--name", "DRAFTS", "--format", "ndjson").lines
    assert json.loads(line)["links"][0]["dataModel"] == "Notes"
    assert len(site("list", "--model", "Nothing").lines) == 1


def test_a_filter_is_shown_as_a_file_that_can_be_tested(site: Site, tmp_path: Path) -> None:
    ran = site("show", RESULTS)
    assert ran.text.startswith("# saved 2026-11-19T18:00:00.123Z by Wim Haverford\n# linked to Fernhill")
    file, sample = tmp_path / "f.toml", tmp_path / "m.json"
    file.write_text(ran.text)
    sample.write_text('{"Orders": [{"Status": "Resulted"}]}')
    assert site.run("filters", "test", str(file), "--samples", str(sample)).code == 0


def test_versions_are_listed_with_their_differences(site: Site) -> None:
    site.somebody_saves()
    lines = site("versions", RESULTS).lines
    assert lines[0].endswith("by Ottilie Marsh")
    assert "    name: “Final results of our facilities” → “theirs”" in lines
    assert sum(line.startswith("version ") for line in lines) == 4


def test_pull_leaves_a_file_that_differs(site: Site) -> None:
    site("pull", str(site.folder))
    site.edit("Veterinary", "Somebody's work")
    site.somebody_saves()
    ran = site("pull", str(site.folder))
    assert ran.code == 9
    assert "was left, since it differs from version 4" in ran.err
    assert "Somebody's work" in site.file.read_text()
    site.file.unlink()
    assert site("pull", str(site.folder)).code == 0
    assert (site.folder / "theirs.toml").exists()


def test_a_filter_without_a_file_is_deleted_only_when_told(site: Site) -> None:
    site("pull", str(site.folder))
    (site.folder / "no-drafts-in-the-archive.toml").unlink()
    ran = site("plan", str(site.folder))
    assert (ran.code, "it stays unless --prune is given" in ran.text) == (0, True)
    digest = site.digest("--prune")
    assert site("apply", str(site.folder), "--plan", digest, *CONFIRM).err == "redox-tui: nothing to do\n"
    ran = site("apply", str(site.folder), "--plan", digest, "--prune", *CONFIRM)
    assert ran.code == 0
    assert "unlinked “No drafts in the archive” from Brightwater RIS" in ran.err
    assert site.world.filters.filters[NOTES].deleted


def test_a_filter_is_created_with_its_link_or_said_to_do_nothing(site: Site) -> None:
    site("pull", str(site.folder))
    subscriptions = site.world.filters.subscriptions.values()
    place = next(one for one in subscriptions if (one.source, one.data_model) == (network.BRIGHTWATER_RIS, "Results"))
    rule = '[[rules]]\npath = "$.Meta.EventType"\nvalues = ["New"]\n'
    (site.folder / "a.toml").write_text(f'name = "a"\naction = "send"\n{rule}')
    (site.folder / "b.json").write_text(
        json.dumps({"name": "b", "action": "block-all", "rules": [], "subscriptionId": place.id})
    )
    ran = site("plan", str(site.folder))
    assert "create “a”  a.toml\n    action send\n    + rule 1 allow $.Meta.EventType “New”\n" in ran.text
    assert ran.text.count("it does nothing until it is linked") == 1
    ran = site("apply", str(site.folder), "--plan", site.digest(), *CONFIRM)
    assert ran.code == 0, ran.err
    assert "“a” does nothing until it is linked" in ran.err
    assert 'id = "' in (site.folder / "a.toml").read_text()
    made = site.world.filters.at(place)
    assert made
    assert (made.current.content.name, made.id) == ("b", json.loads((site.folder / "b.json").read_text())["id"])
    assert site("plan", str(site.folder)).code == 0


def test_a_filter_is_not_created_where_another_one_acts(site: Site) -> None:
    site("pull", str(site.folder))
    text = site.file.read_text()
    link = text[text.index("[[links]]") :]
    (site.folder / "a.toml").write_text(f'name = "a"\naction = "send"\n{link}')
    ran = site("plan", str(site.folder))
    assert (ran.code, "takes one filter, and this one has “Final results" in ran.err) == (9, True)


def test_a_created_filter_whose_link_fails_has_its_id_in_its_file(site: Site) -> None:
    site.folder.mkdir()
    place = next(one for one in site.world.filters.subscriptions.values() if one.destination is network.FERNHILL_ORDERS)
    (site.folder / "a.toml").write_text(f'name = "a"\naction = "send"\nsubscriptionId = "{place.id}"\n')
    ran = site("apply", str(site.folder), "--plan", site.digest(), *CONFIRM)
    assert (ran.code, "what this organization receives only" in ran.err) == (2, True)
    assert 'id = "' in (site.folder / "a.toml").read_text()


def test_restoring_can_be_tried_first(site: Site) -> None:
    ran = site("restore", RESULTS, "1", "--dry-run")
    assert (ran.code, ran.err) == (0, "redox-tui: nothing was changed: --dry-run\n")
    assert ran.lines[0].startswith("- rule 2 deny $.Meta.FacilityCode")
    assert site.world.filters.filters[RESULTS].current.number == 3
    assert site("restore", RESULTS, "3").err == "redox-tui: version 3 has the content that is in force\n"
    ran = site("restore", RESULTS, "9", "--confirm", "x")
    assert (ran.code, ran.err) == (8, "redox-tui: The filter has no version 9; there are 3, 2, 1.\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("delete", NOTES), "Production wants --confirm “No drafts in the archive”. Nothing was changed."),
        (("delete", NOTES, "--yes"), "Production wants --confirm"),
        (("delete", NOTES, "--confirm", "yes"), "--confirm says “yes”, and it is “No drafts in the archive”"),
        (("restore", NOTES, "1", "--confirm", ""), "--confirm says “”"),
        (
            ("delete", NOTES, "--confirm", "No drafts in the archive", "--read-only"),
            "Nothing was changed: --read-only.",
        ),
    ],
)
def test_production_wants_a_name(
    arguments: tuple[str, ...], words: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redox_tui.cli.asking.TERMINAL", "/nowhere")
    ran = site(*arguments)
    assert ran.code == 9
    assert words in ran.err
    assert not site.world.filters.filters[NOTES].deleted


def test_a_name_may_be_typed_or_be_the_first_part_of_the_id(site: Site, person: Person) -> None:
    person.answers(("Type No drafts in the archive: ", "No drafts in the archive"))
    assert site("delete", NOTES).code == 0
    assert site.world.filters.filters[NOTES].deleted
    assert site("delete", RESULTS, "--confirm", RESULTS[:8]).code == 0
    assert site("delete", RESULTS, "--confirm", RESULTS[:8]).code == 8


def test_apply_in_production_wants_the_name_of_the_environment(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redox_tui.cli.asking.TERMINAL", "/nowhere")
    site("pull", str(site.folder))
    site.edit("Veterinary", "x")
    ran = site("apply", str(site.folder), "--plan", site.digest())
    assert (ran.code, "--confirm “Lakeside Production”" in ran.err) == (9, True)


def test_staging_needs_no_name(site: Site) -> None:
    site.folder.mkdir()
    (site.folder / "a.toml").write_text('name = "a"\naction = "block-all"\nrules = []\n')
    ran = site("plan", str(site.folder), environment=STAGING)
    digest = ran.lines[-1].removeprefix("digest ")
    other = site("apply", str(site.folder), "--plan", digest)
    assert (other.code, "not what the plan" in other.err) == (9, True)
    assert site("apply", str(site.folder), "--plan", digest, environment=STAGING).code == 0
    [made] = [one for one in site.world.filters.filters.values() if one.environment == STAGING]
    assert site("delete", made.id, "--yes", environment=STAGING).code == 0


def test_the_impact_of_a_plan_is_shown_on_samples_of_its_data_model(site: Site, tmp_path: Path) -> None:
    site("pull", str(site.folder))
    site.edit('["Veterinary"]', '["Inpatient"]')
    samples = tmp_path / "samples.ndjson"
    rows: list[dict[str, Any]] = [
        {"Meta": {"DataModel": "Results"}, "Orders": [{"Status": "Final"}], "Visit": {"PatientClass": kind}}
        for kind in ("Inpatient", "Outpatient", "Inpatient")
    ]
    rows.append({"Meta": {"DataModel": "Notes"}})
    samples.write_text("\n".join(map(json.dumps, rows)))
    ran = site("plan", str(site.folder), "--samples", str(samples))
    assert "impact on 3 samples: delivered 3 → 1, filtered 0 → 2 (rule 3 stops 2)" in ran.text


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('name = "x"\naction = "send"\nid = "gone"\n', 9, "the filter gone was deleted meanwhile"),
        ('name = "No drafts in the archive"\naction = "send"\n', 9, f"there is a filter of this name: {NOTES}"),
        ('name = "x"\naction = "send"\nenvironmentId = "other"\n', 9, "is of environment other"),
        ('name = ""\naction = "send"\n', 2, "A filter needs a name."),
        ('name = "x"\naction = "drop"\n', 2, "The action “drop” is unknown"),
        ('name = "x"\naction = "send"\n[[rules]]\npath = "$.a b"\nvalues = ["x"]', 2, "Rule 1: .*column 5"),
        ('name = "x"\naction = "send"\n[[rules]]\npath = "$.a"\nvalues = []', 2, "Rule 1: It has no values"),
        ('name = "x"\naction = "send"\nrule = 1', 2, "rule is no field of a filter; did you mean rules?"),
        ("MSH|^~", 2, "It is no TOML: line 1"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(text: str, code: int, words: str, site: Site) -> None:
    import re

    site.folder.mkdir()
    (site.folder / "a.toml").write_text(text)
    ran = site("plan", str(site.folder))
    assert (ran.code, ran.out) == (code, b"")
    assert re.search(words.replace("?", r"\?"), ran.err)


def test_two_files_of_one_filter_are_refused(site: Site) -> None:
    site("pull", str(site.folder))
    (site.folder / "copy.toml").write_text(site.file.read_text())
    ran = site("plan", str(site.folder))
    assert (ran.code, "are files of one filter; keep one" in ran.err) == (2, True)


def test_a_file_does_not_change_links(site: Site) -> None:
    site("pull", str(site.folder))
    site.edit('dataModel = "Results"', 'dataModel = "Notes"')
    ran = site("plan", str(site.folder))
    assert (ran.code, "a file does not change links" in ran.err) == (9, True)


def test_a_lost_answer_is_read_back(run: Run, tmp_path: Path) -> None:
    shelf = Shelf()
    with scripted(server=Server(by=_with_environment(shelf))) as server:
        connection = to(server.url, "--environment", "e-1")
        assert run("filters", "pull", str(tmp_path), *connection).code == 0
        file = tmp_path / "string.toml"
        file.write_text(file.read_text().replace('name = "string"', 'name = "new"'))
        digest = run("filters", "plan", str(tmp_path), *connection).lines[-1].removeprefix("digest ")
        shelf.loses_answer = True
        ran = run("filters", "apply", str(tmp_path), "--plan", digest, *connection)
    assert (ran.code, len(shelf.writes)) == (0, 1)
    assert "The answer was lost, but the change is in force." in ran.err


def test_a_save_in_between_is_said_with_an_exit_code(run: Run, tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.before_write = lambda: shelf.somebody_saves(name="theirs")
    with scripted(server=Server(by=_with_environment(shelf))) as server:
        connection = to(server.url, "--environment", "e-1")
        run("filters", "pull", str(tmp_path), *connection)
        file = tmp_path / "string.toml"
        file.write_text(file.read_text().replace('name = "string"', 'name = "new"'))
        digest = run("filters", "plan", str(tmp_path), *connection).lines[-1].removeprefix("digest ")
        ran = run("filters", "apply", str(tmp_path), "--plan", digest, *connection)
    assert (ran.code, "Somebody saved in between" in ran.err) == (9, True)


@pytest.mark.parametrize(("status", "code"), [(403, 3), (404, 8), (500, 6)])
def test_what_the_server_refuses_becomes_an_exit_code(status: int, code: int, run: Run) -> None:
    with scripted(server=Server(answer(b"", status), repeats=True)) as server:
        ran = run("filters", "list", *to(server.url, "--environment", "e-1", "--filters", "v1"))
    assert (ran.code, ran.out) == (code, b"")


def test_what_is_written_through_v0_says_how_long_v0_may_live(run: Run, site: Site) -> None:
    site("pull", str(site.folder), "--filters", "v0")
    assert "subscriptionId = " in site.file.read_text()
    site.edit("Veterinary", "x")
    ran = site("plan", str(site.folder), "--filters", "v0")
    digest = ran.lines[-1].removeprefix("digest ")
    ran = site("apply", str(site.folder), "--plan", digest, *CONFIRM, "--filters", "v0")
    assert ran.code == 0
    assert "v0 of the API, which may be switched off at 30 days' notice" in ran.err
    assert site.world.filters.filters[RESULTS].current.number == 4
    assert site("restore", RESULTS, "3", "--confirm", RESULTS[:8], "--filters", "v0").code == 0
    assert site("versions", RESULTS, "--filters", "v0").lines[0].startswith("version 5")


def test_names_that_would_steer_a_terminal_are_harmless(run: Run, tmp_path: Path) -> None:
    record = {**V1_FILTER, "name": NASTY, "rules": [{"path": "$.a", "values": [NASTY], "allowList": True}]}

    def script(request: Request) -> bytes:
        if request.path == V1_LIST:
            return answer({"payload": {"filters": [record]}})
        return answer({"payload": {"filter": record}})

    with scripted(server=Server(by=script)) as server:
        connection = to(server.url, "--environment", "e-1")
        listed = run("filters", "list", *connection)
        run("filters", "pull", str(tmp_path), *connection)
        shown = run("filters", "show", FILTER_ID, *connection)
    assert "\x1b" not in listed.text
    assert "\x1b" not in shown.text
    [file] = tmp_path.iterdir()
    assert file.name.isascii()


def _with_environment(shelf: Shelf) -> Any:
    environments = {"environments": [{"id": "e-1", "name": "E", "environmentFlag": "Staging"}]}

    def script(request: Request) -> Any:
        return answer({"payload": environments}) if request.path.endswith("/environments") else shelf(request)

    return script
