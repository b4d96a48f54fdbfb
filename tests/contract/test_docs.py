"""What is generated is current, and what the registry promises exists."""

import re
from pathlib import Path

import pytest

from redox_tui.tui.commands import COMMANDS, SCOPES
from tools import keys, settings

CHECKOUT = Path(__file__).parents[2]


def test_the_page_of_keys_is_what_the_registry_says() -> None:
    assert (CHECKOUT / "docs" / "keys.md").read_text(encoding="utf-8") == keys.text(), "run: make docs"


def test_the_page_of_settings_is_what_the_file_may_hold() -> None:
    assert (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8") == settings.text(), "run: make docs"


def test_every_command_belongs_to_a_known_scope_and_has_an_id_of_its_own() -> None:
    assert {command.scope for command in COMMANDS} == set(SCOPES)
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("scope", SCOPES)
def test_no_key_is_bound_twice_in_a_scope(scope: str) -> None:
    bound = [key for command in COMMANDS if command.scope == scope for key in command.keys]
    assert len(bound) == len(set(bound))


def test_every_runtime_dependency_has_its_reason_in_the_decisions() -> None:
    project = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    listed = project.partition("dependencies = [")[2].partition("\n]")[0]
    decisions = (CHECKOUT / "docs" / "decisions.md").read_text(encoding="utf-8")
    names = re.findall(r'"([A-Za-z0-9-]+)', listed)
    assert "textual" in names
    assert not [name for name in names if f"**{name}**" not in decisions]


def test_the_locked_requirements_carry_hashes_and_name_no_index() -> None:
    for page in (CHECKOUT / "requirements").glob("*.txt"):
        text = page.read_text(encoding="utf-8")
        pins = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
        assert pins
        assert text.count("--hash=sha256:") >= len(pins)
        assert not re.search(r"--(extra-)?index-url|--find-links|https?://|file:", text)


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_python_gets_the_same_version_of_a_package(name: str) -> None:
    """So that what is tested with one Python is what runs with another."""
    locked = re.findall(r"^([\w.-]+)==", (CHECKOUT / "requirements" / name).read_text(), re.MULTILINE)
    assert len(locked) > 10
    assert len(locked) == len(set(locked))


def test_every_picture_that_the_readme_shows_is_there() -> None:
    readme = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme)
    assert shown
    assert all((CHECKOUT / path).is_file() for path in shown)
