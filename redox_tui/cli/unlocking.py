"""The vault, opened with a passphrase that is asked for, or made with a new one."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from redox_tui.cli.asking import Secrets, overwrite
from redox_tui.cli.exits import CommandError, Exit, say

if TYPE_CHECKING:
    from redox_tui.store.paths import Paths
    from redox_tui.store.vault import Vault

_THE_VAULT = "the vault"
_SHORT = 12


def unlocked(paths: "Paths", secrets: Secrets, pause: Callable[[float], None] = time.sleep) -> "Vault":
    """The opened vault. A person may try again, after a pause when it was wrong three times; StoreError else."""
    from redox_tui.store import vault
    from redox_tui.store.errors import WrongPassphrase

    vault.inspect(paths)  # a damaged vault is said to be damaged before anybody is asked for a passphrase
    failures = 0
    while True:
        passphrase = secrets.ask(_THE_VAULT)
        try:
            return vault.unlock(paths, passphrase)
        except WrongPassphrase as wrong:
            if not secrets.can_be_asked_again:
                raise
            say(wrong.title)
        finally:
            overwrite(passphrase)
        failures += 1
        pause(vault.pause_before_next_try(failures))


def new_vault(paths: "Paths", secrets: Secrets) -> "Vault":
    """A vault that was made with a new passphrase."""
    from redox_tui.store import vault

    passphrase = new_passphrase(secrets)
    try:
        return vault.create(paths, passphrase)
    finally:
        overwrite(passphrase)


def new_passphrase(secrets: Secrets) -> bytearray:
    """A passphrase for the vault; a person types it twice."""
    say("The vault needs a passphrase. It cannot be recovered; five words or more are best.")
    passphrase = secrets.ask("the vault, a new one")
    if secrets.can_be_asked_again:
        repeated = secrets.ask("the vault, once more")
        is_same = repeated == passphrase
        overwrite(repeated)
        if not is_same:
            overwrite(passphrase)
            raise CommandError("The two passphrases differ; nothing was changed.", Exit.AUTH)
    if len(passphrase) < _SHORT:
        say(f"that passphrase has less than {_SHORT} characters: who gets hold of the file may guess it")
    return passphrase
