"""The guard before the network: a request leaves for the configured address or not at all (security.md HT-06)."""

import posixpath

from redox_tui.api.errors import BadRequest
from redox_tui.api.http import httpx


class GuardedTransport(httpx.AsyncBaseTransport):
    """Passes on what goes to the scheme, host and port of `base`, below its path; everything else is a BadRequest.

    It stands below everything that httpx might do on its own, such as following a redirect.
    """

    def __init__(self, base: httpx.URL, inner: httpx.AsyncBaseTransport) -> None:
        self._origin = _origin(base)
        self._path = base.path.rstrip("/") + "/"
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that may leave."""
        url = request.url
        if _origin(url) != self._origin or url.userinfo or not self._is_below(url.path):
            raise BadRequest(f"A request to {url.host} was not sent:", "it is not the configured address.")
        return await self._inner.handle_async_request(request)

    def _is_below(self, path: str) -> bool:
        """Whether a path, and what a server may make of its dots and backslashes, begins as the base does."""
        resolved = posixpath.normpath(path.replace("\\", "/")) + "/"
        return path.startswith(self._path) and resolved.startswith(self._path)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
