"""Judges a test report for CI: nothing may be skipped, and with the shared data present its tests must have run."""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main() -> int:
    """Read the report named on the command line; 1 where it must not pass."""
    cases = list(ElementTree.parse(sys.argv[1]).iter("testcase"))
    skipped = [f"{case.get('classname')}.{case.get('name')}" for case in cases if case.find("skipped") is not None]
    real = [case for case in cases if (case.get("classname") or "").startswith("tests.real")]
    shared = Path(__file__).resolve().parents[2] / "shared"
    for name in skipped:
        print(f"skipped: {name}")
    if shared.is_dir() and not real:
        print(f"{shared} is there, but tests/real ran nothing")
        return 1
    print(f"{len(cases)} tests, {len(real)} of them with the shared data, {len(skipped)} skipped")
    return 1 if skipped or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
