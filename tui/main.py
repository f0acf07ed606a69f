"""The command `avasam`."""


def main() -> None:
    """Run."""
