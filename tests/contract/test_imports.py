"""Who imports whom (docs: architecture §2): seen in fresh interpreters, and in the source of every file."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "redox_tui"
FRAMEWORKS = {"textual", "rich", "httpx", "starlette", "uvicorn", "pydantic"}
COMMANDS = sorted(f"cli/{file.stem}" for file in PACKAGE.glob("cli/*.py"))
LIGHT = (
    "api/__init__",
    "api/protocol",
    "api/errors",
    "store/errors",
    "store/paths",
    "store/backends",
    "tui/commands",
    "tui/keymap",
)


def modules_of(layer: str) -> tuple[str, ...]:
    """Every module of a sub-package, or the module of that name."""
    place = PACKAGE / layer
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    return tuple(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files)


@cache
def loaded_by(*modules: str) -> frozenset[str]:
    """What a fresh interpreter loads for these modules, beyond what it starts with."""
    code = (
        "import json, sys, importlib\n"
        "before = set(sys.modules)\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(json.dumps(sorted(name for name in set(sys.modules) - before if sys.modules[name])))"
    )
    names = [name.removesuffix(".__init__") for name in modules]
    ended = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, check=True, text=True)
    return frozenset(json.loads(ended.stdout))


def packages(loaded: frozenset[str]) -> set[str]:
    """Distributions and our own sub-packages, by name."""
    ours = {".".join(name.split(".")[:2]) for name in loaded if name.startswith("redox_tui.")}
    return ours | {name.partition(".")[0] for name in loaded} - {"redox_tui"}


def test_the_domain_needs_the_standard_library_only() -> None:
    found = packages(loaded_by(*modules_of("domain")))
    assert found - sys.stdlib_module_names == {"redox_tui.domain"}


def test_the_api_knows_the_domain_and_no_screen() -> None:
    found = packages(loaded_by(*modules_of("api")))
    assert {name for name in found if name.startswith("redox_tui.")} == {"redox_tui.api", "redox_tui.domain"}
    assert found & FRAMEWORKS == {"httpx"}


def test_the_store_knows_the_domain_and_no_network() -> None:
    found = packages(loaded_by(*modules_of("store")))
    assert {name for name in found if name.startswith("redox_tui.")} == {"redox_tui.store", "redox_tui.domain"}
    assert found & FRAMEWORKS == {"pydantic"}


def test_the_store_loads_cryptography_when_a_key_is_used_only() -> None:
    found = packages(loaded_by(*modules_of("store")))
    assert found.isdisjoint({"cryptography", "jwt", "tomlkit", "platformdirs"})


def test_the_simulator_knows_the_domain_at_most_and_no_client() -> None:
    found = packages(loaded_by(*modules_of("simulator")))
    assert {name for name in found if name.startswith("redox_tui.")} <= {"redox_tui.simulator", "redox_tui.domain"}
    assert found & FRAMEWORKS == {"starlette"}


@pytest.mark.parametrize("module", [module for module in LIGHT if (PACKAGE / f"{module}.py").exists()])
def test_what_everybody_may_import_costs_no_framework(module: str) -> None:
    found = packages(loaded_by(*modules_of(module)))
    assert found.isdisjoint(FRAMEWORKS | {"redox_tui.simulator"})


@pytest.mark.parametrize("module", ["__main__", *COMMANDS])
def test_the_command_line_starts_without_any_framework(module: str) -> None:
    found = packages(loaded_by(*modules_of(module)))
    assert found.isdisjoint(FRAMEWORKS | {"redox_tui.tui", "redox_tui.simulator", "cryptography", "jwt"})


@pytest.mark.parametrize(
    "later",
    [
        *("domain.diff", "domain.jsontree", "domain.filter_draft", "domain.lint", "domain.facets", "domain.masking"),
        *("tui.widgets.json_view", "tui.screens.log_detail", "tui.screens.filters", "tui.screens.credentials"),
    ],
)
def test_the_first_rows_are_drawn_before_what_other_places_need_is_loaded(later: str) -> None:
    found = loaded_by("redox_tui.tui.app")
    assert "redox_tui.tui.screens.logs" in found
    assert f"redox_tui.{later}" not in found


def test_files_are_viewed_without_network_and_cryptography(tmp_path: Path) -> None:
    path = tmp_path / "logs.ndjson"
    path.write_text('{"id":"a","status":"failed","payload":{"Meta":{}}}\n')
    code = (
        "import asyncio, sys\n"
        "import redox_tui.tui.app, redox_tui.tui.screens.log_detail\n"
        "from redox_tui.cli.view import FileAccess\n"
        "from redox_tui.domain.search import LogSearch\n"
        "async def view():\n"
        "    client = FileAccess(sys.argv[1:]).connect()\n"
        "    page = await client.logs.page(LogSearch(), 1, 50)\n"
        "    assert (await client.logs.get(page.logs[0].id)).payload\n"
        "    await client.aclose()\n"
        "asyncio.run(view())\n"
        "print(*sorted(name for name in sys.modules if sys.modules[name]))"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True, text=True)
    unwanted = {"httpx", "httpcore", "truststore", "cryptography", "jwt", "starlette"}
    assert {name.partition(".")[0] for name in ended.stdout.split()}.isdisjoint(unwanted)


def test_the_whole_client_comes_without_the_command_line_of_httpx() -> None:
    found = packages(loaded_by("redox_tui.api.client"))
    assert found.isdisjoint({"click", "rich", "pygments", "textual"})


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports anywhere when it runs; what only a type checker reads is left out."""

    def walk(node: ast.AST) -> Iterator[str]:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                yield node.module or ""
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    yield from walk(ast.parse(file.read_text()))


SOURCES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {
    "jsonpath_rfc9535": {"domain/fieldpath.py"},
    "httpx": {"api/http.py"},
    "starlette": {"simulator/"},
    "uvicorn": {"cli/simulate.py"},
    "textual": {"tui/"},
    "rich": {"tui/"},
    "truststore": {"api/trust.py"},
    "jwt": {"api/auth.py", "simulator/tokens.py"},
    "cryptography": {"api/auth.py", "simulator/tokens.py", "store/credential.py", "store/sealing.py"},
    "platformdirs": {"store/paths.py"},
    "pydantic": {"store/command.py", "store/contents.py", "store/profiles.py", "store/sealing.py", "store/settings.py"},
    "pyarrow": {"store/export_parquet.py"},
    "tomlkit": {"cli/filter_files.py", "store/profiles.py"},
}
"""Where each library of others may be imported: files, or folders."""


@pytest.mark.parametrize("library", ALLOWED)
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    importing = {
        file.relative_to(PACKAGE).as_posix()
        for file in SOURCES
        if any(name.partition(".")[0] == library for name in imports(file))
    }
    assert importing
    assert {one for one in importing if not one.startswith(tuple(ALLOWED[library]))} == set()


def test_no_other_library_is_imported_at_all() -> None:
    found = {name.partition(".")[0] for file in SOURCES for name in imports(file)}
    assert found - sys.stdlib_module_names - {"redox_tui"} == set(ALLOWED)


def test_the_screen_is_imported_by_the_commands_that_open_it_only() -> None:
    importing = {
        file.relative_to(PACKAGE).as_posix()
        for file in SOURCES
        if not file.is_relative_to(PACKAGE / "tui") and any(name.startswith("redox_tui.tui") for name in imports(file))
    }
    assert importing <= {"cli/open.py", "cli/demo.py", "cli/terminal.py"}
