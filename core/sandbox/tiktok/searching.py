"""One page of a search: rows by time, filtered, with a token for the next page (tiktok-shop-api §8, §11)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.sandbox.calls import Call
from core.sandbox.index import Timed, TimeIndex, Window
from core.sandbox.paging import Place, fingerprint, place_of, token_at
from core.sandbox.wire import Refusal

T = TypeVar("T", bound=Timed)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of one page, the token of the next (empty at the end), and how many rows there are in all."""

    rows: list[T]
    next_token: str
    total: int


def search(
    call: Call,
    index: TimeIndex[T],
    window: Window,
    *,
    size: int,
    fits: Callable[[T], bool] | None = None,
    descending: bool = False,
    first_rows: int | None = None,
) -> Page[T]:
    """The page that the call's token asks for. Rows that change in between move, as the real ones do.

    Refusal 12052180 for a page that would go past `first_rows` results.
    """
    shop = call.shop_or_none.id if call.shop_or_none else ""
    query = fingerprint(call.operation.id, shop, call.body, window.field, descending)
    place = place_of(call.query.get("page_token", ""), query)
    if first_rows is not None and place.passed + size > first_rows:
        raise Refusal(12052180, f"The search would pass {first_rows} results: split it by time")
    rows: list[T] = []
    last, token = place.after, ""
    for key, item in index.walk(window, after=place.after, descending=descending):
        if fits is not None and not fits(item):
            continue
        if len(rows) == size:
            token = token_at(Place(last, place.passed + size), query)
            break
        rows.append(item)
        last = key
    return Page(rows, token, index.count(window, fits))


def bounds(body: dict[str, Any], field: str, *, inclusive: bool = False) -> tuple[int, int]:
    """The half-open range that `<field>_ge` with `_lt` (orders) or `_le` (products) asks for."""
    start = body.get(f"{field}_ge", 0)
    if inclusive:
        return start, body.get(f"{field}_le", 2**61) + 1
    return start, body.get(f"{field}_lt", 2**62)
