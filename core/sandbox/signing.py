"""TikTok's request signature, checked from the documented rule (tiktok-shop-api §3)."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

UNSIGNED = frozenset({"sign", "access_token"})


def string_to_sign(
    secret: str, path: str, query: Iterable[tuple[str, str]], *, body: bytes, content_type: str
) -> bytes:
    """The bytes under the signature: secret, path, sorted key+value pairs, body unless multipart, secret."""
    pairs = sorted((key.encode(), value.encode()) for key, value in query if key not in UNSIGNED)
    signed_body = b"" if is_multipart(content_type) else body
    edge = secret.encode()
    return b"".join([edge, path.encode(), *(key + value for key, value in pairs), signed_body, edge])


def is_multipart(content_type: str) -> bool:
    """Whether a media type is the one whose body stays out of the signature."""
    return _media(content_type) == "multipart/form-data"


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON, in whatever case and with whatever parameters."""
    return _media(content_type) == "application/json"


def _media(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def signature(
    secret: str, path: str, query: Iterable[tuple[str, str]], *, body: bytes, content_type: str
) -> str:
    """The lowercase hex HMAC-SHA256 that a request must carry in `sign`."""
    message = string_to_sign(secret, path, query, body=body, content_type=content_type)
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def is_signed(
    secret: str, path: str, query: Sequence[tuple[str, str]], *, body: bytes, content_type: str
) -> bool:
    """Whether `sign` fits. A list sent as repeated keys may be signed key by key or comma-joined."""
    given = next((value for key, value in query if key == "sign"), "").encode()
    return any(
        hmac.compare_digest(
            signature(secret, path, form, body=body, content_type=content_type).encode(), given
        )
        for form in _forms(query)
    )


def _forms(query: Sequence[tuple[str, str]]) -> Iterable[Sequence[tuple[str, str]]]:
    yield query
    joined: dict[str, list[str]] = {}
    for key, value in query:
        joined.setdefault(key, []).append(value)
    if len(joined) != len(query):
        yield [(key, ",".join(values)) for key, values in joined.items()]
