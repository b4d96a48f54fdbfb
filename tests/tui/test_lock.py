"""The lock: it covers the screen, then drops keys, tokens and payloads; what comes back after it, and what does not."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeAlias

import pytest
from textual.events import Focus, MouseMove, Paste, Resize
from textual.geometry import Size

from redox_tui.api.auth import AssertionTokens, GivenToken, SigningKey
from redox_tui.api.errors import NotAuthorized
from redox_tui.domain.query import LogQuery
from redox_tui.domain.window import LogWindow, Viewport
from redox_tui.store import vault
from redox_tui.store.paths import Paths
from redox_tui.tui import memory
from redox_tui.tui.dialogs.confirm import ConfirmDialog
from redox_tui.tui.dialogs.help import HelpDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.dialogs.unlock import UnlockDialog
from redox_tui.tui.messages import Covered
from redox_tui.tui.screens.cover import CoverScreen
from redox_tui.tui.screens.credentials import CredentialsScreen
from redox_tui.tui.screens.log_detail import LogDetailScreen
from redox_tui.tui.screens.logs import LogsScreen
from redox_tui.tui.screens.profile_form import ProfileForm
from redox_tui.tui.widgets.json_view import JsonView
from redox_tui.tui.widgets.secret_field import SecretField
from tests.tui.given import NOW, ORGANIZATION, PRODUCTION, Person, a_world, opened
from tests.tui.server import Call, Reply, Server, listing, scripted
from tests.tui.user import (
    CLIENT,
    KEY,
    PASSPHRASE,
    Network,
    answer,
    asked,
    at_the_app,
    choose_backend,
    fill,
    go_to,
    profile_rows,
    run_form,
    stored,
    stored_with_file,
)
from tests.unit.api import keys

COVER = "Keys, tokens and payloads have left the memory"
CANARY = "JANE CANARY"


def with_payload() -> Server:
    """A server with three logs that all carry a payload."""

    def answer(call: Call) -> Reply:
        if call.path.endswith("/environments"):
            return Reply(body=b'{"payload":{"environments":[]}}')
        if call.lists_logs:
            return listing([{"id": f"log-{number}", "status": "failed"} for number in range(3)])
        return Reply(body=b'{"payload":{"id":"log-0","payload":{"Patient":{"Name":"JANE CANARY"}}}}')

    return scripted(answer)


async def locked(person: Person, key: str = "L") -> None:
    """Lock, and return when everything has been dropped."""
    await person.tap(key)
    await person.until(lambda: isinstance(person.app.screen, CoverScreen) and COVER in person.text)
    await person.until(lambda: person.app._services is None or person.services.is_locked)
    await person.look()


async def unlocked(person: Person) -> None:
    """Unlock, without a passphrase."""
    await person.tap("enter")
    await person.until(lambda: not isinstance(person.app.screen, CoverScreen | UnlockDialog))


async def test_cs_16_what_was_revealed_is_covered_before_secrets_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[bool, bool, bool]] = []

    async with opened(with_payload()) as person:
        real = person.services.lock

        def lock() -> None:
            top = person.app.screen
            seen.append((isinstance(top, CoverScreen), COVER in person.text, CANARY in person.text))
            real()

        monkeypatch.setattr(type(person.services), "lock", lambda services: lock())
        await person.press("enter", "p", "enter")
        assert CANARY in person.text
        await locked(person)
        assert seen == [(True, True, False)]
        monkeypatch.undo()
        detail = person.app._screen_stacks["logs"][-1]
        assert isinstance(detail, LogDetailScreen)
        assert detail.query_one(JsonView)._text is None
        assert not detail.query_one(JsonView).is_revealed


async def test_the_payload_is_hidden_again_after_unlocking() -> None:
    async with opened(with_payload()) as person:
        await person.press("enter", "p", "enter")
        await locked(person)
        await unlocked(person)
        await person.wait()
        assert isinstance(person.app.screen, LogDetailScreen)
        assert CANARY not in person.text
        assert "payload hidden · enter reveals it" in person.text
        await person.press("enter")
        assert CANARY in person.text


Going: TypeAlias = Callable[[Person], Awaitable[None]]


async def to_the_list(person: Person) -> None:
    pass


async def to_a_log(person: Person) -> None:
    await person.press("enter")


async def to_the_profiles(person: Person) -> None:
    await person.tap("3")
    await person.until(lambda: bool(isinstance(person.app.screen, CredentialsScreen) and profile_rows(person)))


async def to_the_form(person: Person) -> None:
    await to_the_profiles(person)
    await person.tap("a")
    await person.until(lambda: isinstance(person.app.screen, ProfileForm))
    await go_to(person, "key")
    await person.paste(keys.pem(keys.ec()).decode())
    await go_to(person, "backend")


async def to_the_help(person: Person) -> None:
    await person.press("question_mark")


async def to_a_question(person: Person) -> None:
    await to_the_profiles(person)
    await person.tap("D")
    await asked(person, "Delete the profile")


@pytest.mark.parametrize(
    "going",
    [to_the_list, to_a_log, to_the_profiles, to_the_form, to_the_help, to_a_question],
    ids=lambda going: going.__name__,
)
async def test_cs_16_locking_covers_everything_from_everywhere(
    going: Going, store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored_with_file(store, "lab", site, key_file, environment_flag="Staging")
    async with at_the_app("lab") as person:
        await going(person)
        await locked(person)
        assert not any(isinstance(one, HelpDialog | ConfirmDialog) for one in person.app.screen_stack)
        assert "Lakeside" not in person.text
        calls = len(site.server.calls)
        with pytest.raises(NotAuthorized, match="locked"):
            await person.services.client()
        with pytest.raises(NotAuthorized, match="locked"):
            person.services.access.connect()
        assert len(site.server.calls) == calls
        await unlocked(person)
        assert len(person.app.screen_stack) == (2 if going in (to_a_log, to_the_form) else 1)


async def test_locking_leaves_the_choice_of_environments_and_stores_nothing(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await person.tap("a")
        await choose_backend(person, "pem-file")
        await fill(
            person,
            name="lab",
            organization=ORGANIZATION,
            base_url=site.url,
            client_id=CLIENT,
            key_id=KEY,
            key_file=str(key_file),
        )
        await run_form(person)
        await person.until(lambda: isinstance(person.app.screen, PickDialog))
        await locked(person)
        await unlocked(person)
        assert isinstance(person.app.screen, ProfileForm)
    assert not store.profiles.exists()


async def test_a_letter_that_is_typed_into_a_text_locks_nothing(store: Paths, network: Network) -> None:
    stored(store, "Lab", network.site(), environment_flag="Production")
    async with at_the_app() as person:
        await to_the_profiles(person)
        await person.tap("D")
        await asked(person, "Delete the profile")
        await person.write("L")
        assert isinstance(person.app.screen, ConfirmDialog)
        await person.tap("escape", "o")
        await asked(person, "Passphrase of the vault")
        await person.write("L")
        assert isinstance(person.app.screen, UnlockDialog)


async def test_a_passphrase_that_is_asked_for_is_dropped_by_an_idle_lock(store: Paths, network: Network) -> None:
    stored(store, "lab", network.site())
    moment = SimpleNamespace(now=0.0)
    async with at_the_app(lock_after=600, monotonic=lambda: moment.now) as person:
        await to_the_profiles(person)
        await person.tap("o")
        await asked(person, "Passphrase of the vault")
        await person.write("canary")
        field = person.find(SecretField)
        moment.now = 600
        person.app.lock_if_idle()
        await person.until(COVER)
        await person.look()
        assert field.text == b""
        await unlocked(person)
        assert isinstance(person.app.screen, CredentialsScreen)


@pytest.mark.parametrize("keys_struck", ["aL", "oL", "tL", "DL", ["enter", "L"], "qL", "1L", "?L"], ids=str)
async def test_cs_16_what_was_begun_just_before_the_lock_does_not_come_up_over_the_cover(
    keys_struck: str | list[str], store: Paths, network: Network
) -> None:
    stored(store, "lab", network.site())
    async with at_the_app() as person:
        await to_the_profiles(person)
        for key in keys_struck:
            person.strike(key)
        # A dialog that asks for a text may have been quicker than the L, which is a letter then.
        await person.until(lambda: COVER in person.text or isinstance(person.app.screen, UnlockDialog | ConfirmDialog))
        for _ in range(10):
            await person.look()
        covers = [one for one in person.app.screen_stack if isinstance(one, CoverScreen)]
        assert covers in ([], [person.app.screen]), person.text


@pytest.mark.parametrize("key", ["1", "3", "f2", "f4", "ctrl+p", "colon", "question_mark", "f1", "L", "a", "escape"])
async def test_no_key_but_those_of_the_cover_does_anything_while_locked(key: str) -> None:
    async with opened(with_payload()) as person:
        await locked(person)
        before = person.screen
        await person.tap(key)
        assert isinstance(person.app.screen, CoverScreen)
        assert person.screen == before


async def test_the_app_can_be_left_while_it_is_locked() -> None:
    async with opened(with_payload()) as person:
        await locked(person)
        await person.tap("q")
        assert not person.app.is_running


@pytest.mark.parametrize("turns", range(12))
@pytest.mark.parametrize("key", ["L", "enter"], ids=["locking", "unlocking"])
async def test_the_app_may_end_at_any_moment_of_a_lock(key: str, turns: int) -> None:
    async with opened(with_payload()) as person:
        if key == "enter":
            await locked(person)
        person.strike(key)
        for _ in range(turns):
            await asyncio.sleep(0)
    assert person.app.crash is None


def signing(before: Iterable[object] = ()) -> list[object]:
    """All that signs, or holds a token, and has not left the memory; but for what other tests have left there."""
    gc.unfreeze()  # what is frozen is not told of
    found = (one for one in gc.get_objects() if isinstance(one, SigningKey | AssertionTokens | GivenToken))
    known = {id(one) for one in before}
    return [one for one in found if id(one) not in known]


@pytest.fixture
def collected() -> Iterator[None]:
    """Garbage is collected as in the real program: not until the first rows are there, and then seldom."""
    before = gc.get_threshold()
    gc.collect()
    memory.hold()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        gc.set_threshold(*before)
        gc.collect()


@pytest.mark.usefixtures("collected")
@pytest.mark.parametrize(("backend", "number"), [("vault", 2), ("pem-file", 2), ("env", 1)])
async def test_cs_16_key_and_token_leave_the_memory(
    backend: str, number: int, store: Paths, network: Network, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signing()
    site = network.site()
    monkeypatch.setenv("REDOX_TUI_TOKEN", site.tokens.session())
    if backend == "vault":
        stored(store, "lab", site)
    else:
        stored_with_file(store, "lab", site, key_file, backend=backend)
    async with at_the_app("lab") as person:
        await person.wait()
        assert len(signing(before)) == number
        gc.freeze()
        await locked(person)
        await person.look()
        gc.collect()
        assert signing(before) == []


async def test_cs_16_no_call_reaches_the_server_while_locked_and_the_pages_are_read_afterwards(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site(world=a_world(1_000_000))
    stored_with_file(store, "lab", site, key_file)
    async with at_the_app("lab") as person:
        await person.wait()
        site.server.hold()
        before = len(site.server.calls)
        person.strike("G")
        await site.server.arrived(before + 1)
        await locked(person)
        calls = len(site.server.calls)
        request = LogWindow(LogQuery().search(NOW)).next_request(Viewport(0, 0))
        assert request
        with pytest.raises(NotAuthorized, match="locked"):
            await person.services.page(request)
        site.server.release()
        for _ in range(5):
            await person.look()
        assert len(site.server.calls) == calls
        await unlocked(person)
        await person.wait()
        assert len(site.server.calls) > calls
        assert "Locked" not in person.text
        assert person.rows[-1].startswith(">")


async def test_nobody_waits_after_unlocking_for_a_refresh_that_the_lock_has_stopped(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site(world=a_world())
    stored_with_file(store, "lab", site, key_file)
    async with at_the_app("lab") as person:
        await person.wait()
        site.server.hold()
        before, rows = len(site.server.calls), person.rows
        person.strike("r")
        await site.server.arrived(before + 1)
        await locked(person)
        site.server.release()
        await unlocked(person)
        await person.wait()
        assert person.rows == rows
        assert person.status.startswith("row 1 of ")
        assert "esc stops" not in person.status


async def test_environments_that_were_asked_for_at_the_lock_are_known_afterwards(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored_with_file(store, "lab", site, key_file)
    gate, asked_for = asyncio.Event(), asyncio.Event()

    async def held(scope: Any, receive: Any, send: Any, app: Any = site.server.app) -> None:
        if scope["path"].endswith("/environments") and not gate.is_set():
            asked_for.set()
            await gate.wait()
        await app(scope, receive, send)

    site.server.app = held
    async with at_the_app("lab") as person:
        await person.until(asked_for.is_set)
        await locked(person)
        gate.set()
        await unlocked(person)
        await person.press("r")
        await person.until("all environments/PROD ")


async def test_the_vault_asks_again_after_a_lock_and_wrong_answers_are_told(
    store: Paths, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    real = vault.pause_before_next_try

    def note(failures: int) -> float:
        pauses.append(real(failures))
        return 0.0

    monkeypatch.setattr("redox_tui.store.vault.pause_before_next_try", note)
    stored(store, "lab", network.site())
    async with at_the_app("lab") as person:
        await person.wait()
        await locked(person)
        await person.tap("enter")
        for _ in range(4):
            await answer(person, "wrong")
            await asked(person, "The passphrase does not open the vault.")
            assert isinstance(person.app.screen, UnlockDialog)
            assert "Lakeside" not in person.text
        await answer(person)
        await person.until(lambda: isinstance(person.app.screen, LogsScreen))
        await person.press("r")
        assert person.status.startswith("row 1 of ")
    assert pauses == [0.0, 0.0, 1.0, 2.0]


async def test_leaving_the_passphrase_leaves_the_app_locked(store: Paths, network: Network) -> None:
    stored(store, "lab", network.site())
    async with at_the_app("lab") as person:
        await person.wait()
        await locked(person)
        await person.tap("enter")
        await asked(person, "Passphrase of the vault")
        await person.tap("escape")
        await person.until("No passphrase of the vault was given.")
        assert isinstance(person.app.screen, CoverScreen)
        await person.tap("enter")
        await answer(person, PASSPHRASE)
        await person.until(lambda: isinstance(person.app.screen, LogsScreen))


async def test_a_key_file_is_read_again_and_what_is_wrong_with_it_is_said_on_the_cover(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored_with_file(store, "lab", site, key_file)
    async with at_the_app("lab", size=(120, 24)) as person:
        await person.wait()
        await locked(person)
        key_file.chmod(0o644)
        await person.tap("enter")
        await person.until("chmod 600")
        assert isinstance(person.app.screen, CoverScreen)
        key_file.chmod(0o600)
        tokens = len([call for call in site.server.calls if call.path == "/v2/auth/token"])
        await unlocked(person)
        await person.press("r")
        assert person.status.startswith("row 1 of ")
        assert len([call for call in site.server.calls if call.path == "/v2/auth/token"]) == tokens + 1


async def test_a_bare_token_cannot_be_had_again_and_the_cover_says_so(
    store: Paths, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = network.site()
    monkeypatch.setenv("REDOX_TUI_TOKEN", site.tokens.session())
    stored_with_file(store, "ci", site, Path("unused"), backend="env")
    async with at_the_app("ci", size=(160, 24)) as person:
        await person.wait()
        await locked(person)
        await person.tap("enter")
        await person.until("The token was given once, and the lock has dropped it.")
        assert "It cannot be had again." in person.text
        assert isinstance(person.app.screen, CoverScreen)


async def test_what_was_typed_in_the_form_is_there_after_unlocking_and_a_pasted_key_is_gone(
    store: Paths, network: Network
) -> None:
    async with at_the_app() as person:
        await person.tap("a")
        await fill(person, name="lab", organization=ORGANIZATION, environment=PRODUCTION, client_id=CLIENT)
        await go_to(person, "key")
        await person.paste(keys.pem(keys.ec()).decode())
        field = person.find(SecretField)
        await go_to(person, "backend")
        assert field.text
        await locked(person)
        assert field.text == b""
        assert CLIENT not in person.text
        await unlocked(person)
        for text in ("lab", ORGANIZATION, PRODUCTION, CLIENT, "paste the key's text here"):
            assert text in person.text
        assert "a pasted key has to be pasted again" in person.status


async def test_a_test_that_goes_on_in_the_form_is_ended_by_the_lock(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    async with at_the_app() as person:
        await person.tap("a")
        await fill(
            person,
            name="lab",
            organization=ORGANIZATION,
            base_url=site.url,
            client_id=CLIENT,
            key_id=KEY,
            key_file=str(key_file),
        )
        site.server.hold()
        await run_form(person)
        await site.server.arrived(1)
        await locked(person)
        site.server.release()
        for _ in range(5):
            await person.look()
        assert [call.path for call in site.server.calls] == ["/v2/auth/token"]
    assert not store.profiles.exists()


Touch: TypeAlias = Callable[[Person], None]


def by_key(person: Person) -> None:
    person.strike("j")


def by_mouse(person: Person) -> None:
    person.app.post_message(MouseMove(None, 3, 3, 0, 0, 0, False, False, False))


def by_paste(person: Person) -> None:
    person.app.post_message(Paste("text"))


@pytest.mark.parametrize("touch", [by_key, by_mouse, by_paste], ids=lambda touch: touch.__name__)
async def test_keys_mouse_and_paste_put_the_idle_lock_off(touch: Touch, store: Paths) -> None:
    moment = SimpleNamespace(now=0.0)
    async with at_the_app(lock_after=600, monotonic=lambda: moment.now) as person:
        moment.now = 599
        touch(person)
        await person.look()
        moment.now = 1_198
        person.app.lock_if_idle()
        await person.look()
        assert COVER not in person.text
        moment.now = 1_199
        person.app.lock_if_idle()
        await person.until(COVER)
        assert "Locked after 10 minutes without a key." in person.text


async def test_what_arrives_by_itself_does_not_put_the_idle_lock_off(
    store: Paths, network: Network, key_file: Path
) -> None:
    site = network.site()
    stored_with_file(store, "lab", site, key_file)
    moment = SimpleNamespace(now=0.0)
    site.server.hold()
    async with at_the_app("lab", wait=False, lock_after=600, monotonic=lambda: moment.now) as person:
        await site.server.arrived(1)
        moment.now = 599
        site.server.release()
        await person.until("row 1 of ")
        person.app.post_message(Resize(Size(80, 24), Size(80, 24)))
        person.app.screen.post_message(Focus())
        await person.look()
        moment.now = 600
        person.app.lock_if_idle()
        await person.until(COVER)


async def test_without_a_limit_nothing_locks_by_itself(store: Paths) -> None:
    moment = SimpleNamespace(now=0.0)
    async with at_the_app(monotonic=lambda: moment.now) as person:
        moment.now = 1e9
        person.app.lock_if_idle()
        await person.look()
        assert COVER not in person.text


async def test_nothing_is_dropped_before_the_cover_says_that_it_is_drawn(store: Paths) -> None:
    drawn: list[str] = []
    async with at_the_app() as person:
        real = CoverScreen.post_message

        def note(cover: CoverScreen, message: Any) -> bool:
            if isinstance(message, Covered):
                drawn.append(person.text)
            return real(cover, message)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(CoverScreen, "post_message", note)
            await locked(person)
    assert len(drawn) == 1
    assert COVER in drawn[0]


async def test_locking_twice_covers_once() -> None:
    async with opened(with_payload()) as person:
        for key in "LL":
            person.strike(key)
        await person.until(COVER)
        await person.look()
        await unlocked(person)
        assert isinstance(person.app.screen, LogsScreen)
        assert person.status.startswith("row 1 of ")
