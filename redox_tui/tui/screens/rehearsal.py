"""What a draft would do to sample messages, shown while it is typed."""

import asyncio
from collections.abc import Callable, Sequence

from textual import on, work

from redox_tui.domain.fields import Fields, fields_of
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filters import Filter, FilterLink, explain
from redox_tui.domain.impact import Changed
from redox_tui.domain.live_impact import SampleSet
from redox_tui.domain.logs import Log
from redox_tui.domain.models import DATA_MODELS
from redox_tui.domain.problem import Problem
from redox_tui.domain.subscriptions import Subscription
from redox_tui.tui import sampling
from redox_tui.tui.dialogs import changes
from redox_tui.tui.dialogs.changes import ChangesDialog, SampleDialog
from redox_tui.tui.dialogs.one_line import OneLineDialog
from redox_tui.tui.dialogs.pick import PickDialog
from redox_tui.tui.filter_messages import DraftJudged, EditFilter, FieldsArrived, JudgingGoesOn, SamplesArrived
from redox_tui.tui.impact_live import DEBOUNCE, Judged, LiveImpact
from redox_tui.tui.messages import Locked
from redox_tui.tui.sampling import Gathered
from redox_tui.tui.screens.draft import DraftScreen
from redox_tui.tui.services import Services
from redox_tui.tui.widgets.impact_table import ImpactTable
from redox_tui.tui.widgets.path_input import PathField

_NO_SAMPLES = "no sample messages: s chooses some"


