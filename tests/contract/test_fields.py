"""The packaged index of field paths is current."""

import gzip
import json

from redox_tui.domain.fields import INDEX
from tools import fields


def test_the_index_is_what_the_published_models_say() -> None:
    assert json.loads(gzip.decompress(INDEX.read_bytes())) == json.loads(fields.content()), "run: make fields"
