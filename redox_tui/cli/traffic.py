"""The simulated traffic that the options of `demo` and `simulate` describe."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.cli.exits import CommandError

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from redox_tui.simulator.faults import Faults
    from redox_tui.simulator.messages import MessageFile
    from redox_tui.simulator.tokens import Tokens


def messages(options: argparse.Namespace) -> "Sequence[MessageFile]":
    """The message files of `--messages`, none where it is not given; CommandError for a folder that has none."""
    if options.messages is None:
        return ()
    from redox_tui.simulator.messages import MessagesError, catalogue_from

    try:
        return catalogue_from(Path(options.messages))
    except MessagesError as error:
        raise CommandError(str(error)) from None


def faults(options: argparse.Namespace, *, on_wire: bool) -> "Faults":
    """The faults of `--fault`; CommandError for one that there is not, or that needs a wire where there is none."""
    from redox_tui.simulator.faults import Faults

    try:
        return Faults(options.fault, on_wire=on_wire)
    except ValueError as error:
        raise CommandError(str(error)) from None


def traffic(
    options: argparse.Namespace, files: "Sequence[MessageFile]", tokens: "Tokens", faults: "Faults"
) -> "Starlette":
    """The simulator that the options describe; the tokens are those that it takes."""
    from redox_tui.simulator.app import simulator
    from redox_tui.simulator.world import World

    world = World(options.logs, seed=options.seed, messages=files, lateness=options.late * 1_000)
    return simulator(world, tokens=tokens, generation=options.generation, latency=options.latency / 1000, faults=faults)
