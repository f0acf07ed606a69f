"""From TikTok's codes and messages to the reaction, and nothing secret on the way."""

from typing import Any

import pytest

from core.channel import errors as tree
from core.channel.errors import (
    ChannelError,
    ClientBug,
    ClockSkew,
    DataRefused,
    LostReply,
    NeedsReauthorisation,
    PermissionNeeded,
    RateLimited,
    Refused,
    Retryable,
    ServerFault,
    StaleState,
    TokenExpired,
)
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TRIES
from core.channel.tiktok.errors import CREDENTIALS, error_for
from tests.core.channel.support import TOKEN, contract, refusal, rig

CODES = contract("error-codes.json")
REACTIONS: dict[str, type[ChannelError]] = {
    "rate_limit": RateLimited,
    "server": ServerFault,
    "refresh": TokenExpired,
    "re-authorise": NeedsReauthorisation,
    "permission": PermissionNeeded,
    "client bug": ClientBug,
    "product": DataRefused,
    "price": DataRefused,
    "inventory": DataRefused,
    "order": DataRefused,
    "state": StaleState,
}
SAYS = {
    "access_token": "Invalid credentials. The 'x-tts-access-token' header is invalid.",
    "timestamp": "Invalid credentials. The 'timestamp' query parameter is expired.",
    "missing": "Invalid credentials. Missing 'sign' query parameter.",
    "app_key": "Invalid credentials. Invalid 'app_key' query parameter.",
    "cipher": "Invalid request. Unexpected identifier 'shop_cipher'.",
    "version": "The API version is unsupported.",
    "param": "Invalid parameters. The 'page_size' query parameter is wrong.",
}
SUFFIX = (
    " For more details: https://partner.tiktokshop.com/docv2/page/sign-your-api-request?param=access_token"
)


def _row_id(row: dict[str, Any]) -> str:
    return f"{row['code']}{'#' + row['when'] if 'when' in row else ''}"


@pytest.mark.parametrize("row", CODES, ids=_row_id)
def test_a_known_code_is_the_class_of_its_reaction(row: dict[str, Any]) -> None:
    error = error_for(row["code"], SAYS[row["when"]] if "when" in row else "Something. " + SUFFIX)
    reaction = next(name for name in REACTIONS if row["reaction"].startswith(name))
    expected = ClockSkew if row.get("when") == "timestamp" else REACTIONS[reaction]
    assert type(error) is expected
    assert error.code == row["code"]
    assert row["meaning"] in error.what
    if isinstance(error, DataRefused):
        assert error.area == reaction


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
@pytest.mark.parametrize("row", CODES, ids=_row_id)
async def test_a_known_code_is_reacted_to_as_its_reaction_says(row: dict[str, Any], unsafe: bool) -> None:
    """How often the call went out, and whether the token was renewed, is what a reaction is on the wire."""
    made = rig(refusal(row["code"], SAYS.get(row.get("when", ""), "Something. ") + SUFFIX))
    with pytest.raises(ChannelError) as caught:
        await made.client.call(
            operations.CREATE_PRODUCT if unsafe else operations.WAREHOUSES, wire.Warehouses
        )
    name = next(name for name in REACTIONS if row["reaction"].startswith(name))
    tries = {"rate_limit": TRIES, "server": 1 if unsafe else TRIES, "refresh": 2}.get(name, 1)
    assert len(made.shop.requests) == tries
    assert made.tokens.renewed == ([TOKEN] if name == "refresh" else [])
    expected = {"refresh": NeedsReauthorisation, "server": LostReply if unsafe else ServerFault}
    kind = ClockSkew if row.get("when") == "timestamp" else REACTIONS[name]
    assert type(caught.value) is expected.get(name, kind)
    assert caught.value.code == row["code"]


def test_the_list_that_ships_is_the_list_of_the_contract() -> None:
    from core.channel.tiktok.errors import _table

    listed = {(row["code"], row.get("when")): (row["meaning"], row["reaction"]) for row in CODES}
    assert _table() == listed
    assert len(listed) == len(CODES)


@pytest.mark.parametrize(
    ("message", "kind", "meaning"),
    [
        (SAYS["timestamp"] + SUFFIX, ClockSkew, "fix clock"),
        ("The 'timestamp' query parameter must be within 5 minutes.", ClockSkew, "fix clock"),
        (SAYS["app_key"] + SUFFIX, ClientBug, "app_key unknown"),
        ("Access token is invalid." + SUFFIX, NeedsReauthorisation, "token header invalid"),
        (SAYS["access_token"] + SUFFIX, NeedsReauthorisation, "token header invalid"),
        ("unexpected identifier, shop_cipher is not required", ClientBug, "shop_cipher sent"),
        ("Missing credentials: `sign` is required.", ClientBug, "sign missing"),
        ("Invalid API version.", ClientBug, "API version unsupported"),
        ("Invalid param: page_size." + SUFFIX, ClientBug, "request parameter wrong"),
    ],
)
def test_one_code_for_a_dozen_faults_is_told_apart_by_its_message(
    message: str, kind: type[ChannelError], meaning: str
) -> None:
    error = error_for(CREDENTIALS, message, status=400)
    assert type(error) is kind
    assert meaning in error.what


def test_the_address_behind_a_message_is_neither_shown_nor_searched_for_keywords() -> None:
    error = error_for(CREDENTIALS, "Something else." + SUFFIX, status=400)
    assert type(error) is Refused
    assert str(error) == "TikTok: Something else. (36009004)"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, Refused),
        (400, Refused),
        (401, Refused),
        (429, RateLimited),
        (500, ServerFault),
        (503, ServerFault),
    ],
)
def test_a_code_that_nobody_knows_is_judged_by_the_http_status(status: int, kind: type[ChannelError]) -> None:
    error = error_for(99999999, "New trouble", status=status, retry_after=3, request_id="R")
    assert type(error) is kind
    assert error.request_id == "R"
    assert not isinstance(error, Retryable) or error.retry_after == 3


def test_http_429_is_a_rate_limit_whatever_the_code_says() -> None:
    assert type(error_for(12052261, "busy", status=429)) is RateLimited


def test_a_hostile_message_is_one_short_harmless_line() -> None:
    error = error_for(99999999, "\x1b[31m[red]boom\n\u202e" + "x" * 10_000)
    assert "\x1b" not in str(error)
    assert "\n" not in str(error)
    assert len(str(error)) < 400
    assert "[red]boom" in str(error)


def test_every_error_says_what_to_do_now() -> None:
    kinds = [
        kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, ChannelError)
    ]
    assert all(kind.cure.endswith(".") for kind in kinds)
    assert all(f" {kind.__name__} " in f" {tree.__doc__} ".replace("\n", " ") for kind in kinds)
