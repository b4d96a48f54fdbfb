"""What follows from a change of a filter, in exact words: shown before anything is sent (ux.md §1)."""

from collections.abc import Iterator, Sequence

from redox_tui.domain.connection import FilterVersion
from redox_tui.domain.filter_diff import differences, rule_line
from redox_tui.domain.filters import BLOCK_ALL, SEND, Filter, FilterLink

_MOST_RULES = 20


def of_deletion(one: Filter, version: FilterVersion) -> tuple[str, list[str]]:
    """Title and lines of a deletion; v1 wants links to go first, in v0 they go along (platform-api.md §3.7, §3.8)."""
    lines = []
    for link in one.live_links:
        lines.append(f"{'First its link goes' if version == 'v1' else 'It goes from'}: {link.words}.")
    lines.append(_freed(one) if one.live_links or one.subscription else _idle())
    lines.append(f"{'Then the' if one.live_links else 'The'} filter is deleted; nothing here brings it back.")
    return f"Delete {_named(one)}?", lines


def of_unlinking(one: Filter, link: FilterLink) -> tuple[str, list[str]]:
    """Title and lines of taking a link away."""
    lines = [f"It stops acting on {link.words}, at once.", _freed(one)]
    return f"Unlink {_named(one)}?", [*lines, "The filter itself stays, and does nothing until it is linked again."]


def of_linking(one: Filter, place: str) -> tuple[str, list[str]]:
    """Title and lines of letting a filter act on a subscription."""
    return f"Link {_named(one)}?", [f"It acts on {place}, at once.", *_taken(one)]


def of_restoring(current: Filter, after: Filter, version: int | None) -> tuple[str, list[str]]:
    """Title and lines of bringing back the content of another version; `after` is what will be in force."""
    lines = [f"It acts on {link.words}, at once." for link in current.live_links]
    lines = lines or ([] if current.subscription else [_idle()])
    begin = f"What changes from version {current.filter_version} to the content of version {version}:"
    return f"Restore version {version} of “{current.name}”?", [*lines, begin, *differences(current, after)]


def _named(one: Filter) -> str:
    return f"“{one.name}”" + (f", version {one.filter_version}" if one.filter_version else "")


def _idle() -> str:
    return "It has no link, so no message is treated otherwise."


def _freed(one: Filter) -> str:
    """What becomes of messages when a filter stops acting."""
    if one.action == BLOCK_ALL:
        return "It blocks everything there now; from then on everything is delivered."
    if one.action != SEND:
        return f"Its action is “{one.action}”, so nobody can say here what it does to messages now."
    if not one.rules:
        return "It has no rules, so the same is delivered as now."
    return f"What its {_rules(one.rules)} out now is delivered from then on."


def _taken(one: Filter) -> Iterator[str]:
    """What becomes of messages when a filter begins to act."""
    if one.action == BLOCK_ALL:
        yield "From then on nothing is delivered there."
    elif one.action != SEND:
        yield f"Its action is “{one.action}”, so nobody can say here what it will do to messages."
    elif not one.rules:
        yield "It has no rules, so everything is delivered there."
    else:
        holds = "this holds" if len(one.rules) == 1 else "all of this holds"
        yield f"From then on only that is delivered for which {holds}:"
        yield from (f"rule {number} {rule_line(rule)}" for number, rule in enumerate(one.rules[:_MOST_RULES], 1))
        if len(one.rules) > _MOST_RULES:
            yield f"and {len(one.rules) - _MOST_RULES:,} more rules"


def _rules(rules: Sequence[object]) -> str:
    return "rule filters" if len(rules) == 1 else f"{len(rules):,} rules filter"
