"""Which certificate authorities are believed, and in words why a certificate was not (security.md HT-09).

Verification has no switch: a `Trust` always checks the certificate and the name of whoever answers.
"""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redox_tui.api.errors import BadRequest, Unreachable


@dataclass(frozen=True, slots=True)
class Trust:
    """What decides about certificates. `source` says in words where its authorities come from."""

    context: ssl.SSLContext
    source: str


class Untrusted(Unreachable):
    """A certificate that was refused; the next try would meet the same one."""

    is_retryable = False


def trust(ca_bundle: Path | None, environ: Mapping[str, str]) -> Trust:
    """The authorities of `--ca-bundle`, else of `SSL_CERT_FILE`, else of `SSL_CERT_DIR`, else this system's.

    One place replaces all that come after it. Raises BadRequest where the place that is named holds no certificate.
    """
    if ca_bundle is not None:
        return _of_file(f"{ca_bundle}", "--ca-bundle")
    if file := environ.get("SSL_CERT_FILE"):
        return _of_file(file, "SSL_CERT_FILE")
    if directories := environ.get("SSL_CERT_DIR"):
        return _of_directories(directories, "SSL_CERT_DIR")
    import truststore

    return Trust(_strict(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)), "this system's store")


def untrusted(error: ssl.SSLCertVerificationError, host: str, source: str) -> Untrusted:
    """The error for a certificate of `host` that did not pass `source`, the words of a `Trust`."""
    # What does not come from OpenSSL may lack both attributes.
    said = getattr(error, "verify_message", "").rstrip(".") or "it cannot be verified"
    why, hint = _REFUSALS.get(getattr(error, "verify_code", 0), (said, _ASK))
    return Untrusted(f"The certificate of {host} is refused: {why}.", f"It was checked against {source}.", hint)


_ASK = "Ask who runs this network."
_CLOCK = "Check this machine's clock, then ask who runs the server."
_BUNDLE = f"{_ASK} If it opens TLS, --ca-bundle FILE names the file of its authority."
_ADDRESS = f"Check --base-url. {_ASK}"
_STRANGER = "the authority that signed it is not known"

_REFUSALS: Final = {
    9: ("it, or one that it rests on, is not valid yet", _CLOCK),
    10: ("it, or one that it rests on, has expired", _CLOCK),
    18: ("it is signed by itself only", _BUNDLE),
    19: (_STRANGER, _BUNDLE),
    20: (_STRANGER, _BUNDLE),
    21: (_STRANGER, _BUNDLE),
    62: ("it is made out to another name", _ADDRESS),
    64: ("it is made out to another address", _ADDRESS),
}
"""What is said for the codes of OpenSSL (X509_V_ERR_… in its x509_vfy.h); other systems say it themselves."""

_FOUND_BY_HASH = re.compile(r"[0-9a-f]{8}\.\d+", re.ASCII)
_NEEDED = "Name a PEM file with the certificate of an authority."


def _of_file(file: str, named_by: str) -> Trust:
    source = f"the bundle {file} ({named_by})"
    try:
        content = Path(file).read_bytes()
    except OSError as error:
        words = (error.strerror or "no such file").lower()
        raise BadRequest(f"Nothing can be read from {source}:", f"{words}.", _NEEDED) from None
    context = _given()
    try:
        # What stands between certificates is a comment in any encoding.
        context.load_verify_locations(cadata=content.decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        raise BadRequest(f"No certificate can be read from {source}:", _what_else(content), _NEEDED) from None
    return Trust(context, source)


def _what_else(content: bytes) -> str:
    if b"-----BEGIN CERTIFICATE-----" in content:
        return "what it holds is damaged."
    return "it holds a private key." if b"PRIVATE KEY-----" in content else "it holds none."


def _of_directories(directories: str, named_by: str) -> Trust:
    source = f"the directory {directories} ({named_by})"
    if not any(map(_has_certificates, directories.split(os.pathsep))):
        raise BadRequest(
            f"No certificate is found in {source}:", "files are found by their hash.", "Type: openssl rehash DIRECTORY"
        )
    context = _given()
    context.load_verify_locations(capath=directories)
    return Trust(context, source)


def _has_certificates(directory: str) -> bool:
    try:
        return any(map(_FOUND_BY_HASH.fullmatch, os.listdir(directory)))
    except OSError:
        return False


def _given() -> ssl.SSLContext:
    """A context for authorities that the user names: each counts as an end, also one that another has signed."""
    context = _strict(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context


def _strict(context: ssl.SSLContext) -> ssl.SSLContext:
    # Older versions are off in Python, but a configuration of OpenSSL can bring them back.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
