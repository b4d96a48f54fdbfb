"""The two themes. Their text colours keep a contrast of 4.5 : 1 on the surfaces that they stand on."""

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="redox-dark",
    primary="#5fafd7",
    secondary="#87afaf",
    accent="#d7af5f",
    warning="#d7af5f",
    error="#ff8787",
    success="#87d787",
    foreground="#d0d0d0",
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    variables={
        "row-cursor": "#1d4a63",
        "row-cursor-blurred": "#23323a",
        "text-muted": "#b4b4b4",
        "text-disabled": "#949494",
    },
    dark=True,
)

LIGHT: Final = Theme(
    name="redox-light",
    primary="#005f87",
    secondary="#3a5f5f",
    accent="#7a4f00",
    warning="#7a4f00",
    error="#af0000",
    success="#005f00",
    foreground="#262626",
    background="#ffffff",
    surface="#f5f5f5",
    panel="#e4e4e4",
    variables={
        "row-cursor": "#cde4f2",
        "row-cursor-blurred": "#e2e8ec",
        "text-muted": "#4e4e4e",
        "text-disabled": "#626262",
    },
    dark=False,
)
