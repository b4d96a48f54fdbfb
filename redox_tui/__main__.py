"""The program `redox-tui`."""

import sys

from redox_tui.cli import main

if __name__ == "__main__":
    sys.exit(main())
