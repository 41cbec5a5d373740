"""What a block says beside a title or an abstract: labels, links to papers, people, dates, counters, prose."""

import re
from collections.abc import Sequence
from functools import lru_cache

from .. import columns, dates, fields, furniture, identifiers, people
from ..plausibility import count_words
from ..targets import classify_target
from .blocks import Run, fold, join

#: Words of a text that may be an abstract, of one behind a title on the same line, and of a title nothing else speaks
#: for.
PROSE_WORDS, REMARK_WORDS, TITLE_WORDS = 8, 12, 3
#: A longer text is no title.
TITLE_CHARACTERS = 400
#: Names of fields that a page may put a colon behind.
_LABELS = frozenset(
    name
    for field in (
        "abstract",
        "arxiv_id",
        "authors",
        "published_at",
        "published_year",
        "upvotes",
        "keywords",
        "code_url",
    )
    for name in map(columns.fold_name, columns.COLUMN_NAMES[field])
) | frozenset(("doi", "title", "papertitle", "votes", "vote", "project", "projectpage", "stars", "githubrepo"))
#: Of these, names too common in prose: `Note: ...`, `Data: ...`.
_PLAIN_WORDS = frozenset(
    "note data extra people name names links urls ids contributors description descriptions resume id".split()
)
#: Labels that are known and hold what no field takes.
_OTHER_LABELS = frozenset(
    "comments comment categories category subjects subject journal venue conference booktitle updated publisher volume "
    "number pages affiliation affiliations institution institutions institute notes score rank tags topics tldr "
    "takeaways dataset datasets model models demo blog video slides poster citation bibtex task tasks license year "
    "month day source journalref reportno mscclass acmclass citeas relatedworks references website homepage".split()
)
#: Labels of what is about other papers.
ELSEWHERE = frozenset("notes relatedworks references citation bibtex datasets models tags topics".split())
#: What says in a heading that a text is the abstract, in whatever language.
_LABEL = re.compile(
    r"[^\w<\[(]{0,6}(?P<name>[^\W\d_][\w /'’().-]{0,38}?)\s{0,3}(?:\([^()]{1,30}\)|（[^（）]{1,30}）)?"
    r"\s{0,3}[*_]{0,3}(?::{1,2}|：)[*_]{0,3}\s{0,3}",
)
_BRACKETED = re.compile(r"(?<!\s)\s*+[(（\[][^()（）\[\]]{0,30}+[)）\]]\s*+$")
#: Links of notes, `[[Abstract]]`, and the marks of their callouts, `[!Abstract]`.
_WIKI = re.compile(r"^\[!(\w[\w ]*)\][+-]?$|^\[\[([^\[\]|]+)(?:\|[^\[\]]{0,300})?\]\]$")
_QUOTES = frozenset(("«»", "„“", "“”", "「」", "『』", "《》", '""', "‹›"))
_EMOJI = re.compile(r"[^\w\"'“‘(\[<$#.+-]+")
_NUMBER = re.compile(r"^(?:#\s?)?(?:\(?\d{1,4}[.):]\)?|\[\d{1,4}\])\s+")
_RULED = re.compile(r"^([-=*_#~+])\1{1,20}\s+(\S.{2,300}?)\s+\1{2,21}$")
#: Texts of links that name what is behind them, not the paper.
_GENERIC = re.compile(
    r"(?:(?:the|full|original|view|read|see|open|download|official|project|arxiv|hf|hugging ?face|github|web|html|"
    r"online|pdf|paper|code|abs|abstract|link|links|here|page|website|homepage|site|demo|video|slides?|poster|blog|post|"
    r"dataset|data|model|models|weights|repo|repository|openreview|doi|bib|bibtex|cite|citation|supp(?:lementary)?|more|"
    r"article|preprint|version|proceedings|acl|cvf|ieee|acm|springer|nature|pmlr|arxiv preprint|discussion|tweet|"
    r"twitter|x|colab|notebook|space|spaces|talk|review|summary|tl;?dr|share|listen|audio|discuss|upvote|back to top|"
    r"原文|论文|代码|链接|项目|주소|논문|코드)[\s/&+,-]{0,3}){1,5}",
    re.IGNORECASE,
)
_ID = re.compile(r"(?:arxiv:?\s*)?\d{4}\.\d{4,5}(?:v\d+)?(?:\s*\[[\w.-]+\])?|10\.\d{4,9}/\S+", re.IGNORECASE)
#: Characters of an address that are looked at.
_ADDRESS_CHARACTERS = 1_000
#: Links to what lies on somebody's disk or in a program.
_LOCAL = re.compile(r"^(?:file|zotero|obsidian|mailto|javascript|notion|logseq|tel|data):|^#", re.IGNORECASE)
#: Addresses that stand in a text without being links.
_BARE_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'，。）]+")
#: Places where papers lie, besides arXiv and what has a DOI.
_PAPER_PLACE = re.compile(
    r"//(?:www\.|dl\.|papers\.|proceedings\.|link\.)?(?:openreview\.net/(?:forum|pdf)|aclanthology\.org/.|aclweb\.org/anthology|"
    r"openaccess\.thecvf\.com/.|neurips\.cc/(?:paper|hash)|nips\.cc/paper|mlr\.press/v\d|jmlr\.org/(?:papers|v\d)|"
    r"(?:dl\.)?acm\.org/doi|ieeexplore\.ieee\.org/(?:abstract|document)|ojs\.aaai\.org/.*article|aaai\.org/.*(?:paper|view)|"
    r"springer\.com/(?:article|chapter)|nature\.com/articles|sciencedirect\.com/science/article|"
    r"semanticscholar\.org/paper|biorxiv\.org/content|medrxiv\.org/content|ijcai\.org/proceedings|isca-\w+\.org/|"
    r"pubmed\.ncbi|ncbi\.nlm\.nih\.gov/p|usenix\.org/.*presentation|roboticsproceedings\.org|ecva\.net/papers|"
    r"bmva-archive|cell\.com/.*fulltext|science\.org/doi|pnas\.org/doi|proceedings\.|eprint\.iacr\.org/\d|"
    r"ar5iv|alphaxiv|hal\.science/hal|ssrn\.com/|researchgate\.net/publication|dblp\.org/rec)|\.pdf(?:$|[?#])",
    re.IGNORECASE,
)
#: Pages about people: of a collection's authors, of a search for what somebody wrote, of identities.
_PERSON_PLACE = re.compile(
    r"/(?:people|persons?|authors?|profiles?|researchers?|pid)[/?]|[?&](?:searchtype=author|author|user|authuser)=|"
    r"//orcid\.org/|//dblp\.org/pers",
    re.IGNORECASE,
)
_BADGE = re.compile(r"shields\.io|badge|awesome\.re|star-history|visitor|opencollective", re.IGNORECASE)
_VOTES = re.compile(
    r"(?:(?:up)?votes?|likes?|points?|👍|❤️?|▲|🔥|⬆️?)\s*:?\s*(\d[\d,.]*k?)|(\d[\d,.]*k?)\s*(?:up)?(?:votes?|likes?|👍|▲)",
    re.IGNORECASE,
)
_AUTHOR_COUNT = re.compile(r"(?:^|[\s·•-])(\d[\d,]{0,6}) authors?\b")
#: Where somebody works, behind a name; not how many more there are.
_PLACE = re.compile(r"(?<=\w)\s{0,3}\((?!(?:and |\+ ?)?\d{1,4} (?:more|other))[^()]{0,300}\)")
#: Marks of notes behind a name, and what no name has.
_NOTES = re.compile(r"(?<![\d*†‡§¹²³,()])[\d*†‡§¹²³,()]++$")
_NO_NAME = re.compile(r'[:!?"“]')
_BY = re.compile(r"^by:?\s+", re.IGNORECASE)
_PARTS_OF_NAMES = re.compile(r"\s{0,9}(?:,|;|\||·|•|，|、|\band\b|&)\s*")


