"""The command line: it finds the subcommand, runs it, and turns every error into one sentence and an exit code.

Only the subcommands that need them import textual, httpx or the simulator.
"""

import sys
from collections.abc import Sequence

from redox_tui.cli.exits import CommandError, Exit, abandon_stdout, flush_stdout, say
from redox_tui.cli.parser import COMMANDS, parse
from redox_tui.domain.crash import reference
from redox_tui.store.errors import StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code."""
    sys.excepthook = lambda kind, error, trace: say(reference(error))
    try:
        try:
            return _run(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            flush_stdout()
    except CommandError as error:
        say(str(error))
        return error.code
    except StoreError as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        abandon_stdout()
        return Exit.BROKEN_PIPE
    except Exception as error:
        say(reference(error))
        return Exit.CRASH


def _run(arguments: list[str]) -> int:
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version")):
        arguments = ["open", *arguments]
    word = arguments[0]
    if not word.startswith("-") and word not in COMMANDS:
        import difflib

        close = difflib.get_close_matches(word, COMMANDS, 1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise CommandError(f"“{word}” is no command.{meant} To open the app with a query: redox-tui open {word}")
    options = parse(arguments)
    code: int = options.run(options)
    return code
