"""The parts of a multipart body: text fields and file bytes by name."""

import logging
from io import BytesIO
from typing import Any

from core.sandbox.wire import Refusal

# What is wrong with a body is told in the reply; the library would write it to standard error as well.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def form_of(body: bytes, content_type: str) -> dict[str, str | bytes]:
    """Fields as text, files as bytes. Refusal 98001004 for a body that is not what its header says."""
    from python_multipart import parse_form
    from python_multipart.exceptions import FormParserError

    parts: dict[str, str | bytes] = {}

    def on_field(field: Any) -> None:
        parts[_name(field.field_name)] = (field.value or b"").decode("utf-8", "replace")

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        parts[_name(file.field_name)] = file.file_object.read()
        file.close()

    try:
        parse_form({"Content-Type": content_type.encode()}, BytesIO(body), on_field, on_file)
    except (FormParserError, ValueError) as error:
        raise Refusal(98001004, "Invalid request body: not multipart/form-data") from error
    return parts


def _name(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
