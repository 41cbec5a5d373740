"""Names of people in a text: told apart, and whether the list is whole. The one rule for every layout.

A name stays in the order it is printed (`Last, First` or `First Last`). What cuts a list short (`et al.`, `and others`,
`and 5 more`) is no name: the count of authors is then unknown. `Cy Others` is a person.
"""

import re
from collections.abc import Iterable

#: The end of a list that goes on elsewhere, behind what may stand before it; white space is folded before it is asked.
_MORE = re.compile(
    r"(?:^|(?<=[ ,;&+，、；])|(?<=[^\W\d_])(?=\.{3}|…|等))[(\[]?(?:(?:and|und|&|plus) ?)?"
    r"(?:(?:et\.? al|et\.al)(?:ii|ia)?\.?(?: ?\(?\d{4}\)?)?|(?-i:etal\.?)|u\. ?a\."
    r"|(?:\.{3} ?|… ?)?[(\[]?\+? ?\d{1,5} (?:other|more|additional|further|weitere|autres|otros)"
    r"(?: (?:authors?|people|autoren|auteurs|autores))?s?"
    r"|(?:\.{3} ?|… ?)[(\[]?\+? ?\d{1,5}|\+ ?\d{1,5}(?: authors?| others?)?|\.{3}|…|和其他|他|ほか|等人?"
    r")[)\]]?[.,;]?$",
    re.IGNORECASE,
)
#: The word is a family name as well: with `and` before it, or where a whole name would stand, it is none.
_OTHERS = re.compile(
    r"(?:(?:^|[ ,;&])(?:and|und|&) ?(?:(?:many|several|the) )?others"
    r"|(?:^|[ ,;&])(?:and|und|&) ?(?:additional|further|more) authors?|(?:^|[,;&] ?)others)[.,;]?$",
    re.IGNORECASE,
)
#: Characters at the end of a text that both are looked for in.
_MORE_SPAN = 60
#: What no plain list has, and the length from which a name is no initials.
_NOT_PLAIN, _INITIALS = re.compile(r"[\n\r\t\v\f\x1c-\x1f|&'\"]"), 12
#: What divides a list, best first; behind each a list may have `and` before its last name.
_MARKS = ("\n", ";", "；", "|", " · ", " • ")
_AND = re.compile(r",? (?:and|und|&) ", re.IGNORECASE)
#: Scripts in which a comma stands between names and never inside one.
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EAST_COMMA = re.compile(r"[，、]")
_BRACE_OR_AND = re.compile(r"\\.|[{}]|\sand\s", re.IGNORECASE | re.DOTALL)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|Ph\.?D|M\.?D|Dr)\.?$", re.IGNORECASE)
_PART_OF_NAME = re.compile(r"(family|given|prefix|suffix)(?:-i)?\s?=\s?", re.IGNORECASE)
#: One word of a person's name: a capital and small letters, once or behind a hyphen, an apostrophe or `Mc`; firms write
#: `OpenAI`, `IBM` and `01.ai`.
_PERSONAL = re.compile(
    r"(?:(?:Mc|Mac|De|Di|Du|La|Le|Van)(?=[^\W\d_a-z])|[DO]['’])?[^\W\d_a-z][^\W\d_A-Z]*(?:[-'’][^\W\d_]+)*\.?$"
)
#: Given names that many have, of several languages; family names as well are left out.
_COMMON_GIVEN = frozenset(
    "ada adam aisha alberto alejandro alex alexander alexandra ali alice amir amit amy ana anders andrea andreas "
    "andrew anil anita anna anne antonio ayşe barbara ben benjamin bo brian carlos carol caroline catherine "
    "charlotte chiara chris christian christina christoph christopher claire clara claudia daniel daniela david "
    "deepak diana diego dmitri dmitry edward elena elisa elizabeth emily emma eric erik eva fatima felix fernando "
    "florian francesca francesco frank giulia giuseppe grace greta hannah hans heidi helen henrik hiroshi ida igor "
    "ines ingrid irina isabel ivan jack jacob jakob jan jane javier jean jennifer jens jessica jia jin joanna johan "
    "johannes john jonas jonathan jorge jose joseph josé juan julia julie jun karen karl katarina katherine katja "
    "kenji kevin klaus lars laura leila lena leo linda lisa lorenzo louise luca lucas lucia luigi luis lukas magnus "
    "marco maria marie mario mark markus marta matteo matthew maya mehmet michael michel miguel mike min mohamed "
    "mohammad mohammed nadia natalia nicolas nicole nikolai nina noah olga oliver oskar pablo paolo patricia paul "
    "paula pedro peter philip philipp pierre priya rachel rafael rahul raj rebecca ricardo richard robert roberto "
    "rohan rosa ruth sam samuel sandra sanjay sara sarah sebastian sergei sofia sophie stefan stefano stephanie "
    "stephen steven sunil suresh susan sven svetlana takashi tatiana thomas tim tobias tomás ulrich ursula "
    "valentina vera victor vijay vikram vladimir wei wolfgang xiao yan yasmin yi ying yuki yuko yusuf zhe zoe".split()
)
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
        name, whole = cut_more(_order_parts(part))
        is_whole &= whole
        names += [name] if name else []
    return _count(names, is_whole)


