"""Whether this machine can show a person a web page, and showing it."""

import asyncio
import getpass
import os
import socket
import sys
import webbrowser
from collections.abc import Mapping


def is_remote(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the person sits at another machine: a browser opened here would open where nobody looks."""
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY") or environ.get("SSH_CLIENT"))


def is_there(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether there is a desktop in front of the person."""
    if is_remote(environ):
        return False
    return platform == "darwin" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


async def show(address: str) -> bool:
    """Open the address; whether a browser said that it would."""
    return await asyncio.to_thread(webbrowser.open, address)


def forwarding_command(port: int) -> str:
    """The line to type at the person's own machine so that its browser reaches a port of this one."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "you"
    return f"ssh -L {port}:127.0.0.1:{port} {user}@{socket.gethostname()}"
