"""Where filters are listed: v1 has them by environment, so where the connection names none, somebody chooses one."""

from abc import abstractmethod

from textual import on, work
from textual.events import ScreenResume
from textual.screen import Screen

from redox_tui.api.errors import PlatformError
from redox_tui.domain import environments
from redox_tui.domain.filters import Filter
from redox_tui.domain.logs import Environment
from redox_tui.domain.production import kind
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.filter_changes import MODE
from redox_tui.tui.filter_messages import EnvironmentChosen, EnvironmentsFailed
from redox_tui.tui.messages import EnvironmentsArrived, Unlocked, reason
from redox_tui.tui.services import Services


class FilterPlaceScreen(Screen[None]):
    """A screen of one environment, and what is known of that and of others."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._environments: tuple[Environment, ...] | None = None
        self._chosen: Environment | None = None
        self._has_asked = False
        self.nowhere = ""
        """Why it is not known where to ask, where that could not be read."""

    @abstractmethod
    def place_changed(self) -> None:
        """More is known of the environment; or it is another one, and nothing of the one before may stay."""

    @property
    def environment(self) -> Environment | None:
        """The environment of these filters as far as it is known; of several at once one that counts as production."""
        found = self._environments or ()
        if self._chosen:
            return self._chosen
        if wanted := self._services.connection.environment:
            return environments.by_id(found, wanted)
        return environments.as_one(found) if self.is_whole or len(found) == 1 else None

    @property
    def is_whole(self) -> bool:
        """Whether these are the filters of the whole organization: v0 without an environment lists those."""
        connection = self._services.connection
        return connection.filters == "v0" and not connection.environment

    @property
    def is_placed(self) -> bool:
        """Whether it is known where to ask."""
        return bool(self._services.connection.environment or self.is_whole or self.environment)

    @property
    def asked_by(self) -> str | None:
        """The environment that the calls name, None where the connection says enough."""
        if self._chosen or self._services.connection.environment:
            return self._chosen.id if self._chosen else None
        return (self.environment.id or None) if self.environment else None

    @property
    def has_environments(self) -> bool | None:
        """Whether this credential sees any environment, None where that has not been read."""
        return None if self._environments is None else bool(self._environments)

    def environment_of(self, one: Filter) -> Environment | None:
        """The environment of a filter, None where it is not known."""
        if one.environment is None:
            return self.environment
        return environments.by_id(self._environments or (), one.environment)

    def is_here(self, one: Filter) -> bool:
        """Whether a filter belongs to what is listed, as far as that is known."""
        here = self.asked_by or self._services.connection.environment
        return one.environment is None or here is None or one.environment.casefold() == here.casefold()

    def find_environments(self) -> None:
        """Read the environments, where that has not worked yet."""
        if self._environments is None:
            self._find_environments()

    @work(group="filters.environments", exclusive=True)
    async def _find_environments(self) -> None:
        try:
            client = await self._services.client()
            found = await client.directory.environments()
        except PlatformError as error:
            self.post_message(EnvironmentsFailed(reason(error)))
        else:
            self.post_message(EnvironmentsArrived(found))

    @on(EnvironmentsArrived)
    def _take_environments(self, message: EnvironmentsArrived) -> None:
        self._environments, self.nowhere = message.environments, ""
        self._ask_where()
        self.place_changed()

    @on(EnvironmentsFailed)
    def _note_no_environments(self, message: EnvironmentsFailed) -> None:
        self.nowhere = message.reason
        self.place_changed()

    @on(Unlocked)
    def _look_again(self) -> None:
        self.find_environments()

    @on(ScreenResume)
    def _ask_where(self) -> None:
        """Ask for the environment once; afterwards there is a key for it."""
        if self._environments and not self.is_placed and not self._has_asked and self.is_current:
            self._has_asked = True
            self._choose()

    def action_environment(self) -> None:
        if self._environments:
            self._choose()

    @work(group="filters.choice", exclusive=True)
    async def _choose(self) -> None:
        known = self._environments or ()
        labels = [f"{one.name or one.id}  {kind(one.flag)}" for one in known]
        question = "Filters are listed by environment. Of which?"
        chosen = await self.app.push_screen_wait(PickDialog(question, labels), mode=MODE)
        if chosen is not None:
            self.post_message(EnvironmentChosen(known[chosen]))

    @on(EnvironmentChosen)
    def _go_there(self, message: EnvironmentChosen) -> None:
        self._chosen = message.environment
        self.place_changed()
