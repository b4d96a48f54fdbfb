"""The simulated traffic that the options of `demo` and `simulate` describe."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.cli.exits import CommandError

if TYPE_CHECKING:
    from redox_tui.simulator.messages import MessageFile


def messages(options: argparse.Namespace) -> "Sequence[MessageFile]":
    """The message files of `--messages`, none where it is not given; CommandError for a folder that has none."""
    if options.messages is None:
        return ()
    from redox_tui.simulator.messages import MessagesError, catalogue_from

    try:
        return catalogue_from(Path(options.messages))
    except MessagesError as error:
        raise CommandError(str(error)) from None
