"""What became of listing jobs, row by row: while they run, and afterwards (A27)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.backend import Backend
from core.models.integration import Integration
from core.models.job import Job
from core.models.listing_state import Deed, JobRow, ListingState, RowResult
from core.services.errors import NotFound
from core.services.export import Format, Record, rendered
from core.services.sync import OVER
from core.store import Where
from core.sync.listing_ask import ACTION_OF, rows_of
from core.sync.listing_record import row_key

LATEST: Final = 20
_HEAD: Final = ("job", "action", "sku", "result", "text", "fix", "field", "code")


@dataclass(frozen=True, slots=True)
class RowTold:
    """One row of a job; fix, field and code say what cures a failure."""

    job_id: str
    action: str
    sku: str
    result: RowResult
    text: str
    fix: str = ""
    field: str = ""
    code: str = ""


class JobReports:
    """Listing jobs of one integration."""

    def __init__(self, backend: Backend, integration: Integration) -> None:
        self._store = backend.store
        self._integration = integration

    async def latest(self, most: int = LATEST) -> list[Job]:
        """The newest listing jobs first."""
        where = (
            Where("integration_id", "eq", self._integration.id),
            Where("kind", "in", tuple(kind.value for kind in ACTION_OF)),
        )
        found = await self._store.query(
            tables.JOBS, where, order_by="requested_at", descending=True, limit=most
        )
        return [Job.from_document(row) for _, row in found.rows]

    async def job(self, job_id: str) -> Job:
        """A listing job as it stands. Raises NotFound that says where to look."""
        document = await self._store.get(tables.JOBS, job_id)
        job = None if document is None else Job.from_document(document)
        if job is None or job.kind not in ACTION_OF or job.integration_id != self._integration.id:
            raise NotFound(
                f"There is no listing job {job_id!r}", "avasam listings results lists the latest ones."
            )
        return job

    async def rows(self, job: Job) -> list[RowTold]:
        """Every row of a job, by SKU."""
        return [await self.told(job, row) for row in await rows_of(self._store, self._integration.id, job.id)]

    async def row(self, job: Job, sku: str) -> RowTold | None:
        """One row as it stands."""
        document = await self._store.get(tables.JOB_ROWS, row_key(self._integration.id, job.id, sku))
        return None if document is None else await self.told(job, JobRow.from_document(document))

    async def told(self, job: Job, row: JobRow) -> RowTold:
        """The row with what cures it, as long as it still stands so."""
        action = ACTION_OF[job.kind]
        told = RowTold(job.id, action.value, row.avasam_sku, row.result, row.text)
        if row.result is not RowResult.FAILED:
            return told
        document = await self._store.get(
            tables.LISTING_STATES, tables.key(self._integration.id, row.avasam_sku)
        )
        state = None if document is None else ListingState.from_document(document)
        if state is None or state.deed is not Deed.FAILED:
            return told
        first = next((one for one in state.problems if one.blocking), None)
        if first is None or not row.text.startswith(first.what):
            return told
        return RowTold(
            job.id, action.value, row.avasam_sku, row.result, row.text, first.fix, first.field, first.code
        )


class JobsFollowed:
    """Several jobs with all their rows, brought up to date by what was committed since."""

    def __init__(self, backend: Backend, integration: Integration, job_ids: Sequence[str]) -> None:
        self._store = backend.store
        self._prefix = tables.prefix(integration.id)
        self._reports = JobReports(backend, integration)
        self._ids = list(job_ids)
        self._seq = -1
        self.jobs: dict[str, Job] = {}
        self.rows: dict[str, RowTold] = {}
        """`job/SKU` -> the row."""

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def done(self) -> int:
        """How many of them are over."""
        return self.total - self.counts().get(RowResult.WAITING.value, 0)

    @property
    def is_over(self) -> bool:
        """Whether no job goes on."""
        return all(job.state in OVER for job in self.jobs.values())

    def counts(self) -> dict[str, int]:
        """How many rows ended how."""
        return dict(Counter(row.result.value for row in self.rows.values()))

    async def refresh(self) -> bool:
        """Read what changed; whether anything did. A job that is forgotten meanwhile is left out."""
        changes = await self._store.changes(self._seq)
        first, self._seq = self._seq < 0, changes.seq
        if first or changes.reset:
            for job_id in self._ids:
                await self._read(job_id)
            return True
        changed = False
        for job_id in changes.keys.get(tables.JOBS, frozenset()) & self.jobs.keys():
            document = await self._store.get(tables.JOBS, job_id)
            if document is not None:
                self.jobs[job_id] = Job.from_document(document)
                changed = True
        for key in changes.keys.get(tables.JOB_ROWS, frozenset()):
            job_id, _, sku = key.removeprefix(self._prefix).partition("/")
            if key.startswith(self._prefix) and job_id in self.jobs:
                row = await self._reports.row(self.jobs[job_id], sku)
                if row is not None:
                    self.rows[f"{job_id}/{sku}"] = row
                    changed = True
        return changed

    async def _read(self, job_id: str) -> None:
        try:
            job = await self._reports.job(job_id)
        except NotFound:
            return
        self.jobs[job_id] = job
        for row in await self._reports.rows(job):
            self.rows[f"{job_id}/{row.sku}"] = row


def result_record(row: RowTold) -> Record:
    """One row of a job as other programs get it."""
    return {
        "sku": row.sku,
        "result": row.result.value,
        "text": row.text,
        "fix": row.fix,
        "field": row.field,
        "code": row.code,
    }


def results_csv(rows: Sequence[RowTold]) -> str:
    """Rows of several jobs as CSV; no cell is run as a formula."""
    records = [{"job": row.job_id, "action": row.action, **result_record(row)} for row in rows]
    return rendered(records, _HEAD, Format.CSV)
