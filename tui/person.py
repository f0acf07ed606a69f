"""Who sits at this terminal."""

import getpass


def who() -> str:
    """The account's name, for what is saved in it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
