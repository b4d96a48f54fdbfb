"""What the app means to send to a terminal: text that can be seen and a few sequences. All else is foreign."""

import re
import unicodedata

_INTENDED = re.compile(
    rb"""\x1b(?:
        \[[\d;]*m                                   # colours
      | \[\d+;\d+H                                  # the cursor somewhere
      | \[(?:\d+;\d+)?r | \[\d+[LM]                 # lines that move, and within which
      | \[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004)[hl]  # modes that are left again at the end
      | \[\?(?:2026|2048)\$p                        # what the terminal can do
      | \[>25u | \[<u                               # the keyboard's protocol, and back
      | \]22;[a-z]+\x07                             # the shape of the pointer
    )
    | \r?\n | \r""",
    re.VERBOSE,
)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def foreign(written: bytes) -> list[str]:
    """What stands in the bytes of a terminal that the app did not mean to send, each with what is around it."""
    text = _INTENDED.sub(b"", written).decode("utf-8", errors="surrogateescape")
    return [
        f"U+{ord(char):04X} in {text[max(0, at - 20) : at + 20]!r}"
        for at, char in enumerate(text)
        if unicodedata.category(char) in _HIDDEN
    ]