@lru_cache(maxsize=10_000)
def find_paper(target: str) -> str:
    """What kind of place of a paper a link leads to: `arxiv`, `doi`, `other`; empty where it is none."""
    target = target[:_ADDRESS_CHARACTERS]
    if not target or _BADGE.search(target):
        return ""
    kind, arxiv_id = classify_target(target)
    if kind in ("paper", "arxiv") or (arxiv_id is None and identifiers.read_arxiv_id(target)[0]):
        return "arxiv"
    if kind in ("vote", "comments", "code"):
        return ""
    if "doi.org/" in target and identifiers.read_doi(target):
        return "doi"
    return "other" if _PAPER_PLACE.search(target) else ""


def read_id(target: str) -> str | None:
    """The arXiv id of the paper a link leads to, if it has one."""
    kind, arxiv_id = classify_target(target)
    return (arxiv_id if kind in ("paper", "arxiv") else None) or identifiers.read_arxiv_id(target)[0]


def add_links(record: dict[str, object], targets: Sequence[str]) -> None:
    """Put what links lead to into a record that does not say it: an id, a DOI, code; the first of each counts."""
    papers = [target for target in targets if find_paper(target)]
    if arxiv_id := next((found for target in papers if (found := read_id(target))), None):
        record.setdefault("arxiv_id", arxiv_id)
    for kind, name in (("doi", "doi"), ("other", "url_abs")):
        if target := next((target for target in papers if find_paper(target) == kind), None):
            record.setdefault(name, target)
    if code := next((target for target in targets if is_code(target)), None):
        record.setdefault("code_url", code)


