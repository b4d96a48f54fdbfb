"""`redox-tui filters test`: verdicts on samples without a server."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .given import Ran, Run

FILTER = """
name = "f"
action = "send"
[[rules]]
path = "$.Visit.PatientClass"
values = ["Inpatient"]
[[rules]]
path = "$.Patient.Names[*]"
values = ["Nila"]
allowList = false
"""
DELIVERED = {"Visit": {"PatientClass": "Inpatient"}, "Patient": {"Names": ["Ada"]}}
FILTERED = {"Visit": {"PatientClass": "Inpatient"}, "Patient": {"Names": ["Ada", "Nila"]}}

Test = Callable[..., Ran]


@pytest.fixture
def test(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Test:
    monkeypatch.chdir(tmp_path)

    def test(*arguments: str, filter_: str = FILTER, **samples: Any) -> Ran:
        Path("f.toml").write_text(filter_)
        for name, content in samples.items():
            text = content if isinstance(content, str) else json.dumps(content)
            Path(name.replace("_", ".")).write_text(text)
        names = [name.replace("_", ".") for name in samples] or ["."]
        return run("filters", "test", "f.toml", "--samples", *names, *arguments, token=None)

    return test


def test_each_sample_has_a_line_with_its_verdict_and_reason(test: Test) -> None:
    ran = test("--format", "ndjson", a_json=DELIVERED, b_json=FILTERED)
    assert ran.code == 0
    assert [json.loads(line) for line in ran.lines] == [
        {"sample": "a.json", "verdict": "delivered", "rule": None, "found": 0, "wanted": [], "assumed": []},
        {"sample": "b.json", "verdict": "filtered", "rule": 2, "found": 2, "wanted": ["Nila"], "assumed": ["several"]},
    ]
    assert "1 delivered, 1 filtered" in ran.err
    assert "1 of these verdicts (*) stand on what no document says: it is assumed how several values" in ran.err


def test_values_are_printed_only_when_asked_for(test: Test) -> None:
    ran = test("--format", "ndjson", "--values", b_json=FILTERED)
    assert json.loads(ran.lines[0])["found"] == ["Ada", "Nila"]
    table = test(b_json=FILTERED)
    assert table.lines == ["filtered * b.json  rule 2: $.Patient.Names[*] is not in “Nila”; found 2 values"]
    assert "“Ada”, “Nila”" in test("--values", b_json=FILTERED).text


def test_samples_come_from_arrays_lines_and_folders(test: Test) -> None:
    lines = f"{json.dumps(DELIVERED)}\n\n{json.dumps(FILTERED)}\n"
    ran = test("--format", "ndjson", a_json=[DELIVERED, FILTERED], b_ndjson=lines)
    names = ["a.json[1]", "a.json[2]", "b.ndjson:1", "b.ndjson:3"]
    assert [json.loads(line)["sample"] for line in ran.lines] == names
    assert [json.loads(line)["sample"] for line in test("--format", "ndjson").lines] == names


@pytest.mark.parametrize(
    ("verdict", "code", "words"),
    [
        ("filtered", 0, ""),
        ("delivered", 9, "a.json: expected delivered, was filtered"),
    ],
)
def test_a_verdict_that_differs_from_what_was_expected_is_an_exit_code(
    verdict: str, code: int, words: str, test: Test
) -> None:
    Path("expected").write_text(json.dumps({"sample": "a.json", "verdict": verdict}) + "\n")
    ran = test("--expect", "expected", a_json=FILTERED)
    assert ran.code == code
    assert words in ran.err


def test_what_is_printed_can_be_expected(test: Test) -> None:
    Path("expected").write_text(test("--format", "ndjson", a_json=DELIVERED).text)
    assert test("--expect", "expected", a_json=DELIVERED).code == 0
    ran = test("--expect", "expected", b_json=DELIVERED)
    assert ran.code == 9
    assert "a.json: expected delivered, was not among the samples" in ran.err
    assert "b.json: expected nothing, was delivered" in ran.err


@pytest.mark.parametrize(
    ("samples", "code", "words"),
    [
        ({"a_json": '{"x": '}, 2, "a.json is no JSON: line 1, column"),
        ({"a_ndjson": '{}\n{"x"\n'}, 2, "a.ndjson is no JSON: line 2, column"),
        ({"a_json": "[1]"}, 2, "a.json[1] is no message: its JSON is no object."),
        ({"a_json": "[" * 100_000}, 2, "a.json is nested too deeply"),
        ({}, 8, ". holds no *.json"),
    ],
)
def test_a_sample_that_is_no_message_is_said_without_its_text(
    samples: dict[str, Any], code: int, words: str, test: Test
) -> None:
    ran = test(**samples)
    assert ran.code == code
    assert words in ran.err


def test_a_sample_that_is_not_there_is_said(test: Test, run: Run) -> None:
    test(a_json=DELIVERED)
    ran = run("filters", "test", "f.toml", "--samples", "nowhere.json", token=None)
    assert (ran.code, ran.err) == (8, "redox-tui: nowhere.json cannot be read: No such file or directory.\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing", "It is no TOML"),
        ('name = "f"\naction = "drop"', "The action “drop” is unknown"),
        ('name = "f"\naction = "send"\n[[rules]]\npath = "$.a["\nvalues = ["a"]', "(column 5)"),
        ('name = "f"\naction = "send"\n[[rules]]\npath = "$.a"\nvalues = [1]', "values are strings"),
    ],
)
def test_a_file_that_is_no_filter_is_refused(text: str, words: str, test: Test) -> None:
    ran = test(filter_=text, a_json=DELIVERED)
    assert (ran.code, ran.out) == (2, b"")
    assert words in ran.err


def test_what_is_probably_not_meant_is_said_beside_the_verdicts(test: Test) -> None:
    link = '[[links]]\ndataModel = "PatientAdmin"\n'
    rule = '[[rules]]\npath = "$.Visit.PatientClas"\nvalues = ["x"]\n'
    ran = test(filter_=f'name = "f"\naction = "send"\n{rule}{link}', a_json=DELIVERED)
    assert ran.code == 0
    assert "Rule 1: $.Visit.PatientClas is not known in this data model; did you mean $.Visit.PatientClass?" in ran.err


@pytest.mark.parametrize("line", ["{", "[]", '{"sample": "a"}', '{"sample": "a", "verdict": "maybe"}'])
def test_an_expectation_that_makes_no_sense_names_its_line(line: str, test: Test) -> None:
    Path("expected").write_text(f"\n{line}\n")
    ran = test("--expect", "expected", a_json=DELIVERED)
    assert (ran.code, ran.err.count("expected, line 2: a line is a JSON object with sample and verdict")) == (2, 1)
