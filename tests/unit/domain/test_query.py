from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.domain.logs import Log, Party
from redox_tui.domain.parties import KnownParties
from redox_tui.domain.query import MOST_LISTS, LogQuery
from redox_tui.domain.search import LogSearch
from redox_tui.domain.terms import KEYS, QueryError, Term
from redox_tui.domain.timerange import TimeError, TimeRange, Timestamp

from .logs import EPIC, NOW, a_log, an_admission, at

ONE_VALUE = ("facility", "mode", "region", "since", "until", "on", "patient")
MANY_VALUES = tuple(key for key in KEYS if key not in ONE_VALUE)

_values = {
    "status": st.sampled_from(["succeeded", "failed", "on hold"]),
    "type": st.sampled_from(["send", "respond"]),
    "model": st.sampled_from(["PatientAdmin", "Clinical Summary", "FHIR.Patient"]),
    "mode": st.sampled_from(["realtime", "backfill"]),
    "on": st.sampled_from(["created", "updated"]),
    "since": st.sampled_from(["3h", "today", "2026-11-20T12:00", "2026-11-20 12:00:00,5"]),
    "until": st.sampled_from(["now", "9:30", "2026-11-20T12:00+01:00"]),
}
_text = st.text(min_size=1) | st.text(' ab-,:"\\', min_size=1)
_words = st.builds(lambda word, excluded: Term("", (word,), excluded), _text, st.booleans())


@st.composite
def _queries(draw: st.DrawFn) -> LogQuery:
    terms = draw(st.lists(_words, max_size=3))
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True)):
        count = 1 if key in ONE_VALUE else 3
        values = st.lists(_values.get(key, _text), min_size=1, max_size=count).map(tuple)
        terms.append(Term(key, draw(values)))
        if key in MANY_VALUES:
            terms += draw(st.lists(st.builds(Term, st.just(key), values, st.just(True)), max_size=2))
    return LogQuery(tuple(draw(st.permutations(terms))))


def search(text: str) -> LogSearch:
    return LogQuery.parse(text).search(NOW)


def error_of(text: str) -> QueryError:
    with pytest.raises(QueryError) as caught:
        LogQuery.parse(text)
    return caught.value


@given(_queries())
def test_a_printed_query_is_read_back_as_the_same_query(query: LogQuery) -> None:
    assert LogQuery.parse(str(query)) == query


@given(st.text() | st.text(' ab-,:"\\') | st.from_regex(r'(-?(status|Model|since|w):?("?[a ,:\\"]*"?,?)* ?){1,3}'))
def test_whatever_is_typed_is_a_query_or_refused_at_a_place_in_the_text(typed: str) -> None:
    try:
        query = LogQuery.parse(typed)
    except QueryError as error:
        place = range(error.start, error.end)
    else:
        place = range(1)
        assert LogQuery.parse(str(query)) == query
    assert 0 <= place.start <= len(typed)
    assert len(place) > 0


@pytest.mark.parametrize(
    "typed", ["status:failed,pending -model:Order", "event:-x", 'a "b c" -d "-e"', "since:2026-11-20T12:00 until:now"]
)
def test_a_query_is_printed_as_it_would_be_typed(typed: str) -> None:
    assert str(LogQuery.parse(typed)) == typed


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("lakeside", Term("", ("lakeside",))),
        ("-lakeside", Term("", ("lakeside",), excluded=True)),
        ('"-3 mg"', Term("", ("-3 mg",))),
        ("status:failed", Term("status", ("failed",))),
        ("STATUS:Failed", Term("status", ("failed",))),
        ("status:failed,pending", Term("status", ("failed", "pending"))),
        ("status:cancelled", Term("status", ("cancelled",))),
        ("-status:failed,pending", Term("status", ("failed", "pending"), excluded=True)),
        ("mode:Backfill", Term("mode", ("backfill",))),
        ("model:patientADMIN", Term("model", ("PatientAdmin",))),
        ("model:FHIR.Patient", Term("model", ("FHIR.Patient",))),
        ('source:"Lakeside Epic"', Term("source", ("Lakeside Epic",))),
        ('dest:"CareCloud, Inc.",Billing', Term("dest", ("CareCloud, Inc.", "Billing"))),
        ('event:"a:b"', Term("event", ("a:b",))),
        (r'event:"say \"hi\" \\"', Term("event", ('say "hi" \\',))),
        (r"event:C\dir", Term("event", (r"C\dir",))),
        ("facility:2.16.840.1", Term("facility", ("2.16.840.1",))),
        ("since:2026-11-20T12:00", Term("since", ("2026-11-20T12:00",))),
        ('until:"2026-11-20 12:00"', Term("until", ("2026-11-20 12:00",))),
    ],
)
def test_a_term_is_read(typed: str, term: Term) -> None:
    assert LogQuery.parse(f"  {typed} ") == LogQuery((term,))


