"""profiles.toml: what people write there, what is kept, and what is said of what makes no sense."""

import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.connection import PRODUCTION_URL, Connection
from redox_tui.store import profiles, secure_file
from redox_tui.store.errors import BadProfile, DamagedStore, NotFound
from redox_tui.store.paths import Paths
from redox_tui.store.profiles import Profile

FULL = Profile(
    organization="12345",
    base_url="https://api.ca.redoxengine.com",
    environment="e-1",
    environment_flag="Staging",
    generation="environment",
    backend="vault",
    key_id="k.2",
    keys={"k-1": date(2026, 1, 2), "k.2": date(2026, 11, 20)},
    ca_bundle=Path("/etc/ca.pem"),
    rate=600,
    read_only=True,
)


def write(paths: Paths, text: str) -> None:
    secure_file.make_private_folder(paths.config)
    secure_file.write(paths.profiles, text.encode())


def test_a_profile_is_read_as_it_was_saved(paths: Paths) -> None:
    every = {
        "prod": FULL,
        "file": Profile(organization="1", backend="pem-file", client_id="c", key_file=Path("~/key.pem")),
        "pass": Profile(organization="1", backend="command", command=("/usr/bin/pass", "show", "redox")),
        "ci": Profile(organization="1", backend="env"),
    }
    for name, profile in every.items():
        profiles.put(paths, name, profile)
    found = profiles.load(paths)
    assert dict(found.named) == every
    assert (list(found.named), found.default, found.problems) == (list(every), None, {})
    assert stat.S_IMODE(paths.profiles.stat().st_mode) == 0o600


def test_a_profile_needs_an_organization_only(paths: Paths) -> None:
    write(paths, "[profiles.prod]\norganization = 12345\n")
    profile = profiles.load(paths).get("prod")
    assert profile.connection() == Connection(PRODUCTION_URL, "12345")
    assert profile.backend == "vault"


def test_without_a_file_there_are_no_profiles(paths: Paths) -> None:
    assert profiles.load(paths) == profiles.Profiles({}, None, {})
    with pytest.raises(NotFound, match=r"There is no profile “prod”\.$"):
        profiles.load(paths).get("prod")


def test_a_profile_that_is_not_there_is_said_with_those_that_are(paths: Paths) -> None:
    profiles.put(paths, "prod", FULL)
    with pytest.raises(NotFound, match=r"no profile “prd”\. There are: prod\.") as raised:
        profiles.load(paths).get("prd")
    assert raised.value.exit_code == 8


def test_what_is_not_known_to_be_harmless_counts_as_production() -> None:
    flags = [None, "Production", "production", "Live", "", "Staging", "development"]
    kinds = [Profile(organization="1", environment_flag=flag).is_production for flag in flags]
    assert kinds == [True, True, True, True, True, False, False]


WRITTEN_BY_HAND = """\
# my profiles
default = "dev"   # for now
colour = "mauve"

[profiles.dev]
organization = "1"  # lab
later-key = [1, 2]

[other]
kept = true
"""


def test_cs_08_saving_keeps_comments_and_what_is_not_known(paths: Paths) -> None:
    write(paths, WRITTEN_BY_HAND)
    profiles.put(paths, "dev", Profile(organization="1", environment="e-1"))
    profiles.put(paths, "prod", FULL)
    profiles.remove(paths, "prod")
    text = paths.profiles.read_text()
    for line in WRITTEN_BY_HAND.splitlines():
        assert line in text
    assert profiles.load(paths).get("dev").environment == "e-1"


def test_cs_08_a_value_that_a_profile_has_no_more_leaves_the_file(paths: Paths) -> None:
    profiles.put(paths, "prod", FULL)
    profiles.put(paths, "prod", FULL.model_copy(update={"environment": None, "generation": None, "keys": {}}))
    assert profiles.load(paths).get("prod").environment is None
    assert "k-1" not in paths.profiles.read_text()


def test_the_default_is_kept_and_ends_with_its_profile(paths: Paths) -> None:
    profiles.put(paths, "prod", FULL)
    profiles.set_default(paths, "prod")
    assert profiles.load(paths).default == "prod"
    profiles.remove(paths, "prod")
    assert profiles.load(paths).default is None
    profiles.remove(paths, "prod")


