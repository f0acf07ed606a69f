"""Places where a test may let the process die, to prove that every step of a commit can be survived.

`AVASAM_CRASH_AT=commit.appended` kills the process with SIGKILL the first time it gets there,
`AVASAM_CRASH_AT=commit.appended:3` the third time. Unarmed, a step costs one comparison.
"""

import itertools
import os
import signal

POINTS = (
    "commit.locked",
    "commit.encoded",
    "commit.appended",
    "commit.synced",
    "commit.applied",
    "commit.unlocked",
    "tail.saved",
    "tail.cut",
    "compact.begun",
    "compact.snapshot-written",
    "compact.snapshot-synced",
    "compact.journal-synced",
    "compact.directory-synced",
    "compact.renamed",
    "compact.rename-synced",
    "compact.old-unlinked",
)
"""Every step by name, in the order in which a process passes them."""

_name, _, _count = os.environ.get("AVASAM_CRASH_AT", "").partition(":")
_armed = _name or None
_visits = itertools.count(1)
_fatal = int(_count or 1)


def reach(point: str) -> None:
    """Pass a named step; die here when a test armed it."""
    if _armed is not None and point == _armed and next(_visits) == _fatal:
        os.kill(os.getpid(), signal.SIGKILL)
