"""Two real programs: `simulate` serves traffic over HTTP, `open` shows it, with a token and with a key."""

import signal
from collections.abc import Callable
from pathlib import Path

from tests.e2e.conftest import Simulator
from tests.e2e.terminal import PATIENCE
from tests.e2e.test_demo import Run

CLIENT, KEY = "client-1", "key-1"


def test_a_token_opens_the_app_on_a_server(run: Run, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate()
    terminal = run(simulator.connection(), REDOX_TUI_TOKEN=simulator.token)
    terminal.until("row 1 of ")
    terminal.until("12345/all environments/PROD")
    terminal.press("G")
    terminal.until(lambda text: "row 1 of" not in text)
    terminal.press("\r")
    terminal.until("Log id")
    terminal.press("p")
    terminal.until("payload hidden")
    terminal.press("\r")
    terminal.until("PHI shown")
    terminal.press("qq")
    assert terminal.end() == 0
    assert terminal.is_restored
    assert simulator.token.encode() not in terminal.written


def test_a_key_opens_the_app_on_a_server(run: Run, simulate: Callable[..., Simulator], keys: tuple[Path, Path]) -> None:
    private, public = keys
    simulator = simulate("--client-id", CLIENT, "--key-id", KEY, "--client-key", str(public))
    credential = ("--client-id", CLIENT, "--key-id", KEY, "--key-file", str(private))
    terminal = run(simulator.connection(*credential))
    terminal.until("row 1 of ")
    terminal.press("q")
    assert terminal.end() == 0


def test_a_key_that_the_server_does_not_know_is_explained_and_can_be_left(
    run: Run, simulate: Callable[..., Simulator], keys: tuple[Path, Path]
) -> None:
    simulator = simulate()
    credential = ("--client-id", CLIENT, "--key-id", KEY, "--key-file", str(keys[0]))
    terminal = run(simulator.connection(*credential))
    terminal.until("! No token was given for this key.")
    terminal.until("in the Redox dashboard.")
    assert "r tries again" not in terminal.text
    terminal.press("q")
    assert terminal.end() == 0


def test_a_wrong_token_is_explained(run: Run, simulate: Callable[..., Simulator]) -> None:
    terminal = run(simulate().connection(), REDOX_TUI_TOKEN="wrong")
    terminal.until("! The token is wrong or has ended (401).")
    terminal.press("q")
    assert terminal.end() == 0


def test_the_environment_generation_is_found_by_the_environment(run: Run, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate("--generation", "environment")
    terminal = run(simulator.connection("--environment", simulator.environment), REDOX_TUI_TOKEN=simulator.token)
    terminal.until("row 1 of >50")
    terminal.until("Lakeside Production/PROD")
    terminal.press("q")
    assert terminal.end() == 0


def test_a_server_that_goes_away_is_explained_and_takes_no_rows(run: Run, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate()
    # Too few lines for a histogram: nothing but the refresh asks the server.
    terminal = run(simulator.connection(), lines=19, REDOX_TUI_TOKEN=simulator.token)
    terminal.until("row 1 of ")
    simulator.process.send_signal(signal.SIGTERM)
    assert simulator.process.wait(PATIENCE) == 143
    terminal.press("r")
    terminal.until("cannot be reached")
    terminal.until("r tries again. The rows are those of before.")
    assert "✓ succeeded" in terminal.text
    terminal.press("q")
    assert terminal.end() == 0


def test_a_signal_ends_the_program_while_a_server_keeps_it_waiting(
    run: Run, simulate: Callable[..., Simulator]
) -> None:
    simulator = simulate("--latency", "60000")
    terminal = run(simulator.connection(), REDOX_TUI_TOKEN=simulator.token)
    terminal.until("reading the newest logs")
    assert terminal.end(signal.SIGTERM) == 143
    assert terminal.is_restored


def test_a_query_of_the_command_line_is_run(run: Run, simulate: Callable[..., Simulator]) -> None:
    simulator = simulate()
    terminal = run(simulator.connection("status:failed", "--since", "7d"), REDOX_TUI_TOKEN=simulator.token)
    terminal.until("row 1 of ")
    assert "/ status:failed since:7d" in terminal.text
    assert "succeeded" not in terminal.text
    terminal.press("q")
    assert terminal.end() == 0
