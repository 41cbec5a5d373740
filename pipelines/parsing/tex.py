r"""TeX in reference files, as far as it spells letters: accents (`{\"u}`, `\v{s}`) and braces that protect capitals.

What belongs here: what TeX writes in place of a letter that Unicode has. Commands with a meaning of their own, escaped
signs and mathematics stay as printed: cleaning of wording is done behind the parser.
"""

import re
from functools import lru_cache

_LETTER = r"(?:\\[ij](?![A-Za-z])|[^\W\d_])"
_ONE = (
    # A sign over a letter; a letter-named accent, whose letter stands in braces or alone; a letter of its own.
    rf"(?:\\[\"'`^~=.]\s?(?:\{{\s?{_LETTER}?\s?\}}|{_LETTER})"
    rf"|\\[uvHcdbkr](?:\s?\{{\s?{_LETTER}\s?\}}|\s{_LETTER}(?![A-Za-z]))"
    r"|\\(?:ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG|o|O|l|L|i|j)(?![A-Za-z])(?:\{\}|\s(?=[a-z]))?)"
)
_MATH = r"\$[^$]{0,1000}+\$"
_SPELLED = re.compile(rf"\\\\|\\\$|(?P<math>{_MATH})|\{{(?P<inner>{_ONE})\}}|(?P<bare>{_ONE})")
_MARKS = re.compile(rf"{_MATH}|\\[A-Za-z]{{1,50}}+\*?\s{{0,5}}+|\\.|[\^_]\s?|[{{}}]", re.DOTALL)


def decode_accents(text: str) -> str:
    """Letters that TeX spells with commands, as letters; mathematics is left alone."""
    return _SPELLED.sub(_decode, text) if "\\" in text else text


def _decode(found: re.Match) -> str:
    spelled = found["inner"] or found["bare"]
    return _read_letter(spelled) if spelled else found[0]


@lru_cache(maxsize=10_000)
def _read_letter(spelled: str) -> str:
    # Takes a while to load, and few files have accents in them.
    from pylatexenc.latex2text import LatexNodes2Text

    return str(LatexNodes2Text().latex_to_text(spelled)).strip()


def drop_braces(text: str) -> str:
    """Take away braces that protect capitals or hold together; those of a command's argument and mathematics stay."""
    if "{" not in text:
        return text
    pieces, at = [], 0
    kept: list[bool] = []
    # Where the last mark that takes an argument ended: a brace right there opens one.
    takes_argument = -1
    for found in _MARKS.finditer(text):
        mark = found[0]
        if mark == "{":
            kept.append(found.start() == takes_argument)
        if mark in "{}":
            is_kept = kept[-1] if kept else False
            pieces.append(text[at : found.end() if is_kept else found.start()])
            at = found.end()
            if mark == "}" and kept:
                kept.pop()
                takes_argument = found.end() if is_kept else -1
        elif mark[0] in "^_" or (mark[0] == "\\" and mark[1:2].isalpha()):
            takes_argument = found.end()
    return "".join([*pieces, text[at:]])


def read_tex(text: str) -> str:
    """A text with its letters decoded and its protecting braces dropped, white space folded to single spaces."""
    return " ".join(drop_braces(decode_accents(text)).split())
