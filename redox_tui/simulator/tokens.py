"""Access tokens: signed assertions are really verified, so that signing in can be tried out (platform-api.md §1.3)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeGuard
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from redox_tui.simulator.answers import raw
from redox_tui.simulator.compact import dump
from redox_tui.simulator.moments import utc_now

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

LIFETIME = 300
"""Seconds that an access token lives, and the longest life and the oldest age of an assertion."""
SKEW = 10
"""Seconds by which a caller's clock may differ."""
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LEAST_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class _RegisteredKey:
    algorithm: str
    key: "RSAPublicKey | EllipticCurvePublicKey"


class _Denied(Exception):
    """An assertion that earns no token; the text is Redox's own, empty where Redox says nothing."""


class Tokens:
    """Registered keys, the assertions seen, and the tokens in use; in memory only.

    Attributes:
        ahead: by how much the server's clock is wrong.
    """

    def __init__(self, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.ahead = timedelta()
        self._clock = clock
        self._keys: dict[tuple[str, str], _RegisteredKey] = {}
        self._seen: dict[tuple[str, str], float] = {}
        self._expiry: dict[str, float] = {}
        self._session: str | None = None

    def register(self, client_id: str, key_id: str, public_key: bytes | str) -> None:
        """Accept assertions of a client that are signed with a key: PEM or JWK, RSA or P-384.

        Raises:
            ValueError: the key cannot be used; the text says why.
        """
        text = public_key.decode(errors="replace") if isinstance(public_key, bytes) else public_key
        self._keys[client_id, key_id] = _public_key(text)

    def now(self) -> datetime:
        """The time on the server's clock."""
        return self._clock() + self.ahead

    def session(self) -> str:
        """The one token that does not expire, for `demo` and `simulate`; the same at every call."""
        if self._session is None:
            self._session = secrets.token_urlsafe(32)
        return self._session

    def accepts(self, token: str) -> bool:
        """Whether a call with this access token may pass now."""
        if self._session is not None and secrets.compare_digest(token.encode(), self._session.encode()):
            return True
        return self._now() < self._expiry.get(token, 0.0)

    def revoke(self) -> None:
        """Accept no token any longer that an assertion has earned until now."""
        self._expiry.clear()

    async def answer(self, request: Request) -> Response:
        """Answer `POST /v2/auth/token` in the words of platform-api.md §1.3."""
        no_store = {"cache-control": "no-store"}
        try:
            form = await _form(request)
            token = self._grant(form, str(request.url.replace(query="")))
        except _Denied as denied:
            error = {"error": "invalid_request", "error_description": str(denied), "error_uri": ""}
            return raw(dump(error), 400, no_store)
        granted = {"access_token": token, "expires_in": LIFETIME, "token_type": "Bearer"}
        return raw(dump(granted), headers=no_store)

    def _now(self) -> float:
        return self.now().timestamp()

    def _grant(self, form: Mapping[str, str], audience: str) -> str:
        if not form.get("grant_type"):
            raise _Denied("Missing grant_type parameter")
        if form["grant_type"] != "client_credentials":
            raise _Denied("The grant_type parameter should equal 'client_credentials'")
        if not form.get("client_assertion_type"):
            raise _Denied("Missing client assertion type")
        if form["client_assertion_type"] != _ASSERTION_TYPE:
            raise _Denied("Invalid client assertion type")
        if not form.get("client_assertion"):
            raise _Denied("Missing client assertion")
        client, claims = self._verify(form["client_assertion"])
        now = self._now()
        self._check(client, claims, audience, now)
        self._seen = {seen: until for seen, until in self._seen.items() if until > now}
        self._seen[client, str(claims["jti"])] = now + 2 * (LIFETIME + SKEW)
        self._expiry = {token: until for token, until in self._expiry.items() if until > now}
        token = secrets.token_urlsafe(32)
        self._expiry[token] = now + LIFETIME
        return token

    def _verify(self, assertion: str) -> tuple[str, dict[str, object]]:
        """The client id and the claims of an assertion whose signature is right."""
        # PyJWT loads the whole of cryptography; a demo with a given token never comes here.
        import jwt

        try:
            unverified = jwt.decode_complete(assertion, options={"verify_signature": False})
            key_id, client = unverified["header"].get("kid"), unverified["payload"].get("iss")
        except jwt.PyJWTError:
            raise _Denied from None
        if not isinstance(key_id, str) or not key_id:
            raise _Denied("JWT header kid property is required")
        registered = self._keys.get((client, key_id)) if isinstance(client, str) else None
        if registered is None:
            raise _Denied("Public key not found, check client_id, kid and Redox dashboard settings")
        try:
            claims = jwt.decode(
                assertion,
                registered.key,
                algorithms=[registered.algorithm],
                # The claims are checked by this class, with the clock it was given.
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "verify_aud": False,
                    "verify_iss": False,
                    "verify_sub": False,
                    "verify_jti": False,
                },
            )
        except jwt.PyJWTError:
            raise _Denied from None
        return client, claims

    def _check(self, client: str, claims: Mapping[str, object], audience: str, now: float) -> None:
        issued, expires, nonce = claims.get("iat"), claims.get("exp"), claims.get("jti")
        heard = claims.get("aud")
        is_good = (
            claims.get("sub") == client
            and (audience == heard or (isinstance(heard, list) and audience in heard))
            and _is_number(issued)
            and _is_number(expires)
            and -LIFETIME - SKEW <= issued - now <= SKEW
            and now - SKEW < expires <= issued + LIFETIME
            and isinstance(nonce, str)
            and nonce != ""
            and (client, nonce) not in self._seen
        )
        if not is_good:
            raise _Denied


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def _form(request: Request) -> dict[str, str]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise _Denied("x-www-form-urlencoded content-type required")
    fields = parse_qs((await request.body()).decode(errors="replace"))
    return {name: values[0] for name, values in fields.items()}


def _public_key(text: str) -> _RegisteredKey:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    key = _from_jwk(text) if text.lstrip().startswith("{") else _from_pem(text)
    if isinstance(key, RSAPublicKey):
        if key.key_size < _LEAST_RSA_BITS:
            raise ValueError(f"the RSA key has {key.key_size} bits; it must have at least {_LEAST_RSA_BITS}")
        return _RegisteredKey("RS384", key)
    if isinstance(key, EllipticCurvePublicKey):
        if not isinstance(key.curve, SECP384R1):
            raise ValueError(f"the key is on the curve {key.curve.name}; ES384 needs P-384")
        return _RegisteredKey("ES384", key)
    raise ValueError("the key is neither a public RSA key nor a public P-384 key")


def _from_pem(text: str) -> object:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if "PRIVATE KEY" in text:
        raise ValueError("this is a private key; register its public half")
    try:
        return load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("the key is neither a PEM public key nor a JWK") from None


def _from_jwk(text: str) -> object:
    import json

    import jwt

    try:
        fields = json.loads(text)
        if "d" not in fields:
            return jwt.PyJWK(fields).key
    except (ValueError, RecursionError, jwt.PyJWTError):
        raise ValueError("the key is not a valid JWK") from None
    raise ValueError("this is a private key; register its public half")