class RehearsalScreen(DraftScreen):
    """A draft with its impact. `loaded` gives the logs that a list has on hand, newest first."""

    def __init__(self, services: Services, place: str, wanted: EditFilter, loaded: Callable[[], Sequence[Log]]) -> None:
        super().__init__(services, place, wanted)
        self._loaded = loaded
        self._live = LiveImpact()
        self._samples = SampleSet()
        self._samples_words = _NO_SAMPLES
        self._judged: tuple[Draft, Judged] | None = None
        self._fields = Fields()
        link = next(iter(self._draft.base.live_links), None)
        self._subject: FilterLink | Subscription | None = wanted.subscription or link
        self._model = (self._subject.data_model if self._subject else None) or ""

    def on_mount(self) -> None:
        self._learn()
        self.changed()

    def changed(self) -> None:
        if not len(self._samples):
            self.query_one(ImpactTable).say(self._samples_words)
        else:
            self.query_one(ImpactTable).say("…", keeps_figures=True)
        self._judge(self._draft)

    async def seen(self, path: str) -> dict[str, int]:
        return await self._live.seen(path, self._samples)

    def stop_reading(self) -> bool:
        """Stop reading sample messages; whether any were being read."""
        is_reading = any(worker.group == "editor.samples" and not worker.is_finished for worker in self.workers)
        self.workers.cancel_group(self, "editor.samples")
        return is_reading

    async def judge_now(self, draft: Draft) -> Judged:
        """What there is to say of a draft, worked out for somebody who waits."""
        return await self._live.judge(draft, self._samples, self._fields, lambda progress: None)

    @property
    def samples_words(self) -> str:
        """Where the samples are from, or why there are none."""
        return self._samples_words

    @property
    def sample_count(self) -> int:
        return len(self._samples)

    @work(group="editor.impact", exclusive=True)
    async def _judge(self, draft: Draft) -> None:
        await asyncio.sleep(DEBOUNCE)

        def tell(progress: tuple[int, int]) -> None:
            self.post_message(JudgingGoesOn(draft, *progress))

        judged = await self._live.judge(draft, self._samples, self._fields, tell)
        self.post_message(DraftJudged(draft, judged))

    @on(DraftJudged)
    def _take_judgement(self, message: DraftJudged) -> None:
        if message.draft.texts is not self._draft.texts or message.draft.base is not self._draft.base:
            return
        judged = message.judged
        self._judged = (message.draft, judged)
        self.set_remarks(judged.remarks)
        table = self.query_one(ImpactTable)
        if judged.impact and judged.proposed:
            table.show(judged.impact, judged.proposed.rules)
        elif len(self._samples) and judged.problem:
            table.say(f"not known yet: {judged.problem}")
        self._mark()

    @on(JudgingGoesOn)
    def _show_progress(self, message: JudgingGoesOn) -> None:
        if message.draft is self._draft and message.total > 1:
            share = 100 * message.done // message.total
            words = f"{share} % of {len(self._samples):,} messages looked at …"
            self.query_one(ImpactTable).say(words, keeps_figures=True)

    def _mark(self) -> None:
        """Mark the rules that there is something to say of, and count for the others."""
        judged = self._judged[1] if self._judged else None
        marks: dict[int, bool] = {}
        for remark in judged.remarks if judged else ():
            if remark.rule:
                marks[remark.rule] = marks.get(remark.rule, False) or remark.is_error
        counts = judged.impact.rules if judged and judged.impact else None
        self._rules.judge(counts, marks, self._samples_words)

    def action_model(self) -> None:
        self._choose_model()

    @work(group="editor.model", exclusive=True)
    async def _choose_model(self) -> None:
        chosen = await self.ask(PickDialog("Fields of which data model?", DATA_MODELS))
        if chosen is not None:
            self._model = DATA_MODELS[chosen]
            self._learn()

    @work(group="editor.fields", exclusive=True)
    async def _learn(self) -> None:
        """Know the fields of the data model, and those that samples have."""
        samples = self._samples
        known = await asyncio.to_thread(fields_of, self._model) if self._model else Fields()
        self.post_message(FieldsArrived(known))
        if len(samples):
            self.post_message(FieldsArrived(await self._live.learn(samples, known)))

    @on(FieldsArrived)
    def _take_fields(self, message: FieldsArrived) -> None:
        self._fields = self.query_one(PathField).fields = message.fields
        self._judge(self._draft)

    @work(group="editor.samples", exclusive=True)
    async def action_samples(self) -> None:
        """Choose sample messages: of logs, of files, or none."""
        self.take_typed()
        choices: list[tuple[str, str]] = []
        place = self._subject
        logs = sampling.over(place, self._loaded()) if place else []
        if logs:
            count = min(len(logs), sampling.MOST_LOGS)
            choices.append(("loaded", f"{count:,} loaded logs of this subscription"))
        if place:
            words = f"the latest logs of this subscription, {sampling.DAYS} days, {sampling.MOST_LOGS} at most"
            choices.append(("latest", words))
        choices += [("files", "a file or a folder: JSON, NDJSON"), ("none", "none")]
        question = "Sample messages: patient data, in memory until you leave or lock; each log is a request"
        chosen = await self.ask(PickDialog(question, [words for _, words in choices]))
        if chosen is None:
            return
        try:
            gathered = await self._gather(choices[chosen][0], logs)
        except Problem as problem:
            self.complain(f"No messages were read: {problem}")
        else:
            if gathered:
                self.post_message(SamplesArrived(gathered))

    async def _gather(self, way: str, logs: list[Log]) -> Gathered | None:
        if way == "none":
            return Gathered(SampleSet(), _NO_SAMPLES)
        if way == "files":
            path = await self.ask(OneLineDialog("A file or a folder of messages", "~/messages"))
            if not path:
                return None
            self.complain(f"reading {path} … esc stops", error=False)
            return await sampling.of_files(path, {self._model} - {""})
        client = await self._services.client()
        if way == "latest" and self._subject:
            self.complain("looking for the latest logs … esc stops", error=False)
            logs = await sampling.latest(client, self._subject, self._services.clock())
        self.complain(
            f"reading {min(len(logs), sampling.MOST_LOGS):,} messages, behind everything else … esc stops", error=False
        )
        return await sampling.of_logs(client, logs)

    @on(SamplesArrived)
    def _take_samples(self, message: SamplesArrived) -> None:
        if self._services.is_locked:
            return
        self._notice = None
        self._hold(message.gathered.samples, message.gathered.words)
        self._learn()

    @on(Locked)
    def _drop_samples(self) -> None:
        """Samples, and what is known from them, are patient data."""
        for group in ("editor.samples", "editor.impact", "editor.fields"):
            self.workers.cancel_group(self, group)
        had = len(self._samples)
        self._fields = self.query_one(PathField).fields = Fields()
        self._hold(SampleSet(), "the lock has dropped the sample messages: s reads them again" if had else _NO_SAMPLES)
        self._learn()

    def on_unmount(self) -> None:
        self._samples, self._judged = SampleSet(), None

    def _hold(self, samples: SampleSet, words: str) -> None:
        self._samples, self._samples_words, self._judged = samples, words, None
        self._mark()
        self.changed()
        self._say()

    @work(group="editor.changes", exclusive=True)
    async def action_changes(self) -> None:
        """List the messages that change; one of them can be opened."""
        self.take_typed()
        if not self._judged or self._judged[0].texts is not self._draft.texts or not self._judged[1].impact:
            why = "not yet" if len(self._samples) else self._samples_words
            self.complain(f"There is no impact to list: {why}.", error=False)
            return
        draft, judged = self._judged
        impact, proposed, samples = judged.impact, judged.proposed, self._samples
        if not impact or not proposed:
            return
        if not impact.changed:
            words = f"None of {impact.messages:,} sample messages would be treated differently."
            self.complain(words, error=False)
            return
        title = f"{len(impact.changed):,} of {impact.messages:,} sample messages would be treated differently"
        cursor: int | None = 0
        while True:
            listing = ChangesDialog(
                title, impact.changed, samples.names, lambda one: changes.why(one, draft.current, proposed), cursor or 0
            )
            cursor = await self.ask(listing)
            if cursor is None:
                return
            if not await self._open_sample(impact.changed[cursor], draft.current or Filter(""), proposed, samples):
                return

    async def _open_sample(self, one: Changed, current: Filter, proposed: Filter, samples: SampleSet) -> bool:
        """Show a message; False where a lock has taken it away."""
        message = samples.message(one.index)
        text = await asyncio.to_thread(changes.pretty, message)
        verdicts = explain(current, message), explain(proposed, message)
        was_left: bool | None = await self.ask(SampleDialog(samples.names[one.index], text, *verdicts))
        return bool(was_left)
