"""What is read from the wire: every shape of answer that is known, and what becomes of the ones that are not."""

import json
from datetime import UTC, datetime

import pytest

from redox_tui.api import directory_wire, log_wire, wire
from redox_tui.api.errors import BadAnswer
from redox_tui.domain.logs import Environment, Log, LogPage, PageRef, Party
from redox_tui.domain.timerange import Timestamp

RECORD = b"""{
  "id": "d758ea49-027b-4d6e-b4dd-a3500d8cc2e8",
  "createdAt": "2021-04-02T22.52.38.093Z", "updatedAt": "2021-05-05T22:52:38:093Z",
  "dataModel": "PatientAdmin", "eventType": "Transfer", "status": "filtered", "type": "send",
  "source": {"id": "39a05bd3", "name": "Lakeside Epic", "organization": {"id": 98765, "name": "Lakeside"}},
  "destination": {"id": "d710d1fd", "name": "Warehouse", "organization": {"id": 98766, "name": "Juniper"}},
  "attempts": {"total": 25, "latest": {
    "id": "d99bda81", "attemptAt": "2021-05-06T22:52:38.093Z", "status": "succeeded",
    "operations": [{"type": "blobResolvers", "operationId": "3051932a", "version": 1, "order": 2,
                    "attemptStage": "request", "startTime": "2021-05-06T22:52:38.100Z", "endTime": "later"}]}},
  "dataMode": "realtime", "facilityCode": "2.16.840"
}"""


def page(body: bytes, ref: PageRef = 1) -> LogPage:
    return log_wire.read_page(body, ref)


def the_log(record: bytes) -> Log:
    """The log that a record becomes in a list."""
    [log] = page(b'{"payload":{"results":[' + record + b"]}}").logs
    return log


def ids(body: bytes) -> list[str]:
    return [log.id for log in page(body).logs]


def test_every_field_of_a_record_is_read() -> None:
    log = the_log(RECORD)
    assert (log.id, log.status, log.type) == ("d758ea49-027b-4d6e-b4dd-a3500d8cc2e8", "filtered", "send")
    assert (log.data_model, log.event_type) == ("PatientAdmin", "Transfer")
    assert log.source == Party("39a05bd3", "Lakeside Epic", "98765", "Lakeside")
    assert log.destination == Party("d710d1fd", "Warehouse", "98766", "Juniper")
    assert (log.attempts, log.data_mode, log.facility_code, log.problem) == (25, "realtime", "2.16.840", None)
    assert log.latest_attempt is not None
    assert (log.latest_attempt.id, log.latest_attempt.status) == ("d99bda81", "succeeded")
    [operation] = log.latest_attempt.operations
    assert (operation.type, operation.operation_id, operation.version) == ("blobResolvers", "3051932a", 1)
    assert (operation.order, operation.attempt_stage) == (2, "request")
    assert operation.start_time == Timestamp.read("2021-05-06T22:52:38.100Z")


def test_the_malformed_timestamps_of_the_documentation_are_understood() -> None:
    log = the_log(RECORD)
    assert log.created_at == Timestamp("2021-04-02T22.52.38.093Z", datetime(2021, 4, 2, 22, 52, 38, 93_000, UTC))
    assert log.updated_at == Timestamp("2021-05-05T22:52:38:093Z", datetime(2021, 5, 5, 22, 52, 38, 93_000, UTC))


@pytest.mark.parametrize("text", ["soon", "2021-13-45T99:99:99Z", "1617403958", "99999-01-01T00:00:00Z", "2021-04-02"])
def test_a_timestamp_that_cannot_be_read_is_kept_as_text(text: str) -> None:
    log = the_log(b'{"id":"a","createdAt":"%b"}' % text.encode())
    assert log.created_at == Timestamp(text)
    assert log.problem is None


def test_what_a_record_leaves_out_or_sets_to_null_is_none() -> None:
    nulls = b'{"id":"a","createdAt":null,"source":null,"destination":null,"attempts":null,"status":null}'
    assert the_log(nulls) == the_log(b'{"id":"a"}') == Log("a")


def test_the_inner_parts_of_a_record_may_be_missing_too() -> None:
    log = the_log(b'{"id":"a","source":{},"destination":{"name":"X","organization":null},"attempts":{"latest":{}}}')
    assert (log.source, log.destination) == (Party(), Party(name="X"))
    assert log.attempts is None
    assert log.latest_attempt is not None
    assert log.latest_attempt.operations == ()


