"""settings.toml: what this user wants otherwise than it is by default. The program only reads it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, get_type_hints

from redox_tui.store import secure_file
from redox_tui.store.errors import BadSettings
from redox_tui.store.paths import Paths

ClipboardMode = Literal["auto", "osc52", "native", "file", "off"]
"""What copying uses."""

TmuxForm = Literal["both", "bare"]
"""How an escape sequence is written inside tmux."""

_HELP: Final = "help"
_PLACE: Final = re.compile(r"\(at (line \d+, column \d+)\)")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, by its name in the file; `help_of` says what one means."""

    clipboard: ClipboardMode = field(
        default="auto",
        metadata={
            _HELP: "What `y` copies with. `auto`: locally wl-copy, xclip, xsel or pbcopy where there is one, else the "
            "escape sequence OSC 52, which the terminal has to allow; over SSH always OSC 52. `native`: such a program "
            "only. `file`: always a new file. `off`: nothing is copied."
        },
    )
    clipboard_tmux: TmuxForm = field(
        default="both",
        metadata={
            _HELP: "Inside tmux OSC 52 is sent bare (for `set -s set-clipboard on`) and wrapped (for "
            "`set -g allow-passthrough on`); `bare` leaves out the wrapped one, which some set-ups print."
        },
    )
    read_only: bool = field(
        default=False,
        metadata={
            _HELP: "Nothing on the server is changed, as with `--read-only`: in the app the commands for that do not "
            "exist, and `redox-tui filters` refuses to apply, restore and delete."
        },
    )
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict,
        metadata={
            _HELP: "Other keys for commands, by the ids in [keys.md](keys.md): a table `[keys]` with lines like "
            '`logs.follow = ["w", "f5"]`, which replace all the keys that a command has. Keys are written as the help '
            "writes them. Each command keeps a key, and no two commands of one place have the same; where two places "
            "have one, it belongs to what is nearer to the focus. The help, the key hints and the palette show your "
            "keys; sentences on the screen go on naming those of keys.md."
        },
    )


def load(paths: Paths) -> Settings:
    """Read the settings, the defaults where there is no file; BadSettings, or UnsafeFile where others can reach it."""
    data = secure_file.read(paths.settings)
    if data is None:
        return Settings()
    try:
        text = data.decode()
        return _checked(tomllib.loads(text), text, str(paths.settings))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadSettings(f"{paths.settings}, line {line}: this is no UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.search(str(error))
        where = found[1] if found else f"line {max(len(text.splitlines()), 1)}"
        raise BadSettings(f"{paths.settings}, {where}: this is no TOML.") from None


def wrong_key(paths: Paths, command: str, words: str) -> BadSettings:
    """What to raise where a command cannot have the keys that the file gives it."""
    text = (secure_file.read(paths.settings) or b"").decode()
    return BadSettings(f"{paths.settings}, line {_line_of_command(command, text)}, keys.{command}: {words}.")


def help_of(name: str) -> str:
    """What a setting means."""
    return next(str(one.metadata[_HELP]) for one in fields(Settings) if one.name == name)


def _checked(found: Mapping[str, Any], text: str, path: str) -> Settings:
    # Loading pydantic costs a start a tenth of a second, so only who has settings pays for it.
    from pydantic import ConfigDict, ValidationError, create_model

    types = get_type_hints(Settings)
    wanted: dict[str, Any] = {one.name: (types[one.name], one.default) for one in fields(Settings)}
    wanted["keys"] = dict[str, list[str]], {}
    model = create_model("Settings", __config__=ConfigDict(extra="forbid", strict=True), **wanted)
    try:
        taken = model.model_validate({**found, **_by_id(found)}).model_dump()
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
    else:
        keys = {command: tuple(given) for command, given in taken.pop("keys").items()}
        return Settings(**taken, keys=keys)
    name, *inner = map(str, problem["loc"])
    if inner:
        where = f"line {_line_of_command(inner[0], text)}, {name}.{inner[0]}"
        raise BadSettings(f'{path}, {where}: this is no list of keys, such as ["x", "f5"].')
    raise BadSettings(f"{path}, line {_line_of(name, text)}, {name}: {_in_words(name, problem['type'], problem)}.")


def _by_id(found: Mapping[str, Any]) -> dict[str, Any]:
    """The table of keys by command, however its ids are quoted: TOML reads `a.b` as a table in a table."""
    keys = found.get("keys")
    if not isinstance(keys, dict):
        return {}
    flat: dict[str, Any] = {}
    for name, value in keys.items():
        inner = value.items() if isinstance(value, dict) else ()
        flat |= {f"{name}.{action}": given for action, given in inner} if inner else {name: value}
    return {"keys": flat}


def _in_words(name: str, kind: str, problem: Mapping[str, Any]) -> str:
    if kind == "extra_forbidden":
        import difflib

        names = [one.name for one in fields(Settings)]
        close = difflib.get_close_matches(name, names, 1)
        return f"there is no such setting; {f'did you mean {close[0]}' if close else 'there are ' + ', '.join(names)}"
    if kind == "literal_error":
        return f"this is none of {problem['ctx']['expected']}"
    if kind == "dict_type":
        return "this is no table"
    return "this is neither true nor false" if kind == "bool_type" else str(problem["msg"])


def _line_of(name: str, text: str) -> int:
    pattern = re.compile(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _line_of_command(command: str, text: str) -> int:
    scope, _, action = map(re.escape, command.partition("."))
    whole = re.compile(rf"""[\s\w."']*?["']?{scope}["']?\s*\.\s*["']?{action}["']?\s*=""")
    found = (number for number, line in enumerate(text.splitlines(), 1) if whole.match(line))
    return next(found, 0) or _line_of(action or scope, text)
