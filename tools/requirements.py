"""Lists the numbered security requirements with the tests that carry their numbers; fails where one has none.

A test carries a number in its name: `test_cs_02_a_file_of_another_user_is_refused`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
IN_SCOPE = (
    *(f"CS-{number:02}" for number in (*range(1, 9), *range(10, 17), *range(20, 30), 31, 32)),
    *(f"AU-{number:02}" for number in range(1, 9)),
    *(f"HT-{number:02}" for number in (*range(1, 11), 12)),
)
"""Secrets and files, tokens, HTTP. CS-30 (keyring) and HT-11 (HTTP/2) are left out of this program."""

_NUMBER = re.compile(r"(?<![a-z])(cs|au|ht)_(\d\d)(?!\d)")


def main() -> int:
    """Print the list; 1 where a requirement has no test."""
    carried = by_requirement(CHECKOUT / "tests")
    for requirement in IN_SCOPE:
        print(requirement)
        for test in carried.get(requirement, ["(no test)"]):
            print(f"    {test}")
    missing = [requirement for requirement in IN_SCOPE if requirement not in carried]
    unknown = sorted(set(carried) - set(IN_SCOPE))
    if missing:
        print(f"without a test: {', '.join(missing)}")
    if unknown:
        print(f"in the name of a test, but not in scope: {', '.join(unknown)}")
    return 1 if missing or unknown else 0


def by_requirement(folder: Path) -> dict[str, list[str]]:
    """The tests in a folder by the requirements whose numbers they carry."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for name in _tests(path):
            for kind, number in dict.fromkeys(_NUMBER.findall(name)):
                place = f"{path.relative_to(folder.parent).as_posix()}::{name}"
                found.setdefault(f"{kind.upper()}-{number}", []).append(place)
    return found


def _tests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


if __name__ == "__main__":
    sys.exit(main())