@pytest.mark.parametrize("name", ["", "-x", ".hidden", "a b", "a/b", "a\n", "é", "x" * 65, "\x1b[31m"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(name: str, paths: Paths) -> None:
    with pytest.raises(BadProfile, match="A profile's name is up to 64 letters") as raised:
        profiles.put(paths, name, FULL)
    assert raised.value.exit_code == 2
    assert not paths.profiles.exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "organization: Field required"),
        ("organization = ''\nbase-url = 'http://api.redoxengine.com'", "http: would send the token in clear"),
        ("organization = '1'\nbase-url = 'https://canary@a.example'", "may hold a scheme, a host, a port and a path"),
        ("organization = '1'\ngeneration = 'canary'", "generation: Input should be 'organization' or 'environment'"),
        ("organization = '1'\ngeneration = 'environment'", "The environment generation needs --environment ID"),
        ("organization = '1'\nbackend = 'canary'", "backend: Input should be 'vault', 'pem-file', 'command' or 'env'"),
        ("organization = '1'\nbackend = 'pem-file'", "needs client-id and key-file"),
        ("organization = '1'\nbackend = 'command'", "needs command, a list of words"),
        ("organization = '1'\ncommand = 'canary'", "command: Input should be a valid tuple"),
        ("organization = '1'\nrate = 0", "rate: Input should be greater than or equal to 10"),
        ("organization = ['canary']", "organization: Input should be a valid string"),
        ("organization = '1'\nkeys = {a = 'canary'}", "keys.a: Input should be a valid date"),
    ],
)
def test_cs_13_a_profile_that_makes_no_sense_is_named_without_what_it_says_and_spoils_no_other(
    text: str, says: str, paths: Paths
) -> None:
    write(paths, f"[profiles.good]\norganization = '1'\n[profiles.bad]\n{text}\n")
    found = profiles.load(paths)
    assert list(found.named) == ["good"]
    with pytest.raises(DamagedStore, match="The profile bad cannot be used") as raised:
        found.get("bad")
    assert says in str(raised.value)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["canary", "a = 'canary", "a = 1\na = 'canary'", "[profiles.x]\n[profiles.x]", "a = " + "[" * 2_000]
)
def test_cs_20_a_file_that_is_no_toml_is_left_as_it_is_and_not_quoted(text: str, paths: Paths) -> None:
    write(paths, text)
    for use in (lambda: profiles.load(paths), lambda: profiles.put(paths, "prod", FULL)):
        with pytest.raises(DamagedStore, match=r"is no TOML.*left as it is") as raised:
            use()
        assert raised.value.exit_code == 5
        assert "canary" not in str(raised.value)
    assert paths.profiles.read_text() == text


def test_cs_20_a_file_that_is_no_text_is_left_as_it_is(paths: Paths) -> None:
    write(paths, "")
    paths.profiles.write_bytes(b"\xff\xfe")
    with pytest.raises(DamagedStore, match="no text in UTF-8"):
        profiles.load(paths)


@pytest.mark.parametrize("text", ["profiles = 7", "default = 7", "[profiles]\nx = 7", "profiles = ['a']"])
def test_cs_20_another_shape_than_ours_is_no_crash(text: str, paths: Paths) -> None:
    write(paths, text)
    found = profiles.load(paths)
    assert (dict(found.named), found.default) == ({}, None)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@given(
    st.builds(
        Profile,
        organization=TEXT,
        environment=st.none() | TEXT,
        environment_flag=st.none() | TEXT,
        backend=st.just("command"),
        command=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        key_id=st.none() | TEXT,
        keys=st.dictionaries(TEXT, st.dates(), max_size=3),
        rate=st.none() | st.integers(10, 10_000),
        read_only=st.booleans(),
    )
)
def test_any_profile_is_read_as_it_was_saved(tmp_path_factory: Any, profile: Profile) -> None:
    folder = tmp_path_factory.mktemp("profiles")
    paths = Paths(folder / "config", folder / "state")
    profiles.put(paths, "any", profile)
    assert profiles.load(paths).named == {"any": profile}
