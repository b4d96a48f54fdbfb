"""Pages read as `logs --all` does, without printing them. Prints CPU seconds and seconds."""

import asyncio
import sys
import time
from contextlib import aclosing

from redox_tui.api.auth import GivenToken
from redox_tui.api.client import PlatformClient
from redox_tui.api.walk import walk
from redox_tui.domain.connection import Connection
from redox_tui.domain.search import LogSearch


async def main(url: str, token: str, organization: str, pages: int, at_once: int) -> None:
    client = PlatformClient(Connection(url, organization), lambda _: GivenToken(token))
    begun, cpu = time.perf_counter(), time.process_time()
    async with aclosing(client), aclosing(walk(client.logs, LogSearch(), at_once=at_once)) as batches:
        async for _ in batches:
            pages -= 1
            if not pages:
                break
    print(time.process_time() - cpu, time.perf_counter() - begun)


if __name__ == "__main__":
    url, token, organization, pages, at_once = sys.argv[1:]
    asyncio.run(main(url, token, organization, int(pages), int(at_once)))
