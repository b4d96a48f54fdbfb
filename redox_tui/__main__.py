"""The program `redox-tui`."""

import sys
from collections.abc import Sequence

from redox_tui.cli import main as run
from redox_tui.cli.process import harden


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program as a process of its own; the exit code."""
    harden()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
