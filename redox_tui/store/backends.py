"""From a profile to its credential, by the backend that the profile names and no other."""

import os
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Final

from redox_tui.store import secure_file
from redox_tui.store.credential import ApiKey, Token, token
from redox_tui.store.errors import NoCredential

if TYPE_CHECKING:
    from pathlib import Path

    from redox_tui.store.profiles import Profile
    from redox_tui.store.vault import Vault

TOKEN_VARIABLE: Final = "REDOX_TUI_TOKEN"  # noqa: S105 - the name of a variable
MAX_KEY: Final = 65_536
"""The most bytes that a key or a token may have."""


def from_vault(vault: "Vault", name: str, profile: "Profile", key_id: str | None = None) -> ApiKey:
    """A key of the profile; NoCredential where the profile connects elsewhere than the key was sealed for.

    profiles.toml is plain: who edits it must not get an assertion sent to another address.
    """
    sealed = vault.get(name)
    base_url = profile.connection().base_url
    if sealed.base_url != base_url:
        raise NoCredential(
            f"The key of the profile {name} may be used with {sealed.base_url} only, but the profile says {base_url}.",
            "Nothing was sent.",
            "Put base-url right in profiles.toml, or remove the profile and add it again.",
        )
    key = sealed.key(key_id or profile.key_id)
    others = tuple(other.id for other in sealed.keys if other.id != key.id)
    return ApiKey(sealed.client_id, key.id, key.text.encode(), "The vault", sealed.token_url, others)


def from_file(path: "Path", client_id: str, key_id: str | None) -> ApiKey:
    """The key in a file of this user alone; UnsafeFile for any other, NoCredential where there is none."""
    try:
        path = path.expanduser()
    except RuntimeError:
        raise NoCredential(f"The key file {path} is in the home of a user who does not exist.") from None
    text = secure_file.read(path, MAX_KEY)
    if text is None:
        raise NoCredential(f"The key file {path} does not exist.")
    return ApiKey(client_id, key_id, text, str(path))


def from_environment(environ: MutableMapping[str, str]) -> Token:
    """The token in the environment, which it leaves, so that no child process inherits it; NoCredential without one."""
    return token(environ.pop(TOKEN_VARIABLE, ""), TOKEN_VARIABLE)


def from_descriptor(descriptor: int) -> Token:
    """The token that an open file descriptor holds; NoCredential where it holds none."""
    source = f"The file descriptor {descriptor}"
    try:
        with open(descriptor, "rb", closefd=False) as file:
            return token(file.read(MAX_KEY).decode(errors="replace"), source)
    except OSError as error:
        raise NoCredential(f"{source} cannot be read: {os.strerror(error.errno or 0)}.") from None
