"""The way to one server: its connection, and what its tokens are made with until a lock drops that."""

import os
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from redox_tui.api.errors import NotAuthorized
from redox_tui.cli import credentials
from redox_tui.cli.credentials import TokenMaker
from redox_tui.cli.unlocking import Keys
from redox_tui.domain.connection import Connection
from redox_tui.domain.probe import Step
from redox_tui.store import backends
from redox_tui.store.asker import Asker
from redox_tui.store.backends import TOKEN_VARIABLE
from redox_tui.store.errors import Locked, NoCredential
from redox_tui.store.queries import StoredQueries

if TYPE_CHECKING:
    from redox_tui.api.client import PlatformClient
    from redox_tui.store.profiles import Profile


def client(target: Connection, tokens: TokenMaker) -> "PlatformClient":
    """The client of a connection; this loads the network."""
    import logging

    from redox_tui.api.client import PlatformClient

    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that they tell whole URLs (CS-15)
    return PlatformClient(target, tokens)


class Access:
    """A connection with its credential. `read` gets the credential, and gets it again after a lock.

    `name` is that of its profile, empty where it has none; `title` stands before the place on screen. Which
    environments there are is asked of the server.
    """

    environments = None

    def __init__(
        self,
        connection: Connection,
        read: Callable[[Asker], TokenMaker],
        *,
        name: str = "",
        title: str = "",
        client: "Callable[[Connection, TokenMaker], PlatformClient]" = client,
        used: Callable[[], None] = lambda: None,
        remembered: Mapping[str, Any] | None = None,
        remember: Callable[[Mapping[str, Any]], None] = lambda values: None,
        is_secret: bool = True,
        queries: StoredQueries | None = None,
        read_only: bool = False,
    ) -> None:
        self.connection = connection
        self.name = name
        self.title = title
        self.note_use = used
        """Called when a call has worked."""
        self.remembered = remembered or {}
        """How the list of its profile looked when it was last left."""
        self.remember = remember
        """Called with what is to be remembered of the list."""
        self.is_secret = is_secret
        """Whether the credential is worth a lock."""
        self.queries = queries
        """Where queries are kept."""
        self.read_only = read_only
        """Whether its profile says that nothing may be changed."""
        self._read = read
        self._client = client
        self._tokens: TokenMaker | None = None
        self._locks = 0

    def unlock(self, asker: Asker) -> None:
        """Get the credential; raises StoreError, Locked where all was locked meanwhile."""
        locks = self._locks
        tokens = self._read(asker)
        if locks != self._locks:
            raise Locked("It was locked meanwhile.")
        self._tokens = tokens

    def lock(self) -> None:
        """Drop the credential."""
        self._locks += 1
        self._tokens = None

    @property
    def tokens(self) -> TokenMaker:
        """What makes tokens; NotAuthorized while locked."""
        if self._tokens is None:
            raise NotAuthorized("The app is locked.", "No credential is at hand.")
        return self._tokens

    def test(self) -> AsyncGenerator[Step, None]:
        """Try the credential out; the steps as they end."""
        from redox_tui.cli.probing import probe

        return probe(self, datetime.now(UTC))

    def connect(self) -> "PlatformClient":
        """A client with this credential; this loads the network. NotAuthorized while locked."""
        return self._client(self.connection, self.tokens)


def of_profile(
    keys: Keys,
    name: str,
    profile: "Profile",
    *,
    connection: Connection | None = None,
    key_id: str | None = None,
    token_fd: int | None = None,
) -> Access:
    """The way that a profile describes; what is said besides goes before it."""
    from redox_tui.store import state

    def read(asker: Asker) -> TokenMaker:
        if token_fd is not None:
            os.environ.pop(TOKEN_VARIABLE, None)
            return credentials.token_maker(backends.from_descriptor(token_fd), asker)
        return credentials.token_maker(credentials.of_profile(keys, name, profile, asker, key_id), asker)

    def note_use() -> None:
        state.note_use(keys.paths, name)

    def remember(values: Mapping[str, Any]) -> None:
        state.remember(keys.paths, name, values)

    is_bare = token_fd is not None or profile.backend == "env"
    return Access(
        connection or profile.connection(),
        once(read) if is_bare else read,
        name=name,
        title=name,
        used=note_use,
        remembered=state.remembered(keys.paths, name),
        remember=remember,
        queries=StoredQueries(lambda: keys.paths),
        read_only=profile.read_only,
    )


def once(read: Callable[[Asker], TokenMaker]) -> Callable[[Asker], TokenMaker]:
    """Get a token that cannot be had again."""
    is_gone = False

    def read_once(asker: Asker) -> TokenMaker:
        nonlocal is_gone
        if is_gone:
            raise NoCredential(
                "The token was given once, and the lock has dropped it.",
                "It cannot be had again.",
                "Quit with q, and start with another token.",
            )
        found = read(asker)
        is_gone = True
        return found

    return read_once
