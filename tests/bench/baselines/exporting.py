"""The least that an export can cost: a bare httpx loop that parses the pages and writes the same bytes."""

import asyncio
import json
import sys
from pathlib import Path

import httpx


async def main(url: str, token: str, organization: str, pages: int, path: Path) -> None:
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
        with path.open("w", encoding="utf-8") as file:
            for page in range(1, pages + 1):
                address = f"{url}/platform/v1/organizations/{organization}/logs"
                answer = await client.get(address, params={"_page": page, "_count": 50})
                for record in json.loads(answer.content)["payload"]["results"]:
                    file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    url, token, organization, pages, path = sys.argv[1:]
    asyncio.run(main(url, token, organization, int(pages), Path(path)))
