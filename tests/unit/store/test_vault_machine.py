"""Whatever happens to a vault, in whatever order: no secret is lost, none is shown, and what is said is so."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from redox_tui.store import vault
from redox_tui.store.contents import SealedCredential
from redox_tui.store.errors import Conflict, DamagedStore, WrongPassphrase
from redox_tui.store.vault import Vault

from .given import CHEAP, credential, die, in_a_child, interrupted, store

NAMES = st.sampled_from(["prod", "dev", "qa"])
SECRETS = st.integers(0, 10**6).map(lambda number: f"canary-{number}-canary")
PASSPHRASES = st.sampled_from([b"first", b"second", b"third"])


class VaultMachine(RuleBasedStateMachine):
    """Two programs use one vault; the model is what it holds, and the passphrase that opens it."""

    @initialize(passphrase=PASSPHRASES)
    def make(self, passphrase: bytes) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.paths = store(self.folder)
        self.passphrase = passphrase
        self.model: dict[str, SealedCredential] = {}
        self.is_damaged = False
        self.ours = vault.create(self.paths, passphrase, CHEAP)
        self.theirs = self.reopened()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def reopened(self) -> Vault:
        return vault.unlock(self.paths, self.passphrase, CHEAP)

    @rule(name=NAMES, secret=SECRETS)
    @precondition(lambda self: not self.is_damaged)
    def save(self, name: str, secret: str) -> None:
        self.reopened().put(name, credential(secret))
        self.model[name] = credential(secret)

    @rule(name=NAMES)
    @precondition(lambda self: not self.is_damaged)
    def remove(self, name: str) -> None:
        self.reopened().remove(name)
        self.model.pop(name, None)

    @rule(name=NAMES, secret=SECRETS, is_ours=st.booleans())
    @precondition(lambda self: not self.is_damaged)
    def save_while_another_program_does(self, name: str, secret: str, is_ours: bool) -> None:
        """A program that opened the vault some time ago may save what nobody else has changed since."""
        program = self.ours if is_ours else self.theirs
        known = program.profiles.get(name)
        try:
            program.put(name, credential(secret))
        except Conflict:
            is_same_vault = vault.inspect(self.paths, CHEAP).salt == program._unlocked.header.salt
            assert not is_same_vault or known != self.model.get(name)
        else:
            assert known == self.model.get(name)
            self.model[name] = credential(secret)

    @rule()
    @precondition(lambda self: not self.is_damaged)
    def open_again(self) -> None:
        self.ours, self.theirs = self.theirs, self.reopened()

    @rule(name=NAMES, secret=SECRETS, at=st.integers(0, 15))
    @precondition(lambda self: not self.is_damaged)
    def be_killed_while_saving(self, name: str, secret: str, at: int) -> None:
        def work() -> None:
            mine = self.reopened()
            with interrupted(at, die):
                mine.put(name, credential(secret))

        in_a_child(work)
        saved = self.model | {name: credential(secret)}
        found = dict(self.reopened().profiles)
        assert found in (self.model, saved)
        self.model = found
        self.level_the_copy()

    @rule(passphrase=PASSPHRASES)
    @precondition(lambda self: not self.is_damaged)
    def change_the_passphrase(self, passphrase: bytes) -> None:
        self.reopened().change_passphrase(passphrase)
        self.passphrase = passphrase

    @rule(passphrase=PASSPHRASES, at=st.integers(0, 15))
    @precondition(lambda self: not self.is_damaged)
    def be_killed_while_changing_the_passphrase(self, passphrase: bytes, at: int) -> None:
        def work() -> None:
            mine = self.reopened()
            with interrupted(at, die):
                mine.change_passphrase(passphrase)

        in_a_child(work)
        try:
            self.reopened()
        except WrongPassphrase:
            self.passphrase = passphrase
        self.level_the_copy()

    def level_the_copy(self) -> None:
        """The copy of a save that was cut short may be one save older; the next save renews it."""
        name = "level"
        self.reopened().put(name, credential())
        self.reopened().remove(name)

    @rule(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    @precondition(lambda self: not self.is_damaged)
    def be_damaged(self, place: float, bit: int) -> None:
        data = bytearray(self.paths.vault.read_bytes())
        data[int(place * len(data))] ^= 1 << bit
        self.paths.vault.write_bytes(data)
        self.is_damaged = True

    @rule()
    @precondition(lambda self: not self.is_damaged)
    def be_cut_off(self) -> None:
        self.paths.vault.write_bytes(self.paths.vault.read_bytes()[:-7])
        self.is_damaged = True

    @rule()
    @precondition(lambda self: self.is_damaged)
    def restore(self) -> None:
        vault.restore(self.paths, self.passphrase, CHEAP)
        self.is_damaged = False

    @invariant()
    @precondition(lambda self: hasattr(self, "model"))
    def nothing_is_lost(self) -> None:
        before = self.paths.vault.read_bytes()
        if self.is_damaged:
            for change in (self.reopened, lambda: self.ours.put("prod", credential())):
                with pytest.raises(DamagedStore) as raised:
                    change()
                assert "canary" not in str(raised.value)
        else:
            assert dict(self.reopened().profiles) == self.model
        assert self.paths.vault.read_bytes() == before

    @invariant()
    @precondition(lambda self: hasattr(self, "folder"))
    def no_secret_lies_in_any_file(self) -> None:
        for path in self.folder.rglob("*"):
            if path.is_file():
                assert b"canary" not in path.read_bytes()

    @invariant()
    @precondition(lambda self: hasattr(self, "passphrase"))
    def a_wrong_passphrase_opens_nothing(self) -> None:
        with pytest.raises((WrongPassphrase, DamagedStore)):
            vault.unlock(self.paths, b"wrong", CHEAP)


TestCs25VaultMachine = VaultMachine.TestCase
TestCs25VaultMachine.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
