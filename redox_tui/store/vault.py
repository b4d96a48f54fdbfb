"""The vault: private keys in one sealed file, unlocked once, changed a profile at a time (security.md §2).

Each change is made to what the file holds at that moment, under the lock, so that programs at work at the same time
do not undo each other's changes. After each save the file is read back and opened before its copy is renewed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

from redox_tui.store import contents, secure_file
from redox_tui.store.contents import Body, SealedCredential
from redox_tui.store.errors import (
    Conflict,
    CopyNotSaved,
    DamagedStore,
    Locked,
    NewerFormat,
    NoCredential,
    NotSaved,
    StoreError,
)
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths
from redox_tui.store.sealing import PRODUCTION, Cost, Envelope, Header, derive, parse, seal, unseal

FREE_TRIES: Final = 3
_LONGEST_PAUSE = 4.0
_IN_ORDER = "in order"


class Vault:
    """An unlocked vault. It holds the key that the passphrase stands for, never the passphrase.

    It may be locked from another thread at any moment: what is being written then is written whole, with the right key.
    """

    def __init__(self, paths: Paths, key: bytearray, header: Header, body: Body, cost: Cost) -> None:
        self._paths = paths
        self._cost = cost
        self._opened: _Opened | None = _Opened(key, header, body)
        self._guard = Lock()

    @property
    def profiles(self) -> Mapping[str, SealedCredential]:
        """The credentials by the names of their profiles; Locked after `lock`."""
        return self._unlocked.body.profiles

    def get(self, name: str) -> SealedCredential:
        """The credential of a profile; NoCredential where the vault has none, Locked after `lock`."""
        found = self.profiles.get(name)
        if found is None:
            raise NoCredential(
                f"The vault holds no key of the profile {name}.", hint=f"Add it again: redox-tui profiles add {name}"
            )
        return found

    def put(self, name: str, credential: SealedCredential) -> None:
        """Save the credential of a profile; Conflict where another program has changed it meanwhile (CS-25)."""
        self._change(name, credential)

    def remove(self, name: str) -> None:
        """Remove the credential of a profile; Conflict as for `put`."""
        self._change(name, None)

    def change_passphrase(self, passphrase: bytes | bytearray) -> None:
        """Seal the vault with another passphrase. The old file, and its copy, go when the new one opened (CS-27)."""
        with self._working() as seen:
            header = seen.header.next_salted(self._cost)
            key = derive(passphrase, header)
            with locked(self._paths.lock):
                now = self._reread(seen)
                header = header.model_copy(update={"generation": now.header.generation + 1})
                self._save(_Opened(key, header, now.body))

    def renew(self) -> None:
        """Take what the file holds now; Conflict where another program has changed the passphrase."""
        with self._working() as seen:
            self._keep(self._reread(seen))

    def lock(self) -> None:
        """Drop the secrets; every further call raises Locked (CS-16)."""
        with self._guard:
            if self._opened:
                _zero(self._opened.key)
            self._opened = None

    @contextmanager
    def _working(self) -> Iterator["_Opened"]:
        """What is known of the vault, with a key of its own: a lock meanwhile must not change what is sealed."""
        with self._guard:
            seen = self._unlocked
            own = bytearray(seen.key)
        try:
            yield _Opened(own, seen.header, seen.body)
        finally:
            _zero(own)

    def _keep(self, opened: "_Opened") -> None:
        """Know the vault as it is now, unless it was locked meanwhile."""
        with self._guard:
            if self._opened is not None:
                before, self._opened = self._opened, _Opened(bytearray(opened.key), opened.header, opened.body)
                _zero(before.key)

    @property
    def _unlocked(self) -> "_Opened":
        if self._opened is None:
            raise Locked("The vault is locked.", hint="Give the passphrase again.")
        return self._opened

    def _change(self, name: str, credential: SealedCredential | None) -> None:
        with self._working() as seen, locked(self._paths.lock):
            now = self._reread(seen)
            self._keep(now)
            if now.body.profiles.get(name) != seen.body.profiles.get(name):
                raise Conflict(
                    f"Another program has changed the profile {name} in the vault.",
                    "Nothing was changed.",
                    "Look at it, then try again.",
                )
            profiles = {other: kept for other, kept in now.body.profiles.items() if other != name}
            if credential:
                profiles[name] = credential
            body = now.body.model_copy(update={"profiles": profiles})
            self._save(_Opened(seen.key, now.header.next(), body))

    def _reread(self, seen: "_Opened") -> "_Opened":
        """What the file holds now; Conflict where the key that is held does not open it any more."""
        envelope = _parsed(self._paths, self._cost)
        if (envelope.header.vault_id, envelope.header.salt) != (seen.header.vault_id, seen.header.salt):
            raise Conflict(
                "Another program has changed the passphrase, or made another vault.",
                "Nothing was changed.",
                "Unlock the vault again.",
            )
        return _Opened(seen.key, envelope.header, _body(envelope, seen.key))

    def _save(self, opened: "_Opened") -> None:
        data = seal(opened.body.model_dump_json().encode(), opened.key, opened.header)
        secure_file.write(self._paths.vault, data)
        if secure_file.read(self._paths.vault) != data:
            raise NotSaved(
                f"{self._paths.vault} reads back differently from what was written.",
                f"The vault as it was before is in {self._paths.backup}.",
            )
        _body(parse(data, self._cost), opened.key)
        self._keep(opened)
        try:
            secure_file.write(self._paths.backup, data)
        except NotSaved as error:
            raise CopyNotSaved("The vault was saved, but not its copy.", error.title) from None


@dataclass(frozen=True, slots=True, repr=False)
class _Opened:
    """What is known of an unlocked vault."""

    key: bytearray
    header: Header
    body: Body


def exists(paths: Paths) -> bool:
    """Whether there is a vault, or what is left of one."""
    return paths.vault.exists() or paths.backup.exists()


def create(paths: Paths, passphrase: bytes | bytearray, cost: Cost | None = None) -> Vault:
    """Make an empty vault; Conflict where there is one already."""
    cost = cost or PRODUCTION
    header = Header.fresh(cost)
    vault = Vault(paths, derive(passphrase, header), header, Body(), cost)
    with locked(paths.lock):
        if exists(paths):
            raise Conflict(f"There is a vault already: {paths.vault}.")
        vault._save(vault._unlocked)
    return vault


def unlock(paths: Paths, passphrase: bytes | bytearray, cost: Cost | None = None) -> Vault:
    """Open the vault; WrongPassphrase, DamagedStore or NoCredential where that cannot be. Nothing is written."""
    cost = cost or PRODUCTION
    envelope = _parsed(paths, cost)
    key = derive(passphrase, envelope.header)
    return Vault(paths, key, envelope.header, _body(envelope, key), cost)


def inspect(paths: Paths, cost: Cost | None = None) -> Header:
    """The header of a vault that is in order, as far as can be seen without the passphrase; else as `unlock`."""
    return _parsed(paths, cost or PRODUCTION).header


def state_of_copy(paths: Paths, cost: Cost | None = None) -> str:
    """What can be said of the copy, in words."""
    try:
        copy = secure_file.read(paths.backup)
        if copy is None:
            return "there is none"
        parse(copy, cost or PRODUCTION)
    except StoreError as error:
        return error.title
    return _IN_ORDER


def restore(paths: Paths, passphrase: bytes | bytearray, cost: Cost | None = None) -> None:
    """Put the copy in the place of a damaged vault, which is kept beside it; raises where the copy does not open.

    A vault that is in order stays, and so does one of a newer format.
    """
    cost = cost or PRODUCTION
    with locked(paths.lock):
        if _is_in_order(paths, cost):
            raise Conflict("The vault is in order.", "Nothing was changed.")
        copy = secure_file.read(paths.backup)
        if copy is None:
            raise NoCredential(f"There is no copy of the vault: {paths.backup} is missing.")
        envelope = parse(copy, cost)
        _body(envelope, derive(passphrase, envelope.header))
        damaged = secure_file.read(paths.vault)
        if damaged is not None:
            secure_file.write(paths.damaged, damaged)
        secure_file.write(paths.vault, copy)


def reset(paths: Paths) -> None:
    """Remove the vault with all its keys, for who has forgotten the passphrase; profiles stay (CS-28)."""
    with locked(paths.lock):
        for path in (paths.vault, paths.backup, paths.damaged):
            secure_file.remove(path)


def pause_before_next_try(failures: int) -> float:
    """Seconds to wait after so many wrong passphrases in a row: none, then 1, 2, 4; nobody is locked out (CS-21)."""
    return 0.0 if failures < FREE_TRIES else min(2.0 ** (failures - FREE_TRIES), _LONGEST_PAUSE)


def _parsed(paths: Paths, floor: Cost) -> Envelope:
    data = secure_file.read(paths.vault)
    try:
        if data is None:
            raise _missing(paths)
        return parse(data, floor)
    except DamagedStore as error:
        error.detail = error.detail or f"{paths.vault} was left as it is."
        error.hint = error.hint or _way_out(paths, floor)
        raise


def _is_in_order(paths: Paths, floor: Cost) -> bool:
    try:
        _parsed(paths, floor)
    except NewerFormat:
        raise
    except DamagedStore:
        return False
    return True


def _missing(paths: Paths) -> StoreError:
    if paths.backup.exists():
        return DamagedStore(f"The vault {paths.vault} is gone, but its copy is there.")
    return NoCredential("There is no vault yet.", hint="Make one with a first profile: redox-tui profiles add NAME …")


def _way_out(paths: Paths, floor: Cost) -> str:
    """What helps against a damaged vault: its copy, where that is in order (CS-20)."""
    if state_of_copy(paths, floor) == _IN_ORDER:
        return f"The copy {paths.backup} is in order; to put it back, type: redox-tui vault check --restore"
    return "There is no copy that is in order. To begin anew, type: redox-tui vault reset"


def _body(envelope: Envelope, key: bytearray) -> Body:
    return contents.read(unseal(envelope, key))


def _zero(key: bytearray) -> None:
    key[:] = bytes(len(key))
