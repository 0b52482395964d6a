"""What another process takes of the machine."""

import psutil  # type: ignore[import-untyped]  # it has no hints of its own


def cpu_seconds(pid: int) -> float:
    """Return the seconds of processor the process has taken so far: all threads, the kernel too."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def resident_bytes(pid: int) -> int:
    """Return the memory the process holds now, in bytes."""
    return int(psutil.Process(pid).memory_info().rss)
