"""What can go wrong with reading the inventory, by what should be done about it::

InventoryError
├── InventoryUnreachable    no connection, or the service failed: it is tried again by itself
├── InventoryThrottled      too many calls; `retry_after` seconds when the service says
├── InventoryRefused        keys or rights are missing: a person must act
│   └── InventoryDeclined   the service read the call and said no to its content
└── InventoryUnreadable     the answer or the file is not what was promised

Every one of them means that nothing was changed.
"""


class InventoryError(Exception):
    """`what` happened, `why`, and what to do now (`cure`). Never holds a key, a token or a whole URL."""

    def __init__(self, what: str, why: str, cure: str) -> None:
        super().__init__(what, why, cure)
        self.what = what
        self.why = why
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.what} {self.why} {self.cure}"


class InventoryUnreachable(InventoryError):
    """There was no connection, it broke, or the service failed on its own."""


class InventoryThrottled(InventoryError):
    """The service wants fewer calls; `retry_after` is the pause in seconds that it asked for."""

    def __init__(self, what: str, why: str, cure: str, *, retry_after: float | None = None) -> None:
        super().__init__(what, why, cure)
        self.retry_after = retry_after


class InventoryRefused(InventoryError):
    """The keys are wrong, a right is missing, or the service refused the call as such."""


class InventoryDeclined(InventoryRefused):
    """The service answered with an ErrorCode other than 0; `said` are its own words, cleaned."""

    def __init__(self, what: str, why: str, cure: str, *, said: str) -> None:
        super().__init__(what, why, cure)
        self.said = said


class InventoryUnreadable(InventoryError):
    """What came is not the JSON, CSV or list of products that it should be."""
