import uuid

from hypothesis import given
from hypothesis import strategies as st

from redox_tui.simulator.ids import Ids, Kind, Named

_named = st.builds(
    Named, st.sampled_from(Kind), st.integers(min_value=0, max_value=2**61 - 1), st.integers(min_value=0, max_value=255)
)


@given(named=_named, seed=st.integers())
def test_an_id_is_a_version_4_uuid_that_reads_back_as_what_it_names(named: Named, seed: int) -> None:
    ids = Ids(seed)
    text = ids.name(named)
    assert uuid.UUID(text).version == 4
    assert str(uuid.UUID(text)) == text
    assert ids.read(text) == named
    assert ids.read(text.upper()) == named


@given(bits=st.integers(min_value=0, max_value=2**128 - 1))
def test_an_invented_uuid_names_nothing(bits: int) -> None:
    assert Ids(1).read(str(uuid.UUID(int=bits, version=4))) is None


@given(text=st.text(max_size=50))
def test_any_other_text_names_nothing(text: str) -> None:
    assert Ids(1).read(text) is None


def test_an_id_of_another_seed_names_nothing() -> None:
    assert Ids(2).read(Ids(1).name(Named(Kind.REALTIME, 7))) is None
