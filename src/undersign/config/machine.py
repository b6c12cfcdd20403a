"""What machine this is, for results that are kept."""

import os
import platform
from collections.abc import Mapping
from pathlib import Path

import psutil


def machine() -> Mapping[str, object]:
    """Describe where numbers are from; memory in GiB."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )
