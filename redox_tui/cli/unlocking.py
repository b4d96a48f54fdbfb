"""The vault, opened with a passphrase that is asked for, or made with a new one."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from redox_tui.cli.exits import say
from redox_tui.store.asker import Asker, overwrite
from redox_tui.store.errors import Conflict, Locked, NoCredential, WrongPassphrase

if TYPE_CHECKING:
    from redox_tui.store.credential import Token
    from redox_tui.store.paths import Paths
    from redox_tui.store.vault import Vault

_THE_VAULT = "the vault"
_SHORT = 12
_WORDS_OF_ADVICE: Final = "The vault needs a passphrase. It cannot be recovered; five words or more are best."


class Keys:
    """The vault of this user: opened when it is first wanted, and open until it is locked."""

    def __init__(self, paths: "Paths") -> None:
        self.paths = paths
        self._vault: Vault | None = None
        self._token: Token | None = None
        self._locks = 0

    @property
    def is_open(self) -> bool:
        """Whether there is anything to lock."""
        return self._vault is not None or self._token is not None

    def opened(self, asker: Asker) -> "Vault":
        """The vault as the file is now. Its passphrase is asked for once, and again where it was changed elsewhere."""
        if vault := self._vault:
            try:
                vault.renew()
            except Conflict:
                vault.lock()
            else:
                return vault
        return self._keep(lambda: unlocked(self.paths, asker))

    def opened_if_any(self, asker: Asker) -> "Vault | None":
        """The vault, None where there is none yet."""
        from redox_tui.store.vault import exists

        return self.opened(asker) if exists(self.paths) else None

    def made(self, asker: Asker) -> "Vault":
        """The vault; a new one, with a new passphrase, where there is none."""
        if found := self.opened_if_any(asker):
            return found
        return self._keep(lambda: _new_vault(self.paths, asker))

    def _keep(self, opening: Callable[[], "Vault"]) -> "Vault":
        """Keep the vault that is opened, unless all was locked meanwhile: opening takes its time."""
        locks = self._locks
        vault = opening()
        if locks != self._locks:
            vault.lock()
            raise Locked("The vault was locked meanwhile.")
        self._vault = vault
        return vault

    def token(self) -> "Token":
        """The token that was in the environment, which leaves it at once; a lock drops it for good."""
        if self._token is None:
            from redox_tui.store import backends

            self._token = backends.from_environment(os.environ)
        return self._token

    def lock(self) -> None:
        """Drop what the vault holds, its key, and a bare token."""
        self._locks += 1
        self._token = None
        if self._vault:
            self._vault.lock()
        self._vault = None


def unlocked(paths: "Paths", asker: Asker, pause: Callable[[float], None] = time.sleep) -> "Vault":
    """The opened vault. A person may try again, after a pause when it was wrong three times; StoreError else."""
    from redox_tui.store import vault

    vault.inspect(paths)  # a damaged vault is said to be damaged before anybody is asked for a passphrase
    failures, note = 0, ""
    while True:
        passphrase = asker.ask(_THE_VAULT, note)
        try:
            return vault.unlock(paths, passphrase)
        except WrongPassphrase as wrong:
            if not asker.can_be_asked_again:
                raise
            note = wrong.title
        finally:
            overwrite(passphrase)
        failures += 1
        pause(vault.pause_before_next_try(failures))


def new_passphrase(asker: Asker) -> bytearray:
    """A passphrase for the vault; a person types it twice."""
    passphrase = asker.ask("the vault, a new one", _WORDS_OF_ADVICE)
    note = f"That passphrase has less than {_SHORT} characters: who gets hold of the file may guess it."
    note = note if len(passphrase) < _SHORT else ""
    if not asker.can_be_asked_again:
        if note:
            say(note)
    else:
        repeated = asker.ask("the vault, once more", note)
        is_same = repeated == passphrase
        overwrite(repeated)
        if not is_same:
            overwrite(passphrase)
            raise NoCredential("The two passphrases differ; nothing was changed.")
    return passphrase


def _new_vault(paths: "Paths", asker: Asker) -> "Vault":
    from redox_tui.store import vault

    passphrase = new_passphrase(asker)
    try:
        return vault.create(paths, passphrase)
    finally:
        overwrite(passphrase)
