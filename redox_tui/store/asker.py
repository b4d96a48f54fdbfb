"""Who is asked for what is written down nowhere: a person at a terminal, a person in front of the app, a script."""

from typing import Protocol


class Asker(Protocol):
    """Somebody who knows passphrases. Each method waits for the answer; an error in words where none comes."""

    @property
    def can_be_asked_again(self) -> bool:
        """Whether a wrong passphrase may be followed by another try."""

    def ask(self, what: str, note: str = "") -> bytearray:
        """The passphrase of `what`, to be overwritten after its use; `note` is said before."""

    def agrees(self, question: str, word: str) -> bool:
        """Whether the person types this word."""


def overwrite(secret: bytearray) -> None:
    """Leave nothing of a passphrase in this place of the memory; copies elsewhere cannot be ruled out (CS-16)."""
    secret[:] = bytes(len(secret))
