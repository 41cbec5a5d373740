"""Text that does not act where it is shown: the one place that says which characters are replaced, for every screen.

What belongs here: that choice. What else a terminal or a page needs (markup, addresses) is `terminal` and `hypertext`.
"""

from __future__ import annotations

import re

#: Characters that drive a terminal, end a line where none ends, turn the reading direction of what follows, or hide.
#: XML has no way to write most of them. Left alone are tabs and line ends, the joiners that emoji and Persian need,
#: soft hyphens, and Arabic signs that stand around numbers and are seen; `tests/unit/showing/test_clean.py` holds the
#: list to Unicode's own classes.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """A text without characters that are not seen but act; each one is replaced, none vanishes."""
    return _ACTING.sub("\N{REPLACEMENT CHARACTER}", text)
