"""What counts as production."""

import pytest

from redox_tui.domain.production import is_production, kind


@pytest.mark.parametrize(
    ("flag", "counts", "word"),
    [
        ("Production", True, "PROD"),
        ("PRODUCTION", True, "PROD"),
        ("Staging", False, "Staging"),
        ("development", False, "development"),
        (None, True, "PROD?"),
        ("", True, "PROD?"),
        ("Sandbox", True, "Sandbox PROD?"),
    ],
)
def test_all_that_is_not_known_to_be_harmless_counts_as_production(flag: str | None, counts: bool, word: str) -> None:
    assert (is_production(flag), kind(flag)) == (counts, word)
