"""The registry: every command that a key can run. Bindings, palette, help, key hints and docs/keys.md come from it.

A command's id is `scope.action`: the scope names who has it (a widget, a screen, the app), the action is the method.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `keys` are Textual's key names; `hint` is its word in the key hints, empty where it has none."""

    id: str
    title: str
    keys: tuple[str, ...]
    help: str = ""
    hint: str = ""

    @property
    def scope(self) -> str:
        """Who has the command."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """The method that runs it, without its prefix `action_`."""
        return self.id.partition(".")[2]


SCOPES: Final = {
    "list": "Lists",
    "logs": "Logs",
    "query": "Query bar",
    "time": "Time field",
    "failures": "Failures",
    "facets": "Counts",
    "moment": "Time to go to",
    "log": "One log",
    "payload": "Payload",
    "filters": "Filters",
    "filter_name": "Name of filters",
    "versions": "Versions of a filter",
    "find": "Find in a payload",
    "file": "Path of a file",
    "why": "Why filtered",
    "steps": "Inspector",
    "compare": "Comparison",
    "plain": "Plain text",
    "editor": "Filter editor",
    "rule": "Rules",
    "entry": "Field of a filter",
    "path": "Path of a rule",
    "values": "Values of a rule",
    "picks": "Values",
    "changes": "Messages that change",
    "sample": "Sample message",
    "conflict": "Conflict",
    "credentials": "Credentials",
    "profiles": "Profiles",
    "form": "Profile",
    "choice": "Choice",
    "field": "Field",
    "export": "Export",
    "secret": "Secret field",
    "welcome": "Welcome",
    "unlock": "Passphrase",
    "confirm": "Question",
    "consequence": "Consequence",
    "pick": "Choices",
    "choose": "Choice by name",
    "toggle": "Columns",
    "switches": "Switches",
    "paste": "Paste",
    "saved": "Saved queries",
    "name": "Name of a query",
    "line": "Line of text",
    "cover": "Locked",
    "help": "Help",
    "dialog": "Dialogs",
    "app": "Everywhere",
}
"""The scopes in the order of docs/keys.md, with their titles."""

COMMANDS: Final = (
    Command("list.cursor_down", "Next row", ("down", "j")),
    Command("list.cursor_up", "Previous row", ("up", "k")),
    Command("list.page_down", "A page down", ("pagedown", "ctrl+f", "space")),
    Command("list.page_up", "A page up", ("pageup", "ctrl+b")),
    Command("list.half_down", "Half a page down", ("ctrl+d",)),
    Command("list.half_up", "Half a page up", ("ctrl+u",)),
    Command("list.first", "First row", ("g", "home")),
    Command(
        "list.last", "Last row", ("G", "end"), "The oldest log of the range; of a growing list, the last one read."
    ),
    Command("logs.open", "Open the log", ("enter",), "Its overview, and its payload once revealed.", "open"),
    Command("logs.query", "Query", ("slash",), "Go to the query bar.", "query"),
    Command("logs.time", "Time range", ("t",), "1–6 for 15 m, 1 h, 6 h, 24 h, 3 d, 7 d, or any time.", "time"),
    Command(
        "logs.refresh", "Retry, or refresh", ("r",), "Read again what failed; else the list from its top.", "refresh"
    ),
    Command(
        "logs.failure_below", "Next failure", ("e",), "Below; the server is asked where none is loaded.", "failure"
    ),
    Command("logs.failure_above", "Failure before", ("E",), "Above the cursor."),
    Command("logs.only_matches", "Only matches", ("x",), "Hides what does not match; again, looks further."),
    Command("logs.follow", "Follow", ("f",), "New logs come in at the top; moving pauses, f goes on.", "follow"),
    Command("logs.jump", "Jump to a log", ("i",), "By its id, an attempt's, or a whole message, pasted."),
    Command("logs.time_jump", "Jump to a time", ("T",), "To the first log from then on."),
    Command("logs.counts", "Counts", ("number_sign",), "By status, type, model, event, source, destination.", "counts"),
    Command("logs.failures", "Group failures", ("F",), "Which way fails with what, how often, and since when."),
    Command("logs.mark", "Mark", ("m",), "This log, for comparing and exporting."),
    Command("logs.next_mark", "Next mark", ("apostrophe",)),
    Command("logs.compare", "Compare", ("equals_sign",), "This log with the marked one."),
    Command("logs.compare_good", "Compare with the last good one", ("W",), "Of the same ends, model and event."),
    Command("logs.copy", "Copy", ("y",), "An id, the row, the log, or its request as curl.", "copy"),
    Command("logs.plain", "Plain text", ("V",), "For the terminal's own selection."),
    Command("logs.columns", "Columns", ("c",), "Which are shown."),
    Command("logs.preview", "Preview", ("p",), "The facts of the log under the cursor, below the list."),
    Command("logs.zone", "UTC or local time", ("U",), "Of the rows; what is typed is UTC."),
    Command("logs.export", "Export", ("X",), "This row, marked, loaded or all that match, into a new file."),
    Command("logs.earlier", "Range before", ("left_square_bracket",), "As long as this one."),
    Command("logs.later", "Range after", ("right_square_bracket",), "As long as this one; never beyond now."),
    Command("logs.zoom", "Narrow to a bar", ("z",), "The bar of the histogram that holds this row; Z goes back."),
    Command("logs.range_before", "Back to the last range", ("Z",)),
    Command("logs.save_query", "Save the query", ("S", "ctrl+s"), "Under a name."),
    Command("logs.saved_queries", "Saved queries", ("O", "ctrl+o"), "Run one, or delete it."),
    Command("logs.stop", "Stop waiting", ("escape",), "What has been read stays."),
    Command("logs.leave", "Stop waiting, or quit", ("q",), "Quits when there is nothing to stop."),
    Command("query.run", "Run the query", ("enter",), "", "run"),
    Command("query.take", "Take the marked completion", ("tab",), "Lists first what can stand there.", "complete"),
    Command("query.above", "Completion above, or an older query", ("up",), "Of queries where no list is open."),
    Command("query.below", "Completion below, or a newer query", ("down",), "Of queries where no list is open."),
    Command(
        "query.leave",
        "Close the list, or leave the query bar",
        ("escape",),
        "The text goes back to the query that runs.",
        "leave",
    ),
    Command("time.run", "Apply the time range", ("enter",), "", "apply"),
    Command("time.leave", "Leave the time field", ("escape",), "", "leave"),
    Command("failures.open", "Show these logs", ("enter",), "As a query.", "show"),
    Command("failures.more", "Read more", ("m",), "The next 1,000 failed logs.", "more"),
    Command("failures.refresh", "Read again", ("r",), "From the newest failed log on.", "refresh"),
    Command("failures.back", "Stop waiting, or back", ("escape", "q"), "To the list.", "back"),
    Command("facets.choose", "Open, or take the value", ("enter",), "A value is added to the query.", "open, take"),
    Command("facets.exclude", "Exclude the value", ("minus",), "These rows are dimmed then; x hides them.", "exclude"),
    Command("facets.leave", "Leave", ("escape", "q"), "", "leave"),
    Command("moment.go", "Go there", ("enter",), "", "go"),
    Command("moment.leave", "Leave", ("escape",), "", "leave"),
    Command("log.overview", "Overview", ("o",)),
    Command("log.attempts", "Attempts and operations", ("a",), "What ran in the latest one, in which version."),
    Command("log.payload", "Payload", ("p",)),
    Command("log.why", "Why filtered", ("w",), "The filter, then and now, and what each of its rules says."),
    Command("log.raw", "Raw", ("R",), "The log's record as it was sent, without the message."),
    Command("log.inspector", "Inspector", ("I",), "A dry run with today's settings; nothing is sent."),
    Command("log.newer", "Newer log", ("left_square_bracket",), "The log above this one in the list.", "newer"),
    Command("log.older", "Older log", ("right_square_bracket",), "The log below this one in the list.", "older"),
    Command("log.failure_below", "Next failed log", ("e",), "The server is asked where none is loaded.", "failure"),
    Command("log.failure_above", "Failed log before", ("E",), "Above this one in the list."),
    Command("log.file", "Message from a file", ("f",), "Where the API gives none; it is shown and explained."),
    Command("log.compare_good", "Compare with the last good one", ("W",), "Of the same ends, model and event."),
    Command("log.copy", "Copy", ("y",), "An id, the row, the log, or its request as curl."),
    Command("log.plain", "Plain text", ("V",), "For the terminal's own selection."),
    Command("log.refresh", "Retry, or refresh", ("r",), "Read this log again."),
    Command("log.back", "Back", ("escape", "q"), "To the list.", "back"),
    Command("log.export", "Export", ("X",), "This log, with its payload where that is wanted, into a new file."),
    Command("payload.reveal", "Reveal the payload", ("enter",), "Patient data appears on the screen.", "reveal"),
    Command("payload.hide", "Hide the payload", ("H",), "", "hide"),
    Command("payload.fold_or_unfold", "Fold or unfold", ("space",), "The node in this line.", "fold"),
    Command("payload.fold", "Fold", ("h", "left"), "This node, or the one around it."),
    Command("payload.unfold", "Unfold", ("l", "right"), "This node."),
    Command("payload.level_less", "A level less", ("less_than_sign",), "Fold the deepest level that is open."),
    Command("payload.level_more", "A level more", ("greater_than_sign",), "Unfold the next level everywhere."),
    Command("payload.unfold_all", "Unfold all", ("asterisk",)),
    Command("filters.edit", "Edit", ("enter",), "Its rules, and what they do to real messages.", "edit"),
    Command("filters.name", "Find by name", ("slash",), "A part of it.", "name"),
    Command("filters.new", "New filter", ("n",), "", "new"),
    Command(
        "filters.versions", "Versions", ("v",), "What was saved when, the difference of any two, restore.", "versions"
    ),
    Command(
        "filters.link", "Link or unlink", ("l",), "A filter acts on what it is linked to: one subscription.", "link"
    ),
    Command("filters.delete", "Delete", ("D",), "Its link goes first.", "delete"),
    Command("filters.deleted", "Deleted ones too", ("full_stop",), "Or not any more."),
    Command("filters.environment", "Another environment", ("e",), "Where the profile names none."),
    Command("filters.refresh", "Retry, or refresh", ("r",), "Read the list again."),
    Command("filters.back", "Stop waiting, or back", ("escape", "q"), "To the logs.", "back"),
    Command("filter_name.run", "Find", ("enter",), "", "find"),
    Command("filter_name.leave", "Leave", ("escape",), "", "leave"),
    Command("versions.mark", "Mark", ("m",), "Others are compared with it; again, with the one before.", "mark"),
    Command("versions.restore", "Restore", ("R",), "After a dry run, and only when agreed.", "restore"),
    Command("versions.other_pane", "Other pane", ("tab",), "Versions, or the difference.", "difference"),
    Command("versions.refresh", "Retry, or refresh", ("r",), "Read the versions again."),
    Command("versions.back", "Back", ("escape", "q"), "To the list.", "back"),
    Command("payload.find", "Find", ("slash",), "In keys and values, regardless of case.", "find"),
    Command("payload.next_hit", "Next hit", ("n",), "After the cursor; unfolds what hides it."),
    Command("payload.previous_hit", "Hit before", ("N",)),
    Command(
        "payload.show_value", "Whole value", ("v",), "In lines: a long string, HL7, XML, JSON in a string.", "value"
    ),
    Command("payload.save_document", "Save document", ("d",), "Decodes base64 into a new file; overwrites none."),
    Command("payload.copy", "Copy", ("y",), "A value, key, path, or all that it holds."),
    Command("payload.filter", "Filter rule", ("F",), "Of this path and value, in the filter of this subscription."),
    Command("payload.close_value", "Back to the payload", ("escape", "q"), "", "back"),
    Command("find.run", "Find", ("enter",), "An empty text forgets the hits.", "find"),
    Command("find.leave", "Leave", ("escape",), "", "leave"),
    Command("file.take", "Take it", ("enter",), "", "go on"),
    Command("file.leave", "Leave", ("escape",), "Nothing is read or written.", "leave"),
    Command("why.reveal", "Reveal the values", ("enter",), "Patient data appears on the screen.", "reveal"),
    Command("why.hide", "Hide the values", ("H",), "", "hide"),
    Command("steps.open", "The message there", ("enter",), "After this step; hidden until it is revealed.", "message"),
    Command("compare.reveal", "Reveal the payloads", ("enter",), "Patient data appears on the screen.", "reveal"),
    Command("compare.hide", "Hide the payloads", ("H",), "", "hide"),
    Command("compare.next", "Next difference", ("n",), "", "next"),
    Command("compare.previous", "Difference before", ("N",)),
    Command("compare.only_differences", "Only differences, or all", ("x",), "", "all"),
    Command("compare.copy", "Copy", ("y",), "Either value, or the path.", "copy"),
    Command("compare.plain", "Plain text", ("V",), "For the terminal's own selection."),
    Command("compare.refresh", "Retry, or refresh", ("r",), "Read both logs again.", "refresh"),
    Command("compare.back", "Stop waiting, or back", ("escape", "q"), "", "back"),
    Command("plain.back", "Back", ("escape", "q", "V"), "", "back"),
    Command("rule.add", "Add a rule", ("a",), "Below the cursor.", "add"),
    Command("rule.edit", "Edit the rule", ("enter",), "Its path, then its values.", "edit"),
    Command("rule.allow_or_deny", "Allow or deny", ("space",), "", "allow/deny"),
    Command("rule.remove", "Remove the rule", ("x",), "", "remove"),
    Command("editor.undo", "Undo typing", ("u",), "Step by step; it never undoes a save.", "undo"),
    Command("editor.changes", "Messages that change", ("I",), "Which, and by which rule.", "list"),
    Command("editor.save", "Save", ("S",), "Shows what it does, and asks; it acts at once.", "save"),
    Command("editor.samples", "Sample messages", ("s",), "Of logs, or of a file or a folder.", "samples"),
    Command("editor.name", "Name", ("n",)),
    Command("editor.send_or_block", "Send or block all", ("b",), "Send if every rule holds, or deliver nothing."),
    Command("editor.model", "Data model", ("m",), "Whose fields are completed."),
    Command("editor.load", "Load a rule set", ("o",), "JSON or TOML, pasted or of a file; u takes it back."),
    Command("editor.refresh", "Look again", ("r",), "Whether somebody else has saved it meanwhile."),
    Command("editor.restore", "Restore the version before", ("R",), "Shows what it does, and asks; it acts at once."),
    Command("editor.leave", "Leave", ("escape", "q"), "Asks first where something is not saved."),
    Command("path.take", "Take the marked field", ("tab",), "Lists first what can stand there.", "complete"),
    Command("path.above", "Field above", ("up",)),
    Command("path.below", "Field below", ("down",)),
    Command(
        "values.seen", "Values seen", ("tab",), "At this path in the sample messages, to pick from.", "values seen"
    ),
    Command("entry.run", "Go on", ("enter",), "To the next field, or back to the rules.", "go on"),
    Command("entry.leave", "Back to the rules", ("escape",), "What was typed stays; u takes it back.", "leave"),
    Command("picks.done", "Done", ("enter",), "These are the values.", "done"),
    Command("picks.more", "Add values", ("a",), "", "add"),
    Command("picks.leave", "Leave", ("escape", "q"), "The values stay as they were.", "leave"),
    Command("changes.open", "Open the message", ("enter",), "", "open"),
    Command("changes.leave", "Leave", ("escape", "q"), "", "leave"),
    Command("sample.leave", "Leave", ("escape", "q"), "Back to the list.", "leave"),
    Command("conflict.take", "Take theirs", ("t",), "u brings back what you typed.", "take theirs"),
    Command("conflict.merge", "Merge", ("m",), "What only one of you has changed; nothing is sent.", "merge"),
    Command("conflict.leave", "Leave", ("escape", "q"), "What you typed stays; nothing is sent.", "leave"),
    Command("credentials.add", "Add a profile", ("a",), "An organization, an environment and a key.", "add"),
    Command("credentials.open", "Open its logs", ("o",), "Rows and tokens of the profile in use are dropped.", "open"),
    Command("credentials.edit", "Edit", ("enter",), "Its place, or another key for it.", "edit"),
    Command(
        "credentials.test", "Test", ("t",), "Key, token, organization, environments, logs, a step at a time.", "test"
    ),
    Command("credentials.delete", "Delete", ("D",), "The profile, and its keys in the vault.", "delete"),
    Command("credentials.refresh", "Read again", ("r",), "profiles.toml as it is now."),
    Command(
        "credentials.back",
        "Stop waiting, or back",
        ("escape", "q"),
        "To the logs; stops first what was begun.",
        "back",
    ),
    Command("profiles.use_by_default", "Make default", ("space",), "It is used where none is named.", "default"),
    Command("form.next", "Next field", ("down", "tab"), "", ""),
    Command("form.previous", "Field before", ("up", "shift+tab"), "", ""),
    Command("form.leave", "Leave", ("escape",), "Asks first where something was typed.", "leave"),
    Command("field.run", "Next field", ("enter",), "", "next"),
    Command("choice.later", "Next choice", ("right", "space"), "", "change"),
    Command("choice.earlier", "Choice before", ("left",)),
    Command("choice.run", "Take it", ("enter",), "", "go on"),
    Command("export.next", "Next field", ("down", "tab"), "", ""),
    Command("export.previous", "Field before", ("up", "shift+tab"), "", ""),
    Command("export.leave", "Leave", ("escape",), "Nothing is written.", "leave"),
    Command("secret.submit", "Go on", ("enter",), "", "go on"),
    Command("secret.erase", "Erase a character", ("backspace",)),
    Command("secret.erase_all", "Erase all", ("delete", "ctrl+u"), "", "erase all"),
    Command(
        "welcome.add", "Add a profile", ("a", "enter"), "An organization, an environment and a key.", "add a profile"
    ),
    Command("welcome.demo", "Demo", ("d",), "Simulated traffic, nothing is sent anywhere.", "demo"),
    Command("welcome.leave", "Quit", ("q", "escape"), "", "quit"),
    Command("unlock.leave", "Leave", ("escape",), "", "leave"),
    Command("confirm.agree", "Agree", ("enter",), "", "agree"),
    Command("confirm.leave", "Leave", ("escape",), "Nothing is done.", "leave"),
    Command("consequence.agree", "Agree", ("enter",), "It is sent; in production once the name is typed.", "agree"),
    Command("consequence.leave", "Leave", ("escape",), "Nothing is sent.", "leave"),
    Command("consequence.below", "Line below", ("down",), "Where more follows from it than fits."),
    Command("consequence.above", "Line above", ("up",)),
    Command("consequence.page_below", "A page down", ("pagedown",), "", "more below"),
    Command("consequence.page_above", "A page up", ("pageup",)),
    Command("toggle.done", "Done", ("enter",), "", "done"),
    Command("toggle.leave", "Leave", ("escape", "q"), "As it was.", "leave"),
    Command("switches.switch", "On or off", ("space",), "", "switch"),
    Command("paste.leave", "Leave", ("escape",), "", "leave"),
    Command("pick.choose", "Take it", ("enter",), "", "take"),
    Command("pick.leave", "Leave", ("escape", "q"), "", "leave"),
    Command("choose.take", "Take it", ("enter",), "", "take"),
    Command("choose.below", "Choice below", ("down",)),
    Command("choose.above", "Choice above", ("up",)),
    Command("choose.page_below", "A page down", ("pagedown",)),
    Command("choose.page_above", "A page up", ("pageup",)),
    Command("choose.leave", "Leave", ("escape",), "", "leave"),
    Command("saved.choose", "Run it", ("enter",), "", "run"),
    Command("saved.delete", "Delete it", ("D",), "", "delete"),
    Command("saved.leave", "Leave", ("escape", "q"), "", "leave"),
    Command("name.save", "Save", ("enter",), "", "save"),
    Command("name.leave", "Leave", ("escape",), "Nothing is saved.", "leave"),
    Command("line.give", "Take it", ("enter",), "", "take"),
    Command("line.leave", "Leave", ("escape",), "", "leave"),
    Command("cover.unlock", "Unlock", ("enter",), "Gets the credential again, and asks for its passphrase.", "unlock"),
    Command("cover.leave", "Quit", ("q",), "", "quit"),
    Command("help.close", "Close", ("escape", "q", "question_mark"), "", "close"),
    Command("dialog.help", "Keys", ("question_mark", "f1")),
    Command("app.logs", "Logs", ("1", "f2"), "The list of logs, as it was left."),
    Command("app.filters", "Filters", ("2", "f3"), "What is delivered, and what is not."),
    Command("app.credentials", "Credentials", ("3", "f4"), "Profiles, their keys, another profile."),
    Command("app.lock", "Lock", ("L", "f9"), "Covers the screen, then drops keys, tokens and payloads."),
    Command("app.help", "Keys", ("question_mark", "f1"), "The keys of what has the focus.", "keys"),
    Command("app.palette", "Command palette", ("ctrl+p", "colon"), "Every command by its name."),
    Command("app.redraw", "Draw again", ("f12", "ctrl+l"), "Where something else has written on the screen."),
    Command("app.theme", "Light or dark", (), "Change between the light and the dark theme."),
    Command("app.quit", "Quit", ("ctrl+q", "ctrl+c"), "Asks before unsaved work is lost."),
)
"""Every command. The order within a scope is that of the help screen and the key hints."""


ABOVE_ALL: Final = frozenset({"app.quit", "app.lock"})
"""Commands that no dialog may keep from the app, and that are run before what was pressed before them."""

_own: dict[str, Command] = {}
"""The commands that have other keys in this process."""


def rebind(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Give commands other keys, by id. This comes before anything that has bindings is loaded, and only once."""
    _own.update({command.id: replace(command, keys=keys[command.id]) for command in COMMANDS if command.id in keys})


