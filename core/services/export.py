"""Rows as text for other programs: CSV that no spreadsheet runs, and JSON."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from core.models.job import Problem
from core.models.order import Order
from core.services.activity_row import ActivityRow
from core.store import Json
from core.text import csv_cell


class Format(StrEnum):
    """What an export can be."""

    CSV = "csv"
    JSON = "json"


Record = Mapping[str, Json]


def rendered(records: Sequence[Record], headings: Sequence[str], kind: Format) -> str:
    """The records under these headings; a value that is absent is an empty cell."""
    return _json(records) if kind is Format.JSON else _csv(records, headings)


ORDER_HEADINGS = (
    *("id", "integration", "status", "state", "kind", "reason", "units", "skus", "placed", "ship_by"),
    *("purge_at", "service", "tracking_number", "total", "currency"),
)


def order_record(order: Order, integration: str) -> Record:
    """One order without anything about its buyer; `skus` is `SKU x 2 -> AVASAM-SKU`, one a SKU."""
    source = order.source
    units: dict[tuple[str, str | None], int] = {}
    for line in source.lines:
        sku = (line.seller_sku or line.sku_id, line.avasam_sku)
        units[sku] = units.get(sku, 0) + 1
    document = order.to_document()
    dated = document["source"]
    return {
        "id": source.id,
        "integration": integration,
        "status": source.status,
        "state": order.state.value,
        "kind": order.kind.value,
        "reason": order.held_reason,
        "units": len(source.lines),
        "skus": "; ".join(f"{name} x {count} -> {to or 'unmapped'}" for (name, to), count in units.items()),
        "placed": dated["created_at"] if isinstance(dated, dict) else None,
        "ship_by": dated["ship_by"] if isinstance(dated, dict) else None,
        "purge_at": document["purge_at"],
        "service": order.allocated_service,
        "tracking_number": source.tracking_number,
        "total": None if source.total is None else str(source.total),
        "currency": source.currency,
    }


ACTIVITY_HEADINGS = ("at", "integration", "kind", "result", "seconds", "counts", "text", "asked_by")


def activity_record(row: ActivityRow, integration: str) -> Record:
    """One sync or job."""
    return {
        "at": row.at.isoformat(),
        "integration": integration,
        "kind": row.kind,
        "result": row.result.value,
        "seconds": None if row.took is None else round(row.took.total_seconds(), 3),
        "counts": "; ".join(f"{name} {count}" for name, count in row.counts.items()),
        "text": row.text,
        "asked_by": row.asked_by,
    }


PROBLEM_HEADINGS = (
    *("code", "integration", "severity", "what", "why", "cure", "since", "last_seen", "count", "request_id"),
)


def problem_record(problem: Problem, integration: str) -> Record:
    """One open problem."""
    document = problem.to_document()
    return {**{name: document.get(name) for name in PROBLEM_HEADINGS}, "integration": integration}


def _json(records: Iterable[Record]) -> str:
    return json.dumps([dict(record) for record in records], ensure_ascii=False, indent=1) + "\n"


def _csv(records: Iterable[Record], headings: Sequence[str]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(headings)
    for record in records:
        writer.writerow([_cell(record.get(name)) for name in headings])
    return file.getvalue()


def _cell(value: Json) -> str:
    return "" if value is None else csv_cell(value) if isinstance(value, str) else str(value)
