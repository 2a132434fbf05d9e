"""A clock that many processes share and that runs faster than the world: leases end within seconds, and ten minutes are soon over."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

VARIABLE = "CHAOS_CLOCK"


@dataclass(frozen=True)
class FastClock:
    """It said `start` when the machine had run for `began` seconds, and goes `speed` times as fast."""

    start: datetime
    began: float
    speed: float

    @classmethod
    def starting(cls, start: datetime, speed: float) -> "FastClock":
        return cls(start.astimezone(UTC), time.monotonic(), speed)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "FastClock":
        start, began, speed = environment[VARIABLE].split(" ")
        return cls(datetime.fromisoformat(start), float(began), float(speed))

    def __str__(self) -> str:
        return f"{self.start.isoformat()} {self.began} {self.speed}"

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self.began) * self.speed)