@pytest.mark.parametrize(
    ("typed", "part", "message"),
    [
        ("x statsu:failed", "statsu:", "statsu: is no key of a query; did you mean status:?"),
        ("STATSU:failed", "STATSU:", "did you mean status:?"),
        ("-foo:bar", "foo:", "foo: is no key of a query. Keys are status, type,"),
        ("x status:faild", "faild", "status:faild is unknown; did you mean failed?"),
        ("type:sent", "sent", "type:sent is unknown; did you mean send?"),
        ("mode:live x", "live", "mode: is realtime or backfill, not “live”."),
        ("on:deleted", "deleted", "on: is created or updated, not “deleted”."),
        ("since:soon", "soon", "since: “soon” is no time."),
        ("until:25:00", "25:00", "until: “25:00” is no time."),
        ("status:failed status:pending", "status:pending", "several values take commas: status:a,b."),
        ("on:created on:updated", "on:updated", "on: is given twice."),
        ("region:eu,us", "region:eu,", "region: takes one value."),
        ("-patient:x", "-patient:", "patient: cannot be excluded."),
        ("status: x", " ", "status: needs a value; spaces, commas and colons take double quotes."),
        ("status:failed,,pending", ",", "status: needs a value"),
        ("a - b", " ", "A word is missing"),
        ("a ,b", ",", "A word is missing"),
        ('a "b c', '"b c', "The quote is not closed."),
        ('event:"" x', '""', "There is nothing between the quotes."),
        ('a "b"c', '"b"', "A space is missing after this term."),
        ('a b"c"', "b", "A space is missing after this term."),
        ("a,b", "a", "A space is missing after this term."),
        ("event:a:b", "a:", "A value with a colon takes double quotes."),
        ("x 12:30", "12:", "12: is no key of a query."),
    ],
)
def test_a_mistake_is_told_with_its_place(typed: str, part: str, message: str) -> None:
    error = error_of(typed)
    assert message in str(error)
    assert typed[error.start : error.end] == part


@pytest.mark.parametrize("typed", ["status:", "status:failed,", "-", "source:Epic -"])
def test_what_is_missing_at_the_end_is_told_behind_the_text(typed: str) -> None:
    error = error_of(typed)
    assert (error.start, error.end) == (len(typed), len(typed) + 1)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("status:failed", ("status", "failed")),
        ("type:send", ("type", "send")),
        ("model:results", ("model", "Results")),
        ("event:New", ("event", "New")),
        (f"source:{EPIC.upper()}", ("source", EPIC.upper())),
        (f"dest:{EPIC}", ("dest", EPIC)),
        ("facility:NRD", ("facility", "NRD")),
        ("mode:realtime", ("mode", "realtime")),
        ("region:us", ("region", "us")),
        ("patient:Barak", ("patient", "Barak")),
    ],
)
def test_what_the_server_has_a_parameter_for_is_asked_of_it(typed: str, asked: tuple[str, str]) -> None:
    query = LogQuery.parse(typed)
    key, value = asked
    assert query.search(NOW).terms == ((key, (value,)),)
    assert query.local == ()


@pytest.mark.parametrize(
    "typed", ["Arrival", "-status:failed", "-status:failed,pending", 'source:"Lakeside Epic"', f"dest:{EPIC},CareCloud"]
)
def test_what_the_server_cannot_answer_is_local(typed: str) -> None:
    query = LogQuery.parse(f"event:New {typed}")
    assert query.search(NOW).terms == (("event", ("New",)),)
    assert [str(term) for term in query.local] == [typed]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("status:failed,pending", ("failed", "pending")),
        ("status:failed,FAILED,pending,failed", ("failed", "pending")),
        ("event:New,Transfer", ("New", "Transfer")),
        ("event:New,new", ("New", "new")),
        ("model:patientadmin,PatientAdmin,order", ("PatientAdmin", "Order")),
        (f"dest:{EPIC},{EPIC.upper()}", (EPIC,)),
    ],
)
def test_several_values_are_asked_of_the_server_each_once(typed: str, asked: tuple[str, ...]) -> None:
    query = LogQuery.parse(typed)
    assert query.local == ()
    assert [values for _, values in query.search(NOW).terms] == [asked]
    assert [one.terms[0][1] for one in query.search(NOW).each] == [(value,) for value in asked]


