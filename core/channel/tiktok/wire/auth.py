"""Tokens and the shops they open."""

from core.channel.tiktok.wire.base import Id, Reply


class TokenData(Reply):
    """Both token calls answer this; `*_expire_in` are absolute Unix seconds (§2)."""

    access_token: str
    access_token_expire_in: int
    refresh_token: str
    refresh_token_expire_in: int
    open_id: str = ""
    seller_name: str = ""
    seller_base_region: str = ""
    user_type: int = 0
    granted_scopes: tuple[str, ...] = ()


class ShopWire(Reply):
    """One shop that an authorisation covers."""

    id: Id
    name: str = ""
    region: str = ""
    seller_type: str = ""
    cipher: str
    code: str = ""


class AuthorisedShops(Reply):
    """GET /authorization/202309/shops."""

    shops: tuple[ShopWire, ...] = ()
