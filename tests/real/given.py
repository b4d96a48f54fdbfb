"""The messages that Redox publishes, one of every data model and event type; they lie beside the checkout."""

from functools import cache
from pathlib import Path

from redox_tui.simulator.messages import MessageFile, catalogue_from

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "data" / "payloads"


@cache
def messages() -> dict[str, MessageFile]:
    """Every message by the name of its file."""
    return dict(zip(sorted(path.stem for path in PAYLOADS.glob("*.json")), catalogue_from(PAYLOADS), strict=True))


def text_of(message: MessageFile) -> str:
    """A message as the API sends it."""
    return message.body.decode().strip()
