"""`redox-tui where`: print every path that the program may touch."""

import argparse
import os
from typing import Final

from redox_tui.cli.asking import TERMINAL
from redox_tui.cli.exits import Exit
from redox_tui.cli.output import Output

_ELSEWHERE: Final = (
    ("--output FILE", "what you export, a new file for you alone; FILE.part and FILE.part.json while it is written"),
    ("--key-file FILE", "a private key, read where you alone can read it"),
    (TERMINAL, "passphrases are asked for there"),
)


def run(options: argparse.Namespace) -> int:
    """Print the paths; the exit code."""
    from redox_tui.store import paths

    rows = [*((str(path), what) for path, what in paths.locate(os.environ).listed()), *_ELSEWHERE]
    width = max(len(path) for path, _ in rows)
    with Output(None) as output:
        output.write("".join(f"{path:{width}}  {what}\n" for path, what in rows))
    return Exit.OK