def is_local(target: str) -> bool:
    """Whether a link leads to no place on the web, or to one on the page."""
    return _LOCAL.search(target) is not None


def find_addresses(text: str) -> list[str]:
    """Addresses written out in a text."""
    return [found.rstrip(".,;:!?") for found in _BARE_ADDRESS.findall(text)] if "://" in text else []


def is_person(target: str) -> bool:
    """Whether a link leads to a page about somebody."""
    return _PERSON_PLACE.search(target[:_ADDRESS_CHARACTERS]) is not None


def is_code(target: str) -> bool:
    """Whether a link leads to a repository."""
    return classify_target(target)[0] == "code" and not target.lower().endswith(".pdf") and not _BADGE.search(target)


@lru_cache(maxsize=10_000)
def read_label(text: str) -> tuple[str, int]:
    """The label a line begins with, folded as column names are, and where its value begins; ("", 0) without one."""
    found = _LABEL.match(text[:90]) if ":" in text[:90] or "：" in text[:90] else None
    if found is None or text.startswith("//", found.end() - 1):
        return "", 0
    name = fold_label(found["name"])
    return (name, found.end()) if name else ("", 0)


@lru_cache(maxsize=10_000)
def fold_label(text: str) -> str:
    """A whole text as the name of a field, folded; empty where it is none. `Abstract (Original)` is `abstract`."""
    if len(text) > 60:
        return ""
    name = columns.fold_name(_BRACKETED.sub("", strip_ornaments(text)).rstrip(":： "))
    if name in ("link", "paperlink", "arxivpaper", "read", "paperurl", "arxivabs"):
        return "url"
    if name in ("vote", "votes", "hfupvotes"):
        return "upvotes"
    if name in ("publishdate", "submittedon", "publishedon", "releasedate", "publisheddate", "datepublished"):
        return "published"
    if name in ("by", "authored by", "authorlist", "writtenby"):
        return "authors"
    is_label = (name in _LABELS and name not in _PLAIN_WORDS) or name in _OTHER_LABELS
    return name if is_label else ""


def strip_ornaments(text: str) -> str:
    """A text without emoji, marks and rules at its ends."""
    text = text.strip().strip("*_`").strip()
    if text[:1] == "[":
        text = _WIKI.sub(r"\1\2", text)
    if text[:1] + text[-1:] in _QUOTES:
        text = text[1:-1].strip()
    if not text[:1].isalnum() and (found := _EMOJI.match(text)):
        text = text[found.end() :]
    return text.rstrip(" \n\t|·•:–—-")


def strip_number(text: str) -> str:
    """A text without the number of its item."""
    return _NUMBER.sub("", text, count=1)


def has_number(text: str) -> bool:
    """Whether a text begins with the number of its item."""
    return _NUMBER.match(text) is not None


def read_ruled(text: str) -> str:
    """The words in `--- 1. Title ---`; empty where a line is no such thing."""
    found = _RULED.match(text) if text[:2] in ("--", "==", "**", "__", "##", "~~", "++") else None
    return found[2] if found else ""


def is_generic(text: str) -> bool:
    """Whether the text of a link says what is behind it (`PDF`, `[Paper]`, an id) and not which paper."""
    text = text.strip().strip("[](){}<>|*_`·•:,.;!#→↗➡⬇📄🔗💻🌐 ").strip()
    return not text or not any(map(str.isalpha, text)) or bool(_GENERIC.fullmatch(text) or _ID.fullmatch(text))


def may_be_title(text: str, is_linked: bool = False) -> bool:
    """Whether a text may be a title; one that links to a paper may be shorter."""
    return 0 < len(text) <= TITLE_CHARACTERS and _may_be_title(text, is_linked)