def test_unknown_values_and_unknown_fields_are_no_problem() -> None:
    log = the_log(b'{"id":"a","status":"quarantined","type":"gossip","dataModel":"Weather","new":{"x":[1]}}')
    assert (log.status, log.type, log.data_model, log.problem) == ("quarantined", "gossip", "Weather", None)


def test_a_known_value_in_other_letters_is_that_value_and_the_record_keeps_its_own() -> None:
    record = b'{"id":"a","status":"FAILED","type":"Receive","attempts":{"latest":{"status":"PENDING"}}}'
    log = the_log(record)
    assert (log.status, log.type) == ("failed", "receive")
    assert log.latest_attempt
    assert log.latest_attempt.status == "pending"
    assert log.record == record
    assert the_log(b'{"id":"a","status":"HELD","type":"Unknown"}').status == "HELD"


def test_numbers_are_taken_for_the_text_of_an_id() -> None:
    assert the_log(b'{"id":4711,"source":{"id":12}}') == Log("4711", source=Party("12"))


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (b"5", "the record is no object"),
        (b"null", "the record is no object"),
        (b'["a"]', "the record is no object"),
        (b"{}", "the record has no id"),
        (b'{"id":null}', "the record has no id"),
        (b'{"id":{"x":1}}', "unreadable: id"),
        (b'{"id":"a","source":"Lakeside","attempts":[1]}', "unreadable: attempts, source"),
        (b'{"id":"a","status":true}', "unreadable: status"),
        (b'{"id":"a","attempts":{"total":"many"}}', "unreadable: attempts"),
        (b'{"id":"a","attempts":{"latest":{"operations":[{"version":1.5}]}}}', "unreadable: attempts"),
    ],
)
def test_a_bad_record_is_one_marked_row_among_good_ones(record: bytes, problem: str) -> None:
    before, bad, after = page(b'{"payload":{"results":[{"id":"b"},' + record + b',{"id":"c"}]}}').logs
    assert (before, after) == (Log("b"), Log("c"))
    assert bad.problem == problem
    assert bad.record == record


def test_what_can_be_read_of_a_bad_record_is_read() -> None:
    log = the_log(b'{"id":"a","status":"failed","source":7,"destination":{"name":"Warehouse"}}')
    assert (log.id, log.status, log.source, log.destination) == ("a", "failed", None, Party(name="Warehouse"))


@pytest.mark.parametrize(
    "record",
    [
        b'{"id":"a","n":1.00e+5,"big":12345678901234567890.10}',
        b'{"id":"a","x":1,"x":2,"id":"a"}',
        rb'{"id":"a","escaped":"\u00e9\/\ud83d\ude00 \ud800"}',
        '{"id":"a","text":"é 😀 \u2028"}'.encode(),
        b'{"id":"a","latin-1":"caf\xe9"}',
        b'{  "id" :\t"a" , "list":[ 1 ,2 ] }',
        b'{"id":"a","not a number":NaN}',
    ],
)
def test_the_bytes_of_a_record_are_the_ones_that_were_sent(record: bytes) -> None:
    assert the_log(record).record == record
    assert log_wire.read_detail(b'{"payload":' + record + b"}").log.id == "a"


def test_a_record_that_was_sent_on_several_lines_stands_on_one() -> None:
    log = the_log(RECORD)
    assert b"\n" not in log.record
    assert json.loads(log.record) == json.loads(RECORD)


def test_neither_the_record_nor_the_message_is_in_a_repr() -> None:
    detail = log_wire.read_detail(b'{"payload":{"id":"a","note":"Solbakken","payload":"Mira"}}')
    assert "Solbakken" not in repr(detail)
    assert "Mira" not in repr(detail)


@pytest.mark.parametrize(
    "body",
    [
        b'{"meta":{},"payload":{"results":[{"id":"a"},{"id":"b"}]}}',
        b'{"payload":{"logs":[{"id":"a"},{"id":"b"}]},"meta":{}}',
        b'{"payload":{"entries":[{"id":"a"},{"id":"b"}]}}',
        b'{"payload":[{"id":"a"},{"id":"b"}]}',
        b'{"results":[{"id":"a"},{"id":"b"}]}',
        b'{"logs":[{"id":"a"},{"id":"b"}]}',
        b'[{"id":"a"},{"id":"b"}]',
        b'\xef\xbb\xbf \r\n{"payload":{"results":[{"id":"a"},{"id":"b"}]}}\n',
        b'{"payload":{"warnings":["w"],"errors":[],"other":["o"],"results":[{"id":"a"},{"id":"b"}],"more":[1]}}',
        b'{"meta":null,"payload":{"results":[{"id":"a"},{"id":"b"}],"count":2}}',
    ],
)
def test_a_list_is_found_in_each_of_its_known_places(body: bytes) -> None:
    assert ids(body) == ["a", "b"]


