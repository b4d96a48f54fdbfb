"""A request as a line for a shell, for whoever wants to try it there. The token is never in it, nor a patient."""

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

PATIENT: Final = "PATIENT"
"""What stands where a patient was asked for."""

_SIGNED: Final = '"Authorization: Bearer $TOKEN"'
"""In double quotes, so that the shell puts in what its variable TOKEN holds."""


def as_curl(
    method: str, url: str, *, query: Mapping[str, str | int] | None = None, body: Mapping[str, Any] | None = None
) -> str:
    """One call of curl; every part is quoted for a POSIX shell."""
    if query:
        url = f"{url}?{urlencode(query)}"
    parts = ["curl", "--globoff", "-X", method, shlex.quote(url), "-H", "'Accept: application/json'", "-H", _SIGNED]
    if body is not None:
        parts += ["-H", "'Content-Type: application/json'", "--data-raw", shlex.quote(json.dumps(body))]
    return " ".join(parts)
