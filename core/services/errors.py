"""What a use case refuses, in words for the person who asked."""


class ServiceError(Exception):
    """`what` was refused and why, and the `cure`. Screens and commands show both."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what}. {self.cure}"


class NotFound(ServiceError):
    """There is no such integration, order or job."""


class NotAllowedNow(ServiceError):
    """The thing exists, but its state forbids this."""


class PartlyDone(ServiceError):
    """A fault stopped it after some was kept; `what` tells how much, `cure` how to go on."""
