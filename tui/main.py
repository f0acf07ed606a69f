"""The command `avasam`: screens without a command, commands otherwise.

The screens start before anything heavy is imported; commands import what they use.
"""

import sys

_SCREEN_FLAGS = frozenset({"--sandbox", "--read-only", "--ascii", "--no-mouse"})


def main() -> None:
    """Start the screens, or run a command."""
    arguments = sys.argv[1:]
    if set(arguments) <= _SCREEN_FLAGS:
        from tui.start import start_screens

        sys.exit(start_screens(frozenset(arguments)))
    if arguments == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"avasam {version('avasam-tui')}\n")
        return
    if arguments[:1] == ["--sandbox"]:
        _join_sandbox()
        del sys.argv[1]
    from tui.commands import app

    app()


def _join_sandbox() -> None:
    """`avasam --sandbox COMMAND`: a command on the shop of a running `avasam --sandbox`."""
    from tui.sandbox import SandboxFailed, join

    try:
        join()
    except SandboxFailed as error:
        sys.stderr.write(f"avasam: {error}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
