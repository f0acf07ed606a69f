"""One page of a search: rows by time, filtered, with a token for the next page (tiktok-shop-api §8, §11)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from core.sandbox.calls import Call
from core.sandbox.index import Key, Timed, TimeIndex, Window
from core.sandbox.paging import Place, fingerprint, place_of, token_at
from core.sandbox.wire import Refusal

T = TypeVar("T")
Row = TypeVar("Row", bound=Timed)
UNBOUND = frozenset(
    {"page_token", "page_size", "app_key", "timestamp", "sign", "shop_cipher", "access_token"}
)
"""What may differ between two pages of one search."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The rows of one page, the token of the next (empty at the end), and how many rows there are in all."""

    rows: list[T]
    next_token: str
    total: int


def search(
    call: Call,
    index: TimeIndex[Row],
    window: Window,
    *,
    size: int,
    fits: Callable[[Row], bool] | None = None,
    descending: bool = False,
    first_rows: int | None = None,
) -> Page[Row]:
    """The page that the call's token asks for. Rows that change in between move, as the real ones do.

    Refusal 12052180 for a page that would go past `first_rows` results.
    """
    shop = call.shop_or_none.id if call.shop_or_none else ""
    query = fingerprint(call.operation.id, shop, call.body, window.field, descending)
    place = place_of(call.query.get("page_token", ""), query)
    if first_rows is not None and place.passed + size > first_rows:
        raise Refusal(12052180, f"The search would pass {first_rows} results: split it by time")
    rows: list[Row] = []
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


def listed(
    call: Call,
    rows: Iterable[tuple[Key, T]],
    *,
    size: int,
    descending: bool = False,
    token: str | None = None,
) -> Page[T]:
    """The page that the call's token asks for, of `rows` that have no index: ordered by their keys.

    A page begins behind the last row of the page before, so that rows which come or go in between neither
    repeat nor hide others. `token` is the token of a call that has it elsewhere than in the query.
    """
    shop = call.shop_or_none.id if call.shop_or_none else ""
    choice = {name: value for name, value in call.query.items() if name not in UNBOUND}
    query = fingerprint(call.operation.id, shop, {**call.body, "pagination": None}, choice)
    place = place_of(call.query.get("page_token", "") if token is None else token, query)
    ordered = sorted(rows, key=lambda row: row[0], reverse=descending)
    left = [row for row in ordered if place.after is None or _is_behind(row[0], place.after, descending)]
    shown = left[:size]
    token = token_at(Place(shown[-1][0], place.passed + size), query) if len(left) > size else ""
    return Page([item for _, item in shown], token, len(ordered))


def _is_behind(key: Key, after: Key, descending: bool) -> bool:
    return key < after if descending else key > after


def bounds(body: dict[str, Any], field: str, *, inclusive: bool = False) -> tuple[int, int]:
    """The half-open range that `<field>_ge` with `_lt` (orders) or `_le` (products) asks for."""
    start = body.get(f"{field}_ge", 0)
    if inclusive:
        return start, body.get(f"{field}_le", 2**61) + 1
    return start, body.get(f"{field}_lt", 2**62)
