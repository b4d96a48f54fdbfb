"""Where logs are read: one organization, perhaps one environment, at one address. It holds no secret."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

PRODUCTION_URL: Final = "https://api.redoxengine.com"
"""What stands before `/platform/…` and `/v2/auth/token` (platform-api.md §1.1); Canada has `api.ca.redoxengine.com`."""

REQUESTS: Final = 3_000
"""Requests in 5 minutes that a process takes of the 10,000 that its address has (platform-api.md §2.6)."""

Generation = Literal["organization", "environment"]
"""How logs are listed: by organization with page numbers, or by environment with a cursor (platform-api.md §6.1)."""


NO_PROXY: Final = "none"
"""What stands for a proxy where none is to be gone through, whatever the environment says."""


class ConnectionProblem(ValueError):
    """A connection that cannot be used; the message is a sentence for the user."""


FilterVersion = Literal["v0", "v1"]
"""Which calls speak of filters: those of one subscription, or those of an environment (platform-api.md §3.7, §3.8)."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What a profile says besides its credential.

    `generation` None means: try, and remember what worked. `ca_bundle` is a file of certificates that are believed
    instead of the system's. `rate` is the most requests in 5 minutes. `filters` None means: v1, and v0 where the server
    does not have that. `proxy` is gone through whatever the environment says, `NO_PROXY` for none (security.md HT-10).
    """

    base_url: str
    organization: str
    environment: str | None = None
    generation: Generation | None = None
    ca_bundle: str | None = None
    rate: int = REQUESTS
    filters: FilterVersion | None = None
    proxy: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked(self.base_url))
        if self.generation == "environment" and not self.environment:
            raise ConnectionProblem("The environment generation needs --environment ID.")
        if self.proxy and "@" in self.proxy:
            raise ConnectionProblem(
                "A proxy with a name and password is read from HTTPS_PROXY only: here others could read it."
            )


def is_loopback(host: str) -> bool:
    """Whether a host name or address never leaves this machine."""
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(base_url: str) -> str:
    try:
        url = urlsplit(base_url)
        host, _ = url.hostname or "", url.port
    except ValueError:
        raise ConnectionProblem("The base URL cannot be read; write it as https://api.redoxengine.com.") from None
    if url.scheme not in ("https", "http") or not host:
        raise ConnectionProblem("The base URL needs a scheme and a host, as in https://api.redoxengine.com.")
    if url.username is not None or not base_url.isprintable() or any(sign in base_url for sign in " ?#\\"):
        raise ConnectionProblem("The base URL may hold a scheme, a host, a port and a path, nothing else.")
    if url.scheme == "http" and not is_loopback(host):
        raise ConnectionProblem(
            f"http: would send the token in clear to {host}; use https: (http: is for loopback only)."
        )
    return base_url.rstrip("/")
