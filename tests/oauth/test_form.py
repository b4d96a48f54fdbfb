"""Tokens from an OAuth server that is not ours, for a profile that the form of the app has made."""

from pathlib import Path

import pytest

from redox_tui.store.sealing import Cost
from redox_tui.tui.screens.profile_form import ProfileForm
from tests.oauth.given import CLIENT, foreign_server
from tests.tui.user import at_the_app, fill, go_to, new_passphrase, run_form
from tests.unit.api import keys


@pytest.mark.parametrize("key", [keys.rsa(), keys.ec()], ids=["RS384", "ES384"])
async def test_a_profile_of_the_form_gets_a_token_that_the_server_knows_again(
    key: keys.PrivateKey, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("redox_tui.store.vault.PRODUCTION", Cost(logn=1))
    with foreign_server(key) as server:
        async with at_the_app() as person:
            await person.tap("a")
            await person.until(lambda: isinstance(person.app.screen, ProfileForm))
            await fill(person, name="lab", organization="12345", base_url=server.url, client_id=CLIENT, key_id="k-1")
            await go_to(person, "key")
            await person.paste(keys.pem(key).decode())
            await run_form(person)
            await new_passphrase(person)
            await person.until(lambda: not isinstance(person.app.screen, ProfileForm))
            await person.until("No logs match")
    assert set(server.outcomes) == {f"given to {CLIENT}"}
    assert 'backend = "vault"' not in (store / "profiles.toml").read_text()
