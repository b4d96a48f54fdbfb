"""What a process that holds secrets does first: no other process of this user may look into it (security.md CS-11)."""

import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def harden() -> None:
    """No core dump, no debugger, no reading of /proc/PID/environ; as far as the system has such a switch."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
