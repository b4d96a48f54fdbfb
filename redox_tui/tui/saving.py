"""What is said around saving a filter: what it will do and to what, why it cannot be done, how it went."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from redox_tui.api.safe_write import Saved
from redox_tui.domain import filter_consequences
from redox_tui.domain.consent import Consequence, consequence
from redox_tui.domain.filter_diff import differences, rule_line
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filters import Filter, FilterLink
from redox_tui.domain.impact import Impact
from redox_tui.domain.lint import Remark, errors
from redox_tui.domain.subscriptions import Subscription

KEPT: Final = "What you typed is kept."
NOTHING: Final = "There is nothing to save."
_MOST_LINES: Final = 200
_MOST_REMARKS: Final = 2


def acts_on(filter_: Filter, subscription: Subscription | None) -> str:
    """What a filter acts on, or that it does nothing."""
    if subscription:
        return link_to(subscription).words
    if filter_.live_links:
        return ", ".join(link.words for link in filter_.live_links)
    return f"subscription {filter_.subscription}" if filter_.subscription else ""


def link_to(place: Subscription) -> FilterLink:
    """The link that lets a filter act on a subscription."""
    return FilterLink(source=place.source, destination=place.destination, data_model=place.data_model)


def to_save(
    draft: Draft,
    proposed: Filter,
    target: str,
    impact: tuple[Impact | None, str],
    notice: str,
    flag: str | None,
    remarks: Sequence[Remark] = (),
) -> Consequence:
    """What saving a draft would do; `impact` comes with where its samples are from, or why there are none.

    The difference may be longer than the screen, so it comes last.
    """
    acts = f"It acts on {target}, at once." if target else "It is linked to nothing, so it does nothing."
    lines = [acts, _impact(*impact), *_sentence(notice), *_remarked(remarks), *_changes(draft.current, proposed)]
    title = (
        f"Create the filter “{proposed.name}”?" if draft.is_new else f"Save “{draft.base.name}”{_versions(draft.base)}?"
    )
    return consequence(title, lines, flag, proposed.name if draft.is_new else draft.base.name, draft.base.id)


def to_restore(
    base: Filter, would: Filter, version: int | None, impact: tuple[Impact | None, str], notice: str, flag: str | None
) -> Consequence:
    """What restoring a version would do; `would` is the filter as the server says that it would be then."""
    title, lines = filter_consequences.of_restoring(base, would, version)
    return consequence(title, [_impact(*impact), *_sentence(notice), *lines], flag, base.name, base.id)


def obstacle(draft: Draft, *, read_only: bool) -> str:
    """Why a draft cannot be saved, in words; empty where it can."""
    if read_only:
        return "This is the read-only mode: nothing is saved."
    proposed = draft.proposed
    wrong = draft.unread if proposed is None else errors(proposed)
    if wrong:
        return f"It cannot be saved. {wrong[0]}"
    if proposed and draft.current and not differences(draft.current, proposed):
        return NOTHING
    return ""


def was_saved(saved: Saved, done: str, *, is_linked: bool = True) -> str:
    """How a change went; `done` is what was done, in a word or two."""
    version = f" as version {saved.filter.filter_version}" if saved.filter.filter_version else ""
    said = f"{done}{version}. {saved.words}".strip()
    return said if is_linked else f"{said} It does nothing until it is linked: l in the list."


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, roughly."""
    if then is None:
        return ""
    passed = max(now - then, timedelta())
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if passed.total_seconds() >= seconds:
            return f"{passed.total_seconds() // seconds:,.0f} {unit} ago"
    return "just now"


def _changes(current: Filter | None, proposed: Filter) -> Iterator[str]:
    if current:
        lines = differences(current, proposed)
    else:
        lines = [f"action {proposed.action}", *(f"+ rule {n} {rule_line(r)}" for n, r in enumerate(proposed.rules, 1))]
    yield from lines[:_MOST_LINES]
    if len(lines) > _MOST_LINES:
        yield f"and {len(lines) - _MOST_LINES:,} more changes"


def _impact(found: Impact | None, samples: str) -> str:
    if found is None:
        return f"What it does to messages is not known: {samples}."
    return (
        f"Of {samples}: delivered {found.delivered_now:,} → {found.delivered_proposed:,}, "
        f"filtered {found.filtered_now:,} → {found.filtered_proposed:,}."
    )


def _remarked(remarks: Sequence[Remark]) -> Iterator[str]:
    yield from (f"remark: {remark}" for remark in remarks[:_MOST_REMARKS])
    if len(remarks) > _MOST_REMARKS:
        yield f"and {len(remarks) - _MOST_REMARKS:,} more remarks, each said at its rule"


def _sentence(notice: str) -> list[str]:
    return [f"{notice[:1].upper()}{notice[1:]}."] if notice else []


def _versions(base: Filter) -> str:
    return f", version {base.filter_version} → {base.filter_version + 1}" if base.filter_version else ""