def test_terms_with_several_values_are_a_list_for_each_combination() -> None:
    asked = search("status:failed,pending event:New type:send,receive since:3h on:updated")
    assert [dict(one.terms) for one in asked.each] == [
        {"status": (status,), "event": ("New",), "type": (kind,)}
        for status in ("failed", "pending")
        for kind in ("send", "receive")
    ]
    assert {(one.range, one.on) for one in asked.each} == {(asked.range, "updated")}


def test_values_that_are_given_twice_in_a_search_are_one_list() -> None:
    single = LogSearch((("status", ("failed",)),))
    assert LogSearch((("status", ("failed", "failed")),)).each == (single,)
    assert single.each == (single,)
    assert LogSearch().each == (LogSearch(),)


def test_a_term_that_would_make_too_many_lists_is_held_against_the_records() -> None:
    """16 lists at most; the terms that come first are those that are asked for."""
    events = ",".join(f"e{number}" for number in range(MOST_LISTS // 2))
    query = LogQuery.parse(f"status:failed,pending event:{events} type:send,receive model:Order")
    assert [str(term) for term in query.local] == ["type:send,receive"]
    assert len(query.search(NOW).each) == MOST_LISTS
    assert query.matches(a_log(type="send"))
    assert not query.matches(a_log(type="request"))
    alone = LogQuery.parse("event:" + ",".join(f"e{number}" for number in range(MOST_LISTS + 1)))
    assert alone.local == alone.terms


@pytest.mark.parametrize("typed", ["since:3h", "until:now", "on:updated"])
def test_time_is_neither_a_parameter_nor_local(typed: str) -> None:
    query = LogQuery.parse(typed)
    assert query.search(NOW).terms == ()
    assert query.local == ()


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("", True),
        ("-status:failed", False),
        ("-status:FAILED,filtered", False),
        ("-status:filtered", True),
        ("-type:Send", False),
        ('-model:"patient admin"', False),
        ("source:L-1,Lakeside", False),
        ('source:Lakeside,"lakeside epic"', True),
        ("-event:ARRIVAL", False),
        ("-event:Arriv", True),
        ('source:"lakeside epic"', True),
        ("source:Lakeside", False),
        (f"-source:{EPIC}", False),
        ('dest:"CareCloud, Inc."', True),
        ("dest:D-1", True),
        ("-dest:d-2", True),
        ("lakeside", True),
        ("carecloud", True),
        ("5A1F", True),
        ("admin arr", True),
        ("-arrival", False),
        ("failed", False),
        ("status:succeeded", True),
    ],
)
def test_local_terms_are_held_against_a_record(typed: str, fits: bool) -> None:
    """The last case: what the server has answered is not doubted."""
    assert LogQuery.parse(typed).matches(an_admission()) is fits


@pytest.mark.parametrize("key", MANY_VALUES)
def test_a_record_without_the_part_fits_no_value_and_every_exclusion(key: str) -> None:
    bare = Log("x")
    assert not Term(key, ("zz", "yy")).matches(bare)
    assert LogQuery.parse(f"-{key}:zz").matches(bare)
    assert not LogQuery.parse("source:a").matches(a_log(source=Party()))


def test_without_a_range_of_its_own_a_query_asks_for_the_last_24_hours() -> None:
    assert search("status:failed").range == TimeRange(NOW - timedelta(hours=24))
    assert not LogQuery.parse("status:failed").has_range
    assert LogQuery.parse("").range_in_words(NOW) == "last 24 h"


def test_either_end_of_the_range_may_stay_open() -> None:
    assert search("since:3h").range == TimeRange(NOW - timedelta(hours=3), None)
    assert search("until:1h").range == TimeRange(None, NOW - timedelta(hours=1))
    assert LogQuery.parse("since:3h").has_range
    assert LogQuery.parse("until:12:00").has_range
    assert LogQuery.parse("until:12:00").range_in_words(NOW) == "until 11-20 12:00"


