"""Children that do not outlive us."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def ending_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that has the kernel send the child a signal when we die, however we die.

    "We" are the thread that starts the child: start children from a thread that lives as long as the process.
    Only Linux has this; elsewhere the function does nothing.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # died before the call
            os._exit(1)

    return tie
