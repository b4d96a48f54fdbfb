import pytest

from redox_tui.domain.environments import as_one, by_id
from redox_tui.domain.logs import Environment

STAGING = Environment("A-1", "Staging", "Staging")
PRODUCTION = Environment("b-2", "Production", "Production")


@pytest.mark.parametrize(("wanted", "found"), [("a-1", STAGING), ("B-2", PRODUCTION), ("c-3", None)])
def test_an_environment_is_known_by_its_id_in_either_case(wanted: str, found: Environment | None) -> None:
    assert by_id([STAGING, PRODUCTION], wanted) == found


def test_one_environment_is_itself_and_none_is_none() -> None:
    assert (as_one([STAGING]), as_one([])) == (STAGING, None)


@pytest.mark.parametrize(
    ("others", "flag"), [([STAGING], "Staging"), ([PRODUCTION], "Production"), ([Environment("c-3")], None)]
)
def test_several_count_as_production_where_one_of_them_does(others: list[Environment], flag: str | None) -> None:
    found = as_one([STAGING, *others])
    assert found
    assert (found.name, found.flag) == ("all environments", flag)
