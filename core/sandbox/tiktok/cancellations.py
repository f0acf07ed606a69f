"""Cancelling: what buyers ask for, what the seller answers, and the seller's own (tiktok-shop-api §8, §9)."""

import re
from typing import Any

from core.sandbox import life, stock
from core.sandbox.calls import TABLE, Call
from core.sandbox.model import Shop, ShopOrder
from core.sandbox.paging import Place, fingerprint, place_of, token_at
from core.sandbox.runtime import Sandbox
from core.sandbox.tiktok.orders import order_of
from core.sandbox.tiktok.searching import bounds
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
SCOPE = "seller.return_refund.basic"
PENDING, DONE = "CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_COMPLETE"
REFUSED = "CANCELLATION_REQUEST_CANCEL"
REJECT_REASONS = {
    "seller_reject_apply_product_has_been_packed": "The order has already been packed",
    "seller_reject_apply_reach_an_agreement_with_buyer": "Agreed with the buyer to ship",
}
CANCEL_REASONS = (
    "seller_cancel_reason_out_of_stock",
    "seller_cancel_reason_wrong_price",
    "seller_cancel_paid_reason_address_not_deliver",
)
BEFORE_SHIPPING = frozenset({"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT"})
PAGE, MOST = 10, 50


@TABLE.operation("searchCancellations", scope=SCOPE)
def search_cancellations(call: Call) -> JSON:
    """A page of cancellations, the oldest first."""
    body = call.body
    found = [
        (order, case)
        for order in call.shop.orders.values()
        if (case := case_of(order)) is not None and _fits(order, case, body)
    ]
    found.sort(key=lambda item: (item[1]["create_time"], item[1]["cancel_id"]))
    query = fingerprint(call.operation.id, call.shop.id, body)
    begin = place_of(call.query.get("page_token", ""), query).passed
    end = begin + _size(call.query.get("page_size", str(PAGE)))
    return {
        "cancellations": [_view(order, case) for order, case in found[begin:end]],
        "total_count": len(found),
        "next_page_token": token_at(Place((0, ""), end), query) if end < len(found) else "",
    }


@TABLE.operation("approveCancellation", scope=SCOPE)
def approve(call: Call) -> JSON:
    """The seller lets the buyer cancel: the order is cancelled and its stock is for sale again."""
    order, case = _pending(call, call.path["cancel_id"])
    cancel(call.sandbox, call.shop, order, {**case, "cancel_status": DONE})
    return {}


@TABLE.operation("rejectCancellation", scope=SCOPE)
def reject(call: Call) -> JSON:
    """The seller ships all the same; the reason is one of Get Reject Reasons."""
    order, case = _pending(call, call.path["cancel_id"])
    if call.body["reject_reason"] not in REJECT_REASONS:
        raise Refusal(98001004, "Invalid 'reject_reason' parameter")
    _keep(call.sandbox, call.shop, order, {**case, "cancel_status": REFUSED})
    order.extra["is_buyer_request_cancel"] = False
    return {}


@TABLE.operation("getRejectReasons", scope=SCOPE)
def reject_reasons(_call: Call) -> JSON:
    """What a seller may say when refusing."""
    return {"reasons": [{"name": name, "text": text} for name, text in REJECT_REASONS.items()]}


@TABLE.operation("cancelOrder", scope=SCOPE)
def cancel_order(call: Call) -> JSON:
    """The seller cancels a whole order that is not shipped yet."""
    order = order_of(call, call.body["order_id"])
    if order.status not in BEFORE_SHIPPING:
        raise Refusal(25011014, f"The order status {order.status} does not allow the decision")
    if call.body["cancel_reason"] not in CANCEL_REASONS:
        raise Refusal(98001004, "Invalid 'cancel_reason' parameter: take it from the eligibility call")
    case = new_case(order, "SELLER", call.body["cancel_reason"], call.sandbox.now())
    cancel(call.sandbox, call.shop, order, case)
    return {"cancel_id": case["cancel_id"], "cancel_status": DONE}


