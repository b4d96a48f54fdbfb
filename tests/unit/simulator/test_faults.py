"""The vocabulary of faults, what is left of those that are on, and how a running simulator is told."""

import json
import re

import pytest

from redox_tui.simulator.faults import KINDS, Faults, Kind, parse, table

from .asked import ENVIRONMENTS, FAULTS
from .line import serving


def _any(kind: Kind) -> bool:
    return True


def _taken(faults: Faults) -> list[str]:
    taken = []
    while (fault := faults.take(_any)) is not None:
        taken.append(fault.name)
    return taken


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("429", "429:1"),
        ("429:3", "429:3"),
        ("429-wait", "429-wait:1"),
        ("429-wait:-5", "429-wait:-5"),
        ("429-wait:Fri, 20 Nov 2026 15:00:00 GMT", "429-wait:Fri, 20 Nov 2026 15:00:00 GMT"),
        ("429-date", "429-date:2"),
        ("504-wide:0.5", "504-wide:0.5"),
        ("bomb", "bomb:200"),
        ("evil-next", "evil-next"),
        ("clock:-3600", "clock:-3600"),
    ],
)
def test_a_fault_is_a_name_and_for_most_an_argument(text: str, meant: str) -> None:
    assert str(parse(text)) == meant


@pytest.mark.parametrize("text", ["", "430", "429 ", "drop:1", "EVIL-NEXT", ":3"])
def test_an_unknown_fault_is_answered_with_all_that_there_are(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no fault; there are 429, 429-wait, .*, clock\.$") as caught:
        parse(text)
    assert all(f" {kind.name}" in str(caught.value) for kind in KINDS)


_COUNT = "a whole number from 1 to 1,000,000"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("429:0", f"The fault 429[:N] takes {_COUNT}, not “0”."),
        ("reset:-1", f"The fault reset[:N] takes {_COUNT}, not “-1”."),
        ("drip:", f"The fault drip[:N] takes {_COUNT}, not “”."),
        ("drip:1_0", f"The fault drip[:N] takes {_COUNT}, not “1_0”."),
        ("drip:²", f"The fault drip[:N] takes {_COUNT}, not “²”."),
        ("drip:1000001", f"The fault drip[:N] takes {_COUNT}, not “1000001”."),
        ("html:" + "9" * 30, f"The fault html[:N] takes {_COUNT}, not “99999999999999999999”."),
        ("504-wide", "The fault 504-wide:HOURS takes hours as a number above 0, such as 6 or 0.5, not “”."),
        ("504-hole:0", "The fault 504-hole:HOURS takes hours as a number above 0, such as 6 or 0.5, not “0”."),
        ("504-wide:inf", "The fault 504-wide:HOURS takes hours as a number above 0, such as 6 or 0.5, not “inf”."),
        ("clock:1h", "The fault clock:SECONDS takes whole seconds, at most ten years before or ahead, not “1h”."),
        ("429-wait:a\r\nb", "The fault 429-wait[:TEXT] takes 1 to 100 printable ASCII characters, not “a\r\nb”."),
        ("429-wait:5\n", "The fault 429-wait[:TEXT] takes 1 to 100 printable ASCII characters, not “5\n”."),
        ("429:5\n", f"The fault 429[:N] takes {_COUNT}, not “5\n”."),
        ("bomb:2001", "The fault bomb[:MB] takes a whole number from 1 to 2,000, not “2001”."),
        ("evil-next:1", "The fault evil-next takes nothing behind a colon."),
    ],
)
def test_a_wrong_argument_is_answered_with_what_would_be_right(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse(text)


def test_every_fault_has_a_line_of_help_that_fits_a_terminal() -> None:
    lines = table().splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [kind.usage for kind in KINDS]
    assert max(map(len, lines)) < 80


def test_the_help_says_which_faults_need_a_socket() -> None:
    *most, last = (kind.name for kind in KINDS if kind.on_wire)
    assert f"{', '.join(most)} and {last} need" in table()


def test_faults_are_taken_in_the_order_given_as_often_as_asked_for() -> None:
    faults = Faults(["html:2", "429-wait:7", "504-wide:6", "500"])
    assert _taken(faults) == ["html", "html", "429-wait", "500"]
    assert [str(fault) for fault in faults] == ["504-wide:6"]


def test_a_fault_that_does_not_fit_waits_and_the_next_one_is_taken() -> None:
    faults = Faults(["double", "500"])
    fault = faults.take(lambda kind: not kind.later_page)
    assert fault is not None
    assert fault.name == "500"
    assert _taken(faults) == ["double"]


def test_faults_that_stay_are_never_taken() -> None:
    faults = Faults([kind.name + ":1" * (kind.argument is not None) for kind in KINDS if kind.lasts])
    assert len(list(faults)) == 4
    assert _taken(faults) == []
    assert len(list(faults)) == 4


def test_a_wrong_list_changes_nothing() -> None:
    faults = Faults(["500:2"])
    for wrong in (["429", "nonsense"], ["429", "short"]):
        with pytest.raises(ValueError, match="fault"):
            faults.set(wrong)
    assert [str(fault) for fault in faults] == ["500:2"]


@pytest.mark.parametrize("name", ["reset", "close", "short", "wrong-length"])
def test_a_fault_of_the_wire_is_refused_where_there_is_none(name: str) -> None:
    with pytest.raises(ValueError, match=f"^The fault {name} needs a socket: use simulate.$"):
        Faults([name])
    assert _taken(Faults([name], on_wire=True)) == [name]


async def test_faults_are_listed_and_replaced_while_the_simulator_runs() -> None:
    async with serving("429:2", "504-wide:6") as served:
        assert (await served.call(FAULTS, token="")).json == ["429:2", "504-wide:6"]
        assert (await served.call(ENVIRONMENTS)).status == 429
        assert (await served.call(FAULTS, token="")).json == ["429:1", "504-wide:6"]
        replaced = await served.call(FAULTS, "PUT", ["503", "evil-next"], token="")
        assert (replaced.status, replaced.json) == (200, ["503:1", "evil-next"])
        assert (await served.call(ENVIRONMENTS)).status == 503
        assert (await served.call(FAULTS, "PUT", [], token="")).json == []
        assert (await served.call(ENVIRONMENTS)).status == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (["500", "nonsense"], "“nonsense” is no fault; there are 429, "),
        (["429:many"], f"The fault 429[:N] takes {_COUNT}, not “many”."),
        (b'["\\ud800"]', "“?” is no fault; there are 429, "),
        ({}, "The body must be a JSON list of faults"),
        ([500], "The body must be a JSON list of faults"),
        (b"", "The body must be a JSON list of faults"),
        (b"[" * 100_000, "The body must be a JSON list of faults"),
        (b"\xff", "The body must be a JSON list of faults"),
    ],
)
async def test_a_wrong_list_is_refused_with_the_sentence(body: object, said: str) -> None:
    async with serving("500:9") as served:
        answer = await served.call(FAULTS, "PUT", body, token="")
        assert answer.status == 400
        assert answer.json["payload"]["errors"][0]["detail"].startswith(said)
        assert (await served.call(FAULTS, token="")).json == ["500:9"]


async def test_the_list_of_faults_is_itself_never_faulty() -> None:
    async with serving("silent:9", "clock:60") as served:
        for _ in range(2):
            assert json.loads((await served.call(FAULTS, token="")).body) == ["silent:9", "clock:60"]
