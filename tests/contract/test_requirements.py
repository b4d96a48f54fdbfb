"""The list of requirements and their tests: how a number is read from a name, and that no name invents one."""

from pathlib import Path

from tools.requirements import IN_SCOPE, by_requirement

CHECKOUT = Path(__file__).parents[2]


def test_a_test_stands_for_every_number_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "def test_cs_02_a(): ...\nasync def test_au_01_and_ht_06_b(): ...\ndef test_docs_02(): ...\ndef cs_03(): ...\n"
    )
    place = f"{tmp_path.name}/test_a.py::"
    assert by_requirement(tmp_path) == {
        "CS-02": [place + "test_cs_02_a"],
        "AU-01": [place + "test_au_01_and_ht_06_b"],
        "HT-06": [place + "test_au_01_and_ht_06_b"],
    }


def test_every_requirement_of_the_store_has_a_test_and_no_test_invents_one() -> None:
    carried = set(by_requirement(CHECKOUT / "tests"))
    assert carried <= set(IN_SCOPE)
    assert {requirement for requirement in IN_SCOPE if requirement.startswith("CS")} <= carried
