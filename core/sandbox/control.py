"""The control API: what a test or a demonstration does to the sandbox behind the wire's back.

It asks for no credentials and is never faulted or logged. Bad input is answered 400 with `{"error": words}`.
"""

from collections.abc import Callable
from typing import Any

import orjson

from core.sandbox import control_world
from core.sandbox.calls import Incoming
from core.sandbox.control_state import state_of
from core.sandbox.runtime import Sandbox
from core.sandbox.wire import Reply, json_reply

JSON = dict[str, Any]
Handler = Callable[[Sandbox, Incoming, JSON], JSON]
LAST_SECOND = 7_258_118_400
"""The year 2200: a clock far beyond it would be past what calendars, and so every reply, can write."""


def answer(sandbox: Sandbox, request: Incoming) -> Reply:
    """The reply to one control request."""
    path = request.path.removeprefix("/control").rstrip("/")
    handler = ROUTES.get((request.method, path))
    try:
        if handler is not None:
            return json_reply(200, handler(sandbox, request, _body(request)))
        kind, _, item_id = path.removeprefix("/").partition("/")
        if request.method == "POST" and item_id and kind in ITEMS:
            return json_reply(200, ITEMS[kind](sandbox, item_id, _body(request)))
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        return json_reply(400, {"error": str(error)})
    known = _known()
    if (request.method, path) == ("GET", ""):
        return json_reply(200, {"controls": known})
    return json_reply(404, {"error": f"no such control; there are {', '.join(known)}"})


def _known() -> list[str]:
    return [
        *(f"{method} /control{name}" for method, name in sorted(ROUTES)),
        *(f"POST /control/{kind}/ID" for kind in ITEMS),
    ]


def _body(request: Incoming) -> JSON:
    if not request.body:
        return {}
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body


def _set_fault(sandbox: Sandbox, _request: Incoming, body: JSON) -> JSON:
    return {"id": sandbox.faults.add(body).id}


def _list_faults(sandbox: Sandbox, _request: Incoming, _body: JSON) -> JSON:
    return {"faults": sandbox.faults.all()}


def _clear_faults(sandbox: Sandbox, _request: Incoming, _body: JSON) -> JSON:
    return {"cleared": sandbox.faults.clear()}


def _read_log(sandbox: Sandbox, request: Incoming, _body: JSON) -> JSON:
    return sandbox.log.after(int(request.first("after") or 0))


def _clear_log(sandbox: Sandbox, _request: Incoming, _body: JSON) -> JSON:
    sandbox.log.clear()
    return {}


def _read_state(sandbox: Sandbox, request: Incoming, _body: JSON) -> JSON:
    sandbox.settle()
    return state_of(sandbox, request.first("shop"))


def _move_clock(sandbox: Sandbox, _request: Incoming, body: JSON) -> JSON:
    if len(body) != 1 or not body.keys() <= {"advance", "set"}:
        raise ValueError('either {"advance": seconds} or {"set": unix seconds}')
    (how, seconds), *_ = body.items()
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        raise ValueError(f"{how} must be a whole number of seconds")
    moment = seconds if how == "set" else sandbox.now() + seconds
    if not 0 <= moment <= LAST_SECOND:
        raise ValueError(f"the clock goes from 0 to {LAST_SECOND} Unix seconds, not to {moment}")
    sandbox.offset += moment - sandbox.now()
    sandbox.revision += 1
    return {"now": sandbox.now(), "moved": sandbox.settle()}


def _revoke(sandbox: Sandbox, _request: Incoming, body: JSON) -> JSON:
    open_id = body.get("open_id")
    if open_id is not None and sandbox.seller(open_id) is None:
        raise ValueError(f"no seller has the open_id {open_id!r}")
    sandbox.revision += 1
    return {"revoked": sandbox.consents.revoke(open_id)}


def _expire(sandbox: Sandbox, _request: Incoming, body: JSON) -> JSON:
    access, refresh = bool(body.get("access")), bool(body.get("refresh"))
    if not (access or refresh):
        raise ValueError('say what expires: {"access": true}, {"refresh": true} or both')
    sandbox.revision += 1
    return {"expired": sandbox.consents.expire(sandbox.now(), access=access, refresh=refresh)}


def _change_settings(sandbox: Sandbox, _request: Incoming, body: JSON) -> JSON:
    sandbox.settings.change(body)
    sandbox.revision += 1
    return sandbox.settings.as_dict()


ROUTES: dict[tuple[str, str], Handler] = {
    ("POST", "/faults"): _set_fault,
    ("GET", "/faults"): _list_faults,
    ("DELETE", "/faults"): _clear_faults,
    ("GET", "/log"): _read_log,
    ("DELETE", "/log"): _clear_log,
    ("GET", "/state"): _read_state,
    ("POST", "/clock"): _move_clock,
    ("POST", "/revoke"): _revoke,
    ("POST", "/expire"): _expire,
    ("POST", "/settings"): _change_settings,
    ("GET", "/settings"): lambda sandbox, _request, _body: sandbox.settings.as_dict(),
    ("POST", "/orders"): lambda sandbox, _request, body: control_world.make_orders(sandbox, body),
    ("POST", "/stock"): lambda sandbox, _request, body: control_world.set_stock(sandbox, body),
    ("POST", "/prices"): lambda sandbox, _request, body: control_world.set_prices(sandbox, body),
}
ITEMS: dict[str, Callable[[Sandbox, str, JSON], JSON]] = {
    "orders": control_world.move_order,
    "reviews": control_world.review,
}
"""What is done to one order or one product, by its id."""
