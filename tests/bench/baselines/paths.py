"""The least that an impact can cost: the bare JSONPath library on the same paths. Prints milliseconds of CPU."""

import sys
import time

import jsonpath_rfc9535

from tests.bench.messages import PATHS, parsed


def main(count: int) -> None:
    messages, queries = parsed(count), [jsonpath_rfc9535.compile(path) for path in PATHS]
    begun = time.process_time()
    for message in messages:
        for query in queries:
            query.find(message)
    print(1000 * (time.process_time() - begun))


if __name__ == "__main__":
    main(int(sys.argv[1]))
