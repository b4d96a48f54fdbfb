"""The least that reading pages can cost: a bare httpx loop that parses the same JSON. Prints its CPU seconds."""

import asyncio
import json
import sys
import time

import httpx


async def main(url: str, token: str, organization: str, pages: int) -> None:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
        begun = time.process_time()
        for page in range(1, pages + 1):
            path = f"{url}/platform/v1/organizations/{organization}/logs"
            answer = await client.get(path, params={"_page": page, "_count": 50})
            assert json.loads(answer.content)["payload"]["results"]
        print(time.process_time() - begun)


if __name__ == "__main__":
    url, token, organization, pages = sys.argv[1:]
    asyncio.run(main(url, token, organization, int(pages)))