def _count(names: list[str], is_whole: bool) -> dict[str, object]:
    return {"authors": names or None, "author_count": len(names) if names and is_whole else None}


def split_people(text: str) -> tuple[list[str], bool]:
    """The names in a text, and whether these are all: what divides it parts them, or `and`, or commas."""
    text = text[:_LONGEST]
    if (plain := split_plain(text)) is not None:
        return plain, True
    mark = next((mark for mark in _MARKS if mark in text.strip("\n; ")), "")
    parts = text.split(mark) if mark else [text]
    names: list[str] = []
    is_whole = True
    for part in parts:
        bare, whole = cut_more(" ".join(part.split()).strip(",; "))
        is_whole &= whole
        found = [bare] if not bare else _split_part(bare) if mark else _split_undivided(bare)
        for name in found:
            name, whole = cut_more(name.strip(" ,'\""))
            is_whole &= whole
            names += [name] if name else []
    return names, is_whole


def split_plain(text: str) -> list[str] | None:
    """The names of what most lists are, `Ada Quill, Bo Reed`, in a fraction of the time; None for any other.

    Nothing but blanks, commas and semicolons is taken off them.
    """
    if not text.isascii() or _NOT_PLAIN.search(text):
        return None
    if ";" in text:
        return _split_plain_parts(text)
    if _may_have_more(text[-_MORE_SPAN:]):
        return None
    folded = text.lower()
    if " and " in folded or " und " in folded:
        return None
    has_gaps = "  " in text
    if "," not in text:
        return None if has_gaps or not (name := text.strip()) else [name]
    names = [name.strip() for name in text.split(",")]
    for name in names:
        # A suffix is one word, as are names of which a comma may be a part; initials have no small letter.
        if " " not in name or (len(name) < _INITIALS and name.isupper() and _is_initials(name)):
            return None
        if has_gaps and "  " in name:
            return None
    return names


def _split_plain_parts(text: str) -> list[str] | None:
    """The same for names with semicolons between them, in which a comma is part of a name."""
    folded = text.lower()
    if "  " in text or "and " in folded or "und " in folded or ";" not in text.strip("; ") or _may_have_more(folded):
        return None
    return [name for part in text.split(";") if (name := part.strip(", "))]


def cut_more(text: str) -> tuple[str, bool]:
    """A text without what says that more people follow, and whether there was nothing of it."""
    if not _may_have_more(text[-_MORE_SPAN:]):
        return text, True
    bare, stop = text.rstrip(), -1
    # Before what is found the list may say it once more: `..., and 5 others`.
    while len(bare) != stop:
        stop = len(bare)
        at = max(0, stop - _MORE_SPAN)
        if found := _MORE.search(bare, at) or _OTHERS.search(bare, at):
            bare = bare[: found.start()].rstrip(",;&+([ ")
    return (bare, False) if len(bare) < len(text.rstrip()) else (text, True)


