"""A client that knows the contract alone: each of its mistakes is refused with a code of its own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.sandbox.runtime import Sandbox
from tests.core.sandbox.conftest import Caller, Running
from tests.core.sandbox.published import ERRORS, PUBLISHED, TOKENS, inlined, sample

JSON = dict[str, Any]
UPLOAD = "multipart/form-data"
STRANGE: dict[str, tuple[Any, ...]] = {
    "string": (1, True, [], {}, "", "x" * 20_000, "\0", "😀"),
    "integer": ("1", 1.5, True, [], -1, 0, 2**63, 2**70),
    "number": ("1", []),
    "boolean": (1, "true"),
    "array": ("x", {}, [], [None], [[]]),
    "object": ("x", [], {}),
}
ODD_TEXTS = ("", "x", "-1", "0", "9" * 20, "1.5", "é😀\0", ",", "x" * 3_000)
EVERY = sorted(PUBLISHED.keys() - TOKENS)


class Stranger:
    """Calls one operation with what its schema asks for, changed in one place at a time."""

    def __init__(self, caller: Caller, operation_id: str) -> None:
        self.caller = caller
        self.method, self.template, self.published = PUBLISHED[operation_id]
        self.cipher: bool = self.published["x-shop-cipher"]
        own = [one for one in self.published["parameters"] if "$ref" not in one]
        self.queries = {one["name"]: one for one in own if one["in"] == "query"}
        self.places = [one["name"] for one in own if one["in"] == "path"]
        self.media, self.schema = "", {}
        if "requestBody" in self.published:
            ((self.media, content),) = self.published["requestBody"]["content"].items()
            self.schema = inlined(content["schema"])
        self.query = [
            (name, "10" if name == "page_size" else _text(sample(one["schema"])))
            for name, one in self.queries.items()
            if one.get("required")
        ]
        self.body: Any = sample(self.schema) if self.media == "application/json" else None

    def __call__(self, *, place: str = "12345", body: Any = ..., **how: Any) -> int:
        """The code of the reply, which is always an envelope with a known code and words for people."""
        path = self.template
        for name in self.places:
            path = path.replace(f"{{{name}}}", place)
        content = self.body if body is ... else body
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        raw = b"" if content is None else raw
        asked = {"method": self.method, "query": self.query, "cipher": self.cipher, "body": raw} | how
        reply = self.caller.send(path=path, **asked)
        shown = f"{self.method} {path[:80]} {how} {raw[:200]!r} -> {reply.status_code} {reply.text[:300]}"
        assert reply.headers["content-type"] == "application/json", shown
        envelope = reply.json()
        assert list(envelope) == ["code", "message", "request_id", "data"], shown
        assert reply.status_code < 500, shown
        assert envelope["code"] == 0 or envelope["data"] is None, shown
        assert envelope["code"] in ERRORS | {0}, shown
        assert 0 < len(envelope["message"]) < 600, shown
        assert envelope["request_id"], shown
        code: int = envelope["code"]
        return code


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


@pytest.fixture
def scopeless(running: Running, anonymous: Caller) -> Iterator[Caller]:
    """A caller whose consent grants nothing."""
    sandbox: Sandbox = running.sandbox
    granted, sandbox.settings.scopes = sandbox.settings.scopes, []
    yield replace(anonymous).connect()
    sandbox.settings.scopes = granted


@pytest.mark.parametrize("operation_id", EVERY)
def test_each_mistake_at_the_door_has_its_own_code(
    caller: Caller, scopeless: Caller, operation_id: str
) -> None:
    ask, now = Stranger(caller, operation_id), caller.sandbox.now()
    elsewhere = "DELETE" if ask.method != "DELETE" else "GET"
    taken = {method for method, path, _ in PUBLISHED.values() if path == ask.template}
    codes = {
        "no signature": ask(leave_out=("sign",)),
        "a wrong signature": ask(sign="0" * 64),
        "a signature in capitals": ask(sign="A" * 64),
        "another app": ask(app_key="nobody"),
        "no app": ask(leave_out=("app_key",)),
        "an old timestamp": ask(timestamp=str(now - 301)),
        "a timestamp ahead": ask(timestamp=str(now + 90)),
        "a timestamp in milliseconds": ask(timestamp=str(now * 1000)),
        "no timestamp": ask(leave_out=("timestamp",)),
        "no token": ask(leave_out=("x-tts-access-token",)),
        "another token": ask(headers={"x-tts-access-token": "nobody"}),
        "no scope": Stranger(scopeless, operation_id)(),
        "another method": 36009010 if elsewhere in taken else ask(method=elsewhere, body=None),
        "another cipher": Stranger(replace(caller, cipher="nobody"), operation_id)(cipher=True),
        "the cipher's absence or presence": ask(cipher=not ask.cipher),
    }
    assert codes == {
        "no signature": 36009004,
        "a wrong signature": 106001,
        "a signature in capitals": 106001,
        "another app": 36009004,
        "no app": 36009004,
        "an old timestamp": 36009004,
        "a timestamp ahead": 36009004,
        "a timestamp in milliseconds": 36009004,
        "no timestamp": 36009004,
        "no token": 36009004,
        "another token": 36009004,
        "no scope": 105005,
        "another method": 36009010,
        "another cipher": 101000 if ask.cipher else 36009004,
        "the cipher's absence or presence": 106013 if ask.cipher else 36009004,
    }


@pytest.mark.parametrize("operation_id", EVERY)
def test_a_missing_parameter_is_named_and_an_odd_one_never_breaks_anything(
    caller: Caller, operation_id: str
) -> None:
    ask = Stranger(caller, operation_id)
    ask()
    for place in ("é😀", "0", "1 2", "x" * 1_000) if ask.places else ():
        assert ask(place=place) != 0 or operation_id == "getCategoryAttributes"
    for name, rules in ask.queries.items():
        others = [(key, value) for key, value in ask.query if key != name]
        if rules.get("required"):
            ask(query=others)
            assert f"'{name}'" in caller.last.json()["message"]
        for value in ODD_TEXTS:
            ask(query=[*others, (name, value)])
    if ask.media == UPLOAD:
        assert ask(body=b"{}") == 36009023
        assert ask(body=b"--x", headers={"content-type": f"{UPLOAD}; boundary=x"}) != 0
    elif ask.media:
        _send_odd_bodies(caller, ask)


def _send_odd_bodies(caller: Caller, ask: Stranger) -> None:
    assert ask(headers={"content-type": "application/x-www-form-urlencoded"}) == 36009022
    for body in (b"{", b"null", b"[]", b"1", b'{"a":"\xff"}', b'{"a":' + b"[" * 200 + b"]" * 200 + b"}"):
        assert ask(body=body) == 98001004
    for name in ask.schema.get("required", ()):
        ask(body={key: value for key, value in ask.body.items() if key != name})
        assert f"'{name}'" in caller.last.json()["message"]
    for name, rules in ask.schema.get("properties", {}).items():
        for value in STRANGE[rules.get("type", "object")]:
            ask(body={**ask.body, name: value})
