"""The calls about filters: of a subscription (v0), and of an environment (v1) (platform-api.md §3.7, §3.8)."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from redox_tui.simulator.answers import Refused, raw, wrapped
from redox_tui.simulator.compact import dump
from redox_tui.simulator.directory_routes import check_environment
from redox_tui.simulator.filter_records import v0_filter, v1_filter, v1_link, versions_of
from redox_tui.simulator.filter_store import FilterStore, Saved, Subscription, content_of
from redox_tui.simulator.paging import listed
from redox_tui.simulator.parameters import body_of
from redox_tui.simulator.world import World


def filter_routes(world: World) -> list[Route]:
    """The routes of both versions, whichever generation the logs speak."""
    old, new = _SubscriptionFilters(world), _Filters(world)
    of_subscription = "/platform/v0/subscriptions/{subscription}/filters"
    filters, links = "/platform/v1/operations/filters", "/platform/v1/operations/filterLinks"
    return [
        Route(of_subscription, old.list, methods=["GET"]),
        Route(of_subscription, old.save, methods=["POST"]),
        Route(of_subscription + "/{filter}", old.delete, methods=["DELETE"]),
        Route("/platform/v1/environments/{environment}/operations/filters", new.list, methods=["GET"]),
        Route(filters, new.create, methods=["POST"]),
        Route(filters + "/{filter}", new.get, methods=["GET"]),
        Route(filters + "/{filter}", new.update, methods=["PUT"]),
        Route(filters + "/{filter}", new.delete, methods=["DELETE"]),
        Route(filters + "/{filter}/restore", new.restore, methods=["POST"]),
        Route(filters + "/{filter}/links", new.link, methods=["POST"]),
        Route(links + "/{link}", new.get_link, methods=["GET"]),
        Route(links + "/{link}", new.unlink, methods=["DELETE"]),
    ]


@dataclass(frozen=True, slots=True)
class _SubscriptionFilters:
    """v0: answers without `meta`, one filter a subscription."""

    world: World

    async def list(self, request: Request) -> Response:
        subscription = self._subscription(request)
        found = [saved for saved in self._store.filters.values() if _was_at(saved, subscription)]
        return raw(dump({"payload": {"filters": [v0_filter(one) for one in _shown(request, found)]}}))

    async def save(self, request: Request) -> Response:
        subscription = self._subscription(request)
        fields = (await body_of(request)).get("filter")
        if not isinstance(fields, dict):
            raise Refused(400, "filter is required.")
        content, filter_id = content_of(fields), fields.get("id")
        if filter_id is not None:
            saved = self._store.update(self._here(subscription, str(filter_id)).id, content, self.world.moment)
            return raw(dump({"payload": {"filter": v0_filter(saved)}}))
        environment = fields.get("environmentId")
        if environment not in [one.id for one in self.world.environments]:
            raise Refused(400, "environmentId is required.")
        if self._store.at(subscription):
            raise Refused(409, "The subscription has a filter already; it takes one.")
        saved = self._store.create(content, str(environment), self.world.moment)
        self._store.link(saved.id, subscription, self.world.moment)
        return raw(dump({"payload": {"filter": v0_filter(self._store.get(saved.id))}}))

    async def delete(self, request: Request) -> Response:
        subscription = self._subscription(request)
        saved = self._here(subscription, request.path_params["filter"])
        if saved.link:
            self._store.unlink(saved.link.id, self.world.moment)
        self._store.delete(saved.id, self.world.moment)
        message = "Successfully removed filter from subscription"
        return raw(dump({"message": message, "filterId": saved.id, "subscriptionId": subscription.id}))

    @property
    def _store(self) -> FilterStore:
        return self.world.filters

    def _subscription(self, request: Request) -> Subscription:
        return self._store.subscription(request.path_params["subscription"])

    def _here(self, subscription: Subscription, filter_id: str) -> Saved:
        saved = self._store.alive(filter_id)
        if saved.link is None or saved.link.subscription is not subscription:
            raise Refused(404, "The subscription has no filter with this id.")
        return saved


@dataclass(frozen=True, slots=True)
class _Filters:
    """v1: filters of an environment, which links attach to a subscription."""

    world: World

    async def list(self, request: Request) -> Response:
        environment = check_environment(self.world, request)
        own = [saved for saved in self._store.filters.values() if saved.environment == environment.id]
        found = [saved for saved in own if _fits(saved, request)]
        return listed(request, "filters", [v1_filter(one) for one in _shown(request, found)])

    async def create(self, request: Request) -> Response:
        body = await body_of(request)
        match body.get("environment"):
            case {"id": str(environment)} if environment in [one.id for one in self.world.environments]:
                saved = self._store.create(content_of(body), environment, self.world.moment)
                return _answer(saved)
        raise Refused(400, "environment.id is required.")

    async def get(self, request: Request) -> Response:
        return _answer(self._store.get(request.path_params["filter"]))

    async def update(self, request: Request) -> Response:
        content = content_of(await body_of(request))
        return _answer(self._store.update(request.path_params["filter"], content, self.world.moment))

    async def delete(self, request: Request) -> Response:
        self._store.delete(request.path_params["filter"], self.world.moment)
        return wrapped(dump({"message": "The filter was deleted."}))

    async def restore(self, request: Request) -> Response:
        """Save the content of another version as a new one. Whether Redox numbers that anew is not documented."""
        saved = self._store.alive(request.path_params["filter"])
        number = (await body_of(request)).get("version")
        wanted = next((version for version in saved.versions if version.number == number), None)
        if wanted is None:
            raise Refused(404, "The filter has no such version.")
        previous = v1_filter(saved)
        if request.query_params.get("dryRun") == "true":
            restored = {**previous, **_content_fields(v1_filter(_at(saved, wanted.number)))}
        else:
            restored = v1_filter(self._store.update(saved.id, wanted.content, self.world.moment))
        return raw(dump({"previous": previous, "current": restored}))

    async def link(self, request: Request) -> Response:
        match await body_of(request):
            case {"source": {"id": str(source)}, "destination": {"id": str(destination)}, "dataModel": str(model)}:
                key = (source, destination, model)
            case _:
                raise Refused(400, "source.id, destination.id and dataModel are required.")
        subscription = next((one for one in self._store.subscriptions.values() if one.key == key), None)
        if subscription is None:
            raise Refused(404, "There is no subscription of this source, destination and data model.")
        link = self._store.link(request.path_params["filter"], subscription, self.world.moment)
        return wrapped(dump({"filterLink": v1_link(link)}))

    async def get_link(self, request: Request) -> Response:
        return wrapped(dump({"filterLink": v1_link(self._store.find_link(request.path_params["link"]))}))

    async def unlink(self, request: Request) -> Response:
        self._store.unlink(request.path_params["link"], self.world.moment)
        return wrapped(dump({"message": "The filter link was deleted."}))

    @property
    def _store(self) -> FilterStore:
        return self.world.filters


def _answer(saved: Saved) -> Response:
    return wrapped(dump({"filter": v1_filter(saved)}))


def _shown(request: Request, found: list[Saved]) -> list[Saved]:
    """The living filters; with `showDeleted` deleted ones and older versions too (platform-api.md §3.7)."""
    if request.query_params.get("showDeleted") != "true":
        return [saved for saved in found if not saved.deleted]
    return [version for saved in found for version in versions_of(saved)]


def _was_at(saved: Saved, subscription: Subscription) -> bool:
    return any(link.subscription is subscription for link in saved.links)


def _fits(saved: Saved, request: Request) -> bool:
    """Whether a filter fits `name` (a part of it), `dataModel`, `sourceId`, `destinationId` and `connectionId`."""
    asked = request.query_params
    if asked.get("name", "").casefold() not in saved.current.content.name.casefold():
        return False
    places = [link.subscription for link in saved.links]
    for name in ("dataModel", "sourceId", "destinationId", "connectionId"):
        wanted = asked.get(name)
        if wanted and not any(wanted in _ends(place, name) for place in places):
            return False
    return True


def _ends(place: Subscription, name: str) -> tuple[str, ...]:
    source, destination, model = place.key
    return {"dataModel": (model,), "sourceId": (source,), "destinationId": (destination,)}.get(
        name, (source, destination)
    )


def _at(saved: Saved, number: int) -> Saved:
    return next(one for one in versions_of(saved) if one.current.number == number)


def _content_fields(record: dict[str, object]) -> dict[str, object]:
    return {name: record[name] for name in ("name", "action", "rules")}
