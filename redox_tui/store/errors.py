"""What can go wrong with a user's files, in words for the person in front of them; never a key, token or passphrase."""

from redox_tui.domain.problem import Problem


class StoreError(Problem):
    """Something about a file that did not work. `exit_code` is what a command ends with then."""

    exit_code = 9


class UnsafeFile(StoreError):
    """A file or folder that somebody else can read or replace, or that is no plain file (security.md CS-02, CS-03)."""

    exit_code = 4


class DamagedStore(StoreError):
    """A file of the store that cannot be read; it is left as it is (CS-20)."""

    exit_code = 5


class NewerFormat(DamagedStore):
    """A vault that a later version of the program has written; it is never rewritten (CS-22)."""


class NotSaved(StoreError):
    """A file that could not be written; what was there before is still there (CS-06)."""


class CopyNotSaved(StoreError):
    """The vault was saved, its copy beside it was not."""


class Conflict(StoreError):
    """Another program has changed the same thing, or is changing it (CS-25)."""


class Refused(StoreError):
    """Something that the user was asked about and did not want."""


class NotFound(StoreError):
    """A profile that does not exist."""

    exit_code = 8


class BadProfile(StoreError):
    """A description of a profile that makes no sense."""

    exit_code = 2


class BadField(BadProfile):
    """One thing that was said of a profile and makes no sense; `field` is its key in profiles.toml."""

    def __init__(self, field: str, title: str) -> None:
        super().__init__(title)
        self.field = field


class BadSettings(StoreError):
    """Something in settings.toml that makes no sense; it names the file, the line and the field."""

    exit_code = 2


class NoCredential(StoreError):
    """A profile whose credential cannot be had or must not be used."""

    exit_code = 3


class UnusableKey(NoCredential):
    """A private key that cannot be read, or is too weak."""


class WrongPassphrase(NoCredential):
    """The vault is in order, but the passphrase does not open it (CS-21)."""


class Locked(NoCredential):
    """The vault has been locked: its secrets have left the memory (CS-16)."""
