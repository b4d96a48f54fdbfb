"""Bearer tokens: one that was given, or five-minute ones got with a signed assertion (platform-api.md §1.3)."""

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from redox_tui.api.errors import BadAnswer, NotAuthorized, PlatformError

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUED_EARLIER: Final = 30
"""Seconds that `iat` lies in the past, since servers refuse a clock that runs ahead of theirs (AU-01)."""

ASSERTION_LIFE: Final = 240
"""Seconds from now to `exp`; Redox allows 300."""

_REFRESH_BEFORE = 60.0
_SHORTEST_LIFE, _LONGEST_LIFE = 60.0, 3600.0
_MIN_RSA_BITS = 2048

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
"""Seconds after a failure in which no further token is asked for; twice as long after each one in a row (AU-02)."""

_CLOCK_HINT: Final = (
    "A claim is wrong, or this machine's clock: check the client id, that the base URL is the one the key is for, and "
    "the time."
)
_UNKNOWN_HINT: Final = (
    "Check the client id, the key id, the public key that the server has, the base URL, and this machine's clock."
)
_HINTS: Final = (
    ("public key not found", "Check the client id, the key id and the public key in the Redox dashboard."),
    ("kid property", "The key id is missing: give --key-id."),
    ("x-www-form-urlencoded", "Something between here and Redox changes requests; check --base-url and the proxy."),
    ("grant_type", "The base URL takes another kind of sign-in; check --base-url."),
    ("client assertion", "The base URL takes another kind of sign-in; check --base-url."),
    ("invalid_client", "Check the client id, and that its key is active in the Redox dashboard."),
)
"""What helps, by a part of what the token endpoint says (platform-api.md §1.3).

Where Redox is silent, the key is known and the rest is wrong; servers that tell nobody why may mean anything.
"""


class TokenSource(Protocol):
    """Where the bearer token of a call comes from."""

    async def token(self) -> str:
        """A token that can be sent now; raises PlatformError."""

    def reject(self, token: str) -> bool:
        """The server refused this token; whether another can be had."""

    async def close(self) -> None:
        """Forget the token, and leave no request for one behind."""


class KeyProblem(ValueError):
    """A private key that cannot be used; the message is a sentence that holds nothing of the key."""


class KeyIsEncrypted(KeyProblem):
    """A private key that needs a passphrase, and none was given."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with the algorithm that it signs with: RS384, or ES384 for a P-384 key."""

    algorithm: str
    key: Any = field(repr=False)
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class GivenToken:
    """A token that somebody else got; when it ends, it ends."""

    value: str = field(repr=False)

    async def token(self) -> str:
        """The token as it was given."""
        return self.value

    def reject(self, token: str) -> bool:
        """A given token cannot be renewed."""
        return False

    async def close(self) -> None:
        """Nothing is under way."""


class AssertionTokens:
    """Tokens for a user-level API key. Callers that wait at the same time share one request.

    `post` sends a form to the token URL and returns the answer's JSON object. It is given a function that makes the
    form at an epoch time, since each try needs an assertion of its own. `token_url` is the audience.
    """

    def __init__(
        self,
        client_id: str,
        key_id: str,
        key: SigningKey,
        *,
        token_url: str,
        post: Callable[[Callable[[float], dict[str, str]]], Awaitable[dict[str, Any]]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client_id = client_id
        self._key_id = key_id
        self._key = key
        self._token_url = token_url
        self._post = post
        self._clock = clock
        self._renewal: asyncio.Task[str] | None = None
        self._token = ""
        self._good_until = self._ends_at = 0.0
        self._failure: PlatformError | None = None
        self._quiet_until = 0.0
        self._pause = _FIRST_PAUSE

    async def token(self) -> str:
        """The token at hand, or a new one where that has less than a minute (or a fifth of its life) left."""
        if self._token and self._clock() < self._good_until:
            return self._token
        try:
            return await self._renewed_token()
        except PlatformError:
            # The one at hand is near its end, and still good.
            if self._token and self._clock() < self._ends_at:
                return self._token
            raise

    def reject(self, token: str) -> bool:
        """Forget a token that was refused, unless another caller has renewed it already."""
        if token == self._token:
            self._token = ""
        return True

    async def _renewed_token(self) -> str:
        if self._failure and self._clock() < self._quiet_until:
            raise self._failure
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._renewed)
        # A caller that is cancelled must not take the token from the others (AU-04).
        return await asyncio.shield(self._renewal)

    async def close(self) -> None:
        """Forget the token, and leave no request for one behind."""
        self._token = ""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _renewed(self, renewal: asyncio.Task[str]) -> None:
        self._renewal = None
        error = None if renewal.cancelled() else renewal.exception()
        self._failure = error if isinstance(error, PlatformError) else None
        if self._failure:
            self._quiet_until = self._clock() + self._pause
        self._pause = min(self._pause * 2, _LONGEST_PAUSE) if self._failure else _FIRST_PAUSE

    async def _renew(self) -> str:
        asked_at = self._clock()
        answer = await self._post(self._form)
        token, kind = answer.get("access_token"), str(answer.get("token_type", "bearer"))
        if not isinstance(token, str) or not token or kind.lower() != "bearer":
            raise BadAnswer("The token endpoint answered without a bearer token.", hint="Check --base-url.")
        self._token = token
        life = _life(answer.get("expires_in"))
        self._ends_at = asked_at + life
        self._good_until = asked_at + life - max(min(_REFRESH_BEFORE, life / 2), life / 5)
        return token

    def _form(self, now: float) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self._client_id, self._key_id, self._key, self._token_url, now),
        }


