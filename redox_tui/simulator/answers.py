"""The JSON answers of the Platform API: one wrapper for what succeeds and one for what is refused."""

from collections.abc import Mapping

from starlette.responses import Response

from redox_tui.simulator.compact import dump

VERSION = "1.0.0"


class Refused(Exception):
    """A call that is answered with an error: an HTTP status, and a sentence for the caller."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of ready JSON bytes."""
    return Response(body, status, headers, media_type="application/json")


def wrapped(payload: bytes, meta: Mapping[str, object] | None = None) -> Response:
    """A success: `meta` beside `payload` (platform-api.md §2.1). The payload is JSON bytes, embedded unchanged."""
    head = dump({"version": VERSION, **(meta or {})})
    return raw(b'{"meta":' + head + b',"payload":' + payload + b"}")


def refusal(refused: Refused) -> Response:
    """A failure, `payload.errors[]` with a title and a detail (platform-api.md §2.5)."""
    error = {"title": _TITLES.get(refused.status, "Error"), "detail": refused.detail}
    body = {"meta": {"version": VERSION}, "payload": {"errors": [error]}}
    return raw(dump(body), refused.status, refused.headers)
