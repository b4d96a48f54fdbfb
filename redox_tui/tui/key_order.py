"""Keys take effect in the order in which they are pressed, however many arrive at once.

Textual hands a key to the widget that has the focus when it is read, and obeys it a few messages later: of `/status`
in one piece, the list would get every letter. Here a key has had its effect before the next one is looked at.
"""

from typing import Any

from textual.app import App
from textual.events import Key, Paste


async def takes_effect(app: App[Any], event: Key | Paste) -> bool:
    """Do at once what a key or a paste means; False where that is nothing, or Textual has to find out."""
    focused = app.focused
    if focused is None or event.is_forwarded or not app.app_focus:
        return False
    is_text = focused.check_consume_key("a", "a")
    if isinstance(event, Key):
        if await app._check_bindings(event.key, priority=True):
            return True
        is_text = is_text and focused.check_consume_key(event.key, event.character)
    if is_text:
        event._set_forwarded()
        with focused._context():
            await focused._dispatch_message(event)
        return True
    return isinstance(event, Key) and await app._check_bindings(event.key)
