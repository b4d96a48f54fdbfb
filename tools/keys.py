"""Writes docs/keys.md from the registry of commands."""

from pathlib import Path

from redox_tui.tui.commands import COMMANDS, SCOPES, key_sign

PAGE = Path(__file__).parent.parent / "docs" / "keys.md"


def text() -> str:
    """The page: a table for each scope."""
    parts = ["# Keys", "", "Written by `make docs` from the registry, `redox_tui/tui/commands.py`."]
    parts += ["[settings.md](settings.md#keys) says how a command gets other keys, by its id."]
    for scope, title in SCOPES.items():
        parts += ["", f"## {title}", "", "| key | id | command | what it does |", "|---|---|---|---|"]
        for command in COMMANDS:
            if command.scope == scope:
                keys = " ".join(f"`{key_sign(key)}`" for key in command.keys) or "palette"
                parts.append(f"| {keys} | `{command.id}` | {command.title} | {command.help} |")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
