"""Writes docs/settings.md from what settings.toml may hold."""

from dataclasses import fields
from pathlib import Path
from typing import get_args, get_type_hints

from redox_tui.store.settings import Settings, help_of

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"

_INTRODUCTION = """\
# Settings

Written by `make docs` from `redox_tui/store/settings.py`.

The file is `settings.toml` in the folder of the store (`redox-tui where` prints it). It may be missing, and so may
every setting in it; the program never writes it. Others must not be able to reach it (`chmod 600`). A setting that does
not exist, or has a value that it cannot have, is an error that names the file, the line and the setting.
"""


def text() -> str:
    """The page: a section for each setting."""
    types = get_type_hints(Settings)
    parts = [_INTRODUCTION.rstrip("\n")]
    for one in fields(Settings):
        if one.name == "keys":
            parts.append(f"## `keys`\n\n{help_of('keys')}")
            continue
        values = get_args(types[one.name]) or (True, False)
        listed = ", ".join(f"`{_toml(value)}`" for value in values)
        parts.append(f"## `{one.name}`\n\n{help_of(one.name)}\n\nOne of {listed}; `{_toml(one.default)}` by default.")
    return "\n\n".join(parts) + "\n"


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
