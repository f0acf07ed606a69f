"""The process that looks for partners: `python -m core.services.matching_process`.

The titles of 100,000 products are seconds of work and hundreds of megabytes. A process of its own keeps both
away from whoever types, and killing it ends them at once. It imports the rule and nothing else of ours.

One JSON document a line. In: `{"products": [[sku, title, barcode], ...]}` as often as needed, then
`{"asked": [[sku id, product id, seller SKU, title], ...]}` likewise, until the end of the input.
Out: `{"done": n}` on the way, `{"found": [[...], ...]}` piece by piece, and `{"end": n}` last.
"""

import os
import sys
from collections.abc import Iterator
from typing import Final

import orjson

from core.portions import portions
from core.rules.matching import Matcher, Suggestion, Unmapped, best_partners

TELL_EVERY: Final = 100
"""Asked SKUs between two lines that say how far it is."""
_A_LINE: Final = 100
_NICER: Final = 5
"""How much the keyboard goes first."""

Row = tuple[str, str, float, str, tuple[str, ...], tuple[str, ...], bool]


def main() -> None:
    """Read everything, answer, end; a reader that is gone ends it as well."""
    os.nice(_NICER)
    matcher = Matcher()
    asked: list[Unmapped] = []
    for line in sys.stdin.buffer:
        document = orjson.loads(line)
        for sku, title, barcode in document.get("products", ()):
            matcher.add(sku, title, barcode)
        asked += [Unmapped(*row) for row in document.get("asked", ())]
    try:
        _answer(matcher, asked)
    except BrokenPipeError:
        os._exit(1)  # nobody reads: not even the interpreter's own flush at the end may complain


def _answer(matcher: Matcher, asked: list[Unmapped]) -> None:
    found = best_partners(matcher, _counted(asked))
    for portion in portions(found, _A_LINE):
        _say({"found": [as_row(one) for one in portion]})
    _say({"end": len(found)})


def _counted(asked: list[Unmapped]) -> Iterator[Unmapped]:
    for number, one in enumerate(asked):
        if number % TELL_EVERY == 0:
            _say({"done": number})
        yield one


def as_row(one: Suggestion) -> Row:
    """A suggestion as it goes through the pipe."""
    return (
        one.sku_id,
        one.avasam_sku,
        one.confidence,
        one.reason.value,
        one.steps,
        one.rivals,
        one.contested,
    )


def _say(document: dict[str, object]) -> None:
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
