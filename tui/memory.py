"""What is read once and stays is kept out of the garbage collector's sight.

With 100,000 rows in memory every full collection looks at all of them, which holds the keyboard for a tenth
of a second; nothing of them is garbage before the program ends.
"""

import gc


def settle() -> None:
    """Everything that is there now stays: later collections look only at what comes after."""
    gc.freeze()