def assertion(client_id: str, key_id: str, key: SigningKey, token_url: str, now: float) -> str:
    """An assertion signed at an epoch time, with a fresh `jti` (platform-api.md §1.3, AU-01)."""
    import jwt

    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "iat": int(now) - ISSUED_EARLIER,
        "exp": int(now) + ASSERTION_LIFE,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, key.key, algorithm=key.algorithm, headers={"kid": key_id, "typ": "JWT"})


def read_key(data: bytes, passphrase: bytes | bytearray | None = None) -> SigningKey:
    """Read a private key from PEM or JWK text; raises KeyProblem, KeyIsEncrypted where a passphrase is missing."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key_id = None
    key: Any
    if data.lstrip()[:1] == b"{":
        key, key_id = _read_jwk(data)
    else:
        try:
            key = load_pem_private_key(data, bytes(passphrase) if passphrase else None)
        except TypeError:
            raise KeyIsEncrypted("The key is encrypted, and there is no passphrase for it.") from None
        except (ValueError, UnsupportedAlgorithm):
            if passphrase:
                raise KeyProblem("The passphrase does not open the key.") from None
            raise KeyProblem("The file holds no private key in PEM or JWK form.") from None
    if isinstance(key, RSAPrivateKey):
        if key.key_size < _MIN_RSA_BITS:
            raise KeyProblem(f"The RSA key has {key.key_size} bits; Redox keys have at least {_MIN_RSA_BITS}.")
        return SigningKey("RS384", key, key_id)
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP384R1):
        return SigningKey("ES384", key, key_id)
    raise KeyProblem("The key must be a private RSA key, or an EC key on P-384.")


def hint_for(description: str) -> str:
    """What to do about a token endpoint's `error_description` (platform-api.md §1.3)."""
    if not description:
        return _CLOCK_HINT
    return next((hint for part, hint in _HINTS if part in description.lower()), _UNKNOWN_HINT)


def may_be_the_clock(refusal: NotAuthorized) -> bool:
    """Whether a refused assertion may have been in order but for its times: nothing else is known to be wrong."""
    return refusal.hint in (_CLOCK_HINT, _UNKNOWN_HINT)


def refused(description: str) -> NotAuthorized:
    """The error for an assertion that was not accepted; it quotes the server, never the assertion."""
    detail = f"The server says: {description.rstrip('.')}." if description else ""
    return NotAuthorized("No token was given for this key.", detail, hint_for(description))


def _read_jwk(data: bytes) -> tuple[Any, str | None]:
    from jwt import PyJWK
    from jwt.exceptions import PyJWTError

    try:
        jwk = json.loads(data)
        keys = jwk.get("keys")
        jwk = keys[0] if isinstance(keys, list) and len(keys) == 1 else jwk
        parsed = PyJWK(jwk, algorithm="ES384" if jwk.get("kty") == "EC" else "RS384")
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, PyJWTError):
        raise KeyProblem("The file holds no private key in PEM or JWK form.") from None
    return parsed.key, parsed.key_id if isinstance(parsed.key_id, str) else None


def _life(expires_in: object) -> float:
    try:
        seconds = float(expires_in)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return _SHORTEST_LIFE
    return min(seconds, _LONGEST_LIFE) if seconds > 0 else _SHORTEST_LIFE
