"""Names of people as reference formats and labelled text list them: told apart, and whether the list is whole.

A name stays in the order it is printed (`Last, First` or `First Last`). What cuts a list short (`et al.`, `and others`,
`and 5 more`) is no name: the count of authors is then unknown.
"""

import re
from collections.abc import Iterable

#: The end of a list that goes on elsewhere. White space is folded before this is asked.
_MORE = re.compile(
    r"(?:^|[,;&+] ?|[ ,;]and |[ ,;])(?:"
    r"et\.? al(?:ii|ia)?\.?(?: ?\(?\d{4}\)?)?|\.{3}|…"
    r"|(?:\.{3} ?|… ?)?[(\[]?(?:and |& ?|\+ ?|plus )?\d{1,4} (?:other|more|additional|further)"
    r"(?: (?:authors?|people))?s?[)\]]?"
    r"|(?:\.{3} ?|… ?)[(\[]?\+? ?\d{1,4}[)\]]?|\+ ?\d{1,4}(?: authors?| others?)?"
    r")[.,;]?$",
    re.IGNORECASE,
)
_OTHERS = re.compile(r"(?:^|[,;&] ?|[,;]? ?\band )others[.,;]?$", re.IGNORECASE)
_SEMICOLON = re.compile(r" ?; ?")
_AND = re.compile(r",? (?:and|und|&) ", re.IGNORECASE)
_BRACE_OR_AND = re.compile(r"\\.|[{}]|\sand\s", re.IGNORECASE | re.DOTALL)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|Ph\.?D|M\.?D|Dr)\.?$", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"(family|given|prefix|suffix)(?:-i)?\s?=\s?", re.IGNORECASE)
#: A field longer than this is a text, or hostile.
_LONGEST = 200_000


def read_people(value: str | Iterable[str]) -> dict[str, object]:
    """The fields authors and author_count of names in one text, or in a list of texts with a name or several each."""
    names: list[str] = []
    is_whole = True
    for text in (value,) if isinstance(value, str) else value:
        found, whole = split_people(text)
        names += found
        is_whole &= whole
    return _count(names, is_whole)


def read_tex_people(value: str) -> dict[str, object]:
    """The same for an author field of BibTeX: names with `and` between them outside braces, not decoded yet."""
    parts, is_whole = [], True
    for part in _split_at_and(value[:_LONGEST]):
        if part.lower() == "others":
            is_whole = False
        elif part:
            parts.append(part)
    if len(parts) == 1 and parts[0][:1] != "{" and (";" in parts[0] or parts[0].count(",") != 1):
        # Written by somebody who does not know that BibTeX wants `and`.
        if ";" in parts[0] or parts[0].count(",") > 2:
            names, whole = split_people(parts[0])
            return _count(names, whole and is_whole)
    names = []
    for part in parts:
        name, whole = _cut_more(_order_parts(part))
        is_whole &= whole
        names += [name] if name else []
    return _count(names, is_whole)


def _count(names: list[str], is_whole: bool) -> dict[str, object]:
    return {"authors": names or None, "author_count": len(names) if names and is_whole else None}


def split_people(text: str) -> tuple[list[str], bool]:
    """The names in a text, and whether these are all: semicolons part them, or `and`, or commas."""
    text, is_whole = _cut_more(" ".join(text[:_LONGEST].split()).strip(",; "))
    if ";" in text:
        parts = _SEMICOLON.split(text)
    else:
        parts = _split_without_semicolons(text)
    names = []
    for part in parts:
        name, whole = _cut_more(part.strip(" ,'\""))
        is_whole &= whole
        names += [name] if name else []
    return names, is_whole


def _cut_more(text: str) -> tuple[str, bool]:
    found = _MORE.search(text, max(0, len(text) - 60)) or _OTHERS.search(text, max(0, len(text) - 60))
    return (text[: found.start()].strip(",;& "), False) if found else (text, True)


def _split_without_semicolons(text: str) -> list[str]:
    parts = _AND.split(text)
    commas = [part.count(",") for part in parts]
    if max(commas) == 0:
        return parts
    if max(commas) == 1:
        # `Last, First and Last, First`; a list with commas has one `and`, before its last name.
        are_names = len(parts) > 2 or min(commas) == 1 or is_last_and_first(parts[0])
        if are_names and (len(parts) > 1 or is_last_and_first(text)):
            return parts
    pieces = [piece.strip() for part in parts for piece in part.split(",") if piece.strip()]
    if len(pieces) % 2 == 0 and all(map(_is_initials, pieces[1::2])) and not any(map(_is_initials, pieces[::2])):
        return [f"{last}, {first}" for last, first in zip(pieces[::2], pieces[1::2], strict=True)]
    names: list[str] = []
    for piece in pieces:
        if names and _SUFFIX.match(piece):
            names[-1] += f", {piece}"
        else:
            names.append(piece)
    return names


def is_last_and_first(text: str) -> bool:
    """Whether a text with one comma is one name, family name first, and not two names."""
    last, _, first = (part.strip() for part in text.partition(","))
    if not last or not first:
        return False
    return _is_initials(first) or _SUFFIX.match(first) is not None or not (" " in last and " " in first)


def _is_initials(text: str) -> bool:
    pieces = [piece for piece in re.split(r"[.\s-]+", text) if piece]
    if not pieces or len(pieces) > 4:
        return False
    return all(len(piece) == 1 and piece.isupper() for piece in pieces) or (
        len(pieces) == 1 and len(pieces[0]) < 4 and pieces[0].isupper()
    )


def _split_at_and(value: str) -> list[str]:
    parts, depth, start = [], 0, 0
    at = 0
    while found := _BRACE_OR_AND.search(value, at):
        at = found.end()
        if found[0] == "{":
            depth += 1
        elif found[0] == "}":
            depth -= depth > 0
        elif found[0][0] != "\\" and depth == 0:
            parts.append(value[start : found.start()])
            # The white space behind may be that before the next.
            start = at = at - 1
    return [" ".join(part.split()).strip(", ") for part in [*parts, value[start:]]]


def _order_parts(name: str) -> str:
    """A name that biblatex has in named parts (`family=Quill, given=Ada`) as `Quill, Ada`; any other as it is."""
    if "=" not in name or not _PART_OF_NAME.match(name):
        return name
    parts: dict[str, str] = {}
    for piece in name.split(","):
        found = _PART_OF_NAME.match(piece.strip())
        if found:
            parts.setdefault(found[1].lower(), piece.strip()[found.end() :].strip('" '))
    last = " ".join(parts[key] for key in ("prefix", "family") if key in parts)
    return ", ".join(piece for piece in (last, parts.get("suffix"), parts.get("given")) if piece)
