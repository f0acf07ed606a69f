"""What was asked for and what came of it: job rows, activity entries and lasting problems."""

from enum import StrEnum

from core.models.base import Instant, Model


class JobKind(StrEnum):
    """Everything the worker can be asked to do."""

    SYNC_ORDERS = "sync_orders"
    FULFIL = "fulfil"
    SYNC_STOCK = "sync_stock"
    SYNC_PRICE = "sync_price"
    SYNC_ALL = "sync_all"
    VERIFY = "verify"
    DOWNLOAD_CATALOGUE = "download_catalogue"
    READ_INVENTORY = "read_inventory"
    PUBLISH = "publish"
    UPDATE = "update"
    DELETE = "delete"
    DEACTIVATE = "deactivate"
    ACTIVATE = "activate"


class JobState(StrEnum):
    """queued -> running -> done, failed, cancelled; or waiting for a person's confirmation."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEEDS_CONFIRMATION = "needs_confirmation"


class Job(Model):
    """A write that a screen or command asked for; the worker takes it (architecture.md, Processes)."""

    id: str
    kind: JobKind
    integration_id: str | None = None
    state: JobState = JobState.QUEUED
    confirmed: bool = False
    """The person has seen what the mass-change guard stopped, and wants it."""
    requested_by: str = ""
    requested_at: Instant
    started_at: Instant | None = None
    finished_at: Instant | None = None
    done: int = 0
    total: int | None = None
    counts: dict[str, int] = {}
    error: str | None = None
    cure: str | None = None
    cancel_requested: bool = False
    """A person wants a running job to end after what is under way."""
    attempts: int = 0
    """How often a worker began it: a job whose worker died is begun again."""


class Activity(Model):
    """One finished piece of work, for the Activity screen."""

    id: str
    integration_id: str | None
    kind: str
    started_at: Instant
    finished_at: Instant
    ok: bool
    counts: dict[str, int] = {}
    text: str = ""


class Severity(StrEnum):
    """How urgent a problem is."""

    WARNING = "warning"
    ERROR = "error"


class Problem(Model):
    """What stays on show until it is solved: what happened, why, what to do now (ux.md, Manners)."""

    id: str
    integration_id: str | None
    code: str
    severity: Severity = Severity.ERROR
    what: str
    why: str
    cure: str
    since: Instant
    last_seen: Instant
    count: int = 1
    request_id: str | None = None
