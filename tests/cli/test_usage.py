"""The command line itself: commands, options, queries, and what is said where they make no sense."""

import pytest

from redox_tui import __version__
from redox_tui.cli.parser import COMMANDS, parse

from .given import WEEK, Run, to

NOWHERE = to("http://127.0.0.1:9")


@pytest.mark.parametrize("arguments", [("--help",), ("-h",)])
def test_help_names_every_command(arguments: tuple[str, ...], run: Run) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert all(f"  {name} " in ran.text for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_of_its_own(command: str, run: Run) -> None:
    ran = run(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.text.startswith(f"usage: redox-tui {command} ")


def test_the_help_of_logs_explains_queries_and_where_the_token_comes_from(run: Run) -> None:
    text = run("logs", "--help").text
    assert "status:failed" in text
    assert "REDOX_TUI_TOKEN" in text
    assert "--format {table,ndjson,csv,json,parquet}" in text


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").text == f"redox-tui {__version__}\n"


def test_a_lone_word_is_no_command_and_open_is_named(run: Run) -> None:
    ran = run("Epic")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err == "redox-tui: “Epic” is no command. To open the app with a query: redox-tui open Epic\n"


def test_a_word_that_is_close_to_a_command_is_taken_for_a_slip(run: Run) -> None:
    assert "Did you mean logs?" in run("lgos").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("logs", "--no-such-option"),
        ("logs", "--limit"),
        ("logs", "--limit", "0"),
        ("logs", "--limit", "-5"),
        ("logs", "--limit", "ten"),
        ("logs", "--limit", "9" * 30),
        ("logs", "--limit", "5", "--all"),
        ("logs", "--format", "xml"),
        ("logs", "--generation", "C"),
        ("logs", "--lim", "5"),
        ("log",),
        ("log", "a", "b"),
        ("log", "a", "-b"),
    ],
)
def test_wrong_usage_is_said_on_stderr_with_code_2(arguments: tuple[str, ...], run: Run) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, b"")
    assert ": error: " in ran.err
    assert "\0" not in ran.err


@pytest.mark.parametrize("option", ["--token", "--access-token", "--secret", "--password", "--passphrase", "--key"])
@pytest.mark.parametrize("command", ["logs", "log", "open"])
def test_no_option_takes_a_secret(command: str, option: str, run: Run) -> None:
    ran = run(command, option, "canary", *NOWHERE)
    assert ran.code == 2
    assert f"unrecognized arguments: {option}" in ran.err


@pytest.mark.parametrize("command", COMMANDS)
def test_options_that_name_a_key_take_its_name_or_its_file(command: str, run: Run) -> None:
    options = [word for word in run(command, "--help").text.split() if word.startswith("--")]
    about_keys = {option.strip("[],") for option in options if "key" in option or "token" in option}
    assert about_keys <= {"--key-id", "--key-file", "--client-key", "--token-fd"}


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ((), ""),
        (("status:failed", "Epic"), "status:failed Epic"),
        (("status:failed Epic",), "status:failed Epic"),
        (("-status:failed",), "-status:failed"),
        (("-Epic", "-x", "-5"), "-Epic -x -5"),
        (('-"Lakeside Epic"',), '-"Lakeside Epic"'),
        (("--limit", "5", "-event:Cancel"), "-event:Cancel"),
        (("status:failed", "--limit", "5", "-event:Cancel", "--all", "Epic"), "status:failed -event:Cancel Epic"),
        (("--", "-status:failed"), "-status:failed"),
    ],
)
def test_the_words_around_options_are_the_query(arguments: tuple[str, ...], query: str) -> None:
    arguments = tuple(one for one in arguments if one != "--all")
    assert parse(["logs", *arguments]).query == query


def test_a_value_of_an_option_may_begin_with_a_dash() -> None:
    options = parse(["logs", "--output", "-x.csv", "--key-file", "-k.pem"])
    assert (options.output, options.key_file) == ("-x.csv", "-k.pem")
    assert parse(["log", "-abc"]).id == "-abc"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("stauts:failed", "stauts: is no key of a query; did you mean status:?"),
        ("colour:red", "Keys are status, type, model"),
        ("status:faild", "did you mean failed?"),
        ("mode:live", "mode: is realtime or backfill"),
        ("since:soon", "“soon” is no time. Write it as 15m, 3h"),
        ('"open', "The quote is not closed."),
        ("status:failed status:pending", "status: is given twice; several values take commas"),
        ("-since:3h", "since: cannot be excluded."),
        ("since:2h until:3h", "The range ends before it begins"),
    ],
)
def test_a_query_that_makes_no_sense_is_explained(query: str, says: str, run: Run) -> None:
    ran = run("logs", query, *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("redox-tui: ")
    assert says in ran.err


def test_the_place_of_a_mistake_is_marked(run: Run) -> None:
    lines = run("logs", "type:send stauts:failed Epic", *NOWHERE).err.splitlines()
    assert lines[1:] == ["  type:send stauts:failed Epic", "            ^^^^^^^"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("since:3h", "--since", "1h"), "The range is given twice: since: in the query and --since."),
        (("until:3h", "--until", "1h"), "The range is given twice: until: in the query and --until."),
        (("--since", "tomorrow"), "“tomorrow” is no time."),
        (("--since", "-3h"), "“-3h” is no time."),
        (("--since", "1h", "--until", "2h"), "The range ends before it begins"),
        (("--since", "99999999w"), "is no time."),
    ],
)
def test_a_range_that_makes_no_sense_is_explained(arguments: tuple[str, ...], says: str, run: Run) -> None:
    ran = run("logs", *arguments, *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err


def test_a_patient_is_not_taken_from_a_command_line(run: Run) -> None:
    ran = run("logs", 'patient:"Mira Solbakken"', *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert "others on this machine can read" in ran.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "no connection is given."),
        (("--base-url", "https://api.redoxengine.com"), "--organization ID is missing"),
        (("--organization", "12345"), "--base-url URL is missing"),
        (to("http://api.redoxengine.com"), "http: is for loopback only"),
        (to("api.redoxengine.com"), "The base URL needs a scheme and a host"),
        (to("https://user:canary@api.redoxengine.com"), "The base URL may hold a scheme, a host, a port and a path"),
        (to("https://api.redoxengine.com", "--generation", "environment"), "needs --environment ID"),
        (to("https://[::1].example"), "The base URL cannot be read"),
        (to("https://☃.example"), "The base URL cannot be read"),
        (to("https://xn--a.example"), "The base URL cannot be read"),
        (["--base-url", "http://127.0.0.1:9", "--organization", ".."], "“..” is no organization id."),
    ],
)
@pytest.mark.parametrize("command", [("logs", WEEK), ("log", "some-id")])
def test_a_connection_that_makes_no_sense_is_explained(
    command: tuple[str, ...], options: tuple[str, ...], says: str, run: Run
) -> None:
    ran = run(*command, *options)
    assert (ran.code, ran.out) == (2, b"")
    assert says in ran.err
    assert "canary" not in ran.err


def test_an_id_that_is_no_text_is_refused_in_words(run: Run) -> None:
    ran = run("log", "\udcff", *NOWHERE)
    assert (ran.code, ran.out) == (2, b"")
    assert "cannot be written" in ran.err
