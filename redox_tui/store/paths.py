"""Where the files of this user are: the XDG folders, or one folder for all where `REDOX_TUI_HOME` names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redox_tui.store import secure_file
from redox_tui.store.errors import UnsafeFile

HOME_VARIABLE: Final = "REDOX_TUI_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """Every file of the store. `config` holds what a user would miss, `state` what the program has noted."""

    config: Path
    state: Path

    @property
    def profiles(self) -> Path:
        """The profiles, which hold no secret."""
        return self.config / "profiles.toml"

    @property
    def settings(self) -> Path:
        """What this user wants otherwise than it is by default."""
        return self.config / "settings.toml"

    @property
    def vault(self) -> Path:
        """The sealed keys."""
        return self.config / "vault"

    @property
    def backup(self) -> Path:
        """The last vault that opened."""
        return self.config / "vault.bak"

    @property
    def damaged(self) -> Path:
        """A damaged vault that the copy has replaced."""
        return self.config / "vault.damaged"

    @property
    def lock(self) -> Path:
        """What is locked while any of these files is changed: it is never replaced, as they are (CS-05)."""
        return self.config / "lock"

    @property
    def commands(self) -> Path:
        """Which commands may be run for a key (CS-29)."""
        return self.state / "commands"

    @property
    def noted(self) -> Path:
        """What the program has noted of its own use."""
        return self.state / "state.json"

    @property
    def queries(self) -> Path:
        """The queries that were run or saved."""
        return self.state / "queries.json"

    def listed(self) -> tuple[tuple[Path, str], ...]:
        """Every path that the program touches by itself, with what it is for."""
        temporary = secure_file.temporary_name("NAME", "0123456789abcdef")
        return (
            (self.config, "folder of the store, for this user alone"),
            (self.profiles, "profiles: organization, environment, where the key is; no secret"),
            (self.settings, "settings, written by you alone"),
            (self.vault, "private keys and client ids, sealed with a passphrase"),
            (self.backup, "copy of the last vault that opened, sealed alike"),
            (self.damaged, "a damaged vault that its copy has replaced"),
            (self.lock, "locked while a file of the store is changed"),
            (self.config / temporary, "a file that is being written; removed after a minute"),
            *(((self.state, "folder for what the program has noted"),) if self.state != self.config else ()),
            (self.noted, "when each profile was last used, and how its list looked"),
            (self.queries, "queries that were run or saved; never a patient"),
            (self.commands, "which commands you have allowed to hand out a key"),
        )

    def prepare(self) -> None:
        """Make sure that the folders are this user's alone, and clear what a killed run has left (CS-03, CS-04)."""
        for folder in dict.fromkeys((self.config, self.state)):
            if secure_file.check_private_folder(folder):
                secure_file.sweep(folder)


def locate(environ: Mapping[str, str]) -> Paths:
    """The paths of this user; nothing is read or made. UnsafeFile where `REDOX_TUI_HOME` is no absolute path."""
    if home := environ.get(HOME_VARIABLE):
        folder = Path(home)
        if not folder.is_absolute():
            raise UnsafeFile(
                f"{HOME_VARIABLE} is “{home}”, which is another folder wherever the program starts.",
                hint="Give an absolute path.",
            )
        return Paths(folder, folder)
    import platformdirs

    found = platformdirs.PlatformDirs("redox-tui", appauthor=False)
    return Paths(found.user_config_path, found.user_state_path)
