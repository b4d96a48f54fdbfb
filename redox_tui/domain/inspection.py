"""What the log inspector says: a log's message, run through today's settings one operation at a time, sent nowhere."""

from dataclasses import dataclass, field

from redox_tui.domain.logs import Log, Operation


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a dry run (platform-api.md §3.6).

    `did` is what the server says that it did, in the server's words. `before` and `after` are the message's own text
    around it, None where the answer has none; `problem` says what of the record was unreadable.
    """

    operation: Operation
    name: str | None = None
    did: str | None = None
    before: str | None = field(default=None, repr=False)
    after: str | None = field(default=None, repr=False)
    problem: str | None = None

    @property
    def changed(self) -> bool | None:
        """Whether the message is another one after it; None where that cannot be told."""
        return None if self.before is None or self.after is None else self.before != self.after


@dataclass(frozen=True, slots=True)
class Inspection:
    """The steps of a dry run in their order, with the log that it was about as far as the answer describes it."""

    steps: tuple[Step, ...]
    log: Log | None = None

    @property
    def message(self) -> str | None:
        """The message as it came in: what the first operation that shows one was given."""
        return next((step.before for step in self.steps if step.before is not None), None)
