"""The sandbox's memory of consents: codes, access tokens and refresh tokens (tiktok-shop-api §2)."""

import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from core.sandbox.model import Seller
from core.sandbox.settings import Settings
from core.sandbox.wire import Refusal


@dataclass(slots=True)
class Code:
    """One authorisation code: whose consent it stands for and until when (Unix seconds)."""

    open_id: str
    expires: int


@dataclass(slots=True)
class Token:
    """One access or refresh token. `rotated` is when a refresh replaced it, if one did."""

    open_id: str
    expires: int
    scopes: list[str]
    revoked: bool = False
    rotated: int | None = None


@dataclass(slots=True)
class Consents:
    """Every code and token ever issued that may still be shown to the sandbox."""

    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)

    def issue_code(self, seller: Seller, settings: Settings, now: int) -> str:
        """A fresh code for this seller's consent."""
        code = f"ROW_{secrets.token_urlsafe(48)}"
        self.codes[code] = Code(seller.open_id, now + settings.code_lifetime)
        return code

    def spend_code(self, code: str, now: int) -> str:
        """The open_id that consented; a code works once. Refusal 36004004 if used, expired or unknown."""
        found = self.codes.pop(code, None)
        if found is None or found.expires <= now:
            raise Refusal(36004004, "Invalid authorization code. The 'auth_code' is used, expired or wrong")
        return found.open_id

    def issue_pair(self, open_id: str, scopes: list[str], settings: Settings, now: int) -> dict[str, Any]:
        """A fresh access and refresh token, as the data of the token reply: both times are Unix seconds."""
        access, refresh = f"ROW_{secrets.token_urlsafe(40)}", f"ROW_{secrets.token_urlsafe(36)}"
        self.access[access] = Token(open_id, now + settings.access_token_lifetime, list(scopes))
        self.refresh[refresh] = Token(open_id, now + settings.refresh_token_lifetime, list(scopes))
        return {
            "access_token": access,
            "access_token_expire_in": self.access[access].expires,
            "refresh_token": refresh,
            "refresh_token_expire_in": self.refresh[refresh].expires,
        }

    def rotate(self, refresh: str, settings: Settings, now: int) -> tuple[str, dict[str, Any], list[str]]:
        """Replace a refresh token by a new pair: (open_id, pair, scopes). Refusal 36004004 for a dead one."""
        token = self.refresh.get(refresh)
        if token is None or token.revoked or token.expires <= now:
            raise Refusal(
                36004004, "Invalid 'refresh_token'. It is wrong, expired or its consent was revoked"
            )
        if token.rotated is not None and now >= token.rotated + settings.refresh_grace:
            raise Refusal(36004004, "Invalid 'refresh_token'. It was already used")
        if token.rotated is None:
            token.rotated = now
        return token.open_id, self.issue_pair(token.open_id, token.scopes, settings, now), token.scopes

    def revoke(self, open_id: str | None = None) -> int:
        """End the consent of one seller, or of all: how many tokens died."""
        dead = [
            token
            for token in (*self.access.values(), *self.refresh.values())
            if open_id in {None, token.open_id} and not token.revoked
        ]
        for token in dead:
            token.revoked = True
        return len(dead)

    def expire(self, now: int, *, access: bool, refresh: bool) -> int:
        """Let every living access or refresh token end now: how many did."""
        tokens = (*(self.access.values() if access else ()), *(self.refresh.values() if refresh else ()))
        living = [token for token in tokens if token.expires > now]
        for token in living:
            token.expires = now
        return len(living)

    def dump(self) -> dict[str, Any]:
        """Everything as plain JSON values."""
        return asdict(self)

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Consents":
        """The reverse of `dump`."""
        return cls(
            {key: Code(**value) for key, value in data["codes"].items()},
            {key: Token(**value) for key, value in data["access"].items()},
            {key: Token(**value) for key, value in data["refresh"].items()},
        )
