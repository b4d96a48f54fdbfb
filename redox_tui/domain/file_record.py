"""What lies in files instead of on a server: logs and messages as text, each with the place where it stands."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file, as it stands there.

    `place` is where in the file that is (`line 12`), empty where the record is the whole file. `is_last` says that
    nothing follows it, not even the end of its line. `problem` says why there is no text.
    """

    text: bytes = field(repr=False)
    file: str
    place: str = ""
    is_last: bool = False
    problem: str | None = None
