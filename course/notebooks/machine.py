"""What a result file says about the machine it was measured on, and a process's peak memory."""

import os
import platform
from importlib import metadata
from pathlib import Path

import psutil


def describe() -> dict[str, str | int | float]:
    """Processor, cores, memory in GB, system and Python; no names of hosts or people."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
    }


SETTINGS = ("ONEDNN_MAX_CPU_ISA", "TF_ENABLE_ONEDNN_OPTS", "OMP_NUM_THREADS", "COURSE_THREADS")


def settings() -> list[str]:
    """What the environment says about how to compute: other settings round differently."""
    found = ((name, os.environ.get(name, "")) for name in SETTINGS)
    return [f"{name}_{value}" for name, value in found if value.isalnum()]


def versions(*packages: str) -> dict[str, str]:
    """The installed versions; packages that are not installed are left out."""
    installed = {d.name.lower() for d in metadata.distributions() if d.name}
    return {name: metadata.version(name) for name in packages if name.lower() in installed}


def peak_bytes(process: psutil.Process | None = None) -> int:
    """Largest resident memory so far of a process, by default this one.

    Linux and Windows remember the peak; elsewhere what is in use now has to do. Not ru_maxrss: on
    Linux that begins with the peak of the process that started this one.
    """
    process = process or psutil.Process()
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8", errors="replace").splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    info = process.memory_info()
    return getattr(info, "peak_wset", info.rss)


def _processor() -> str:
    """Linux names its processor in /proc/cpuinfo; elsewhere the platform module knows it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