def test_an_empty_list_is_a_page_without_logs() -> None:
    body = b'{"meta":{"page":{"totalRecords":0,"pageSize":50}},"payload":{"results":[]}}'
    assert page(body) == LogPage(total=0, size=50)


@pytest.mark.parametrize(
    "meta",
    [
        b'{"page":{"currentPage":2,"pageType":"offset","pageSize":2,"totalRecords":70,'
        b'"links":{"self":"/x","prev":"/x?_page=1","next":"/x?_page=3&_count=2"}}}',
        b'{"links":{"self":"/x","next":"https://api.redoxengine.com/platform/v1/x?_count=2&_page=3","prev":null},'
        b'"totalRecords":70,"currentPage":2,"pageType":"offest","pageSize":2}',
        b'{"page":{"totalRecords":"70","pageSize":"2","links":{"next":{"href":"?_page=3"}}}}',
        b'{"page":{"total":70,"pageSize":2},"links":{"next":"?_page=3"}}',
        b'{"totalCount":70,"pageSize":2,"links":{"next":"//evil.example/x?_page=3"}}',
    ],
)
def test_paging_is_read_from_either_shape_of_meta(meta: bytes) -> None:
    body = b'{"payload":{"results":[{"id":"a"},{"id":"b"}]},"meta":' + meta + b"}"
    answer = page(body, 2)
    assert (answer.total, answer.size, answer.next) == (70, 2, 3)


@pytest.mark.parametrize(
    ("meta", "cursor"),
    [
        (b'{"links":{"next":"/x?_cursor=abc%3D%3D&_count=50"}}', "abc=="),
        (b'{"page":{"links":{"next":"https://elsewhere.example/?_cursor=abc"}}}', "abc"),
        (b'{"links":{"next":"/x?_page=2&_cursor=abc"}}', "abc"),
        (b'{"nextCursor":"abc"}', "abc"),
        (b'{"page":{"next_cursor":"abc"}}', "abc"),
        (b'{"cursor":"abc","links":{"next":null}}', "abc"),
        (b'{"links":{"next":"abc=="}}', "abc=="),
        (b'{"links":{"next":"https://elsewhere.example/x"}}', None),
        (b'{"links":{"next":"x?cursor=abc"}}', None),
        (b'{"links":{"self":"/x","prev":null,"next":null}}', None),
        (b'{"links":{"next":""}}', None),
        (b'{"links":{"next":"/x"}}', None),
        (b'{"links":{"next":"/x?_cursor="}}', None),
        (b'{"links":{"next":"/x?_page=0"}}', None),
        (b'{"links":{"next":"/x?_page=-1"}}', None),
        (b'{"links":{"next":"/x?_page=two"}}', None),
        (b'{"links":{"next":"/x?_page=99999999999999999999"}}', None),
        (b'{"links":{"next":"http://[broken?_page=2"}}', None),
        (b'{"links":{"next":7},"nextCursor":{"a":1}}', None),
        (b'{"links":["/x?_page=2"]}', None),
        (b'{"page":7,"links":null}', None),
        (b"{}", None),
        (b'"none"', None),
    ],
)
def test_the_next_page_is_found_wherever_it_is_named(meta: bytes, cursor: str | None) -> None:
    assert page(b'{"meta":' + meta + b',"payload":{"results":[{"id":"a"}]}}').next == cursor


@pytest.mark.parametrize("total", ["-1", "1.5", '"many"', "true", "null", "[]", '"99999999999999999999"'])
def test_a_total_that_is_no_count_is_unknown(total: str) -> None:
    assert page(b'{"meta":{"totalRecords":%b},"payload":{"results":[]}}' % total.encode()).total is None


def test_a_total_that_is_smaller_than_what_was_seen_is_unknown() -> None:
    body = b'{"meta":{"totalRecords":0,"pageSize":0},"payload":{"results":[{"id":"a"}]}}'
    assert page(body) == LogPage((Log("a"),))


