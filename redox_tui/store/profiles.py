"""profiles.toml: where to connect and where the key is, by name. People edit it, so what it holds else is kept.

It holds no secret and decides nothing that a secret depends on: which address a sealed key may be used with is in the
vault too, and both must agree.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from redox_tui.domain.connection import PRODUCTION_URL, REQUESTS, Connection, FilterVersion, Generation
from redox_tui.domain.production import is_production
from redox_tui.store import secure_file
from redox_tui.store.errors import BadProfile, DamagedStore, NotFound, NotSaved, StoreError
from redox_tui.store.lock import locked
from redox_tui.store.paths import Paths

Backend = Literal["vault", "pem-file", "command", "env"]
"""Where the credential of a profile is; it is chosen once, shown, and never changed silently."""

BACKENDS: Final[Mapping[Backend, str]] = {
    "vault": "sealed in the vault",
    "pem-file": "in a key file",
    "command": "handed out by a command",
    "env": "a token in the environment variable REDOX_TUI_TOKEN",
}
"""Every backend, in words."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Profile(BaseModel):
    """One organization, perhaps one environment, and where the credential for it is.

    `keys` are the ids of keys in the vault with the day on which each was added; `key_id` is the one in use.
    `environment_flag` is what the API said of the environment (platform-api.md §3.10). `filters` is which calls the
    server has for filters, None to try. `rate` is the most requests in 5 minutes, `ca_bundle` a file with the
    certificates to trust, `proxy` the proxy to go through, or `none`. With `read_only` the app changes nothing.
    """

    model_config = ConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        coerce_numbers_to_str=True,
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=True,
    )

    organization: str
    base_url: str = PRODUCTION_URL
    environment: str | None = None
    environment_flag: str | None = None
    generation: Generation | None = None
    backend: Backend = "vault"
    client_id: str | None = None
    key_id: str | None = None
    keys: dict[str, date] = {}
    key_file: Path | None = None
    command: tuple[str, ...] = ()
    ca_bundle: Path | None = None
    proxy: str | None = None
    filters: FilterVersion | None = None
    rate: int | None = Field(default=None, ge=10, le=10_000)
    read_only: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> "Profile":
        self.connection()
        if self.backend == "pem-file" and not (self.client_id and self.key_file):
            raise ValueError("the backend pem-file needs client-id and key-file")
        if self.backend == "command" and not self.command:
            raise ValueError("the backend command needs command, a list of words")
        return self

    @property
    def is_production(self) -> bool:
        """Whether live patients may be behind it; what is not known to be harmless counts as that."""
        return is_production(self.environment_flag)

    def connection(self) -> Connection:
        """Where the profile connects to."""
        bundle = str(self.ca_bundle) if self.ca_bundle else None
        return Connection(
            self.base_url,
            self.organization,
            self.environment,
            self.generation,
            bundle,
            self.rate or REQUESTS,
            self.filters,
            self.proxy,
        )


@dataclass(frozen=True, slots=True)
class Profiles:
    """What profiles.toml says: profiles by name in its order, the default, and what is wrong with profiles that are."""

    named: Mapping[str, Profile]
    default: str | None
    problems: Mapping[str, str]

    def get(self, name: str) -> Profile:
        """The profile of this name; NotFound, or DamagedStore where it makes no sense."""
        if name in self.problems:
            raise DamagedStore(f"The profile {name} cannot be used: {self.problems[name]}", hint="Edit profiles.toml.")
        if name not in self.named:
            known = ", ".join(self.named)
            raise NotFound(f"There is no profile “{name}”.", f"There are: {known}." if known else "")
        return self.named[name]


def load(paths: Paths) -> Profiles:
    """Read the profiles; DamagedStore where the file is no TOML. A profile that makes no sense spoils no other."""
    document = _document(paths)
    tables, default = document.get("profiles", {}), document.get("default")
    named, problems = {}, {}
    for name, table in tables.items() if isinstance(tables, dict) else ():
        try:
            named[name] = Profile.model_validate(table)
            check_name(name)
        except ValidationError as error:
            problems[name] = _in_words(error)
        except StoreError as error:
            problems[name] = error.title
    return Profiles(named, default if isinstance(default, str) else None, problems)


def described(fields: Mapping[str, Any]) -> Profile:
    """A profile from its fields; BadProfile where they make no sense."""
    try:
        return Profile.model_validate(fields)
    except ValidationError as error:
        raise BadProfile(f"That is no profile: {_in_words(error)}") from None


def put(paths: Paths, name: str, profile: Profile) -> None:
    """Save a profile; comments and unknown keys in the file stay (CS-08)."""
    check_name(name)

    def change(document: Any) -> None:
        import tomlkit

        table = document.setdefault("profiles", tomlkit.table(is_super_table=True)).setdefault(name, tomlkit.table())
        written = profile.model_dump(by_alias=True, exclude_defaults=True)
        for field in Profile.model_fields.values():
            alias = str(field.alias)
            if alias in written:
                table[alias] = _as_toml(written[alias])
            else:
                table.pop(alias, None)

    _edit(paths, change)


def remove(paths: Paths, name: str) -> None:
    """Remove a profile; where it was the default, there is none then."""

    def change(document: Any) -> None:
        document.get("profiles", {}).pop(name, None)
        if document.get("default") == name:
            del document["default"]

    _edit(paths, change)


def set_default(paths: Paths, name: str) -> None:
    """Use this profile where none is named."""

    def change(document: Any) -> None:
        document["default"] = name

    _edit(paths, change)


def check_name(name: str) -> None:
    """Refuse a name that a shell, a file or a terminal could take for something else."""
    if not _NAME.fullmatch(name):
        raise BadProfile("A profile's name is up to 64 letters, digits and . _ -, and begins with a letter or a digit.")


def _edit(paths: Paths, change: Callable[[Any], None]) -> None:
    """Change the file as it is at this moment, and read it back."""
    import tomlkit

    with locked(paths.lock):
        _document(paths)
        text = secure_file.read(paths.profiles) or b""
        document = tomlkit.parse(text)
        change(document)
        data = tomlkit.dumps(document).encode()
        secure_file.write(paths.profiles, data)
        if secure_file.read(paths.profiles) != data:
            raise NotSaved(f"{paths.profiles} reads back differently from what was written.")


def _document(paths: Paths) -> dict[str, Any]:
    data = secure_file.read(paths.profiles) or b""
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError:
        raise DamagedStore(f"{paths.profiles} is no text in UTF-8.", "It was left as it is.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        # What stands there is not quoted: somebody may have put a secret there.
        place = re.search(r"\(at [a-z0-9, ]+\)$", str(error))
        where = f" {place[0]}" if place else ""
        raise DamagedStore(f"{paths.profiles} is no TOML{where}.", "It was left as it is.", "Edit it.") from None


def _in_words(error: ValidationError) -> str:
    """What is wrong, by the keys that it is about, without what was written there (CS-13)."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'profile'}: {_message(one)}" for one in found) + "."


def _message(found: Any) -> str:
    return str(found["msg"]).removeprefix("Value error, ").rstrip(".")


def _as_toml(value: Any) -> Any:
    import tomlkit

    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table
    return str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value
