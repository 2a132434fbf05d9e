"""Balancer: one address for several hosts. Each connection goes to the next one that takes it; what breaks then is not tried again."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count

BYTES_AT_ONCE = 1 << 16
# A host that is cut off says nothing, not even no.
SECONDS_TO_CONNECT = 0.3


@contextmanager
def balancer(port: int, hosts: Sequence[tuple[str, int]]) -> Iterator[None]:
    """Listens on `port`, and hands over to the addresses and ports of the hosts."""
    loop = asyncio.new_event_loop()
    turns = count()

    async def hand_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        turn = next(turns)
        for position in range(len(hosts)):
            with suppress(OSError):
                theirs = await asyncio.wait_for(asyncio.open_connection(*hosts[(turn + position) % len(hosts)]), SECONDS_TO_CONNECT)
                await asyncio.gather(_copy(reader, theirs[1]), _copy(theirs[0], writer))
                return
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(hand_over, "127.0.0.1", port))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while some := await reader.read(BYTES_AT_ONCE):
            writer.write(some)
            await writer.drain()
    writer.close()
