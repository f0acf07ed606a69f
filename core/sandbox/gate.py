"""The checks that every TikTok call passes, in TikTok's own order (tiktok-shop-api §3, §4)."""

import re
from typing import Any

import orjson

from core.sandbox import contract
from core.sandbox.calls import Call, Incoming, Operation
from core.sandbox.model import Seller, Shop
from core.sandbox.nesting import DEEPEST, is_too_deep
from core.sandbox.runtime import Sandbox
from core.sandbox.signing import is_json, is_multipart, is_signed
from core.sandbox.tiktok import OPERATIONS
from core.sandbox.tokens import Token
from core.sandbox.wire import Refusal

BEHIND, AHEAD = 300, 30
STAMP = re.compile(r"[0-9]{1,12}")
CODES = {
    ("product_ids", "items"): 12019120,
    ("seller_skus", "items"): 12019027,
    ("sku_ids", "items"): 12019087,
    ("main_images", "items"): 12052306,
    ("sales_attributes", "items"): 12052525,
    ("description", "length"): 12052013,
    ("currency", "enum"): 12052084,
}
"""What breaking a rule of the contract costs, where TikTok has a code of its own for it."""
TOKEN_HEADER = "x-tts-access-token"  # noqa: S105 -- a header's name


def operation_of(request: Incoming) -> tuple[Operation, dict[str, str]]:
    """Which operation a path and method mean. Refusal 36009009 for the path, 36009010 for the method."""
    found = OPERATIONS.find(request.path)
    if found is None:
        raise Refusal(
            36009009,
            "Invalid path. The specified path does not match any available endpoint",
            status=404,
        )
    operations, values = found
    if request.method not in operations:
        raise Refusal(
            36009010, f"Invalid method. '{request.method}' is not supported by this path", status=405
        )
    return operations[request.method], values


def admit(sandbox: Sandbox, request: Incoming, operation: Operation, values: dict[str, str]) -> Call:
    """The call behind a request, or the Refusal of the first check that it fails (form parts come later)."""
    _check_app(sandbox, request)
    _check_signature(sandbox, request)
    token = _check_token(sandbox, request)
    seller = sandbox.seller(token.open_id)
    if seller is None:
        raise _bad_token()
    shop = _check_cipher(request, operation, seller)
    if operation.scope not in token.scopes:
        raise Refusal(
            105005, f"Access denied. The app or the token lacks the scope '{operation.scope}'", status=403
        )
    _check_media(request, operation)
    query = request.lists()
    _check_query(operation, query)
    body = _read_body(request, operation)
    return Call(sandbox, operation, seller, values, query, body, shop_or_none=shop)


def _check_app(sandbox: Sandbox, request: Incoming) -> None:
    key = request.first("app_key")
    if not key:
        raise Refusal(36009004, "Missing credentials. The 'app_key' query parameter is required", status=400)
    if key != sandbox.app_key:
        raise Refusal(36009004, "Invalid credentials. Invalid 'app_key' query parameter", status=400)
    if not request.first("sign"):
        raise Refusal(36009004, "Missing credentials. The 'sign' query parameter is required", status=400)


def _check_signature(sandbox: Sandbox, request: Incoming) -> None:
    stamp = request.first("timestamp") or ""
    if not STAMP.fullmatch(stamp) or not -AHEAD <= sandbox.now() - int(stamp) <= BEHIND:
        raise Refusal(
            36009004,
            "Invalid 'timestamp' query parameter. It must be at most 5 minutes behind and 30 seconds ahead",
            status=400,
        )
    if not is_signed(
        sandbox.app_secret,
        request.path,
        request.query,
        body=request.body,
        content_type=request.content_type,
    ):
        raise Refusal(106001, "Invalid credentials. The 'sign' query parameter is wrong", status=401)


def _bad_token() -> Refusal:
    return Refusal(36009004, f"Invalid credentials. The '{TOKEN_HEADER}' header is invalid", status=401)


def _check_token(sandbox: Sandbox, request: Incoming) -> Token:
    token = sandbox.consents.access.get(request.headers.get(TOKEN_HEADER, ""))
    if token is None or token.revoked:
        raise _bad_token()
    if token.expires <= sandbox.now():
        raise Refusal(105002, "Expired credentials. The access token has expired", status=401)
    return token


def _check_cipher(request: Incoming, operation: Operation, seller: Seller) -> Shop | None:
    cipher = request.first("shop_cipher")
    if not operation.cipher:
        if cipher is not None:
            raise Refusal(36009004, "Unexpected identifier. 'shop_cipher' is not required here", status=400)
        return None
    if not cipher:
        raise Refusal(106013, "Missing 'shop_cipher' query parameter", status=400)
    shop = next((shop for shop in seller.shops if shop.cipher == cipher), None)
    if shop is None:
        raise Refusal(101000, "The 'shop_cipher' does not fit the token's user type or shops", status=401)
    return shop


def _check_media(request: Incoming, operation: Operation) -> None:
    if operation.media == "multipart/form-data":
        if not is_multipart(request.content_type):
            raise Refusal(36009023, "Invalid content type. 'multipart/form-data' is required", status=400)
    elif request.body and operation.media and not is_json(request.content_type):
        raise Refusal(36009022, "Invalid content type. 'application/json' is required", status=400)


def _check_query(operation: Operation, query: dict[str, str]) -> None:
    problem = contract.query_problem(operation.query, query)
    if problem is None:
        return
    product_page = problem.field == "page_size" and operation.path.startswith("/product/")
    raise Refusal(12019109 if product_page else 98001004, problem.message)


def _read_body(request: Incoming, operation: Operation) -> dict[str, Any]:
    if operation.body is None or operation.media == "multipart/form-data":
        return {}
    if not request.body:
        if operation.body["required"]:
            raise Refusal(98001004, "Missing request body")
        return {}
    try:
        value = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise Refusal(98001004, "Invalid request body: not JSON") from error
    if is_too_deep(value):
        raise Refusal(98001004, f"Invalid request body: nested more than {DEEPEST} levels deep")
    problem = contract.body_problem(operation.body["schema"], value)
    if problem:
        raise Refusal(CODES.get((problem.field, problem.rule), 98001004), problem.message)
    read: dict[str, Any] = _without_nulls(value)
    return read


def _without_nulls(value: Any) -> Any:
    """The same with every field that is null left out, however deep: null counts as absent."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value
