import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class TokenBucket:
    """Slows down keys that come too often; it never refuses.

    A key may do `burst` things at once and `rate` a second after that. Every call is counted, those told
    to wait too, but nobody waits longer than `max_wait` seconds. Kept in this process and bounded: beyond
    `max_keys` the key not seen for longest is forgotten.

    The bucket is kept as the instant at which it will be full again (the generic cell rate algorithm,
    ITU-T I.371), one number for each key.
    """

    def __init__(
        self,
        *,
        rate: float,
        burst: float,
        max_wait: float = 30.0,
        max_keys: int = 100_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._interval = 1 / rate
        self._tolerance = burst / rate
        self._max_wait = max_wait
        self._max_keys = max_keys
        self._clock = clock
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._full_at)

    def allow(self, key: Hashable, cost: float = 1) -> float:
        """Spend `cost` for `key` and return the seconds to wait before going on; 0 means go."""
        now = self._clock()
        full_at = max(self._full_at.get(key, now), now) + cost * self._interval
        full_at = min(full_at, now + self._tolerance + self._max_wait)
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._max_keys:
            self._full_at.popitem(last=False)
        return max(0.0, full_at - now - self._tolerance)