def test_a_total_is_believed_where_the_server_gives_shorter_pages_than_asked_for() -> None:
    body = page_of(10, b'{"totalRecords":50}')
    assert page(body, ref=5).total == 50


def page_of(count: int, meta: bytes) -> bytes:
    records = b",".join(b'{"id":"%d"}' % number for number in range(count))
    return b'{"meta":' + meta + b',"payload":{"results":[' + records + b"]}}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"payload":{"id":"a","status":"failed"}}',
        b'{"meta":{"version":"1.0.0"},"payload":{"result":{"id":"a","status":"failed"}}}',
        b'{"payload":{"log":{"id":"a","status":"failed"}}}',
        b'{"result":{"id":"a","status":"failed"}}',
        b'{"id":"a","status":"failed"}',
    ],
)
def test_a_log_by_id_is_found_in_each_of_its_known_places(body: bytes) -> None:
    detail = log_wire.read_detail(body)
    assert (detail.log.id, detail.log.status, detail.payload) == ("a", "failed", None)
    assert detail.log.record == b'{"id":"a","status":"failed"}'


@pytest.mark.parametrize("name", ["payload", "message", "messagePayload", "data", "body"])
def test_the_message_of_a_log_is_its_own_text_and_no_part_of_the_record(name: str) -> None:
    body = b'{"payload":{"id":"a","%b":{"Meta" : {"n": 1.0}},"status":"failed"}}' % name.encode()
    detail = log_wire.read_detail(body)
    assert detail.payload == '{"Meta" : {"n": 1.0}}'
    assert detail.log.record == b'{"id":"a","status":"failed"}'


def test_a_message_that_is_sent_as_text_is_that_text() -> None:
    detail = log_wire.read_detail(rb'{"payload":{"id":"a","payload":"MSH|^~\\&|A\rPID|1"}}')
    assert detail.payload == "MSH|^~\\&|A\rPID|1"


def test_a_message_that_is_null_is_none() -> None:
    assert log_wire.read_detail(b'{"payload":{"id":"a","payload":null}}').payload is None


def test_a_record_that_has_a_field_named_like_a_wrapper_is_not_unwrapped() -> None:
    detail = log_wire.read_detail(b'{"payload":{"result":{"ok":true},"id":"a"}}')
    assert detail.log.id == "a"
    assert b'"result":{"ok":true}' in detail.log.record


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<!DOCTYPE html><p>Sign in, Mira</p>", "The answer is a web page, not JSON. Check --base-url"),
        (b"", "The answer is not whole JSON: the text is cut off."),
        (b'{"payload":{"results":[{"id":"Mira"},', "The answer is not whole JSON: the text is cut off."),
        (b'{"payload":{"results":[{"id":"Mira', "The answer is not whole JSON: no JSON at character"),
        (b'{"payload":{"results":[]}}{"message":"Mira"}', "The answer is not whole JSON: no JSON at character 27."),
        (b"Bad Gateway, Mira", "The answer is not whole JSON: no JSON at character 1."),
        (b'{"payload":{"results":[{"id":"a"},]}}', "The answer is not whole JSON: no JSON at character"),
        pytest.param(b'{"payload":' + b"[" * 500_000 + b"]" * 500_000 + b"}", "nested too deeply", id="deep"),
    ],
)
def test_what_is_no_json_is_said_without_quoting_it(body: bytes, says: str) -> None:
    for read in (
        page,
        log_wire.read_detail,
        directory_wire.read_environments,
        lambda body: directory_wire.read_parties(body, "sources"),
    ):
        with pytest.raises(BadAnswer) as caught:
            read(body)
        assert "Mira" not in str(caught.value)
    with pytest.raises(BadAnswer) as caught:
        page(body)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"payload":{}}', b'{"payload":null}', b'{"payload":{"errors":["Mira"]}}', b'{"results":null}'],
)
def test_json_that_holds_no_list_of_logs_is_said_so(body: bytes) -> None:
    with pytest.raises(BadAnswer, match=r"The answer holds no list of logs\."):
        page(body)


