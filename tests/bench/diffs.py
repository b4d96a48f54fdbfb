"""Two payloads of 10 MB compared, each element another. Prints CPU seconds: ours, then `json.loads` of both."""

import json
import time

from redox_tui.domain.diff import compare

_ELEMENTS = 55_000


def payload(salt: int) -> str:
    """A message of 10 MB; another salt is another value in each of its results."""
    results = [
        {
            "Code": f"c{number}",
            "Codeset": "LOINC",
            "Description": f"obs {number}",
            "Value": str(number * 7919 * salt % 1000 / 10),
            "Status": "Final",
            "ReferenceRange": {"Low": 3.5, "High": 12.5, "Text": None},
            "Notes": ["a", "b"],
        }
        for number in range(_ELEMENTS)
    ]
    return json.dumps({"Meta": {"DataModel": "Results"}, "Results": results})


def main() -> None:
    left, right = payload(1), payload(11)
    assert len(left) > 10_000_000
    begun = time.process_time()
    assert len(compare(left, right).lines()) > _ELEMENTS
    ours = time.process_time() - begun
    begun = time.process_time()
    assert json.loads(left) != json.loads(right)
    print(ours, time.process_time() - begun)


if __name__ == "__main__":
    main()
