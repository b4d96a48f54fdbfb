import pytest

from redox_tui.domain.connection import PRODUCTION_URL, Connection, ConnectionProblem, is_loopback


def problem_of(base_url: str) -> str:
    with pytest.raises(ConnectionProblem) as caught:
        Connection(base_url, "12345")
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        (PRODUCTION_URL, "https://api.redoxengine.com"),
        ("https://api.ca.redoxengine.com/", "https://api.ca.redoxengine.com"),
        ("https://gateway.example:8443/redox//", "https://gateway.example:8443/redox"),
        ("HTTPS://api.redoxengine.com", "HTTPS://api.redoxengine.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_usable_base_url_is_kept_without_its_last_slash(given: str, used: str) -> None:
    assert Connection(given, "12345").base_url == used


@pytest.mark.parametrize(
    "given", ["", "api.redoxengine.com", "//api.redoxengine.com", "ftp://api.redoxengine.com", "https://", "https:///x"]
)
def test_a_base_url_needs_a_scheme_and_a_host(given: str) -> None:
    assert "needs a scheme and a host" in problem_of(given)


@pytest.mark.parametrize(
    "given", ["https://api.redoxengine.com:port", "https://api.redoxengine.com:99999", "https://[::1"]
)
def test_a_base_url_that_cannot_be_read_is_refused(given: str) -> None:
    assert "cannot be read" in problem_of(given)


@pytest.mark.parametrize(
    "given",
    [
        "https://user@api.redoxengine.com",
        "https://:secret@api.redoxengine.com",
        "https://api.redoxengine.com?x=1",
        "https://api.redoxengine.com?",
        "https://api.redoxengine.com#x",
        "https://api.redoxengine.com/#",
        "https://api.redoxengine.com\\@evil.example",
        "https://api.redoxengine.com\n",
        " https://api.redoxengine.com",
        "https://api.redoxengine.com/a b",
        "https://api.redox\tengine.com",
    ],
)
def test_a_base_url_holds_nothing_else(given: str) -> None:
    message = problem_of(given)
    assert "nothing else" in message
    assert "secret" not in message


@pytest.mark.parametrize("host", ["api.redoxengine.com", "10.0.0.1", "127.1", "localhost.example"])
def test_a_token_never_leaves_the_machine_in_clear(host: str) -> None:
    assert f"would send the token in clear to {host}" in problem_of(f"http://{host}")
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


def test_the_environment_generation_needs_an_environment() -> None:
    assert Connection(PRODUCTION_URL, "12345", "env-1", "environment").environment == "env-1"
    assert Connection(PRODUCTION_URL, "12345", generation="organization").environment is None
    with pytest.raises(ConnectionProblem, match="needs --environment ID"):
        Connection(PRODUCTION_URL, "12345", generation="environment")
