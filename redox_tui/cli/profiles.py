"""`redox-tui profiles`: list, show, choose and remove profiles. Adding and testing one have modules of their own."""

import argparse
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from redox_tui.cli import profile_add, profile_test, removing
from redox_tui.cli.asking import Secrets
from redox_tui.cli.connecting import chosen_profile, load_profile, store_paths
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.cli.unlocking import Keys
from redox_tui.domain import display

if TYPE_CHECKING:
    from redox_tui.store.paths import Paths
    from redox_tui.store.profiles import Profile

_WIDTHS = (2, 16, 12, 38, 12, 20)


def run(options: argparse.Namespace) -> int:
    """Do what the action says; the exit code."""
    match options.action:
        case "add":
            return profile_add.run(options)
        case "test":
            return profile_test.run(options)
        case "list":
            return _list(store_paths())
        case "show":
            return _show(store_paths(), options.name)
        case "default":
            return _default(store_paths(), options.name)
        case _:
            return _remove(Keys(store_paths()), options)


def _list(paths: "Paths") -> int:
    from redox_tui.store import profiles

    known = profiles.load(paths)
    if not known.named and not known.problems:
        say("there are no profiles yet; to add one: redox-tui profiles add NAME …")
        return Exit.OK
    lines = [_columns("", "NAME", "ORGANIZATION", "ENVIRONMENT", "KIND", "KEY", "CREDENTIAL")]
    for name, profile in known.named.items():
        mark = "*" if name == known.default else ""
        place = profile.environment or "–"
        lines.append(
            _columns(mark, name, profile.organization, place, _kind(profile), profile.key_id or "–", profile.backend)
        )
    with Output(None) as output:
        output.write("".join(lines))
    for name, problem in known.problems.items():
        say(f"the profile {name} cannot be used: {problem}")
    return Exit.DAMAGED_STORE if known.problems else Exit.OK


def _show(paths: "Paths", named: str | None) -> int:
    found = chosen_profile(named)
    if found is None:
        raise CommandError("No profile is named and there is no default.", Exit.NOT_FOUND)
    name, why = found
    profile = load_profile(paths, name)
    rows = [("profile", f"{name}, since {why}"), *_place(profile), *_credential(paths, profile)]
    with Output(None) as output:
        output.write("".join(f"{label:14}{display.line(value)}\n" for label, value in rows))
    return Exit.OK


def _place(profile: "Profile") -> list[tuple[str, str]]:
    ways = {"proxy": profile.proxy, "certificates": profile.ca_bundle, "rate": profile.rate, "filters": profile.filters}
    return [
        ("base URL", profile.base_url),
        ("organization", profile.organization),
        ("environment", f"{profile.environment or 'not named'} ({_kind(profile)})"),
        ("generation", profile.generation or "auto"),
        *((label, f"{value}") for label, value in ways.items() if value),
    ]


def _credential(paths: "Paths", profile: "Profile") -> list[tuple[str, str]]:
    """Where the credential is, what can be seen of it from outside, and which keys there are with their age (CS-31)."""
    from redox_tui.store.profiles import BACKENDS

    rows = [("credential", f"{profile.backend}: {BACKENDS[profile.backend]}")]
    if profile.backend == "command":
        rows.append(("command", " ".join(profile.command)))
    path = {"vault": paths.vault, "pem-file": profile.key_file}.get(profile.backend)
    if path:
        rows.append(("path", _seen(path.expanduser())))
    today = datetime.now(UTC).date()
    for key_id, added in profile.keys.items():
        rows.append(("key", f"{key_id}, {_age(added, today)}{', in use' if key_id == profile.key_id else ''}"))
    if profile.key_id and not profile.keys:
        rows.append(("key", profile.key_id))
    return rows


def _seen(path: Path) -> str:
    """A path with its mode; a second name of the same file is said, since a copy by that way is easily forgotten."""
    try:
        found = os.lstat(path)
    except OSError as error:
        return f"{path} ({error.strerror})"
    names = f", {found.st_nlink} names (hard links)" if found.st_nlink > 1 else ""
    return f"{path} (mode {found.st_mode & 0o7777:04o}{names})"


def _age(added: date, today: date) -> str:
    days = (today - added).days
    return f"added {added.isoformat()} ({days:,} {'day' if days == 1 else 'days'} ago)"


def _default(paths: "Paths", name: str) -> int:
    from redox_tui.store import profiles

    load_profile(paths, name)
    profiles.set_default(paths, name)
    say(f"{name} is used where no profile is named")
    return Exit.OK


def _remove(keys: Keys, options: argparse.Namespace) -> int:
    from redox_tui.store import profiles

    name, secrets = options.name, Secrets(options.passphrase_fd)
    try:
        if options.key_id:
            used = removing.remove_key(keys, name, profiles.load(keys.paths).get(name), options.key_id, secrets)
            say(f"the key {options.key_id} was removed; {used} is in use")
        else:
            removing.remove(keys, name, secrets)
            say(f"the profile {name} was removed")
    finally:
        keys.lock()
    return Exit.OK


def _kind(profile: "Profile") -> str:
    """PROD, or what the API has said that it is; what is unknown counts as PROD."""
    return "PROD" if profile.is_production else (profile.environment_flag or "")


def _columns(*cells: str) -> str:
    columns = [display.fit(cell, width) for cell, width in zip(cells, _WIDTHS, strict=False)]
    return "".join(f"{column} " for column in columns) + display.line(cells[-1]) + "\n"
