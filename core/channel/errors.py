"""What can go wrong with a sales channel, by what should be done about it (tiktok-shop-api §5)::

ChannelError
├── Retryable               nothing happened, or it may safely happen again
│   ├── RateLimited         slow down; `retry_after` seconds when the channel says
│   ├── ServerFault         the channel's fault
│   └── Unreachable         no connection, or it broke
├── LostReply               a write was sent and its outcome is unknown: look before repeating
├── UnreadableReply         an answer that is not what the contract says
├── TokenExpired            refresh once, then repeat
├── NeedsReauthorisation    the merchant must consent again
├── PermissionNeeded        a person must act in Partner Center or Seller Center
├── ClientBug               our request is wrong; never repeated
│   └── ClockSkew           this machine's clock is off
├── DataRefused             the merchant's data must change; `area` says which
├── StaleState              our copy is out of date; read again
└── Refused                 a refusal that no list knows
"""

from typing import ClassVar


class ChannelError(Exception):
    """A refusal or failure of the channel: `what` happened, `cure` says what to do now.

    `code` is the channel's own code, `request_id` what its support asks for. Never holds a URL or a token.
    """

    cure: ClassVar[str] = "Look at Activity for the details and try again."

    def __init__(self, what: str, *, code: int | None = None, request_id: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        return self.what if self.code is None else f"{self.what} ({self.code})"


class Retryable(ChannelError):
    """May be repeated after a pause; `retry_after` is the pause in seconds that the channel asked for."""

    cure = "Nothing: it is tried again by itself."

    def __init__(
        self,
        what: str,
        *,
        code: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, code=code, request_id=request_id)
        self.retry_after = retry_after


class RateLimited(Retryable):
    """Too many calls: the pace is lowered and the call repeated."""


class ServerFault(Retryable):
    """The channel's own service failed."""


class Unreachable(Retryable):
    """There was no connection, or it broke before an answer came to a call that may be repeated."""

    cure = "Check the network. It is tried again by itself."


class LostReply(ChannelError):
    """A call that must not be repeated blindly was sent, and no readable answer came."""

    cure = "Nothing yet: the next sync looks what became of it before it repeats anything."


class UnreadableReply(ChannelError):
    """The answer was not JSON, was cut short, or lacked what the contract promises."""

    cure = "It is tried again by itself. If it stays, report it with the request id."


class TokenExpired(ChannelError):
    """The access token has expired; it is refreshed once and the call repeated."""


class NeedsReauthorisation(ChannelError):
    """The authorisation was revoked or has run out."""

    cure = "Open the integration and choose Reauthorize: the merchant must give consent again."


class PermissionNeeded(ChannelError):
    """A scope, an approval or an active shop is missing."""

    cure = "A person has to act in TikTok's Seller Center or Partner Center."


class ClientBug(ChannelError):
    """TikTok found our request wrong; repeating it would change nothing."""

    cure = "This is a fault of this program or its settings: report it with the request id."


class ClockSkew(ClientBug):
    """The request's time is outside TikTok's window of 5 minutes behind to 30 seconds ahead."""

    cure = "Set this machine's clock (for example: timedatectl set-ntp true), then sync again."


class DataRefused(ChannelError):
    """The merchant's data must change first; `area` is product, price, inventory or order."""

    cure = "Correct the field that the message names, then try again."

    def __init__(
        self, what: str, *, area: str, code: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(what, code=code, request_id=request_id)
        self.area = area


class StaleState(ChannelError):
    """The channel's state differs from what we believed: a product is gone or has another status."""

    cure = "Download the shop's listings again; what changed is then shown."


class Refused(ChannelError):
    """A refusal with a code that nobody has listed yet."""

    cure = "The message is the channel's own. Report it with the request id if it is not clear."
