"""Articles of one markup: the script behind a page writes each of its papers into the same elements.

What belongs here: finding such articles in the source of a page, and which of their words are said where. The first of
them is read as any HTML is (`hypertext`), with marks in the place of its words; of the others the words are taken, by
one pattern, and set in for the marks. An article that differs by more than its words, or in whose words there is markup
or an entity, stays in the page, as does all that stands around them, and is read as ever.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .blocks import PARAGRAPH, Block, Run
from .hypertext import PLAIN_TAGS, parse_html, read_elements

#: Articles from which on it is worth while, and kinds of them on a page.
_FEW, _MOST_FORMS = 8, 4
#: Lines of a page of which libxml2 knows the number of each.
_MOST_LINES = 65_000
#: Marks of an article and of a word in one: characters that no text has (they are nobody's).
_ARTICLE, _WORDS = "\ue000", "\ue001"
_START, _END = "<article", "</article>"
#: Words of a text and of an attribute. What else they must not have is looked for by `_ODD`: a class of one character
#: is passed over many times faster than one of several.
_SAID, _SAID_ON_LINE, _VALUE = r"([^\s<][^<]*+)", r"([^\s<][^<\n]*+)", r"([^\s\"][^\"]*+)"
_TAG = re.compile(r"<(/?)([a-z][a-z\d]*+)((?: (?!data-)[a-z-]++=\"[^\"<>&\n]*+\")*+)>")
#: What is no plain word: the beginning of an entity or a tag, and white space but for blanks.
_ODD = "&<\n\t\v\f\r\x1c\x1d\x1e"
_ATTRIBUTE = re.compile(r" ([a-z-]++)=\"([^\"]*+)\"")
#: The attributes that are words of an article: where a link leads, the moment of a time.
_SPOKEN = frozenset((("a", "href"), ("time", "datetime")))


class Place(NamedTuple):
    """A text of an article: lines from its first; which words are the text, the link, the moment, and 0 for none."""

    first: int
    last: int
    text: int
    target: int
    tag: str
    when: int


class Form(NamedTuple):
    """The markup of articles: what matches one, the lines it goes on for, and its texts."""

    pattern: re.Pattern[str]
    feeds: int
    places: tuple[Place, ...]


class Article(NamedTuple):
    """One article: line feeds between it and the beginning of its stretch, its form, its words behind an empty one."""

    feeds: int
    form: Form
    words: tuple[str, ...]


def find_articles(page: str) -> tuple[str, list[list[Article]]] | None:
    """Stretches of articles of known form, and the page with a mark for each; None where there are few of them."""
    if page.count(_START) < _FEW or page.count("\n") > _MOST_LINES or "<pre" in page:
        return None
    if not page.isascii() and any(odd in page for odd in (_ARTICLE, _WORDS, "\ufffe", "\uffff")):
        return None
    forms: list[Form] = []
    stretches: list[list[Article]] = []
    kept: list[str] = []
    #: Where the stretch before begins, and where it ends.
    start = stop = 0
    at = page.find(_START)
    while at >= 0:
        found = _match(page, at, forms)
        if found is not None:
            form, words, end = found
            if not stretches or page[stop:at].strip():
                kept += _close(page, start, stop, len(stretches)) if stretches else []
                kept.append(page[stop:at])
                stretches.append([])
                start, feeds = at, 0
            else:
                feeds += page.count("\n", stop, at)
            stretches[-1].append(Article(feeds, form, words))
            feeds, stop = feeds + form.feeds, end
        at = page.find(_START, max(at + 1, stop))
    if sum(map(len, stretches)) < _FEW:
        return None
    kept += [*_close(page, start, stop, len(stretches)), page[stop:]]
    return "".join(kept), stretches


def read_mark(block: Block) -> int | None:
    """The number of the stretch that a block of the marked page stands for; None for any other block, or where it
    stands in what would tell on the texts of its articles: a list, a link, a quotation, an element that is named.
    """
    if len(block.runs) != 1 or block.runs[0].text[:1] != _ARTICLE:
        return None
    is_bare = block == Block(
        PARAGRAPH, block.first_line, block.first_line, [Run(block.runs[0].text)], article=block.article
    )
    return int(block.runs[0].text[1:]) if is_bare else None


def _close(page: str, start: int, stop: int, number: int) -> list[str]:
    """The mark of a stretch, with as many lines."""
    return [f"<article><div>{_ARTICLE}{number - 1}</div>", "\n" * page.count("\n", start, stop), _END]


def _match(page: str, at: int, forms: list[Form]) -> tuple[Form, tuple[str, ...], int] | None:
    """The form of the article at a place, its words, and where it ends; a form that is met first is learned."""
    for form in forms:
        if (found := form.pattern.match(page, at)) and _are_plain(found.groups()):
            return form, ("", *found.groups()), found.end()
    if len(forms) < _MOST_FORMS and (end := page.find(_END, at)) >= 0:
        learned = _learn(page[at : end + len(_END)])
        if learned is not None and (found := learned.pattern.match(page, at)) and _are_plain(found.groups()):
            forms.append(learned)
            return learned, ("", *found.groups()), found.end()
    return None


def _are_plain(words: tuple[str, ...]) -> bool:
    said = "".join(words)
    # A generator in any() takes twice as long.
    for odd in _ODD:
        if odd in said:
            return False
    return True


def _learn(article: str) -> Form | None:
    """The form of an article; None where it is not made of plain elements with a text or a link each."""
    pattern, marked = "", ""
    outline: list[tuple[str, int]] = []
    opened: list[str] = []
    count = at = 0
    while at < len(article):
        tag = _TAG.match(article, at)
        if tag is not None:
            name = tag[2]
            if tag[1] and (not opened or opened.pop() != name or tag[3]):
                return None
            if not tag[1]:
                if name not in PLAIN_TAGS and (name != "article" or opened):
                    return None
                outline.append((name, len(opened)))
                opened.append(name)
            pieces, at = _part_tag(tag), tag.end()
        else:
            stop = article.find("<", at + 1)
            text = article[at : stop if stop >= 0 else len(article)]
            at += len(text)
            bare = text.lstrip()
            said = bare.rstrip()
            # Blanks behind words go with them, a line feed does not.
            behind = bare[len(said) :].lstrip(" ")
            spoken = (_SAID_ON_LINE if behind else _SAID) if said else ""
            pieces = [(text[: len(text) - len(bare)], ""), (said, spoken), (behind, "")]
        for piece, words in pieces:
            count += words != ""
            pattern += words or re.escape(piece)
            marked += f"{_WORDS}{count}" if words else piece
    if opened or (places := _read_places(marked, outline)) is None:
        return None
    return Form(re.compile(pattern), article.count("\n"), places)


def _part_tag(tag: re.Match[str]) -> list[tuple[str, str]]:
    """A tag in pieces, and the pattern of those that are words."""
    pieces = [(f"<{tag[1]}{tag[2]}", "")]
    for name, value in _ATTRIBUTE.findall(tag[3]):
        is_spoken = (tag[2], name) in _SPOKEN and value.strip() != ""
        pieces += [(f' {name}="', ""), (value, _VALUE if is_spoken else ""), ('"', "")]
    return [*pieces, (">", "")]


def _read_places(marked: str, outline: list[tuple[str, int]]) -> tuple[Place, ...] | None:
    """Where the marks of an article are said; None where a text is more than a mark, or elements end of themselves."""
    root = parse_html(f"<html><body>{marked}</body></html>")
    body = root[0] if root is not None and len(root) == 1 else None
    if body is None or len(body) != 1 or list(_outline(body[0])) != outline:
        return None
    places = []
    for block in read_elements(root):
        if len(block.runs) != 1 or block.cells:
            return None
        run = block.runs[0]
        numbers = [_read_number(said) for said in (run.text, run.target, block.when)]
        if None in numbers:
            return None
        text, target, when = (number or 0 for number in numbers)
        if text:
            places.append(Place(block.first_line - 1, block.last_line - 1, text, target, block.tag, when))
    return tuple(places)


def _outline(element: Any) -> Iterator[tuple[str, int]]:
    """The elements of an article and how deep each stands; an article has few."""
    around = [(element, 0)]
    while around:
        inner, depth = around.pop()
        yield inner.tag, depth
        around += [(child, depth + 1) for child in reversed(inner)]


def _read_number(said: str) -> int | None:
    """The number of the words that a mark stands for, 0 where nothing is said, None where more is."""
    return (int(said[1:]) if said[:1] == _WORDS and said[1:].isdecimal() else None) if said else 0
