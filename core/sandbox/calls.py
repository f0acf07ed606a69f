"""An admitted call, and the table of the operations that the sandbox speaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from core.sandbox import contract
from core.sandbox.model import Seller, Shop
from core.sandbox.runtime import Sandbox

Handler = Callable[["Call"], Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP request: query pairs decoded and in order, header names in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes
    is_too_large: bool = False
    """Its body was longer than any call's and was not kept."""

    def first(self, name: str) -> str | None:
        """The first value of a query parameter."""
        return next((value for key, value in self.query if key == name), None)

    def lists(self) -> dict[str, str]:
        """Every query parameter once, repeated ones comma-joined: both ways of sending a list read alike."""
        joined: dict[str, str] = {}
        for key, value in self.query:
            joined[key] = f"{joined[key]},{value}" if key in joined else value
        return joined

    @property
    def content_type(self) -> str:
        """The content-type header, or nothing."""
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class Operation:
    """One published operation at one path; a sibling version shares everything but the path."""

    id: str
    method: str
    path: str
    scope: str
    cipher: bool
    query: dict[str, contract.Schema]
    body: contract.Schema | None
    handler: Handler

    @property
    def media(self) -> str:
        """The media type of the request body, empty when there is none."""
        return str(self.body["media"]) if self.body else ""


@dataclass(slots=True)
class Call:
    """An admitted call: who calls, on which shop, with what. `form` holds the parts of a multipart body."""

    sandbox: Sandbox
    operation: Operation
    seller: Seller
    path: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    form: dict[str, str | bytes] = field(default_factory=dict)
    shop_or_none: Shop | None = None

    @property
    def shop(self) -> Shop:
        """The shop that the cipher picked."""
        if self.shop_or_none is None:
            raise LookupError(f"{self.operation.id} takes no shop_cipher")
        return self.shop_or_none

    def ids(self, name: str) -> list[str]:
        """A list parameter of the query."""
        return [value for value in self.query.get(name, "").split(",") if value]


class Table:
    """The operations by path and method."""

    def __init__(self) -> None:
        self._exact: dict[str, dict[str, Operation]] = {}
        self._patterns: dict[str, dict[str, Operation]] = {}

    def operation(
        self, operation_id: str, *, scope: str, siblings: Iterable[str] = ()
    ) -> Callable[[Handler], Handler]:
        """Register a handler for a published operation, at its path and its `siblings` of other versions."""
        spec = contract.operations()[operation_id]

        def register(handler: Handler) -> Handler:
            for path in (spec["path"], *siblings):
                found = Operation(
                    operation_id,
                    spec["method"],
                    path,
                    scope,
                    spec["cipher"],
                    spec["query"],
                    spec.get("body"),
                    handler,
                )
                group = self._patterns if "{" in path else self._exact
                group.setdefault(path, {})[found.method] = found
            return handler

        return register

    def older(
        self, operation_id: str, path: str, *, scope: str, body: contract.Schema
    ) -> Callable[[Handler], Handler]:
        """Register a handler for an older version whose request body is another than the published one."""
        spec = contract.operations()[operation_id]
        rules = {"required": True, "media": "application/json", "schema": body}

        def register(handler: Handler) -> Handler:
            found = Operation(
                operation_id, spec["method"], path, scope, spec["cipher"], spec["query"], rules, handler
            )
            group = self._patterns if "{" in path else self._exact
            group.setdefault(path, {})[found.method] = found
            return handler

        return register

    def find(self, path: str) -> tuple[dict[str, Operation], dict[str, str]] | None:
        """The operations of a path by method, with the path's parameters; None for an unknown path."""
        if path in self._exact:
            return self._exact[path], {}
        parts = path.split("/")
        for pattern, operations in self._patterns.items():
            values = _match(pattern.split("/"), parts)
            if values is not None:
                return operations, values
        return None

    def all(self) -> list[Operation]:
        """Every operation at every path."""
        groups = (*self._exact.values(), *self._patterns.values())
        return [operation for group in groups for operation in group.values()]


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    values: dict[str, str] = {}
    for expected, part in zip(pattern, parts, strict=True):
        if expected.startswith("{") and part:
            values[expected.strip("{}")] = part
        elif expected != part:
            return None
    return values


TABLE = Table()
