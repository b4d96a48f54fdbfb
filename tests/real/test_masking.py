"""Pseudonyms in the messages that Redox publishes: nothing of a patient is left, and the shape is the same."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from redox_tui.domain.masking import Mask
from tests.real.given import messages, text_of

MASK = Mask(b"the key of these tests")
PERSONAL = re.compile(
    r"FirstName|MiddleName|LastName|DOB|SSN|Home|Office|Mobile|Phone|Email|StreetAddress|City|County|ZIP|ID|EHRID|AttemptID"
    r"|.*Number|.*DateTime|Text|Notes|FileContents|Data|Race|Ethnicity|Religion|MaritalStatus|Reason|.*Date"
)
"""Names of fields whose values are a patient's, or lead to one."""

_PARTIES = re.compile(r"\$\.Meta\.(Source|Destinations)\.(ID|Name)")


def leaves(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    else:
        yield path, value


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value)


@pytest.mark.parametrize("name", messages())
def test_no_value_of_a_patient_is_left_in_a_message(name: str) -> None:
    message = json.loads(text_of(messages()[name]))
    found = MASK.message(json.dumps(message))
    kept = [
        str(value)
        for path, value in leaves(message)
        if PERSONAL.fullmatch(path.rpartition(".")[2]) and not _PARTIES.fullmatch(path) and isinstance(value, str | int)
    ]
    values = {value for value in kept if len(value) >= 5}
    parties = json.dumps(json.loads(found)["Meta"])
    left = {value for value in values if json.dumps(value)[1:-1] in found.replace(parties, "")}
    assert left - {"True", "False"} == set()


@pytest.mark.parametrize("name", messages())
def test_a_masked_message_has_the_same_shape_and_is_the_same_each_time(name: str) -> None:
    message = json.loads(text_of(messages()[name]))
    found = json.loads(MASK.message(json.dumps(message)))
    assert shape(found) == shape(message)
    assert json.loads(MASK.message(json.dumps(message))) == found
    assert found["Meta"]["DataModel"] == message["Meta"]["DataModel"]
    assert found["Meta"]["EventType"] == message["Meta"]["EventType"]
