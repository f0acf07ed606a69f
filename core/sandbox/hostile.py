"""Text that a buyer or a seller could really type, and that breaks a program which trusts it."""

from typing import Final

TITLES: Final = {
    "ansi": "\x1b[2J\x1b[31mSale\x1b[0m mug \x1b]0;owned\x07 \x9b1mbold",
    "markup": "[red]Bold[/red] mug [@click=app.quit]press me[/] [/nothing] \\[ [b",
    "bidi": "Mug \u202egnp.exe\u202c \u2066left\u2069 \u200fright",
    "zero_width": "M\u200bu\u200dg\ufeff \u00ad\u2060joins e\u0301\u0323\u0302 \U0001f469\u200d\U0001f4bb",
    "long": "Endless mug " * 833 + "mug.",
    "newlines": "Mug\nwith\r\nlines\tand\x0bbreaks\u2028here\x85end\x00",
}
"""By name: terminal escapes, Rich markup, direction overrides, invisible marks, 10,000 characters, breaks."""
