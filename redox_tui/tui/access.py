"""What the app may ask about credentials; it imports neither textual nor httpx.

Methods that are not async wait for files, programs and people, so they run in threads. Each raises Problem.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from redox_tui.api.protocol import Client
from redox_tui.domain.connection import Connection
from redox_tui.domain.logs import Environment
from redox_tui.domain.probe import Step
from redox_tui.store.asker import Asker

if TYPE_CHECKING:
    from redox_tui.store.profiles import Profiles
    from redox_tui.store.queries import KeptQueries


class Queries(Protocol):
    """Queries that are kept from one run of the app to the next."""

    def load(self) -> "KeptQueries":
        """What has been kept."""

    def note_run(self, text: str) -> None:
        """Keep a query that was run."""

    def save(self, name: str, text: str) -> None:
        """Keep a query under a name."""

    def delete(self, name: str) -> None:
        """Forget a saved query."""


class Access(Protocol):
    """The way to one server: its connection, and its credential until a lock drops that."""

    @property
    def connection(self) -> Connection:
        """Where logs are read."""

    @property
    def name(self) -> str:
        """The profile's name; empty where there is none."""

    @property
    def title(self) -> str:
        """What stands before the place on screen."""

    @property
    def environments(self) -> tuple[Environment, ...] | None:
        """The environments, where they are known without asking; None where a server has to be asked."""

    @property
    def is_secret(self) -> bool:
        """Whether it is worth a lock; simulated traffic is not."""

    @property
    def read_only(self) -> bool:
        """Whether its profile says that nothing may be changed."""

    @property
    def queries(self) -> Queries | None:
        """Where queries are kept; None for the demo, of which nothing is."""

    def connect(self) -> Client:
        """A client with this credential; NotAuthorized while locked."""

    def lock(self) -> None:
        """Drop the credential, at once."""

    def unlock(self, asker: Asker) -> None:
        """Get the credential, or get it again."""

    def test(self) -> AsyncGenerator[Step, None]:
        """Try the credential out; the steps as they end."""

    @property
    def remembered(self) -> Mapping[str, Any]:
        """How the list looked when it was last left; nothing where nobody may remember."""

    def remember(self, values: Mapping[str, Any]) -> None:
        """Remember how the list looks now."""

    def note_use(self) -> None:
        """Note that it works."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a person says of a profile, as it was typed. `key` is the text of a private key, where one was pasted."""

    name: str
    is_new: bool
    fields: Mapping[str, str]
    key: bytes = field(default=b"", repr=False)


class Draft(Protocol):
    """A profile that can be tried out and stored."""

    @property
    def access(self) -> Access:
        """The way that it describes; it holds a credential until it is locked."""

    def store(self, found: Mapping[str, str], asker: Asker) -> None:
        """Store the profile with what was found out about it."""


class Credentials(Protocol):
    """The profiles of this user, with the vault open until it is locked."""

    def profiles(self) -> "Profiles":
        """What profiles.toml says now."""

    def last_used(self) -> Mapping[str, datetime]:
        """When each profile last worked."""

    def open(self, name: str, asker: Asker) -> Access:
        """The way that a profile describes, with its credential."""

    def demo(self) -> Access:
        """The way to simulated traffic in this process."""

    def draft(self, description: Description, asker: Asker) -> Draft:
        """A profile that is described; where one field of it is wrong, BadField names that."""

    def use_by_default(self, name: str) -> None:
        """Use this profile where none is named."""

    def remove(self, name: str, asker: Asker) -> None:
        """Remove a profile with its keys."""

    @property
    def is_open(self) -> bool:
        """Whether there is something to drop."""

    def lock(self) -> None:
        """Drop what the vault holds, at once, and end what still runs to get a credential."""
