"""The product's own synthetic messages: invented people and plausible codes in the shapes of Redox's data models.

The shapes are those of platform-api.md §5. Every message says `Meta.Test: true`, so that none can be taken for
a real person's.
"""

from collections.abc import Callable, Sequence
from random import Random

from redox_tui.domain.filters import Rule
from redox_tui.simulator.compact import dump
from redox_tui.simulator.log import Log
from redox_tui.simulator.payloads import clinical, fhir, fitting, orders, scheduling, visits
from redox_tui.simulator.payloads.parts import Json, meta

Builder = Callable[[Log, Random], Json]

_BUILDERS: dict[str, Builder] = {
    "PatientAdmin": visits.patient_admin,
    "PatientSearch": visits.patient_search,
    "Scheduling": scheduling.appointment,
    "Order": orders.order,
    "Results": orders.results,
    "Notes": clinical.note,
    "Clinical Summary": clinical.summary,
    "FHIR.Encounter": fhir.encounter,
}


def message_of(log: Log, rng: Random, rules: Sequence[Rule] = ()) -> bytes:
    """The message of a log as compact JSON; `null` for an UNKNOWN log, which never had one (platform-api.md §4.1).

    Where the log was dealt as filtered, one of the rules does not hold; what they are is a filter's own.
    """
    if log.route.data_model is None:
        return b"null"
    message = {"Meta": meta(log), **_BUILDERS[log.route.data_model](log, rng)}
    if rules and log.dealt == "filtered":
        fitting.break_one(message, rules[: fitting.BREAKABLE], log.index)
    return dump(message)