def test_the_range_is_over_the_creation_unless_the_query_says_on_updated() -> None:
    assert search("since:3h").on == "created"
    assert search("since:3h on:updated").on == "updated"


def test_a_range_that_ends_before_it_begins_is_told_when_it_is_searched() -> None:
    with pytest.raises(TimeError, match="ends before it begins"):
        search("since:1h until:3h")


def test_a_query_can_be_moved_to_another_range() -> None:
    query = LogQuery.parse("since:3h status:failed until:1h x")
    assert str(query.within("2h", None)) == "status:failed x since:2h"
    assert str(query.within(None, "today")) == "status:failed x until:today"
    assert str(query.within(None, None)) == "status:failed x"
    assert str(query.within("2026-11-20 12:00", "now")) == 'status:failed x since:"2026-11-20 12:00" until:now'


def test_the_value_of_a_key_can_be_asked_for() -> None:
    query = LogQuery.parse("-status:filtered status:failed,pending")
    assert query.value("status") == "failed"
    assert query.value("model") is None
    assert LogQuery.parse("-status:filtered").value("status") is None


def test_the_data_mode_is_what_the_query_says() -> None:
    assert search("mode:backfill").data_mode == "backfill"
    assert search("status:failed").data_mode is None


def test_a_search_is_pinned_to_the_end_of_the_newest_millisecond() -> None:
    logs = [a_log(age=10), a_log(age=30), Log("undated"), Log("bad", created_at=Timestamp.read("soon"))]
    assert search("since:3h").pinned(logs).pin == NOW - timedelta(seconds=10) + timedelta(milliseconds=1)


@pytest.mark.parametrize("first", [a_log(age=30), Log("undated")])
def test_a_list_that_does_not_begin_with_its_newest_log_pins_no_search_since_newer_ones_may_follow(first: Log) -> None:
    assert search("since:3h").pinned([first, a_log(age=10), a_log(age=20)]).pin is None


def test_a_list_by_update_is_pinned_to_its_newest_update_since_younger_logs_may_have_been_updated_before() -> None:
    retried = a_log(age=3_600, updated_at=at(NOW - timedelta(seconds=5)))
    assert search("since:3h on:updated").pinned([retried]).pin == NOW - timedelta(seconds=5) + timedelta(milliseconds=1)


def test_a_search_without_a_readable_time_is_not_pinned() -> None:
    assert search("since:3h").pinned([]).pin is None
    assert search("since:3h").pinned([Log("undated")]).pin is None


def test_a_search_with_an_upper_bound_of_its_own_is_not_pinned() -> None:
    assert search("until:now").pinned([a_log()]).pin is None
    assert search("until:now on:updated").pinned([a_log()]).pin == NOW + timedelta(milliseconds=1)


def test_an_upper_bound_that_is_still_to_come_is_no_hindrance_to_a_pin() -> None:
    assert search("until:2026-11-20T23:00").pinned([a_log()]).pin == NOW + timedelta(milliseconds=1)


def test_a_query_of_files_is_over_all_time_whatever_is_done_to_it() -> None:
    query = LogQuery(since_by_default=None).rewritten("status:failed model:Order")
    parties = KnownParties()
    for changed in (
        query,
        query.resolved(parties),
        query.without("model"),
        query.within("3h", None).within(None, None),
    ):
        assert changed.search(NOW).range == TimeRange()
        assert changed.range_in_words(NOW) == "all time"
    assert query.within("3h", None).search(NOW).range.since == NOW - timedelta(hours=3)


def test_a_search_decides_about_a_log_as_a_server_would() -> None:
    log = Log("a", status="failed", data_model="PatientAdmin", facility_code="F1", data_mode="realtime")
    fitting = ("status:failed,pending", 'model:"patient admin"', "facility:F1 mode:realtime")
    assert all(LogQuery.parse(text).search(NOW).fits(log) for text in fitting)
    others = (
        "status:succeeded",
        "event:New",
        "facility:F2",
        "mode:backfill",
        f"source:{'0' * 8}-0000-4000-8000-{'0' * 12}",
    )
    assert not any(LogQuery.parse(text).search(NOW).fits(log) for text in others)
