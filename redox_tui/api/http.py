"""The one place where httpx is imported, without its command line: that would load click, rich and pygments."""

import sys

# Where click is installed, httpx imports its command line too; an import that is known to fail is what it allows for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402 - only after the line above

__all__ = ["httpx"]
