"""HT-08: a body is inflated with a bound, whole or not at all, however it comes in."""

import gzip
import tracemalloc
import zlib
from contextlib import suppress
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redox_tui.api.bodies import BodyDamaged, BodyTooLarge, body

TEXT = b"".join(b'{"id": "%d"}' % number for number in range(200))
MIB = 1 << 20


def read(coding: str, *chunks: bytes, most: int = 8 * MIB) -> bytes:
    whole = body(coding, most)
    for chunk in chunks:
        whole.add(chunk)
    return whole.whole()


@cache
def bomb(size: int = 120 * MIB) -> bytes:
    """So many zeros, about a thousand to one."""
    deflate = zlib.compressobj(9, wbits=31)
    return b"".join([*(deflate.compress(bytes(MIB)) for _ in range(size // MIB)), deflate.flush()])


@pytest.mark.parametrize("coding", ["", "identity", " ", ",", "Identity, identity"])
def test_a_body_without_a_coding_is_what_came(coding: str) -> None:
    assert read(coding, TEXT[:7], b"", TEXT[7:]) == TEXT
    assert read(coding) == b""


@pytest.mark.parametrize("coding", ["gzip", "GZip", "x-gzip", " gzip ", "identity, gzip", "gzip,"])
def test_a_compressed_body_is_inflated(coding: str) -> None:
    assert read(coding, gzip.compress(TEXT)) == TEXT


def test_an_empty_body_is_empty_whatever_its_coding() -> None:
    assert read("gzip") == read("gzip", b"") == read("gzip", gzip.compress(b"")) == b""


def test_a_body_of_several_members_is_one_body() -> None:
    members = [gzip.compress(TEXT[:100]), gzip.compress(b""), gzip.compress(TEXT[100:])]
    assert read("gzip", b"".join(members)) == read("gzip", *members) == TEXT


def test_ht_08_two_codings_are_undone() -> None:
    assert read("gzip, gzip", gzip.compress(gzip.compress(TEXT))) == TEXT


@pytest.mark.parametrize(
    "coding", ["gzip, gzip, gzip", "gzip,gzip,gzip,gzip", "br", "deflate", "gzip, br", "zstd", "x"]
)
def test_ht_08_more_than_two_codings_and_those_that_were_not_asked_for_are_refused(coding: str) -> None:
    with pytest.raises(BodyDamaged):
        body(coding, MIB)


@given(st.binary(max_size=3_000), st.lists(st.integers(0, 4_000)), st.sampled_from(["", "gzip", "gzip, gzip"]))
def test_ht_08_any_split_of_the_bytes_into_chunks_is_the_same_body(
    content: bytes, cuts: list[int], coding: str
) -> None:
    sent = content
    for _ in range(coding.count("gzip")):
        half = len(sent) // 2
        sent = gzip.compress(sent[:half]) + gzip.compress(sent[half:])
    bounds = [0, *sorted(cut for cut in cuts if cut < len(sent)), len(sent)]
    assert read(coding, *(sent[begin:end] for begin, end in pairwise(bounds))) == content


@pytest.mark.parametrize("size", [MIB - 1, MIB, MIB + 1, 2 * MIB, 5 * MIB])
def test_a_body_of_about_the_size_of_a_step_is_whole(size: int) -> None:
    assert read("gzip", gzip.compress(bytes(size))) == bytes(size)


@pytest.mark.parametrize("missing", [1, 4, 8, 9, 100])
def test_ht_08_a_body_that_is_cut_off_is_damaged(missing: int) -> None:
    with pytest.raises(BodyDamaged):
        read("gzip", gzip.compress(TEXT)[:-missing])
    with pytest.raises(BodyDamaged):
        read("gzip, gzip", gzip.compress(gzip.compress(TEXT)[:-missing]))


def test_ht_08_a_body_that_ends_in_the_head_of_a_further_member_is_damaged() -> None:
    with pytest.raises(BodyDamaged):
        read("gzip", gzip.compress(TEXT), gzip.compress(TEXT)[:5])


@pytest.mark.parametrize("garbage", [b"garbage", b"\0", b"\x1f", b"<html>"])
def test_ht_08_what_follows_a_compressed_body_without_being_one_is_damage(garbage: bytes) -> None:
    with pytest.raises(BodyDamaged):
        read("gzip", gzip.compress(TEXT) + garbage)
    with pytest.raises(BodyDamaged):
        read("gzip", gzip.compress(TEXT), garbage)


@pytest.mark.parametrize(
    "sent", [b"no gzip", zlib.compress(TEXT), gzip.compress(TEXT)[:-8] + bytes(8)], ids=["text", "zlib", "sum"]
)
def test_ht_08_what_is_no_gzip_or_has_a_wrong_sum_is_damaged(sent: bytes) -> None:
    with pytest.raises(BodyDamaged):
        read("gzip", sent)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "gzip, gzip"]))
def test_ht_08_any_bytes_are_a_body_or_are_refused(sent: bytes, coding: str) -> None:
    with suppress(BodyDamaged, BodyTooLarge):
        read(coding, sent)


@pytest.mark.parametrize("coding", ["", "gzip", "gzip, gzip"])
def test_ht_08_a_body_may_be_as_large_as_the_bound_and_no_larger(coding: str) -> None:
    sent = [TEXT, gzip.compress(TEXT), gzip.compress(gzip.compress(TEXT))][coding.count("gzip")]
    assert read(coding, sent, most=len(TEXT)) == TEXT
    with pytest.raises(BodyTooLarge):
        read(coding, sent, most=len(TEXT) - 1)
    with pytest.raises(BodyTooLarge):
        read(coding, *(bytes([one]) for one in sent), most=len(TEXT) - 1)


def test_ht_08_what_inflates_to_little_may_not_be_large_itself() -> None:
    sent = gzip.compress(b"") * 100
    assert read("gzip", sent, most=len(sent)) == b""
    with pytest.raises(BodyTooLarge):
        read("gzip", sent, most=len(sent) - 1)


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
def test_ht_08_a_bomb_is_noticed_before_it_has_gone_off(coding: str) -> None:
    sent = bomb() if coding == "gzip" else gzip.compress(bomb())
    assert len(sent) < 300_000
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            read(coding, sent, most=32 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 100 * MIB
    finally:
        tracemalloc.stop()
