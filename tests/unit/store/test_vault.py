"""The vault as a file: saving, sharing it with other programs, and what happens when it is damaged."""

import contextlib
import errno
import os
import pickle
import random
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from redox_tui.store import secure_file, vault
from redox_tui.store.contents import SealedCredential, SealedKey
from redox_tui.store.errors import (
    Conflict,
    CopyNotSaved,
    DamagedStore,
    Locked,
    NewerFormat,
    NoCredential,
    NotSaved,
    StoreError,
    UnsafeFile,
    WrongPassphrase,
)
from redox_tui.store.paths import Paths
from redox_tui.store.sealing import Cost, Header, seal
from redox_tui.store.vault import Vault

from .given import (
    CHEAP,
    PASSPHRASE,
    as_normal_user,
    count_calls,
    credential,
    die,
    fail,
    in_a_child,
    interrupted,
    store,
    temporaries,
)


def reopened(paths: Paths, passphrase: bytes = PASSPHRASE) -> Vault:
    return vault.unlock(paths, passphrase, CHEAP)


def secrets_in(found: Vault) -> dict[str, str]:
    return {name: sealed.keys[-1].text for name, sealed in found.profiles.items()}


def damage(paths: Paths) -> bytes:
    data = bytearray(paths.vault.read_bytes())
    data[len(data) // 2] ^= 1
    paths.vault.write_bytes(data)
    return bytes(data)


def test_what_is_saved_is_there_when_the_vault_is_opened_again(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("one"))
    opened.put("dev", credential("two"))
    assert secrets_in(reopened(paths)) == {"prod": "one", "dev": "two"}
    opened.remove("prod")
    assert secrets_in(reopened(paths)) == {"dev": "two"}
    with pytest.raises(NoCredential, match="no key of the profile prod"):
        opened.get("prod")


def test_a_vault_is_made_once(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    with pytest.raises(Conflict, match="There is a vault already"):
        vault.create(paths, b"another", CHEAP)
    assert secrets_in(reopened(paths)) == {"prod": "canary"}


def test_without_a_vault_it_is_said_how_to_make_one(paths: Paths) -> None:
    with pytest.raises(NoCredential, match=r"There is no vault yet\. .*profiles add"):
        reopened(paths)


def test_cs_01_the_vault_its_copy_and_its_lock_are_private(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in paths.config.iterdir()}
    assert modes == {"vault": 0o600, "vault.bak": 0o600, "lock": 0o600}
    assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_cs_02_a_vault_with_a_loose_mode_is_not_opened(mode: int, home: Path) -> None:
    def work() -> None:
        paths = store(home)
        vault.create(paths, PASSPHRASE, CHEAP)
        os.chmod(paths.vault, mode)
        with pytest.raises(UnsafeFile, match=f"chmod 600 {paths.vault}"):
            reopened(paths)

    as_normal_user(work)


def test_cs_04_a_save_that_is_killed_anywhere_leaves_a_vault_that_opens(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("0"))
    calls = count_calls(lambda: opened.put("prod", credential("0")))
    chance = random.Random(4)
    kept = "0"
    for number in range(1, 41):

        def update(at: int = chance.randrange(calls), new: str = str(number)) -> None:
            mine = reopened(paths)
            with interrupted(at, die):
                mine.put("prod", credential(new))

        in_a_child(update)
        found = secrets_in(reopened(paths))["prod"]
        assert found in (kept, str(number))
        kept = found
        assert vault.state_of_copy(paths, CHEAP) == "in order"
    secure_file.sweep(paths.config, now=paths.vault.stat().st_ctime + 61)
    assert temporaries(paths.config) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES, errno.EIO])
def test_cs_06_a_disk_that_fails_at_any_call_loses_nothing(number: int, opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("old"))
    calls = count_calls(lambda: opened.put("prod", credential("old")))
    for at in range(calls):
        with interrupted(at, fail(number)), pytest.raises(StoreError) as raised:
            opened.put("prod", credential("new"))
        assert os.strerror(number) in str(raised.value)
        saved = isinstance(raised.value, CopyNotSaved)
        assert secrets_in(reopened(paths)) == secrets_in(opened) == {"prod": "new" if saved else "old"}
        assert saved or paths.backup.read_bytes() == paths.vault.read_bytes()
        assert temporaries(paths.config) == []
        opened.put("prod", credential("old"))
    assert opened.get("prod") == credential("old")


