"""Points and ranges of time: what people type, what the server is asked, and the server's own timestamps."""

import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

PRESETS: Final = {"1": "15m", "2": "1h", "3": "6h", "4": "24h", "5": "3d", "6": "7d"}
"""The one-digit answers of the time field."""

DEFAULT_SINCE: Final = "24h"
"""The range of a query that names none."""

_MILLISECOND = timedelta(milliseconds=1)
_DAY = timedelta(days=1)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_RELATIVE = re.compile(r"(\d{1,9})([smhdw])", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?")
_STAMP = re.compile(
    r"\s*(\d{4})-(\d{2})-(\d{2})[T ](\d{2})[:.](\d{2})[:.](\d{2})(?:[.:,](\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?\s*",
    re.IGNORECASE,
)
_EXAMPLES = "15m, 3h, 7d, today, yesterday, 2026-11-20 or 2026-11-20T12:00"


class TimeError(ValueError):
    """A text that is no time, or a range that ends before it begins; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time as the server wrote it; `instant` is None where the text cannot be read (platform-api.md §2.4).

    The first and the last year of the calendar are no times of logs but marks for none and never, and cannot be
    reckoned with, so they have no instant either.
    """

    text: str
    instant: datetime | None = None

    @classmethod
    def read(cls, text: str) -> "Timestamp":
        """Read a server's timestamp, `2021-04-02T22.52.38.093Z` and `22:52:38:093Z` included."""
        return cls(text, _read_instant(text))


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From `since` to `until`, both inclusive as the server's bounds are (platform-api.md §3.4); None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise TimeError(f"The range ends before it begins: {iso(self.since)} is later than {iso(self.until)}.")

    def holds(self, instant: datetime) -> bool:
        """Whether an instant is in this range."""
        return not (self.since and instant < self.since) and not (self.until and instant > self.until)


def iso(instant: datetime) -> str:
    """Write an instant as the API does: UTC, whole milliseconds, `Z` (platform-api.md §2.4)."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_since(text: str, now: datetime) -> datetime:
    """Where a range begins: an age (`3h`), a day (its midnight), a clock time of today, or ISO 8601 (else UTC)."""
    return _point(text, now).begin


def parse_until(text: str, now: datetime) -> datetime:
    """Where a range ends: as `parse_since`, but a day is meant to its last millisecond."""
    return _point(text, now).end


def parse_moment(text: str, now: datetime, day: date) -> datetime:
    """A point of time: as `parse_since`, but a clock time is one of a day."""
    return _point(text, now, day).begin


def parse_range(text: str, now: datetime) -> TimeRange:
    """What the time field takes: a preset digit, one point (until now, or that whole day), or `A..B` with open ends."""
    text = PRESETS.get(text.strip(), text.strip())
    if ".." not in text:
        point = _point(text, now)
        return TimeRange(point.begin, point.end if point.is_day else None)
    left, right = (side.strip() for side in text.split("..", 1))
    if not left and not right:
        raise TimeError("A range A..B needs at least one end.")
    since = _point(left, now).begin if left else None
    # The clock time in `2026-11-20T12:00..14:00` is of the day that the range begins on.
    until = _point(right, now, day=since.date() if since else None).end if right else None
    return TimeRange(since, until)


def terms(text: str, now: datetime) -> tuple[str | None, str | None]:
    """What the time field says, as the values of `since:` and `until:`; an age stays an age, so it stays fresh.

    Raises TimeError for what is no time.
    """
    text = PRESETS.get(text.strip(), text.strip())
    bounds = parse_range(text, now)
    if _RELATIVE.fullmatch(text):
        return text.lower(), None
    return (iso(bounds.since) if bounds.since else None, iso(bounds.until) if bounds.until else None)


def describe(since: str | None, until: str | None, now: datetime, zone: tzinfo = UTC) -> str:
    """A range in words for the place line: `last 24 h`, `11-20 12:00 – 14:00`; the values are those of the terms.

    What is typed is UTC unless it says otherwise; `zone` is that of the words.
    """
    if since and not until and (age := _RELATIVE.fullmatch(since)):
        return f"last {int(age[1])} {age[2].lower()}"
    begin = parse_since(since, now).astimezone(zone) if since else None
    end = parse_until(until, now).astimezone(zone) if until else None
    if begin and end:
        return f"{_shown(begin, now)} – {f'{end:%H:%M}' if begin.date() == end.date() else _shown(end, now)}"
    if begin:
        return f"since {_shown(begin, now)}"
    return f"until {_shown(end, now)}" if end else "all time"


def in_units(span: timedelta | float) -> str:
    """A length of time (a number is seconds) in its largest fitting unit: `45 s`, `12 min`, `3.5 h`, `7 d`."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else span
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{round(seconds / length, 1):,g} {unit}"
    return f"{seconds:.0f} s"


def to_the_second(bounds: TimeRange) -> str:
    """A range in words that is too short, or too important, for minutes: `11-20 12:00:07 – 12:00:08`."""
    begin, end = bounds.since, bounds.until
    is_one_day = begin and end and begin.date() == end.date()
    shown = f"{begin:%m-%d %H:%M:%S}" if begin else "", f"{end:{'' if is_one_day else '%m-%d '}%H:%M:%S}" if end else ""
    return " – ".join(shown).strip()


@dataclass(frozen=True, slots=True)
class _Point:
    begin: datetime
    end: datetime
    is_day: bool = False


def _point(text: str, now: datetime, day: date | None = None) -> _Point:
    text = text.strip()
    lowered = text.lower()
    if lowered == "now":
        return _Point(now, _up(now))
    if lowered in ("today", "yesterday"):
        return _whole_day((now.astimezone(UTC) - (_DAY if lowered == "yesterday" else timedelta())).date())
    try:
        if relative := _RELATIVE.fullmatch(text):
            instant = now - timedelta(**{_UNITS[relative[2].lower()]: int(relative[1])})
            return _Point(instant, _up(instant))
        if _CLOCK.fullmatch(text):
            clock = time.fromisoformat(text.zfill(len(text) + (text.index(":") == 1)))
            instant = datetime.combine(day or now.astimezone(UTC).date(), clock, UTC)
            return _Point(instant, _up(instant))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return _whole_day(date.fromisoformat(text))
        if re.match(r"\d{4}-\d{2}-\d{2}[Tt ]\d", text):
            instant = datetime.fromisoformat(text.upper())
            instant = instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
            return _Point(instant, _up(instant))
    except (ValueError, OverflowError):
        pass
    raise TimeError(f"“{text}” is no time. Write it as {_EXAMPLES}.")


def _shown(instant: datetime, now: datetime) -> str:
    return f"{instant:%m-%d %H:%M}" if instant.year == now.year else f"{instant:%Y-%m-%d %H:%M}"


def _up(instant: datetime) -> datetime:
    """The instant, or the next whole millisecond: an upper bound that is written down must not lose what it held."""
    part = instant.microsecond % 1000
    return instant + (_MILLISECOND - timedelta(microseconds=part) if part else timedelta())


def _whole_day(day: date) -> _Point:
    begin = datetime.combine(day, time(), UTC)
    return _Point(begin, begin + (_DAY - _MILLISECOND), is_day=True)


def _read_instant(text: str) -> datetime | None:
    if len(text) == 24 and text[10] == "T" and text[19] == "." and text[23] == "Z":
        try:
            # Nearly all are written like this, and this reads them in a tenth of the time.
            return _of_a_log(datetime.fromisoformat(text))
        except ValueError:
            pass
    if not (found := _STAMP.fullmatch(text)):
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        instant = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        instant += timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
        if zone and zone.upper() != "Z":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
            instant -= offset if zone[0] == "+" else -offset
    except (ValueError, OverflowError):
        return None
    return _of_a_log(instant)


def _of_a_log(instant: datetime) -> datetime | None:
    return instant if MINYEAR < instant.year < MAXYEAR else None
