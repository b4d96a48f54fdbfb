"""Requests for a shell: what curl would send is what the app sends, without the token and the patient."""

import json
import shlex
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from redox_tui.api.curl import as_curl
from redox_tui.api.logs import LogCalls
from redox_tui.domain.connection import Connection, Generation
from redox_tui.domain.logs import LogPage
from redox_tui.domain.query import LogQuery
from redox_tui.domain.search import LogSearch

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


class Sent:
    """Notes what would be sent."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, object, object]] = []

    async def __call__(self, endpoint, ids, *, read, query=None, body=None, urgency=None):  # type: ignore[no-untyped-def]
        self.calls.append((endpoint.method, endpoint.url_path(**ids), query, body))
        return LogPage()


def search(text: str) -> LogSearch:
    return LogQuery.parse(text).search(NOW)


def given(line: str) -> tuple[str, str, dict[str, str], object]:
    """Method, path, query and body of a line as the shell hands it to curl."""
    words = shlex.split(line)
    assert words[0] == "curl"
    url = urlsplit(next(word for word in words if word.startswith("http")))
    body = json.loads(words[words.index("--data-raw") + 1]) if "--data-raw" in words else None
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return words[words.index("-X") + 1], url.path, query, body


@pytest.mark.parametrize("generation", ["organization", "environment"])
async def test_curl_gets_the_request_that_the_app_sends(generation: Generation) -> None:
    sent = Sent()
    logs = LogCalls(sent, Connection("https://api.example.org", "12/3", "e 1", generation))
    wanted = search('status:failed model:PatientAdmin event:"it\'s $(odd)" since:3h')
    await logs.page(wanted, 1, 50)
    method, path, query, body = sent.calls[0]
    texts = {name: str(value) for name, value in query.items()} if isinstance(query, dict) else {}
    assert given(logs.page_as_curl(wanted, 50)) == (method, path, texts, body)


def test_several_values_are_several_requests() -> None:
    logs = LogCalls(Sent(), Connection("https://api.example.org", "1"))
    lines = logs.page_as_curl(search("status:failed,pending since:3h")).splitlines()
    assert [given(line)[2]["status"] for line in lines] == ["failed", "pending"]


@pytest.mark.parametrize("generation", ["organization", "environment"])
def test_token_and_patient_are_placeholders(generation: Generation) -> None:
    logs = LogCalls(Sent(), Connection("https://api.example.org", "1", "e", generation))
    line = logs.page_as_curl(search('patient:"CANARY^1" since:3h'))
    assert "CANARY" not in line
    assert '"value": "PATIENT"' in line
    assert '-H "Authorization: Bearer $TOKEN"' in line


def test_a_log_is_asked_for_by_its_id_whatever_that_holds() -> None:
    logs = LogCalls(Sent(), Connection("https://api.example.org", "1"))
    line = logs.get_as_curl("a'; rm -rf $HOME #", "backfill")
    words = shlex.split(line)
    path = "/platform/v1/organizations/1/logs/a%27%3B%20rm%20-rf%20%24HOME%20%23"
    assert f"https://api.example.org{path}?dataMode=backfill" in words
    assert given(line)[:3] == ("GET", path, {"dataMode": "backfill"})


def test_every_part_is_quoted_for_the_shell() -> None:
    nasty = 'it\'s "$(id)" `id` \\ \n !'
    line = as_curl("POST", "https://h/p", body={"v": nasty})
    assert json.loads(shlex.split(line)[-1]) == {"v": nasty}
