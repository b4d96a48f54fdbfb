"""`redox-tui vault`: change the passphrase, begin anew, look whether the file is in order."""

import argparse
from typing import TYPE_CHECKING

from redox_tui.cli.asking import Secrets
from redox_tui.cli.connecting import store_paths
from redox_tui.cli.exits import CommandError, Exit, say
from redox_tui.cli.output import Output
from redox_tui.cli.unlocking import new_passphrase, unlocked
from redox_tui.store.asker import overwrite

if TYPE_CHECKING:
    from redox_tui.store.paths import Paths


def run(options: argparse.Namespace) -> int:
    """Do what the action says; the exit code."""
    paths = store_paths()
    match options.action:
        case "passwd":
            return _change_passphrase(paths, Secrets(options.passphrase_fd))
        case "reset":
            return _reset(paths, Secrets(None))
        case _ if options.restore:
            return _restore(paths, Secrets(options.passphrase_fd))
        case _:
            return _check(paths)


def _change_passphrase(paths: "Paths", secrets: Secrets) -> int:
    vault = unlocked(paths, secrets)
    passphrase = new_passphrase(secrets)
    try:
        vault.change_passphrase(passphrase)
    finally:
        overwrite(passphrase)
        vault.lock()
    say("the passphrase of the vault was changed")
    return Exit.OK


def _reset(paths: "Paths", secrets: Secrets) -> int:
    from redox_tui.store import vault

    if not vault.exists(paths):
        raise CommandError("There is no vault.", Exit.NOT_FOUND)
    question = f"this removes {paths.vault} and its copy with every key in them; nothing brings those keys back"
    if not secrets.agrees(f"{question}\nProfiles stay.", "reset"):
        raise CommandError("Nothing was removed.", Exit.REFUSED)
    vault.reset(paths)
    say("the vault was removed; give each profile a key again: redox-tui profiles add NAME --client-id … --key-file …")
    return Exit.OK


def _restore(paths: "Paths", secrets: Secrets) -> int:
    from redox_tui.store import vault

    passphrase = secrets.ask("the copy of the vault")
    try:
        vault.restore(paths, passphrase)
    finally:
        overwrite(passphrase)
    say(f"the copy of the vault is in its place; what was there is in {paths.damaged}")
    return Exit.OK


def _check(paths: "Paths") -> int:
    """Say what can be seen without the passphrase."""
    from redox_tui.store import vault

    header = vault.inspect(paths)
    lines = [
        f"vault       {paths.vault}: in order",
        f"copy        {paths.backup}: {vault.state_of_copy(paths)}",
        f"saved       {header.generation:,} times",
        f"passphrase  a guess takes {128 * header.r << header.logn >> 20:,} MiB of memory (scrypt 2^{header.logn})",
    ]
    with Output(None) as output:
        output.write("".join(f"{line}\n" for line in lines))
    return Exit.OK
