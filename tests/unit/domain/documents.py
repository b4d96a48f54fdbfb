"""JSON texts as servers and senders write them."""

import json
from typing import Any

from hypothesis import strategies as st

VISIT = """{
  "Meta": {"DataModel": "PatientAdmin", "Test": true},
  "Visit": {
    "Insurances": [
      {"Plan": {"ID": "31572"}},
      {"Plan": {"ID": null, "Cost": 1.50e2}}
    ],
    "Notes": [],
    "odd key": {}
  }
}"""

NOT_JSON = (
    *(
        "",
        " ",
        "{",
        "[",
        "]",
        "}",
        ",",
        ":",
        "[}",
        "{]",
        "[1, 2",
        '{"a": ',
        '"a',
        "tru",
        "1 2",
        "{} []",
        "NaN",
        "-",
        "01",
        "1٣",
    ),
    *("[,]", "[1,]", "[,1]", "[1 2]", "[1 [2]]", "[1:2]", "{,}", "{1:2}", "{{}}", "{[]:1}", "{:1}", '"a":1'),
    *('{"a"}', '{"a" 1}', '{"a",1}', '{"a":}', '{"a"::1}', '{"a" {}}', '{"a":1,}', '{"a":1 "b":2}', '{"a":1:2}'),
)
"""Texts that begin like JSON, or end like it."""

_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


def _containers(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4)


values = st.recursive(_scalars, _containers, max_leaves=12)
"""What a JSON text can mean."""

texts = st.builds(json.dumps, values, indent=st.sampled_from([None, 0, 2, "\t"]), ensure_ascii=st.booleans())
"""JSON texts, on one line or on many."""

_pieces = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"', "\\", "0", "1", "-", ".", "e", "t", " ", "\n", "\t", "\x01", "٣"]
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Nearly JSON: a text of which a part has been put in or lost; it may still be whole."""
    text: str = draw(texts)
    begin = draw(st.integers(0, len(text)))
    end = draw(st.integers(begin, min(begin + 2, len(text))))
    return text[:begin] + "".join(draw(st.lists(_pieces, max_size=2))) + text[end:]


def _no_constant(name: str) -> None:
    raise ValueError(name)


def is_json(text: str) -> bool:
    """What Python's own parser says of a text, without the constants that JSON does not know."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except ValueError:
        return False
    return True


_blanks = st.text(" \t\n\r", max_size=3)
_numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
_letters = st.characters(exclude_characters='"\\', min_codepoint=0x20)
_surrogates = st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF, categories=["Cs"])
_escapes = st.sampled_from([*(f"\\{char}" for char in '"\\/bfnrt'), "\\u00e4", "\\uD83D\\ude00", "\\ud800", "\\u0000"])
_strings = st.lists(_letters | _surrogates | _escapes, max_size=6).map(lambda parts: f'"{"".join(parts)}"')


@st.composite
def _spelled(draw: st.DrawFn, children: st.SearchStrategy[str]) -> str:
    """An object or array with blanks wherever they may stand, and keys that may be there twice."""
    opening, closing = draw(st.sampled_from([("{", "}"), ("[", "]")]))
    keys = _strings | st.sampled_from(['"a"', '"b"'])
    members = [
        f"{draw(keys)}{draw(_blanks)}:{draw(_blanks)}{child}" if opening == "{" else child
        for child in draw(st.lists(children, max_size=4))
    ]
    inside = f"{draw(_blanks)},{draw(_blanks)}".join(members)
    return f"{opening}{draw(_blanks)}{inside}{draw(_blanks)}{closing}"


_parts = st.recursive(_strings | _numbers | st.sampled_from(["true", "false", "null"]), _spelled, max_leaves=12)

spelled = st.builds("{}{}{}".format, _blanks, _parts, _blanks)
"""JSON texts as no writer would write them: odd numbers, keys twice, any escape, any blank."""
