"""Every subcommand with its options. It imports nothing heavy: `--help` and `--version` answer at once."""

import argparse
import importlib
import re
from collections.abc import Sequence
from typing import Final

from redox_tui import __version__
from redox_tui.cli import filter_options, numbers, store_options
from redox_tui.cli.store_options import GENERATIONS, add_passphrase
from redox_tui.domain.connection import PRODUCTION_URL

COMMANDS: Final = {
    "open": "open the app on the logs of an organization",
    "view": "open the app on files: exported logs, or messages; no server",
    "demo": "open the app on simulated traffic; no server, nothing written to disk",
    "logs": "print logs",
    "log": "print one log",
    "diff": "print what differs between two logs; the exit code is 10 where anything does",
    "count": "count logs, without reading them where the server can count",
    "filters": "keep filters as files, test them, plan and apply changes",
    "profiles": "keep connections: which organization, which key",
    "vault": "look after the file that keys are sealed in",
    "where": "print every path that the program may touch",
    "simulate": "serve simulated traffic over HTTP on this machine",
}
"""Every subcommand with what it does."""

_QUERY_HELP = """\
query: key:value terms and words, all of which must hold, for example
  status:failed model:PatientAdmin type:send since:3h
keys: status type model event source dest facility mode region since until on
several values take commas, a leading - excludes; both, and words, are looked at here, not by the server
"""
_CREDENTIAL_HELP = """\
profile: --profile, else the environment variable REDOX_TUI_PROFILE, else the default (redox-tui profiles --help)
credential without a profile: a token in the environment variable REDOX_TUI_TOKEN, or a key with --client-id --key-id
  --key-file
"""
_VIEW_HELP = """\
Every query works as on a server, over the whole file where it names no range. Of a folder all files ending in .json,
.ndjson, .jsonl, .csv, .xml or .hl7 are opened. What is compressed goes through a pipe:
  gunzip -c logs.ndjson.gz | redox-tui view -
"""
_EXCLUSION = re.compile(r"-(?!h$|\d+$)[^-\s].*", re.DOTALL)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line; `run` in the answer runs the subcommand. Wrong usage ends the program with code 2."""
    # A term such as -status:failed must not be taken for an option.
    shielded = [numbers.SHIELD + one if _EXCLUSION.fullmatch(one) else one for one in arguments]
    parser = _parser()
    options, rest = parser.parse_known_args(shielded)
    if hasattr(options, "query") and not any(one.startswith("-") for one in rest):
        # argparse ends the query at the first option; terms that come after one belong to it too.
        options.query, rest = [*options.query, *rest], []
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest).replace(numbers.SHIELD, '')}")
    for name, value in vars(options).items():
        if isinstance(value, str):
            setattr(options, name, value.removeprefix(numbers.SHIELD))
    if hasattr(options, "files"):
        options.files = [one.removeprefix(numbers.SHIELD) for one in options.files]
    if hasattr(options, "query"):
        options.query = " ".join(term.removeprefix(numbers.SHIELD) for term in options.query)
    return options


class _Parser(argparse.ArgumentParser):
    """A parser whose help names the faults where there are any; only then is their table read."""

    def format_help(self) -> str:
        """The help as it is printed."""
        text = super().format_help()
        if "--fault" not in text:
            return text
        from redox_tui.simulator.faults import table

        return f"{text}\n{table()}\n"


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="redox-tui",
        description="Browse the logs of the Redox Platform API. Without a command: open.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"redox-tui {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    added = {name: _add(commands, name) for name in COMMANDS}

    for name in ("open", "logs", "count"):
        _add_query(added[name])
    for name in ("open", "logs", "log", "diff", "count"):
        _add_connection(added[name])
    for name in ("demo", "simulate"):
        _add_traffic(added[name])

    view_help = (
        "NDJSON, JSON or CSV as logs --output writes them, messages (JSON, XML, HL7 v2), a folder, or - for stdin"
    )
    added["view"].add_argument("files", nargs="+", metavar="FILE", help=view_help)

    opening = added["open"]
    lock_help = f"lock the app after so many minutes without a key (1 to 15, default: {numbers.LOCK_AFTER})"
    opening.add_argument(
        "--lock-after", type=numbers.minutes, default=numbers.LOCK_AFTER, metavar="MIN", help=lock_help
    )
    poll_help = f"look every S seconds what is new, while a list is followed (default: {numbers.POLL})"
    opening.add_argument("--poll", type=numbers.interval, default=numbers.POLL, metavar="S", help=poll_help)

    for name in ("open", "demo"):
        added[name].add_argument("--read-only", action="store_true", help="change nothing: what would is not there")

    logs = added["logs"]
    amount = logs.add_mutually_exclusive_group()
    amount.add_argument(
        "--limit", type=numbers.positive, default=100, metavar="N", help="at most N logs (default: 100)"
    )
    amount.add_argument("--all", action="store_true", help="every log of the range")
    logs.add_argument("--follow", action="store_true", help="then go on with what comes, oldest first, until ctrl+c")
    interval_help = f"with --follow: look every S seconds (default: {numbers.POLL})"
    logs.add_argument("--interval", type=numbers.interval, default=numbers.POLL, metavar="S", help=interval_help)
    formats = ("table", "ndjson", "csv", "json", "parquet")
    formats_help = "how logs are printed (default: as --output FILE is named, else table)"
    logs.add_argument("--format", choices=formats, help=formats_help)
    export = logs.add_argument_group("export")
    export.add_argument("--output", metavar="FILE", help="write to a new file instead of stdout; never overwrites")
    export.add_argument("--resume", action="store_true", help="go on with FILE.part, with what it was begun with")
    export.add_argument("--payload", action="store_true", help="with the messages, read one by one: patient data")
    yes_help = "agree to that without being asked"
    export.add_argument("--yes-patient-data", action="store_true", help=yes_help)
    export.add_argument("--mask", action="store_true", help="pseudonyms for ids, names, dates and all other texts")

    added["log"].add_argument("id", metavar="ID", help="the id of the log")
    payload_help = "print the message instead; of --inspect and --why, messages and values: they are patient data"
    added["log"].add_argument("--payload", action="store_true", help=payload_help)
    about = added["log"].add_mutually_exclusive_group()
    about.add_argument("--inspect", action="store_true", help="run it through today's settings; nothing is sent")
    about.add_argument("--why", action="store_true", help="say why it is filtered, or is not, rule by rule")
    added["log"].add_argument("--message", metavar="FILE", help="with --why: the message, where the API gives none")
    format_help = "how --inspect and --why print (default: table)"
    added["log"].add_argument("--format", choices=("table", "ndjson"), default="table", help=format_help)

    added["diff"].add_argument("ids", nargs=2, metavar="ID", help="the ids of two logs")
    payload_help = "compare their messages instead: they are patient data"
    added["diff"].add_argument("--payload", action="store_true", help=payload_help)
    added["diff"].add_argument("--all", action="store_true", help="print equal lines too")
    diff_formats = "text with - and +, or a JSON object a line (default: table)"
    added["diff"].add_argument("--format", choices=("table", "ndjson"), default="table", help=diff_formats)

    count = added["count"]
    by_help = (
        "count by " + ", ".join(numbers.BY) + ", or time[:BUCKETS], in so many round buckets at most (default: 32)"
    )
    count.add_argument("--by", type=numbers.by, metavar="KEY", help=by_help)
    count.add_argument(
        "--limit",
        type=numbers.positive,
        default=10_000,
        metavar="N",
        help="where the server does not count: read the newest N logs at most (default: 10000)",
    )
    count.add_argument("--format", choices=formats[:3], default="table", help="how counts are printed (default: table)")

    filter_options.add_filters(added["filters"], _add_connection)
    store_options.add_profiles(added["profiles"])
    store_options.add_vault(added["vault"])

    simulate = added["simulate"]
    simulate.add_argument("--host", default="127.0.0.1", help="a loopback address (default: 127.0.0.1)")
    simulate.add_argument("--port", type=numbers.port, default=8787, help="0 takes a free one (default: 8787)")
    simulate.add_argument("--client-id", metavar="ID", help="teach the simulator a public key: its client id,")
    simulate.add_argument("--key-id", metavar="ID", help="its key id,")
    simulate.add_argument("--client-key", metavar="FILE", help="and the public key, PEM or JWK")
    return parser


def _add(commands: "argparse._SubParsersAction[_Parser]", name: str) -> argparse.ArgumentParser:
    epilog = {
        "open": _QUERY_HELP + _CREDENTIAL_HELP,
        "logs": _QUERY_HELP + _CREDENTIAL_HELP,
        "log": _CREDENTIAL_HELP,
        "view": _VIEW_HELP,
        "diff": _CREDENTIAL_HELP,
        "count": _QUERY_HELP + _CREDENTIAL_HELP,
    }.get(name)
    parser = commands.add_parser(
        name,
        help=COMMANDS[name],
        description=COMMANDS[name].capitalize() + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=lambda options: importlib.import_module(f"redox_tui.cli.{name}").run(options))
    return parser


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("query", nargs="*", metavar="QUERY", help="which logs; see below")
    parser.add_argument("--since", metavar="TIME", help="from when: 15m, 3h, 7d, yesterday, 2026-11-20T12:00 (UTC)")
    parser.add_argument("--until", metavar="TIME", help="until when, inclusive; a day is meant to its end")
    patient_help = "read whose logs are wanted (patient:) from this open file descriptor"
    parser.add_argument("--patient-fd", type=numbers.descriptor, metavar="N", help=patient_help)


def _add_connection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("connection")
    group.add_argument("--profile", metavar="NAME", help="use what this profile says of all that follows")
    group.add_argument("--base-url", metavar="URL", help=f"what stands before /platform, for example {PRODUCTION_URL}")
    group.add_argument("--organization", metavar="ID", help="the organization's id, a number")
    group.add_argument("--environment", metavar="ID", help="the environment's id")
    group.add_argument(
        "--generation",
        choices=GENERATIONS,
        help="which list of logs the server has (auto: by environment when one is given)",
    )
    filters_help = "which calls the server has for filters (auto: v1, and v0 where that is missing)"
    group.add_argument("--filters", choices=("auto", "v0", "v1"), help=filters_help)
    store_options.add_ways(group)
    group.add_argument("--client-id", metavar="ID", help="the client id of a user-level API key")
    group.add_argument("--key-id", metavar="ID", help="the key's id (kid); a JWK may hold it")
    group.add_argument("--key-file", metavar="FILE", help="the private key, PEM or JWK")
    group.add_argument(
        "--token-fd", type=numbers.descriptor, metavar="N", help="read a token from this open file descriptor"
    )
    add_passphrase(group)


def _add_traffic(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("simulated traffic")
    group.add_argument(
        "--logs", type=numbers.logs, default=100_000, metavar="N", help="how many logs (default: 100000)"
    )
    group.add_argument(
        "--seed", type=numbers.seed, default=1, metavar="N", help="another seed is other traffic (default: 1)"
    )
    group.add_argument("--messages", metavar="DIR", help="take payloads from a folder of message files")
    group.add_argument("--generation", choices=("organization", "environment"), default="organization")
    late_help = "list some logs so long after they were created (default: 0)"
    group.add_argument("--late", type=numbers.seconds, default=0, metavar="S", help=late_help)
    group.add_argument("--latency", type=numbers.milliseconds, default=0, metavar="MS", help="pause before each answer")
    group.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[:ARG]",
        help="what goes wrong on purpose; may be repeated, see below",
    )
