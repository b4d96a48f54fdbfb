"""Compact JSON, made with one encoder, since a page of messages is answered on the loop that also draws the screen."""

from json import JSONEncoder

# Everything encoded is built here, level by level, and never contains itself.
_ENCODER = JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)


def dump(value: object) -> bytes:
    """A value as JSON in UTF-8 without spaces."""
    return _ENCODER.encode(value).encode()
