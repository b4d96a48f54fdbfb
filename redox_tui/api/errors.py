"""What can go wrong with a call, in words for the person in front of it; never a payload, a token or a URL's query."""

from redox_tui.domain.problem import Problem


class PlatformError(Problem):
    """A call that did not work.

    `exit_code` is what a command ends with when nothing else can be done; `is_retryable` says whether the same call
    may work later.
    """

    exit_code = 6
    is_retryable = True


class Unreachable(PlatformError):
    """No connection, or it broke before the answer was whole."""


class TimedOut(PlatformError):
    """No whole answer in time, from the server or from what stands before it."""


class TooSlow(TimedOut):
    """A verdict on the size of what was asked for: a shorter range of time may be answered (platform-api.md §2.6)."""


class BadAnswer(PlatformError):
    """An answer that is not what the Platform API speaks."""


class ServerTrouble(PlatformError):
    """The server says that it could not answer now."""


class RateLimited(PlatformError):
    """Too many requests from this address (platform-api.md §2.6). `wait` is in seconds, None where nothing is said."""

    wait: float | None = None


class OutcomeUnknown(PlatformError):
    """A change was sent and its answer was lost: it may have been made or not."""

    is_retryable = False


class Conflict(PlatformError):
    """Somebody else has changed the same thing, or what is there already stands in the way."""

    exit_code = 9
    is_retryable = False


class NotAuthorized(PlatformError):
    """The credential is wrong or has ended, or it may not do this."""

    exit_code = 3
    is_retryable = False


class TokenRefused(NotAuthorized):
    """The server does not take the token of this call (any more)."""


class NotFound(PlatformError):
    """What was asked for does not exist, at least not for this credential."""

    exit_code = 8


class BadRequest(PlatformError):
    """The request makes no sense to the server, or to this generation of the API."""

    exit_code = 2
    is_retryable = False
