"""The style sheets are found in a checkout and in an installed wheel."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from redox_tui.tui.styles import styles_dir

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked, as pip would leave it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_checkout_uses_the_style_sheets_beside_the_package() -> None:
    assert styles_dir() == CHECKOUT / "styles"


def test_the_wheel_carries_every_style_sheet(installed: Path) -> None:
    shipped = {path.name for path in (installed / "redox_tui" / "styles").glob("*.tcss")}
    assert shipped == {path.name for path in (CHECKOUT / "styles").glob("*.tcss")}
    assert "base.tcss" in shipped


def test_an_installed_program_finds_its_style_sheets_in_the_package(installed: Path) -> None:
    program = "import redox_tui.tui.styles as styles; print(styles.__file__); print(styles.styles_dir())"
    answer = subprocess.run(
        [sys.executable, "-P", "-c", program],
        cwd=installed,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    module, found = answer.stdout.split()
    assert Path(module).is_relative_to(installed)
    assert Path(found) == installed / "redox_tui" / "styles"


def test_the_wheel_holds_nothing_but_the_package(installed: Path) -> None:
    assert {path.name.partition("-")[0] for path in installed.iterdir()} == {"redox_tui"}
