"""Request and webhook signatures (tiktok-shop-api §3 and §10; proven against contract/sign-vectors.json)."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

_UNSIGNED: Final = frozenset({"sign", "access_token"})


def string_to_sign(path: str, query: Mapping[str, str], body: bytes, content_type: str, secret: str) -> bytes:
    """The bytes under the signature: secret, path, sorted key-value pairs, body as sent, secret.

    `query` holds decoded values; `path` is the URL's path alone. A multipart body is not signed.
    """
    pairs = "".join(f"{key}{query[key]}" for key in sorted(query, key=str.encode) if key not in _UNSIGNED)
    multipart = content_type.partition(";")[0].strip().lower() == "multipart/form-data"
    return b"".join(
        (secret.encode(), path.encode(), pairs.encode(), b"" if multipart else body, secret.encode())
    )


def sign(
    path: str,
    query: Mapping[str, str],
    secret: str,
    *,
    body: bytes = b"",
    content_type: str = "application/json",
) -> str:
    """The `sign` parameter: lowercase hex of HMAC-SHA256 keyed with the app secret."""
    message = string_to_sign(path, query, body, content_type, secret)
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def webhook_signature(app_key: str, secret: str, body: bytes) -> str:
    """What TikTok puts into the Authorization header of a webhook, without a scheme."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()


def is_webhook_genuine(app_key: str, secret: str, body: bytes, header: str) -> bool:
    """Whether a webhook came from TikTok, compared in constant time."""
    return hmac.compare_digest(webhook_signature(app_key, secret, body).encode(), header.strip().encode())
