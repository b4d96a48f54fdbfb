"""Fixtures of the tests that run the real program."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal, environment


@pytest.fixture
def run(home: Path) -> Iterator[Callable[..., Terminal]]:
    """Run a command in a terminal of its own, in an empty home; whatever still runs at the end is killed."""
    with ExitStack() as terminals:

        def start(command: list[str], **variables: str) -> Terminal:
            return terminals.enter_context(Terminal(command, environment(home, **variables)))

        yield start
