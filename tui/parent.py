"""A child process that ends with its parent, also when the parent is killed."""

import os
import sys
import threading
from collections.abc import Callable


def watch_parent(ended: Callable[[], object]) -> None:
    """Call `ended` once standard input, a pipe from the parent, is closed at its other end."""

    def wait() -> None:
        descriptor = sys.stdin.fileno()
        while os.read(descriptor, 4096):
            continue
        ended()

    threading.Thread(target=wait, name="parent watch", daemon=True).start()
