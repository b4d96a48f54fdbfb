"""What a status other than 200 means, in words (platform-api.md §2.5), with what the server says about it."""

from redox_tui.api import auth, endpoints, wire
from redox_tui.api.endpoints import Endpoint
from redox_tui.api.errors import (
    BadAnswer,
    BadRequest,
    Conflict,
    NotAuthorized,
    NotFound,
    PlatformError,
    RateLimited,
    ServerTrouble,
    TimedOut,
    TokenRefused,
)
from redox_tui.api.exchange import Answer, Failed, shorter
from redox_tui.api.http import httpx
from redox_tui.api.policy import Trouble


def checked(answer: Answer, endpoint: Endpoint) -> Answer:
    """The answer if its status says that it worked: 200, or 201 and 204 where those belong; else raises Failed."""
    also = {
        "POST": httpx.codes.CREATED,
        "PUT": httpx.codes.CREATED,
        "DELETE": httpx.codes.NO_CONTENT,
    }
    if answer.status == httpx.codes.OK or (not endpoint.is_read and answer.status == also.get(endpoint.method)):
        return answer
    error = _error(answer, endpoint)
    trouble = Trouble.DAMAGED if isinstance(error, BadAnswer) and answer.status < 400 else Trouble.STATUS
    raise Failed(error, trouble, status=answer.status, retry_after=answer.headers.get("retry-after", ""))


def _error(answer: Answer, endpoint: Endpoint) -> PlatformError:
    said = wire.read_message(answer.body)
    if endpoint is endpoints.TOKEN and answer.status in (400, 401, 403):
        return auth.refused(said)
    detail = f"The server says: {said.rstrip('.')}." if said else ""
    status = answer.status
    match status:
        case 401:
            return TokenRefused("The token is wrong or has ended (401).", detail, "Get a new token, then start again.")
        case 403:
            may_not = f"may not read {endpoint.what}" if endpoint.is_read else f"has no right to this: {endpoint.what}"
            return NotAuthorized(f"This credential {may_not} (403).", detail, f"Ask for {endpoint.role}.")
        case 404 | 405 | 410:
            what = endpoint.what if endpoint.is_read else f"what is needed for {endpoint.what}"
            return NotFound(f"The server does not have {what} ({status}).", detail, "Check the ids, and --generation.")
        case 409 | 412:
            return Conflict(f"The server refused, since something stands in the way: {endpoint.what}.", detail)
        case 400 | 413 | 414 | 422:
            return BadRequest(f"The server refused the request for {endpoint.what} ({status}).", detail)
        case 429:
            return RateLimited("Too many requests (429).", detail, "Wait a few minutes, then try again.")
        case 408 | 504 | 524:
            return TimedOut(f"The server took too long for {endpoint.what} ({status}).", detail, shorter(endpoint))
        case _ if 300 <= status < 400:
            target = answer.headers.get("location", "")
            return BadAnswer(
                f"The answer is a redirect ({status}){_host_of(target)}.",
                hint="Redirects are not followed; check --base-url.",
            )
        case _ if status >= 500:
            return ServerTrouble(f"The server failed on {endpoint.what} ({status}).", detail, "Try again in a moment.")
        case _:
            return BadAnswer(f"The server answered {status} for {endpoint.what}.", detail)


def _host_of(target: str) -> str:
    if not target.startswith(("http:", "https:")):
        return ""
    try:
        return f" to {httpx.URL(target).host}"
    except (httpx.InvalidURL, UnicodeError):
        return ""
