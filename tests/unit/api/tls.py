"""Certificates for the tests: authorities that nobody knows, and servers and clients that use them."""

import ssl
from datetime import UTC, datetime
from functools import cache
from hashlib import sha1
from pathlib import Path

import trustme
from cryptography.x509 import Name, NameAttribute, load_pem_x509_certificate

from redox_tui.api.http import httpx
from redox_tui.api.proxies import ProxyRoute, as_proxy
from redox_tui.api.trust import Trust
from redox_tui.api.unreached import unreached

NAME = "api.example.test"
"""A host that only a proxy of the tests can find."""

LONG_AGO, FAR_OFF = datetime(2001, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)


@cache
def authority(name: str = "ours") -> trustme.CA:
    """An authority, made once; another name is another authority."""
    return trustme.CA(organization_name=name)


def serving(
    *names: str, ca: trustme.CA | None = None, since: datetime = LONG_AGO, until: datetime = FAR_OFF
) -> ssl.SSLContext:
    """What a server needs that shows a certificate for these names, or else for those that the tests use."""
    certificate = (ca or authority()).issue_cert(*names or (NAME, "127.0.0.1"), not_before=since, not_after=until)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def signed_by_itself(folder: Path) -> ssl.SSLContext:
    file = folder / "server.pem"
    file.write_bytes(authority().private_key_pem.bytes() + authority().cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def bundle(folder: Path, *authorities: trustme.CA) -> Path:
    file = folder / "authorities.pem"
    file.write_bytes(b"".join(one.cert_pem.bytes() for one in authorities or (authority(),)))
    return file


def directory(folder: Path, ca: trustme.CA) -> Path:
    """A directory as `openssl rehash` leaves it: the file's name is a hash of the subject in its canonical form."""
    subject = load_pem_x509_certificate(ca.cert_pem.bytes()).subject
    canonical = Name([NameAttribute(one.oid, str(one.value).lower()) for one in subject]).public_bytes()
    size_of_header = 2 + (canonical[1] & 0x7F if canonical[1] & 0x80 else 0)
    digest = sha1(canonical[size_of_header:], usedforsecurity=False).digest()
    (folder / f"{int.from_bytes(digest[:4], 'little'):08x}.0").write_bytes(ca.cert_pem.bytes())
    return folder


async def ask(url: str, trust: Trust, route: ProxyRoute | None = None) -> httpx.Response:
    """Ask as the client does; an error comes out as the client would say it."""
    proxy = as_proxy(route, trust.context) if route else None
    async with httpx.AsyncClient(verify=trust.context, trust_env=False, proxy=proxy, timeout=5) as http:
        try:
            return await http.get(url)
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise unreached(error, httpx.URL(url).netloc.decode(), route, trust.source) from None
