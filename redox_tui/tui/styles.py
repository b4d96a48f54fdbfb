"""Where the style sheets are: in the package of an installed program, beside it in a checkout."""

from pathlib import Path


def styles_dir() -> Path:
    """The folder of the `.tcss` files; FileNotFoundError where the installation lacks them."""
    package = Path(__file__).parent.parent
    for folder in (package / "styles", package.parent / "styles"):
        if (folder / "base.tcss").is_file():
            return folder
    raise FileNotFoundError("The style sheets are missing; install redox-tui again.")
