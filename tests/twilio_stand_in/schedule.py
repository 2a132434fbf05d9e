"""Schedule: what the provider does by and by (callbacks, deliveries), in threads of its own, so that no caller waits for it."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

AT_ONCE = 8


class Schedule:
    """Runs each piece of work after so many seconds; on leaving, what is not yet due is dropped."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self.errors: list[BaseException] = []
        self._busy = 0
        self._ended = False
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="provider")
        self._clock = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._clock.join()
        self._pool.shutdown(cancel_futures=True)

    def after(self, seconds: float, work: Callable[[], object]) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (time.monotonic() + seconds, next(self._numbers), work))
            self._changed.notify_all()

    def wait_until_idle(self, seconds: float) -> bool:
        """Whether everything was done within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, seconds)

    def _run(self) -> None:
        with self._changed:
            while not self._ended:
                now = time.monotonic()
                while self._waiting and self._waiting[0][0] <= now:
                    self._busy += 1
                    self._pool.submit(self._do, heapq.heappop(self._waiting)[2])
                self._changed.wait(self._waiting[0][0] - now if self._waiting else None)

    def _do(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - it goes on; whoever looks at the end finds it
            self.errors.append(error)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()
