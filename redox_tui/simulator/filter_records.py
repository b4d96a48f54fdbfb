"""Filters, links and subscriptions as the API writes them: v0 with ids, v1 with objects (§3.7 to §3.9)."""

from collections.abc import Iterator
from dataclasses import replace

from redox_tui.domain.filters import Rule
from redox_tui.simulator import network
from redox_tui.simulator.answers import VERSION
from redox_tui.simulator.filter_store import Change, Link, Saved, Subscription, User
from redox_tui.simulator.moments import timestamp
from redox_tui.simulator.network import Party

Json = dict[str, object]


def versions_of(saved: Saved) -> Iterator[Saved]:
    """A filter, newest version first, then as it was in each older one."""
    for number in range(len(saved.versions), 0, -1):
        yield saved if number == len(saved.versions) else replace(saved, versions=saved.versions[:number])


def v0_filter(saved: Saved) -> Json:
    """A filter of `/v0/subscriptions/{id}/filters`."""
    return {
        **_head(saved),
        "organizationId": network.OWN.id,
        "environmentId": saved.environment,
        **_v0_users(saved.versions[0].saved, saved.current.saved, saved.deleted),
        "filterLinks": [_v0_link(link) for link in saved.links if link.deleted is None],
    }


def v1_filter(saved: Saved) -> Json:
    """A filter of `/v1/operations/filters`."""
    return {
        **_head(saved),
        "organization": _organization(),
        "environment": {"id": saved.environment},
        **_v1_users(saved.versions[0].saved, saved.current.saved, saved.deleted),
        "links": [v1_link(link) for link in saved.links if link.deleted is None],
    }


def v1_link(link: Link) -> Json:
    """A link of `/v1/operations/filterLinks`."""
    subscription = link.subscription
    partner = subscription.source.organization
    return {
        "id": link.id,
        "version": VERSION,
        "organization": _organization(),
        "connectingOrganization": {"id": partner.id, "name": partner.name},
        "source": _party(subscription.source),
        "destination": _party(subscription.destination),
        "dataModel": subscription.data_model,
        "environment": {"id": network.PRODUCTION.id},
        **_times(link.created, link.created, link.deleted),
        **_v1_users(link.created, link.created, link.deleted),
    }


def subscription(one: Subscription) -> Json:
    """A subscription, with the state of its queue; how the API names that is not known (platform-api.md §3.9)."""
    flag = network.PRODUCTION.flag
    return {
        "id": one.id,
        "source": {**_party(one.source), "environmentFlag": flag},
        "destination": {**_party(one.destination), "environmentFlag": flag},
        "dataModel": one.data_model,
        "queueStatus": "running",
        "deletedAt": None,
    }


def _head(saved: Saved) -> Json:
    content = saved.current.content
    return {
        "id": saved.id,
        "filterVersion": saved.current.number,
        "version": VERSION,
        "name": content.name,
        "action": content.action,
        "rules": [_rule(rule) for rule in content.rules],
        "pathType": "jsonpath",
        **_times(saved.versions[0].saved, saved.current.saved, saved.deleted),
    }


def _v0_link(link: Link) -> Json:
    subscription = link.subscription
    return {
        "id": link.id,
        "version": VERSION,
        "organizationId": network.OWN.id,
        "dataModel": subscription.data_model,
        "eventType": link.event_type,
        "destinationId": subscription.destination.id,
        "sourceId": subscription.source.id,
        "filterSettingsId": link.filter_id,
        **_times(link.created, link.created, link.deleted),
        **_v0_users(link.created, link.created, link.deleted),
    }


def _rule(rule: Rule) -> Json:
    return {"path": rule.path, "values": list(rule.values), "allowList": rule.allow}


def _times(created: Change, updated: Change, deleted: Change | None) -> Json:
    return {
        "createdAt": timestamp(created.at),
        "updatedAt": timestamp(updated.at),
        "deletedAt": timestamp(deleted.at) if deleted else None,
    }


def _v0_users(created: Change, updated: Change, deleted: Change | None) -> Json:
    return {
        "creatingUserId": created.by.id,
        "lastUpdatingUserId": updated.by.id,
        "deletingUserId": deleted.by.id if deleted else None,
    }


def _v1_users(created: Change, updated: Change, deleted: Change | None) -> Json:
    return {
        "createdBy": _user(created.by),
        "updatedBy": _user(updated.by),
        "deletedBy": _user(deleted.by) if deleted else None,
    }


def _user(user: User) -> Json:
    return {"id": user.id, "name": user.name}


def _organization() -> Json:
    return {"id": network.OWN.id, "name": network.OWN.name}


def _party(party: Party) -> Json:
    return {"id": party.id, "name": party.name}