def test_a_number_that_is_longer_than_python_reads_is_an_error_of_its_own() -> None:
    with pytest.raises(BadAnswer, match="a number has too many digits"):
        page(b'{"payload":{"results":[{"id":"a","n":' + b"1" * 5_000 + b"}]}}")


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null"])
def test_json_that_holds_no_log_is_said_so(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        log_wire.read_detail(body)


def test_environments_are_read_and_those_without_an_id_left_out() -> None:
    body = b"""{"payload":{"environments":[
      {"id":"e1","name":"Production","environmentFlag":"Production","organization":{"id":1}},
      {"name":"without an id"}, 5, {"id":7}]}}"""
    assert directory_wire.read_environments(body) == (Environment("e1", "Production", "Production"), Environment("7"))


@pytest.mark.parametrize("wrapper", [b'{"payload":{"%b":%b}}', b'{"%b":%b}'])
def test_parties_are_read_under_their_own_name(wrapper: bytes) -> None:
    records = b'[{"id":"s1","name":"Lakeside EHR","environment":{"id":"e1"}},{"id":"s2"}]'
    expected = (Party("s1", "Lakeside EHR"), Party("s2"))
    assert directory_wire.read_parties(wrapper % (b"sources", records), "sources") == expected
    assert directory_wire.read_parties(wrapper % (b"results", records), "sources") == expected
    assert directory_wire.read_parties(wrapper % (b'links":[],"items', records), "sources") == expected


@pytest.mark.parametrize("body", [b"{}", b'{"payload":{"sources":{}}}', b"7"])
def test_an_answer_without_the_list_that_was_asked_for_is_said_so(body: bytes) -> None:
    with pytest.raises(BadAnswer, match=r"The answer holds no list of sources\."):
        directory_wire.read_parties(body, "sources")


@pytest.mark.parametrize(
    "body",
    [
        b'{"meta":{},"payload":{"errors":[{"title":"Bad Request","detail":"It is so."}]}}',
        b'{"payload":{"errors":[{"message":"It is so.","detail":"other"}]}}',
        b'{"errors":["It is so.","other"]}',
        b'{"errors":{"message":"It is so."}}',
        b'{"payload":{"message":"It is so."},"message":"other"}',
        b'{"message":"It is so.","error":"other"}',
        b'{"error":"invalid_request","error_description":"It is so.","error_uri":""}',
        b'{"error":{"message":"It is so."}}',
        b'{"errorDetail":"It is so."}',
        b'{"title":"It is so."}',
        b'"It is so."',
        b'[{},{"message":"It is so."}]',
    ],
)
def test_what_an_error_says_is_found_in_each_of_its_known_places(body: bytes) -> None:
    assert wire.read_message(body) == "It is so."


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{", b"7", b"null", b"{}", b'{"message":7}', b'{"payload":"Mira"}', b'{"payload":["Mira"]}'],
)
def test_an_error_that_says_nothing_that_can_be_read_is_quoted_with_nothing(body: bytes) -> None:
    assert wire.read_message(body) == ""


def test_an_error_that_is_nested_very_deeply_is_quoted_with_nothing() -> None:
    assert wire.read_message(b'{"payload":' * 600 + b'"deep"' + b"}" * 600) == ""


def test_a_long_error_text_is_cut() -> None:
    assert len(wire.read_message(json.dumps({"message": "x" * 10_000}).encode())) == 300


@pytest.mark.parametrize("body", [b"[]", b"7", b"<html>", b'{"access_token":'])
def test_what_is_no_object_is_no_answer_of_the_token_endpoint(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        wire.read_object(body)


def test_the_message_of_a_log_is_its_payload_even_where_other_fields_could_be_it() -> None:
    detail = log_wire.read_detail(b'{"payload":{"id":"a","message":"ok","payload":{"A":1.0}}}')
    assert detail.payload == '{"A":1.0}'
    assert detail.log.record == b'{"id":"a","message":"ok"}'


@pytest.mark.parametrize("body", [b'{"payload":{}}', b'{"payload":{"errors":[{"detail":"gone"}]}}', b'{"meta":{}}'])
def test_an_answer_by_id_that_holds_no_log_is_said_so(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="holds no log"):
        log_wire.read_detail(body)


@pytest.mark.parametrize(
    "said", ["Bad assertion eyJhbGciOiJSUzM4NCJ9.eyJpc3MiOiJhIn0.c2ln here", "Do not send Bearer SECRETTOKEN123 here"]
)
def test_au_06_a_credential_that_a_server_repeats_is_quoted_by_no_error(said: str) -> None:
    quoted = wire.read_message(json.dumps({"message": said}).encode())
    assert quoted.endswith("… here")
    assert not {"eyJ", "SECRET"} & set(quoted.split())
    assert "SECRET" not in quoted
    assert "eyJ" not in quoted
