"""TS-04: no text of a server or a user is ever read as markup. Checked on the source, since one slip is enough."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TUI = Path(__file__).parents[2] / "redox_tui" / "tui"
READ_MARKUP = {"Static", "Label", "Markdown", "Button", "Checkbox", "Collapsible", "OptionList", "Tree", "DataTable"}
FORBIDDEN_CALLS = {"from_markup", "notify", "MarkdownViewer"} | READ_MARKUP


def _calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: path.relative_to(TUI).as_posix())
def test_ts04_nothing_that_reads_markup_is_made_or_asked_for(path: Path) -> None:
    for name, call in _calls(path):
        assert name not in FORBIDDEN_CALLS, f"line {call.lineno} calls {name}; use widgets/line.py"
        for keyword in call.keywords:
            is_true = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            assert not (keyword.arg == "markup" and is_true), f"line {call.lineno} asks for markup"


@pytest.mark.parametrize("path", sorted(TUI.rglob("*.py")), ids=lambda path: path.relative_to(TUI).as_posix())
def test_ts04_only_the_line_widget_is_made_of_one_that_reads_markup(path: Path) -> None:
    bases = {
        base.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    assert not bases & READ_MARKUP or path == TUI / "widgets" / "line.py"


def test_ts04_the_line_widget_switches_markup_off() -> None:
    calls = [call for name, call in _calls(TUI / "widgets" / "line.py") if name == "__init__"]
    assert [
        keyword.value.value
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "markup" and isinstance(keyword.value, ast.Constant)
    ] == [False]