@TABLE.operation("getAftersaleEligibility", scope=SCOPE)
def eligibility(call: Call) -> JSON:
    """Which lines may be cancelled, and with which reasons."""
    order = order_of(call, call.path["order_id"])
    eligible = order.status in BEFORE_SHIPPING
    why = {} if eligible else {"ineligible_code": 25011014, "ineligible_reason": f"It is {order.status}"}
    by_sku: dict[str, list[str]] = {}
    for line in order.lines:
        by_sku.setdefault(line.sku_id, []).append(line.id)
    return {
        "sku_eligibility": [
            {
                "sku_id": sku_id,
                "line_item_eligibility": [
                    {
                        "request_type": "CANCEL",
                        "order_line_items_ids": line_ids,
                        "eligible": eligible,
                        "available_reason_names": list(CANCEL_REASONS) if eligible else [],
                        **why,
                    }
                ],
            }
            for sku_id, line_ids in by_sku.items()
        ]
    }


def case_of(order: ShopOrder) -> JSON | None:
    """The cancellation of an order: the one kept, or the one that its buyer's flag stands for."""
    kept: JSON | None = order.extra.get("_cancellation")
    if kept is not None or not order.extra.get("is_buyer_request_cancel"):
        return kept
    asked = order.extra.get("request_cancel_time", order.create_time)
    reason = order.extra.get("cancel_reason", "ordered_by_mistake")
    return new_case(order, "BUYER", reason, asked) | {"cancel_status": PENDING}


def new_case(order: ShopOrder, role: str, reason: str, now: int) -> JSON:
    """A cancellation that is done; `role` is BUYER or SELLER."""
    return {
        "cancel_id": f"4{order.id[1:]}",
        "cancel_type": "BUYER_CANCEL" if role == "BUYER" else "CANCEL",
        "cancel_status": DONE,
        "role": role,
        "cancel_reason": reason,
        "create_time": now,
        "update_time": now,
    }


def _size(text: str) -> int:
    """The page size, which the contract types as a string (tiktok-shop-api §9)."""
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= MOST:
        raise Refusal(98001004, f"Invalid 'page_size' parameter: 1 to {MOST}")
    return int(text)


def _fits(order: ShopOrder, case: JSON, body: JSON) -> bool:
    for name, value in (("cancel_ids", case["cancel_id"]), ("order_ids", order.id)):
        if body.get(name) and value not in body[name]:
            return False
    for name, field in (("cancel_types", "cancel_type"), ("cancel_status", "cancel_status")):
        if body.get(name) and case[field] not in body[name]:
            return False
    for field in ("create_time", "update_time"):
        start, end = bounds(body, field)
        if not start <= case[field] < end:
            return False
    return not body.get("buyer_user_ids") or order.extra.get("user_id") in body["buyer_user_ids"]


def _pending(call: Call, cancel_id: str) -> tuple[ShopOrder, JSON]:
    for order in call.shop.orders.values():
        case = case_of(order)
        if case is not None and case["cancel_id"] == cancel_id:
            if case["cancel_status"] != PENDING:
                raise Refusal(25011014, "The cancellation is decided already")
            return order, case
    raise Refusal(98001004, "Invalid 'cancel_id' parameter")


def cancel(sandbox: Sandbox, shop: Shop, order: ShopOrder, case: JSON) -> None:
    """Cancel an order for good: its stock is for sale again, and the case can be found."""
    now = sandbox.now()
    order.status = "CANCELLED"
    order.extra |= {
        "cancel_time": now,
        "cancel_reason": case["cancel_reason"],
        "cancellation_initiator": case["role"],
    }
    for line in order.lines:
        line.display_status = line.package_status = "CANCELLED"
    stock.put_back(shop, order)
    life.schedule_order(sandbox.world, shop, order, None)
    _keep(sandbox, shop, order, case)


def _keep(sandbox: Sandbox, shop: Shop, order: ShopOrder, case: JSON) -> None:
    now = sandbox.now()
    order.extra["_cancellation"] = {**case, "update_time": now}
    order.update_time = now
    sandbox.touch_order(shop, order)


def _view(order: ShopOrder, case: JSON) -> JSON:
    waiting = case["cancel_status"] == PENDING
    deadline = {"action": "SELLER_RESPOND_CANCEL", "deadline": case["create_time"] + 2 * 86_400}
    return {
        **case,
        "order_id": order.id,
        "cancel_reason_text": case["cancel_reason"],
        "seller_next_action_response": [deadline] if waiting else [],
        "cancel_line_items": [
            {
                "cancel_line_item_id": f"4{line.id[1:]}",
                "order_line_item_id": line.id,
                "sku_id": line.sku_id,
                "sku_name": line.sku_name,
                "product_name": line.product_name,
                "seller_sku": line.seller_sku,
            }
            for line in order.lines
        ],
    }
