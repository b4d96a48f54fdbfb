"""Text files that a user names: samples, filters. Errors name the file and never what is in it."""

from pathlib import Path

from redox_tui.store.errors import StoreError


class NoFile(StoreError):
    """A path at which nothing can be read."""

    exit_code = 8


class BadFile(StoreError):
    """A file that holds something else than it should."""

    exit_code = 2


def read(path: Path, limit: int | None = None) -> str:
    """The text of a file of at most `limit` bytes; raises NoFile and BadFile."""
    try:
        if limit is not None and path.stat().st_size > limit:
            raise BadFile(f"{path} is larger than {limit >> 20} MiB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NoFile(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path} is no text in UTF-8.") from None