@lru_cache(maxsize=10_000)
def _may_be_title(text: str, is_linked: bool) -> bool:
    """Cached: every way of showing titles asks it of the same words."""
    if not any(map(str.isalpha, text)):
        return False
    if is_generic(text) or furniture.is_furniture(text) or fold_label(text) or dates.read_date_line(text):
        return False
    has_ideographs = count_words(text) > len(text.split())
    words = sum(1 for word in text.split() if any(map(str.isalpha, word)))
    if _ID.match(text) or (words < 2 and not has_ideographs and not is_linked):
        return False
    if text.lower().startswith(("http://", "https://", "www.")) or text.lower().endswith((".pdf", ".html")):
        return False
    return is_linked or (count_words(text) >= TITLE_WORDS and not is_page_title(text))


_PAGE_TITLE = re.compile(
    r"^\W*(?:"
    r"(?:daily|weekly|monthly|trending|top|latest|new|recent|hot|today'?s|this week'?s|selected|awesome)\b.*"
    r"\b(?:papers?|arxiv|list|digest|preprints|publications|articles|reading)"
    r"|(?:arxiv|hugging ?face)\b.*\b(?:daily|weekly|papers)"
    r"|(?:papers?|articles?|publications?|updates?|list|table|submissions?)\b (?:of|for|from|on|in|by)\b.*"
    r"|.{0,40}\b(?:papers?|digest|summary|updates?)\b\W*(?:of the (?:day|week|month))?\W*\d.*"
    r"|(?:last )?updated?\b.*"
    r"|(?:showing|search results)\b.*|.{0,60}\bresults for\b.*"
    r")$",
    re.IGNORECASE,
)


#: Headings of parts that no paper is titled by.
_SECTION = re.compile(
    r"^\W*(?:related works?|references|bibliography|(?:selected )?publications|further reading|acknowledge?ments?|"
    r"citations?|(?:table of )?contents|introduction|conclusions?|contributing|contributors|licen[cs]e|installation|"
    r"usage|getting started|quick ?start|news)\b.{0,20}$",
    re.IGNORECASE,
)


def is_page_title(text: str) -> bool:
    """Whether a text names a page or a part of one: `Daily papers, 13 January 2026`."""
    return len(text) < 120 and (_PAGE_TITLE.match(text) or _SECTION.match(text)) is not None


def is_prose(text: str, words: int = PROSE_WORDS) -> bool:
    """Whether a text has so many words or signs that it may be an abstract."""
    return count_words(text) >= words and not furniture.is_furniture(text)


def read_votes(text: str) -> int | None:
    """The number of votes a short text tells of."""
    found = _VOTES.fullmatch(text.strip().strip("*_|· ")) if len(text) < 40 else None
    return fields.read_count(found[1] or found[2]) if found else None


def read_author_count(text: str) -> int | None:
    """The number in `3 authors`."""
    found = _AUTHOR_COUNT.search(text) if len(text) < 80 else None
    return fields.read_count(found[1]) if found else None


def are_people(text: str) -> bool:
    """Whether a text is made of names: two to five words each that begin with capitals, two names or more."""
    return bool(find_people(text))


def find_people(text: str, may_go_on: bool = False, may_be_one: bool = False) -> str:
    """The names a text is made of, as it has them, `et al.` included; empty where it says something else.

    may_go_on: something else may follow, as a venue does behind a title; two names are then wanted in front.
    may_be_one: a single name is enough, since how it is written speaks for it.
    """
    text = _PLACE.sub("", text) if "(" in text[1:] else text
    text = _BY.sub("", text.strip().strip("*_().[]-–—:,; ")).strip()
    if not 0 < len(text) < 3_000 or text.endswith(("?", "!")):
        return ""
    bare, _ = people.cut_more(text)
    names = [name for name in _PARTS_OF_NAMES.split(bare) if name]
    good = next((at for at, name in enumerate(names) if not _is_name(name)), len(names))
    if good == len(names) and (good > 1 or (good == 1 and (bare != text or may_be_one))):
        return text
    if sum(map(_is_name, names)) >= 0.8 * len(names) and len(names) > 2:
        return text
    if may_go_on and good > 1:
        return ", ".join(names[:good])
    return ""


def _is_name(text: str) -> bool:
    words = (text if text[-1:].isalpha() else _NOTES.sub("", text)).split()
    if not 1 < len(words) <= 5:
        return False
    return words[0][:1].isupper() and words[-1][:1].isupper() and not _NO_NAME.search(text)


def lines_of(runs: Sequence[Run]) -> list[str]:
    """The lines of runs, folded."""
    return [line for part in join(runs).split("\n") if (line := fold(part))]
