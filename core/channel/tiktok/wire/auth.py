"""Tokens and the shops they open."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Id, Reply


class TokenData(Reply):
    """Both token calls answer this; `*_expire_in` are absolute Unix seconds (§2)."""

    access_token: str
    access_token_expire_in: int
    refresh_token: str
    refresh_token_expire_in: int
    open_id: Annotated[str, LOOSE] = ""
    seller_name: Annotated[str, LOOSE] = ""
    seller_base_region: Annotated[str, LOOSE] = ""
    user_type: Annotated[int, LOOSE] = 0
    granted_scopes: Annotated[tuple[str, ...], LOOSE] = ()


class ShopWire(Reply):
    """One shop that an authorisation covers."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    region: str = ""
    seller_type: Annotated[str, LOOSE] = ""
    cipher: str
    code: Annotated[str, LOOSE] = ""


class AuthorisedShops(Reply):
    """GET /authorization/202309/shops."""

    shops: Annotated[tuple[ShopWire, ...], EACH] = ()