def may_have_more(texts: Iterable[str]) -> bool:
    """Whether `cut_more` has to be asked of any of these."""
    return _may_have_more("\n".join(texts))


def _may_have_more(text: str) -> bool:
    """Whether one of the words is in a text that is looked for: many times faster than looking for it."""
    text = text.lower()
    return (
        ("et" in text and ("et al" in text or "et. al" in text or "et.al" in text or "etal" in text))
        or "more" in text
        or ("ther" in text and ("other" in text or "further" in text))
        or "+" in text
        or "..." in text
        or "additional" in text
        or ("u." in text and "a." in text)
        or (not text.isascii() and ("…" in text or "他" in text or "ほか" in text or "等" in text))
        or "weitere" in text
        or ("tr" in text and ("autres" in text or "otros" in text))
    )


def _split_part(text: str) -> list[str]:
    """The names between two marks: one, or several with `and` where each is more than a word."""
    parts = _AND.split(f" {text}") if " " in text else [text]
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) == 1 or all(" " in part or "," in part for part in parts):
        return parts
    return [text]


def _split_undivided(text: str) -> list[str]:
    if _IDEOGRAPHS.search(text):
        return [piece for part in _AND.split(text) for piece in re.split("[,，、]", part)]
    parts = [part for part in _AND.split(_EAST_COMMA.sub(",", text)) if part.strip(" ,")]
    commas = [sum(1 for piece in part.split(",")[1:] if not _is_suffix(piece)) for part in parts]
    if max(commas, default=0) == 0 and "," not in text:
        return parts
    if max(commas) <= 1 and _are_names(parts, commas):
        return parts
    pieces: list[str] = []
    for piece in (piece.strip() for part in parts for piece in part.split(",") if piece.strip()):
        if pieces and _is_suffix(piece):
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    lasts, firsts = pieces[::2], pieces[1::2]
    if len(pieces) % 2 == 0 and len(parts) <= 2:
        are_initials = all(map(_is_initials, firsts)) and not any(map(_is_initials, lasts))
        if are_initials or (len(parts) == 1 and len(pieces) > 2 and _show_pairs(lasts, firsts)):
            return [f"{last}, {first}" for last, first in zip(lasts, firsts, strict=True)]
    return pieces


def _show_pairs(lasts: list[str], firsts: list[str]) -> bool:
    """Whether a list of single words is `Last, First, Last, First` and none of firms, or of family names alone.

    The words themselves do not say so. Evidence is a word of which a list of wholes would have no second one (two of a
    family, two of one given name), or given names that many people have, at every second place and at no other.
    """
    words = lasts + firsts
    if any(" " in word for word in words) or not all(map(_PERSONAL.match, words)):
        return False
    if len(set(lasts)) < len(lasts) or len(set(firsts)) < len(firsts):
        return True
    return not _COMMON_GIVEN.isdisjoint(map(_fold, firsts)) and _COMMON_GIVEN.isdisjoint(map(_fold, lasts))


def _fold(name: str) -> str:
    return name.split("-", 1)[0].lower()


def _are_names(parts: list[str], commas: list[int]) -> bool:
    """Whether parts with a comma at most are one name each: `Last, First and Last, First`.

    A list with commas has one `and`, before its last name; `A Ash, B Birch and C Cedar, D Dale` are four.
    """
    if len(parts) == 1:
        return commas[0] == 0 or is_last_and_first(parts[0])
    if len(parts) == 2 and min(commas) == 1:
        halves = [half.strip() for part in parts for half in part.split(",")]
        return not all(" " in half and not _is_initials(half) for half in halves)
    return len(parts) > 2 or max(commas) == 0 or is_last_and_first(parts[0])


def _is_suffix(text: str) -> bool:
    return _SUFFIX.match(text.strip()) is not None


def is_last_and_first(text: str) -> bool:
    """Whether a text with one comma is one name, family name first, and not two names."""
    last, _, first = (part.strip() for part in text.partition(","))
    if not last or not first:
        return False
    return _is_initials(first) or _is_suffix(first) or not (" " in last and " " in first)


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
