"""What a request to Avasam must hold: fields by their exact names, whose casing differs from call to call."""

import re
from typing import Any

import orjson

from core.sandbox.nesting import is_too_deep

Body = dict[str, Any]


class Refused(Exception):
    """A call that is answered with an HTTP status and a message in place of data."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def read_body(data: bytes) -> Body:
    """The JSON object of a request. Refused 400 for anything else."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "The request body is not JSON.") from error
    if not isinstance(body, dict) or is_too_deep(body):
        raise Refused(400, "The request body is not an object, or too deep.")
    return body


def text(body: Body, name: str) -> str:
    """A required text that is not blank. Refused 400 without it."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Refused(400, f"The field {name} is required.")
    return value


def whole(body: Body, name: str, *, least: int = 0) -> int:
    """A required whole number. Refused 400 without it or below `least`."""
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(400, f"The field {name} is required and must be a whole number.")
    if value < least:
        raise Refused(400, f"The field {name} must be {least} or more.")
    return value


def digits(body: Body, name: str) -> int:
    """A required positive number in a string of digits, e.g. "25". Refused 400 without it."""
    value = text(body, name)
    if not re.fullmatch("[0-9]{1,9}", value) or int(value) < 1:
        raise Refused(400, f"The field {name} must be a positive number in a string.")
    return int(value)
