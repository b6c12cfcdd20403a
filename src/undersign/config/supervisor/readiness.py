"""Wait for the site to answer."""

import asyncio
import urllib.error
import urllib.request

LOOK_EVERY = 0.25  # seconds
ANSWER_WITHIN = 5  # seconds


async def wait_until_ready(url: str) -> None:
    """Wait until the address answers with 200, as long as that takes."""
    while not await asyncio.to_thread(answers, url):  # noqa: ASYNC110 nobody can tell us but the answer itself
        await asyncio.sleep(LOOK_EVERY)


def answers(url: str) -> bool:
    """Say whether a GET of the address is answered with 200 now. Proxies are for other machines."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=ANSWER_WITHIN) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
