"""HT-09: whose certificates are believed, and that nothing turns the check off."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import truststore

from redox_tui.api.errors import BadRequest, Unreachable
from redox_tui.api.trust import Trust, Untrusted, trust, untrusted

from .server import Server, answer
from .tls import FAR_OFF, NAME, ask, authority, bundle, directory, serving, signed_by_itself

LAST_YEAR = datetime(2020, 1, 1, tzinfo=UTC)


def server_with(tls: ssl.SSLContext) -> Server:
    server = Server(answer(b"{}"))
    server.tls = tls
    return server


async def is_believed(tls: ssl.SSLContext, trusted: Trust) -> bool:
    async with server_with(tls) as server:
        return (await ask(server.url, trusted)).status_code == 200


async def refusal(tls: ssl.SSLContext, trusted: Trust, host: str = "127.0.0.1") -> Unreachable:
    """The error that a server with this certificate ends with; no request has reached it."""
    async with server_with(tls) as server:
        with pytest.raises(Unreachable) as caught:
            await ask(server.url.replace("127.0.0.1", host), trusted)
        assert server.requests == []
    caught.value.title = caught.value.title.replace(server.host.replace("127.0.0.1", host), "HOST")
    return caught.value


async def test_ht_09_a_server_of_the_authority_in_the_bundle_is_believed(tmp_path: Path) -> None:
    trusted = trust(bundle(tmp_path), {})
    assert await is_believed(serving(), trusted)
    assert trusted.source == f"the bundle {tmp_path}/authorities.pem (--ca-bundle)"


async def test_ht_09_a_server_of_the_authority_in_ssl_cert_file_is_believed(tmp_path: Path) -> None:
    trusted = trust(None, {"SSL_CERT_FILE": f"{bundle(tmp_path)}"})
    assert await is_believed(serving(), trusted)
    assert trusted.source == f"the bundle {tmp_path}/authorities.pem (SSL_CERT_FILE)"


@pytest.mark.parametrize("written", ["{}", "/nowhere:{}", "{}:/nowhere"])
async def test_ht_09_a_server_of_an_authority_in_ssl_cert_dir_is_believed(tmp_path: Path, written: str) -> None:
    named = written.format(directory(tmp_path, authority()))
    trusted = trust(None, {"SSL_CERT_DIR": named})
    assert await is_believed(serving(), trusted)
    assert trusted.source == f"the directory {named} (SSL_CERT_DIR)"


async def test_ht_09_the_bundle_goes_before_the_variables_and_the_file_before_the_directory(tmp_path: Path) -> None:
    file, folder = f"{bundle(tmp_path)}", f"{directory(tmp_path, authority())}"
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(authority("another").cert_pem.bytes())
    assert await is_believed(serving(), trust(Path(file), {"SSL_CERT_FILE": f"{wrong}", "SSL_CERT_DIR": folder}))
    assert (await refusal(serving(), trust(wrong, {"SSL_CERT_FILE": file}))).detail.endswith("(--ca-bundle).")
    error = await refusal(serving(), trust(None, {"SSL_CERT_FILE": f"{wrong}", "SSL_CERT_DIR": folder}))
    assert error.detail == f"It was checked against the bundle {wrong} (SSL_CERT_FILE)."


@pytest.mark.parametrize("environ", [{}, {"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}])
def test_ht_09_where_nothing_is_named_the_system_decides(environ: dict[str, str]) -> None:
    trusted = trust(None, environ)
    assert isinstance(trusted.context, truststore.SSLContext)
    assert trusted.source == "this system's store"


async def test_ht_09_a_bundle_may_hold_several_authorities_a_key_and_comments_in_any_language(tmp_path: Path) -> None:
    file = bundle(tmp_path, authority("another"), authority())
    file.write_bytes("# Autorité de été\n".encode() + authority("third").private_key_pem.bytes() + file.read_bytes())
    trusted = trust(file, {})
    assert await is_believed(serving(), trusted)
    assert await is_believed(serving(ca=authority("another")), trusted)


async def test_ht_09_an_authority_in_the_bundle_need_not_be_the_topmost(tmp_path: Path) -> None:
    below = authority().create_child_ca()
    assert await is_believed(serving(ca=below), trust(bundle(tmp_path, below), {}))
    await refusal(serving(), trust(bundle(tmp_path, below), {}))


async def test_ht_09_an_unknown_authority_is_said_with_the_system_s_store() -> None:
    error = await refusal(serving(), trust(None, {}))
    assert error.title == "The certificate of HOST is refused: the authority that signed it is not known."
    assert error.detail == "It was checked against this system's store."
    assert error.hint == (
        "Ask who runs this network. If it opens TLS, --ca-bundle FILE names the file of its authority."
    )


async def test_ht_09_an_unknown_authority_is_said_with_the_bundle_that_was_used(tmp_path: Path) -> None:
    error = await refusal(serving(), trust(bundle(tmp_path, authority("another")), {}))
    assert error.title == "The certificate of HOST is refused: the authority that signed it is not known."
    assert error.detail == f"It was checked against the bundle {tmp_path}/authorities.pem (--ca-bundle)."


async def test_ht_09_an_expired_certificate_is_said_with_the_store_that_was_used(tmp_path: Path) -> None:
    error = await refusal(serving(until=LAST_YEAR), trust(None, {"SSL_CERT_FILE": f"{bundle(tmp_path)}"}))
    assert error.title == "The certificate of HOST is refused: it, or one that it rests on, has expired."
    assert error.detail == f"It was checked against the bundle {tmp_path}/authorities.pem (SSL_CERT_FILE)."
    assert error.hint == "Check this machine's clock, then ask who runs the server."


async def test_ht_09_a_certificate_of_the_future_is_said(tmp_path: Path) -> None:
    far = serving(since=FAR_OFF, until=FAR_OFF.replace(year=2038))
    error = await refusal(far, trust(bundle(tmp_path), {}))
    assert error.title == "The certificate of HOST is refused: it, or one that it rests on, is not valid yet."
    assert error.hint == "Check this machine's clock, then ask who runs the server."


@pytest.mark.parametrize(("host", "what"), [("localhost", "name"), ("127.0.0.1", "address")])
async def test_ht_09_a_certificate_of_another_host_is_said(tmp_path: Path, host: str, what: str) -> None:
    error = await refusal(serving(NAME), trust(bundle(tmp_path), {}), host)
    assert error.title == f"The certificate of HOST is refused: it is made out to another {what}."
    assert error.detail == f"It was checked against the bundle {tmp_path}/authorities.pem (--ca-bundle)."
    assert error.hint == "Check --base-url. Ask who runs this network."


async def test_ht_09_a_certificate_that_nobody_else_signed_is_said(tmp_path: Path) -> None:
    error = await refusal(signed_by_itself(tmp_path), trust(None, {}))
    assert error.title == "The certificate of HOST is refused: it is signed by itself only."


@pytest.mark.parametrize("code", [19, 20, 21])
def test_ht_09_an_unknown_authority_is_said_wherever_the_chain_ends(code: int) -> None:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = code, "of OpenSSL"
    assert untrusted(error, NAME, "").title.endswith("the authority that signed it is not known.")


def test_ht_09_a_reason_that_is_not_of_openssl_is_said_in_the_system_s_own_words() -> None:
    error = ssl.SSLCertVerificationError("“api” certificate is revoked")
    error.verify_code, error.verify_message = -67820, "“api” certificate is revoked."
    assert str(untrusted(error, NAME, "this system's store")) == (
        f"The certificate of {NAME} is refused: “api” certificate is revoked. "
        "It was checked against this system's store. Ask who runs this network."
    )


def test_ht_09_a_refusal_without_a_reason_is_said_too() -> None:
    title = untrusted(ssl.SSLCertVerificationError("no certificate came"), NAME, "").title
    assert title == f"The certificate of {NAME} is refused: it cannot be verified."


async def test_ht_09_a_refused_certificate_is_not_asked_for_again(tmp_path: Path) -> None:
    error = await refusal(serving(), trust(None, {}))
    assert isinstance(error, Untrusted)
    assert not error.is_retryable


NO_SWITCHES = {
    "PYTHONHTTPSVERIFY": "0",
    "SSL_VERIFY": "0",
    "SSL_NO_VERIFY": "1",
    "SSL_CERT_VERIFY": "false",
    "HTTPX_VERIFY": "0",
    "CURL_INSECURE": "1",
    "GIT_SSL_NO_VERIFY": "1",
    "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    "REQUESTS_CA_BUNDLE": "",
    "CURL_CA_BUNDLE": "",
    "REDOX_TUI_INSECURE": "1",
    "REDOX_TUI_VERIFY": "0",
}


@pytest.mark.parametrize("source", ["system", "bundle", "file", "directory"])
async def test_ht_09_nothing_turns_the_check_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    keys = tmp_path / "keys.log"
    for name, value in (NO_SWITCHES | {"SSLKEYLOGFILE": f"{keys}"}).items():
        monkeypatch.setenv(name, value)
    named = {"file": {"SSL_CERT_FILE": f"{bundle(tmp_path)}"}, "directory": {"SSL_CERT_DIR": f"{tmp_path}"}}
    directory(tmp_path, authority())
    trusted = trust(bundle(tmp_path) if source == "bundle" else None, NO_SWITCHES | named.get(source, {}))
    assert trusted.context.verify_mode is ssl.CERT_REQUIRED
    assert trusted.context.check_hostname
    assert trusted.context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert "not known" in (await refusal(serving(ca=authority("another")), trusted)).title
    assert not keys.exists()


def write_nothing(file: Path) -> None:
    file.touch()


def write_a_key(file: Path) -> None:
    file.write_bytes(authority().private_key_pem.bytes())


def write_half(file: Path) -> None:
    file.write_bytes(authority().cert_pem.bytes() + authority().cert_pem.bytes()[:300])


def write_damaged(file: Path) -> None:
    file.write_text("-----BEGIN CERTIFICATE-----\nabcd\n-----END CERTIFICATE-----\n")


def write_binary(file: Path) -> None:
    file.write_bytes(ssl.PEM_cert_to_DER_cert(authority().cert_pem.bytes().decode()))


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (write_nothing, "it holds none."),
        (write_binary, "it holds none."),
        (write_a_key, "it holds a private key."),
        (write_half, "what it holds is damaged."),
        (write_damaged, "what it holds is damaged."),
    ],
)
def test_ht_09_a_bundle_without_a_certificate_is_refused_in_words(
    tmp_path: Path, write: Callable[[Path], None], words: str
) -> None:
    file = tmp_path / "ca.pem"
    write(file)
    for given, environ, named_by in ((file, {}, "--ca-bundle"), (None, {"SSL_CERT_FILE": f"{file}"}, "SSL_CERT_FILE")):
        with pytest.raises(BadRequest) as caught:
            trust(given, environ)
        assert str(caught.value) == (
            f"No certificate can be read from the bundle {file} ({named_by}): {words} "
            "Name a PEM file with the certificate of an authority."
        )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "no such file or directory"),
        (".", "is a directory"),
        ("file/below", "not a directory"),
        ("loop", "too many levels of symbolic links"),
    ],
)
def test_ht_09_a_bundle_that_cannot_be_read_is_refused_in_words(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(BadRequest) as caught:
        trust(tmp_path / name, {})
    assert str(caught.value) == (
        f"Nothing can be read from the bundle {tmp_path / name} (--ca-bundle): {words}. "
        "Name a PEM file with the certificate of an authority."
    )


@pytest.mark.parametrize("name", ["missing", "empty", "unhashed"])
def test_ht_09_a_directory_where_no_certificate_would_be_found_is_refused_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "unhashed").mkdir()
    bundle(tmp_path / "unhashed")
    with pytest.raises(BadRequest) as caught:
        trust(None, {"SSL_CERT_DIR": f"{tmp_path / name}"})
    assert str(caught.value) == (
        f"No certificate is found in the directory {tmp_path / name} (SSL_CERT_DIR): "
        "files are found by their hash. Type: openssl rehash DIRECTORY"
    )