def test_cs_06_a_vault_that_reads_back_differently_is_said_so_and_its_copy_opens(
    opened: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.put("prod", credential("old"))
    write = secure_file.write
    monkeypatch.setattr(secure_file, "write", lambda path, data: write(path, data[:-1] + b"?"))
    with pytest.raises(NotSaved, match=f"as it was before is in {paths.backup}"):
        opened.put("prod", credential("new"))
    monkeypatch.undo()
    vault.restore(paths, PASSPHRASE, CHEAP)
    assert secrets_in(reopened(paths)) == {"prod": "old"}


def test_cs_08_what_a_later_version_has_added_is_kept(opened: Vault, paths: Paths) -> None:
    sealed = SealedCredential.model_validate(credential().model_dump() | {"added_later": {"a": [1, None]}})
    opened.put("prod", sealed)
    other = reopened(paths)
    other.put("dev", credential())
    other.put("prod", other.get("prod").with_key(credential("two", "k-2").keys[0]))
    found = reopened(paths).get("prod")
    assert found.model_extra == {"added_later": {"a": [1, None]}}
    assert [key.text for key in found.keys] == ["canary", "two"]


def test_cs_08_the_new_vault_has_been_opened_before_its_copy_is_renewed(
    opened: Vault, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.put("prod", credential("old"))
    before = paths.backup.read_bytes()
    monkeypatch.setattr(vault, "parse", lambda data, floor: _raise_if_new(data, before, floor))
    with pytest.raises(DamagedStore):
        opened.put("prod", credential("new"))
    assert paths.backup.read_bytes() == before


def _raise_if_new(data: bytes, before: bytes, floor: Cost) -> object:
    from redox_tui.store import sealing

    if data != before:
        raise DamagedStore("it does not open")
    return sealing.parse(data, floor)


def test_cs_13_no_secret_is_in_a_repr_a_text_or_a_pickle(opened: Vault) -> None:
    opened.put("prod", credential("canary"))
    for thing in (opened, opened.profiles, opened.get("prod"), opened.get("prod").keys[0], opened._unlocked):
        assert "canary" not in f"{thing!r}{thing}"
        assert "client-1" not in repr(thing)
    for secret in (opened.get("prod"), opened.get("prod").keys[0]):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(secret)


def test_cs_13_contents_that_cannot_be_read_are_not_quoted(opened: Vault, paths: Paths) -> None:
    header = opened._unlocked.header
    body = b'{"profiles": {"prod": {"client_id": "c", "keys": "canary"}}}'
    secure_file.write(paths.vault, seal(body, opened._unlocked.key, header))
    with pytest.raises(DamagedStore, match="what it holds cannot be read") as raised:
        reopened(paths)
    assert "canary" not in f"{raised.value}{raised.value.__cause__}"
    assert raised.value.__suppress_context__


def test_cs_16_after_a_lock_everything_says_locked_and_the_key_is_overwritten(opened: Vault) -> None:
    opened.put("prod", credential())
    key = opened._unlocked.key
    opened.lock()
    opened.lock()
    assert bytes(key) == bytes(32)
    calls: list[Callable[[], object]] = [
        lambda: opened.get("prod"),
        lambda: opened.profiles,
        lambda: opened.put("prod", credential()),
        lambda: opened.remove("prod"),
        lambda: opened.change_passphrase(b"new"),
    ]
    for call in calls:
        with pytest.raises(Locked, match="The vault is locked"):
            call()


def test_cs_20_a_damaged_vault_is_left_as_it_is_and_its_copy_is_offered(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    damaged = damage(paths)
    for call in (lambda: reopened(paths), lambda: opened.put("prod", credential("new"))):
        with pytest.raises(DamagedStore, match=r"damaged.*type: redox-tui vault check --restore") as raised:
            call()
        assert raised.value.exit_code == 5
        assert str(paths.vault) in str(raised.value)
    assert paths.vault.read_bytes() == damaged


def test_cs_20_the_copy_opens_with_everything_that_was_saved(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("last"))
    damaged = damage(paths)
    with pytest.raises(WrongPassphrase):
        vault.restore(paths, b"wrong", CHEAP)
    assert paths.vault.read_bytes() == damaged
    vault.restore(paths, PASSPHRASE, CHEAP)
    assert secrets_in(reopened(paths)) == {"prod": "last"}
    assert paths.damaged.read_bytes() == damaged


def test_cs_20_a_vault_that_is_gone_comes_back_from_its_copy(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    paths.vault.unlink()
    with pytest.raises(DamagedStore, match="is gone, but its copy is there"):
        reopened(paths)
    vault.restore(paths, PASSPHRASE, CHEAP)
    assert secrets_in(reopened(paths)) == {"prod": "canary"}


def test_cs_20_without_a_copy_that_is_in_order_that_is_said(opened: Vault, paths: Paths) -> None:
    damage(paths)
    paths.backup.write_bytes(b"broken too")
    with pytest.raises(DamagedStore, match=r"no copy that is in order.*vault reset"):
        reopened(paths)
    paths.backup.unlink()
    with pytest.raises(NoCredential, match="There is no copy of the vault"):
        vault.restore(paths, PASSPHRASE, CHEAP)


def test_a_vault_that_is_in_order_is_not_replaced_by_its_copy(opened: Vault, paths: Paths) -> None:
    with pytest.raises(Conflict, match="in order"):
        vault.restore(paths, PASSPHRASE, CHEAP)


def test_cs_21_a_wrong_passphrase_writes_nothing(opened: Vault, paths: Paths) -> None:
    before = {path.name: path.read_bytes() for path in paths.config.iterdir()}
    with pytest.raises(WrongPassphrase):
        reopened(paths, b"wrong")
    assert {path.name: path.read_bytes() for path in paths.config.iterdir()} == before


def test_cs_21_three_tries_are_free_then_pauses_grow_and_nobody_is_locked_out() -> None:
    assert [vault.pause_before_next_try(failures) for failures in range(1, 8)] == [0, 0, 1, 2, 4, 4, 4]


def test_cs_22_a_newer_vault_is_never_rewritten(opened: Vault, paths: Paths) -> None:
    from .test_sealing import with_header

    newer = with_header(paths.vault.read_bytes(), v=2)
    paths.vault.write_bytes(newer)
    calls: list[Callable[[], object]] = [
        lambda: reopened(paths),
        lambda: opened.put("prod", credential()),
        lambda: opened.change_passphrase(b"new"),
        lambda: vault.restore(paths, PASSPHRASE, CHEAP),
    ]
    for call in calls:
        with pytest.raises(NewerFormat, match="newer version"):
            call()
    assert paths.vault.read_bytes() == newer


def test_cs_23_a_vault_that_was_made_cheap_to_guess_is_refused(opened: Vault, paths: Paths) -> None:
    with pytest.raises(DamagedStore, match="more weakly"):
        vault.unlock(paths, PASSPHRASE, Cost(2))
    with pytest.raises(DamagedStore, match="more weakly"):
        vault.unlock(paths, PASSPHRASE)


def test_cs_25_changes_of_different_profiles_are_merged(opened: Vault, paths: Paths) -> None:
    other = reopened(paths)
    other.put("theirs", credential("1"))
    opened.put("ours", credential("2"))
    other.remove("theirs")
    assert secrets_in(reopened(paths)) == secrets_in(other) == {"ours": "2"}


def test_cs_25_a_change_of_the_same_profile_is_a_conflict_and_the_first_one_stays(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("base"))
    other = reopened(paths)
    other.put("prod", credential("theirs"))
    with pytest.raises(Conflict, match="Another program has changed the profile prod"):
        opened.put("prod", credential("ours"))
    assert secrets_in(reopened(paths)) == {"prod": "theirs"}
    opened.put("prod", credential("ours, knowing theirs"))
    assert secrets_in(reopened(paths)) == {"prod": "ours, knowing theirs"}


def test_cs_25_a_profile_that_another_program_removed_is_a_conflict_too(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential("base"))
    reopened(paths).remove("prod")
    with pytest.raises(Conflict):
        opened.put("prod", credential("ours"))


def test_cs_25_another_passphrase_or_another_vault_is_a_conflict(opened: Vault, paths: Paths) -> None:
    reopened(paths).change_passphrase(b"new")
    calls: list[Callable[[], object]] = [
        lambda: opened.put("prod", credential()),
        lambda: opened.change_passphrase(b"mine"),
    ]
    for call in calls:
        with pytest.raises(Conflict, match="Unlock the vault again"):
            call()
    vault.reset(paths)
    vault.create(paths, PASSPHRASE, CHEAP)
    with pytest.raises(Conflict, match="made another vault"):
        opened.put("prod", credential())


def test_cs_26_a_profile_keeps_several_keys_and_the_last_one_added_is_used() -> None:
    old, new = credential("old", "k-1"), SealedKey(id="k-2", created=date(2027, 1, 2), text="new")
    both = old.with_key(new)
    assert (both.key(None).text, both.key("k-1").text, both.key("k-2").text) == ("new", "old", "new")
    with pytest.raises(NoCredential, match=r"no key “k-3” of this profile\. It holds: k-1, k-2\."):
        both.key("k-3")
    assert both.without_key("k-2") == old
    with pytest.raises(NoCredential):
        old.without_key("k-2")


def test_cs_27_after_a_change_of_the_passphrase_only_the_new_one_opens_vault_and_copy(
    opened: Vault, paths: Paths
) -> None:
    opened.put("prod", credential())
    opened.change_passphrase(b"new")
    assert secrets_in(reopened(paths, b"new")) == {"prod": "canary"}
    with pytest.raises(WrongPassphrase):
        reopened(paths)
    damage(paths)
    with pytest.raises(WrongPassphrase):
        vault.restore(paths, PASSPHRASE, CHEAP)
    vault.restore(paths, b"new", CHEAP)
    opened.put("dev", credential())
    assert set(reopened(paths, b"new").profiles) == {"prod", "dev"}


def test_cs_27_a_change_of_the_passphrase_that_is_cut_short_leaves_one_that_opens(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    passphrases = [PASSPHRASE, b"new"]
    calls = count_calls(lambda: opened.change_passphrase(PASSPHRASE))
    for at in range(calls):

        def change(at: int = at) -> None:
            mine = reopened(paths, passphrases[0])
            with interrupted(at, die):
                mine.change_passphrase(passphrases[1])

        in_a_child(change)
        opening = [one for one in passphrases if _opens(paths, one)]
        assert len(opening) == 1
        if opening[0] != passphrases[0]:
            passphrases.reverse()


def _opens(paths: Paths, passphrase: bytes) -> bool:
    try:
        return secrets_in(reopened(paths, passphrase)) == {"prod": "canary"}
    except WrongPassphrase:
        return False


def test_cs_28_a_reset_removes_the_vault_and_its_copies_and_keeps_the_profiles(opened: Vault, paths: Paths) -> None:
    secure_file.write(paths.profiles, b"# mine\n")
    damage(paths)
    vault.restore(paths, PASSPHRASE, CHEAP)
    vault.reset(paths)
    assert {path.name for path in paths.config.iterdir()} == {"profiles.toml", "lock"}
    assert not vault.exists(paths)
    vault.create(paths, b"another", CHEAP)


def test_cs_31_what_can_be_seen_without_the_passphrase_is_its_header(opened: Vault, paths: Paths) -> None:
    opened.put("prod", credential())
    header = vault.inspect(paths, CHEAP)
    assert (header.generation, header.logn) == (2, 1)
    assert "canary" not in repr(header)
    assert isinstance(header, Header)


@pytest.mark.parametrize("call", range(40))
def test_cs_16_a_lock_at_any_moment_of_a_save_leaves_a_vault_that_opens(
    opened: Vault, paths: Paths, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.put("before", credential("kept"))
    with interrupted(call, opened.lock):
        with contextlib.suppress(StoreError):
            opened.put("during", credential("new"))
        with contextlib.suppress(Locked):
            opened.put("after", credential("newer"))
    for path in (paths.backup, paths.vault):
        monkeypatch.setattr(Paths, "vault", path)
        assert vault.unlock(paths, PASSPHRASE, CHEAP).get("before").keys[0].text == "kept"


@pytest.mark.parametrize("name", ["seal", "_parsed", "_body", "parse"])
def test_cs_16_a_lock_between_any_two_steps_of_a_save_seals_nothing_with_another_key(
    opened: Vault, paths: Paths, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.put("before", credential("kept"))
    real = getattr(vault, name)

    def step(*arguments: object) -> object:
        opened.lock()
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(vault, name, step)
        with contextlib.suppress(StoreError):
            opened.put("during", credential("new"))
    with pytest.raises(Locked):
        opened.get("before")
    assert vault.unlock(paths, PASSPHRASE, CHEAP).get("before").keys[0].text == "kept"