def of_scope(scope: str) -> list[Command]:
    """The commands of a scope, with the keys that they have in this process."""
    return [_own.get(command.id, command) for command in COMMANDS if command.scope == scope]


KEY_SIGNS: Final = {
    "slash": "/",
    "full_stop": ".",
    "question_mark": "?",
    "colon": ":",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "apostrophe": "'",
    "equals_sign": "=",
    "number_sign": "#",
    "minus": "-",
    "exclamation_mark": "!",
    "quotation_mark": '"',
    "dollar_sign": "$",
    "percent_sign": "%",
    "ampersand": "&",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "plus": "+",
    "comma": ",",
    "semicolon": ";",
    "at": "@",
    "backslash": "\\",
    "circumflex_accent": "^",
    "underscore": "_",
    "grave_accent": "`",
    "left_curly_bracket": "{",
    "vertical_line": "|",
    "right_curly_bracket": "}",
    "tilde": "~",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}
"""How keys are written that have a sign or a shorter name, by Textual's name."""

_ARROWS: Final = "↓↑←→"
"""Signs of keys that write nothing."""


def key_sign(key: str) -> str:
    """How a key is written on the screen."""
    return KEY_SIGNS.get(key, key.upper() if key.startswith("f") and key[1:].isdecimal() else key)


def character_of(key: str) -> str | None:
    """The character that a key writes into a text, None where it writes nothing."""
    sign = " " if key == "space" else key_sign(key)
    return sign if len(sign) == 1 and sign not in _ARROWS else None
