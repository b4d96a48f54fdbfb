"""The impact of a draft of five rules while somebody types, as the editor works it out: in a thread beside the loop.

Prints milliseconds: CPU of the first figures; from the last letter to new figures, without the pause before them and
with it; and how long the loop was kept from a letter while figures were worked out, 99 times of 100 and at most.
"""

import asyncio
import sys
import time
from statistics import quantiles

from redox_tui.domain.fields import Fields, fields_of
from redox_tui.domain.filter_draft import Draft
from redox_tui.domain.filters import Filter, Rule
from redox_tui.domain.live_impact import SampleSet
from redox_tui.domain.samples import Sample
from redox_tui.tui import memory
from redox_tui.tui.impact_live import DEBOUNCE, Judged, LiveImpact
from tests.bench.messages import PATHS, parsed

_BEAT = 0.002


async def main(count: int) -> None:
    memory.hold()
    samples = SampleSet(Sample(str(number), message) for number, message in enumerate(parsed(count)))
    memory.settle()
    base = Filter("f", "send", _rules("Arrival", "F1", "MR"), id="f")
    draft, fields, live = Draft.of(base), fields_of("PatientAdmin"), LiveImpact()
    # As when the editor is opened: what has to be loaded is loaded then.
    await live.judge(draft, SampleSet(), fields, lambda progress: None)
    late: list[float] = []
    beating = asyncio.create_task(_beat(late))
    begun = time.process_time()
    await _judge(live, draft, samples, fields)
    first = time.process_time() - begun
    begun = time.perf_counter()
    # A letter in the values of a rule, and one that makes another path of it.
    await _judge(live, draft.type_values(0, "Arrival, D"), samples, fields)
    letter = time.perf_counter() - begun
    begun = time.perf_counter()
    await asyncio.sleep(DEBOUNCE)
    await _judge(live, draft.type_path(1, "$.Visit.Location.Department"), samples, fields)
    path = time.perf_counter() - begun
    beating.cancel()
    p99 = quantiles(late, n=100, method="inclusive")[-1]
    print(1000 * first, 1000 * letter, 1000 * path, 1000 * p99, 1000 * max(late))


async def _judge(live: LiveImpact, draft: Draft, samples: SampleSet, fields: Fields) -> Judged:
    judged = await live.judge(draft, samples, fields, lambda progress: None)
    assert judged.impact
    assert judged.impact.messages == len(samples)
    return judged


async def _beat(late: list[float]) -> None:
    """How late the loop is each time that it wants to do something, as for a letter."""
    while True:
        due = time.perf_counter() + _BEAT
        await asyncio.sleep(_BEAT)
        late.append(time.perf_counter() - due)


def _rules(*values: str) -> tuple[Rule, ...]:
    return tuple(Rule(path, values, allow=number % 2 == 0) for number, path in enumerate(PATHS))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
