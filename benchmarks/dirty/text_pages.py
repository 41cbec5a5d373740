"""Damage done to the lines of text pages: rows of the list about headers, dates, spacing, order and furniture."""

import random
import re
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from benchmarks.dirty.trials import DAY, TEXT, Expected, File, expect, quirk
from paperhouse.sample.layouts.pages import HEADERS, print_lines

_SENTENCE_END = re.compile(r"(?<=[.?!]) (?=[A-Z])")


def print_page(lines: Iterable[str], layout: str, header: Sequence[str] = HEADERS["plain"]) -> bytes:
    """Print lines under a header, spaced out or dense as the layout says."""
    return print_lines([*header, *lines], is_spaced=layout == "text_spaced").encode()


def list_lines(papers: pl.DataFrame) -> list[str]:
    """Title and abstract of each paper, in turn."""
    return [line for pair in papers.select("page_title", "page_abstract").iter_rows() for line in pair]


def list_pairs(papers: pl.DataFrame) -> list[tuple[str, str]]:
    """Title and abstract of each paper."""
    return list(papers.select("page_title", "page_abstract").iter_rows())


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return _SENTENCE_END.split(text)


@quirk(1, "header lines vary", TEXT)
def vary_header(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    lines = [
        "new",
        "Get trending papers in your email inbox!",
        "Get trending papers in your email inbox once a day!",
        "Subscribe",
        "Daily Papers",
        "byAK and the research community",
        "by AK and the research community",
        "Trending Papers",
        "SUBSCRIBE",
        "daily papers",
    ]
    header = rng.sample(lines, rng.randint(0, 5))
    again = rng.sample(lines, rng.randint(2, 4))
    middle = 2 * rng.randint(1, papers.height - 1)
    printed = list_lines(papers)
    content = print_page([*printed[:middle], *again, *printed[middle:]], layout, header)
    return File("page.txt", content, expect(papers), facts={"boilerplate_line_count": len(header) + len(again)})


@quirk(2, "header glued to the first title", TEXT)
def glue_header(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    glue = rng.choice(["Subscribe", "newSubscribe", "new", "Daily PapersbyAK and the research community", "Mar 11"])
    entries = expect(papers)
    # A title that begins with a small letter cannot be told from a longer word.
    first = next(n for n, entry in enumerate(entries) if entry.title[0].isupper())
    entries.insert(0, entries.pop(first))
    lines = [line for entry in entries for line in (entry.title, str(entry.abstract))]
    entries[0].flags = frozenset({"unglued"})
    return File("page.txt", print_page([glue + lines[0], *lines[1:]], layout), entries)


@quirk(3, "glued words in boilerplate", TEXT)
def glue_byline(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    line = rng.choice(["byAK and the research community", "ByAK and the research community"])
    return File(
        "page.txt",
        print_page(list_lines(papers), layout, ["Daily Papers", line]),
        expect(papers),
        facts={"boilerplate_line_count": 2},
    )


@quirk(5, "date line without year", TEXT)
def date_without_year(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    day = date(2025, rng.randint(1, 12), rng.randint(1, 28))
    printed = f"{day:%b} {day.day}"
    is_named = rng.random() < 0.5
    content = print_page(list_lines(papers), layout, [*HEADERS["plain"], printed])
    facts: dict[str, object] = {"captured_on_text": printed, "captured_on": day if is_named else None}
    facts |= {"captured_on_precision": "day" if is_named else "month_day", "date_line_count": 1}
    return File(f"{day}.txt" if is_named else "page.txt", content, expect(papers), facts=facts)


@quirk(6, "no date line", TEXT)
def no_date(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    facts: dict[str, object] = {"captured_on": None, "captured_on_text": None, "captured_on_source": None}
    return File("page.txt", print_page(list_lines(papers), layout), expect(papers), facts=facts)


_DATE_FORMS: dict[str, date | None] = {
    "March 11, 2025": DAY,
    "Mar 11, 2025": DAY,
    "11 Mar 2025": DAY,
    "11 March 2025": DAY,
    "2025-03-11": DAY,
    "2025/03/11": DAY,
    "Tuesday, March 11, 2025": DAY,
    "Tue, 11 Mar 2025": DAY,
    "March 11th, 2025": DAY,
    "March 11": None,
    "11 Mar": None,
    "11 mars 2025": DAY,
    "11. März 2025": DAY,
    "11 de marzo de 2025": DAY,
    "2025年3月11日": DAY,
    "Yesterday": None,
}


@quirk(7, "other date forms", TEXT)
def other_dates(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Each form heads a page of its own."""
    files = []
    for place, (form, day) in enumerate(_DATE_FORMS.items()):
        part = papers.slice(place * papers.height // len(_DATE_FORMS), max(papers.height // len(_DATE_FORMS), 4))
        content = print_page(list_lines(part), layout, [*HEADERS["plain"], form])
        facts: dict[str, object] = {"captured_on": day, "captured_on_text": form}
        files.append(File(f"form-{place}.txt", content, expect(part), facts=facts))
    return files


@quirk(8, "impossible or leap dates", TEXT)
def impossible_date(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    half = papers.height // 2
    line = rng.choice(["Feb 30", "Apr 31", "June 31", "2025-02-29", "February 29, 2023", "Nov 31, 2024"])
    bad = print_page(list_lines(papers[:half]), layout, [*HEADERS["plain"], line])
    leap = print_page(list_lines(papers[half:]), layout, [*HEADERS["plain"], "Feb 29"])
    return [
        File("bad.txt", bad, expect(papers[:half]), {"impossible_date": 1}, facts={"captured_on_text": None}),
        File("leap.txt", leap, expect(papers[half:]), facts={"captured_on": None, "captured_on_text": "Feb 29"}),
    ]


@quirk(9, "several days pasted together", TEXT)
def two_dates(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    cuts = sorted(rng.sample(range(1, papers.height), rng.randint(1, 3)))
    lines: list[str] = []
    entries: list[Expected] = []
    has_year = rng.random() < 0.5
    header = HEADERS["plain"] if rng.random() < 0.5 else ()
    for place, (first, last) in enumerate(zip([0, *cuts], [*cuts, papers.height], strict=True)):
        day = date(2025, 3, 20 - place)
        printed = f"{day:%b} {day.day}" + (f", {day.year}" if has_year else "")
        if place:
            lines.extend(header)
        lines += [printed, *list_lines(papers[first:last])]
        entries += [
            Expected(
                entry.title, entry.abstract, facts={"section_on_text": printed, "section_on": day if has_year else None}
            )
            for entry in expect(papers[first:last])
        ]
    return File("page.txt", print_page(lines, layout), entries, facts={"date_line_count": len(cuts) + 1})


@quirk(10, "blank lines between all lines, or none", TEXT)
def spacing(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    lines = [*HEADERS["dated"], *list_lines(papers)]
    if layout == "text_dense":
        content = "\n".join(lines)
    else:
        content = lines[0] + "".join("\n" * rng.choice([2, 2, 2, 3, 5]) + line for line in lines[1:])
        content = content.replace("\n\n", "\n \t\n") if rng.random() < 0.3 else content
    return File("page.txt", content.encode(), expect(papers), facts={"layout": layout})


@quirk(11, "blank line missing between title and abstract", ("text_spaced",))
def missing_blanks(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    share = rng.choice([0.05, 0.3, 0.6, 1.0])
    blocks = []
    for title, abstract in list_pairs(papers):
        kind = rng.random()
        if kind < share:
            blocks.append(f"{title}\n{abstract}")
        else:
            blocks += [title, abstract]
    content = print_page(blocks, layout)
    # Once in a while the blank line before a title is missing, too.
    for title, _ in list_pairs(papers)[1:]:
        if rng.random() < 0.05:
            content = content.replace(f"\n\n{title}\n".encode(), f"\n{title}\n".encode(), 1)
    return File("page.txt", content, expect(papers))


@quirk(12, "abstract in several lines or paragraphs", TEXT)
def paragraphs(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    share = rng.choice([0.05, 0.2, 0.5, 1.0])
    lines: list[str] = []
    entries = []
    for title, abstract in list_pairs(papers):
        sentences = sentences_of(abstract)
        flags: frozenset[str] = frozenset()
        if rng.random() < share and len(sentences) >= 4:
            lines += [title, *cut_paragraphs(sentences, rng)]
            flags = frozenset({"paragraphs"})
        else:
            lines += [title, abstract]
        entries.append(Expected(title, abstract, flags))
    return File("page.txt", print_page(lines, layout), entries)


def cut_paragraphs(sentences: list[str], rng: random.Random) -> list[str]:
    """Two to four paragraphs, none of fewer than two sentences but perhaps the last."""
    count = min(rng.randint(2, 4), len(sentences) // 2)
    cuts = [place * len(sentences) // count for place in range(1, count)]
    if rng.random() < 0.3:
        cuts[-1] = len(sentences) - 1
    return [" ".join(sentences[a:b]) for a, b in zip([0, *cuts], [*cuts, len(sentences)], strict=True)]


@quirk(13, "hard-wrapped lines, some hyphenated", TEXT)
def hard_wrap(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Wrapped at 72 to 100 columns; half of the pages with words divided where the whole word occurs elsewhere."""
    width = rng.choice([72, 76, 79, 80, 88, 100])
    texts = [text for pair in list_pairs(papers) for text in pair]
    known = _count_words(texts)
    is_divided = rng.random() < 0.5
    blocks = ["\n".join(_wrap(text, width, known if is_divided else {})) for text in texts]
    return File("page.txt", print_page(blocks, layout), expect(papers))


def _count_words(texts: Sequence[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in texts:
        for word in re.findall(r"[A-Za-z-]+", text):
            counts[word] = counts.get(word, 0) + 1
    return counts


def _wrap(text: str, width: int, known: dict[str, int]) -> list[str]:
    """Fill lines as typesetters do: a word that occurs elsewhere is divided where its beginning still fits."""
    lines, line = [], ""
    for word in text.split():
        room = width - len(line) - 2
        if not line or len(line) + 1 + len(word) <= width:
            line = f"{line} {word}".lstrip()
        elif re.fullmatch(r"[a-z]{6,}", word) and known.get(word, 0) >= 3 and room >= 3:
            cut = min(room, len(word) - 2)
            lines.append(f"{line} {word[:cut]}-")
            line = word[cut:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


@quirk(14, "title over two lines", TEXT)
def break_titles(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    share = rng.choice([0.1, 0.3, 1.0])
    is_tight = layout == "text_dense" or rng.random() < 0.5
    lines = []
    for title, abstract in list_pairs(papers):
        words = title.split()
        if rng.random() < share and len(words) >= 5 and len(title) >= 40:
            at = rng.randint(2, len(words) - 2)
            first, second = " ".join(words[:at]), " ".join(words[at:])
            lines += [f"{first}\n{second}", abstract] if is_tight else [first, second, abstract]
        else:
            lines += [title, abstract]
    return File("page.txt", print_page(lines, layout), expect(papers))


@quirk(15, "missing abstract", TEXT)
def lose_abstracts(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    share = rng.choice([0.03, 0.1, 0.3])
    lines, entries = [], []
    for title, abstract in list_pairs(papers):
        is_lost = rng.random() < share
        lines += [title] if is_lost else [title, abstract]
        entries.append(Expected(title, None, frozenset({"no_abstract"})) if is_lost else Expected(title, abstract))
    return File("page.txt", print_page(lines, layout), entries)


@quirk(16, "missing title", TEXT)
def lose_titles(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    share = rng.choice([0.03, 0.1, 0.3])
    lines, entries, lost = [], [], 0
    for title, abstract in list_pairs(papers):
        if rng.random() < share:
            lines += [abstract]
            lost += 1
        else:
            lines += [title, abstract]
            entries.append(Expected(title, abstract))
    return File("page.txt", print_page(lines, layout), entries, {"orphan_abstract": lost} if lost else {})


_STRAY_LINES = (
    "Loading…",
    "Sponsored",
    "3 days ago",
    "Read more →",
    "Published 2 weeks ago",
    "[image]",
    "Trending now in your area",
    "Was this helpful?",
    "Scroll for details",
    "Back to list",
)


@quirk(17, "odd number of lines, stray lines", TEXT)
def shift_lines(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """The first title or the last abstract is missing, or lines nobody knows stand between entries."""
    kind = rng.choice(["first", "last", "stray", "stray"])
    lines, entries = list_lines(papers), expect(papers)
    reasons: dict[str, int] = {}
    if kind == "first":
        lines, entries, reasons = lines[1:], entries[1:], {"orphan_abstract": 1}
    elif kind == "last":
        lines = lines[:-1]
        entries[-1] = Expected(entries[-1].title, None, frozenset({"no_abstract"}))
    else:
        stray = rng.choice(_STRAY_LINES)
        places = [n for n in range(2, len(lines), 2) if rng.random() < rng.choice([0.05, 0.3])] or [2, 4]
        if len(places) == 1:
            places.append(places[0] + 2 if places[0] + 2 < len(lines) else 2)
        for place in sorted(set(places), reverse=True):
            lines.insert(place, stray)
    tolerated = frozenset({"unknown_text"})
    return File("page.txt", print_page(lines, layout), entries, reasons, tolerated)


@quirk(18, "title and abstract swapped", TEXT)
def swap_pairs(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    pairs, entries = list_pairs(papers), expect(papers)
    kind = rng.choice(["one", "some", "run", "all"])
    if kind == "one":
        chosen = {rng.randrange(len(pairs))}
    elif kind == "some":
        chosen = {n for n in range(len(pairs)) if rng.random() < 0.15}
    elif kind == "run":
        first = rng.randrange(len(pairs) - 5)
        chosen = set(range(first, first + rng.randint(2, 5)))
    else:
        chosen = set(range(len(pairs)))
    lines = [line for n, pair in enumerate(pairs) for line in (reversed(pair) if n in chosen else pair)]
    for n in chosen:
        entries[n].flags = frozenset({"swapped"})
    return File("page.txt", print_page(lines, layout), entries)


@quirk(20, "last abstract cut off", TEXT)
def cut_last(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """The file ends in the middle of a word or a sentence, or with an ellipsis; nowhere a final line feed."""
    content = print_page(list_lines(papers), layout)
    entries = expect(papers)
    title, abstract = entries[-1].title, str(entries[-1].abstract)
    at = rng.randint(len(abstract) // 3, len(abstract) * 3 // 4)
    while not (abstract[at - 1].isalpha() and abstract[at].isalpha()):
        at -= 1
    kept = abstract[:at]
    if rng.random() < 0.4:
        kept = kept.rsplit(" ", 1)[0] + rng.choice(["…", "...", " …"])
    entries[-1] = Expected(title, kept, frozenset({"truncated"}))
    return File("page.txt", content[: -len(abstract.encode())] + kept.encode(), entries)


@quirk(21, "every abstract cut at a fixed length", TEXT)
def cut_all(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    limit = rng.choice([300, 500, 600, 1_000])
    entries = []
    for title, abstract in list_pairs(papers):
        is_cut = len(abstract) > limit
        kept = abstract[:limit].rstrip() if is_cut else abstract
        entries.append(
            Expected(
                title, kept, frozenset({"truncated"} if is_cut and len(kept) == limit and kept[-1].isalnum() else ())
            )
        )
    lines = [line for entry in entries for line in (entry.title, str(entry.abstract))]
    return File("page.txt", print_page(lines, layout), entries)


@quirk(39, "site furniture between entries", TEXT)
def furniture_between(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    is_before = rng.random() < 0.5
    has_word = rng.random() < 0.7
    kinds = rng.sample(["authors", "submitter", "github", "comments"], rng.randint(1, 4))
    lines, entries = [], []
    for title, abstract in list_pairs(papers):
        votes = rng.randint(1, 400)
        counted: dict[str, tuple[str, dict[str, object]]] = {
            "authors": (f"· {(count := rng.randint(2, 30))} authors", {"author_count": count}),
            "submitter": (f"Submitted by {(name := f'user{rng.randrange(999)}')}", {"submitter": name}),
            "github": ("GitHub 1.2k", {"github_stars": 1_200}),
            "comments": (f"{(said := rng.randint(2, 60))} comments", {"comment_count": said}),
        }
        vote_lines = ["Upvote", str(votes)] if has_word else [str(votes)]
        facts: dict[str, object] = {"upvotes": votes} if has_word else {}
        after = [counted[kind][0] for kind in kinds]
        for kind in kinds:
            facts |= counted[kind][1]
        lines += [*vote_lines, title, abstract, *after] if is_before else [title, abstract, *vote_lines, *after]
        entries.append(Expected(title, abstract, facts=facts))
    return File("page.txt", print_page(lines, layout), entries)


_NAVIGATION = ("Hugging Face", "Models", "Datasets", "Spaces", "Posts", "Docs", "Enterprise", "Pricing", "Log In")
_FOOTER = ("Previous", "Next", "View all", "Company", "TOS", "Privacy", "About", "Jobs", "© Hugging Face")
_COOKIES = ("We use cookies to make this site better.", "Accept all", "Reject all")


@quirk(40, "navigation, footers, several pages in one file", TEXT)
def navigation(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    pages = rng.randint(1, 3)
    lines: list[str] = []
    count = 0
    for page in range(pages):
        top = [*_NAVIGATION[: rng.randint(3, 9)], *(_COOKIES if rng.random() < 0.5 else ()), *HEADERS["undated"]]
        bottom = _FOOTER[: rng.randint(2, 9)]
        count += len(top) + len(bottom)
        part = papers[page * papers.height // pages : (page + 1) * papers.height // pages]
        lines += [*top, *list_lines(part), *bottom]
    return File("page.txt", print_page(lines, layout, ()), expect(papers), facts={"boilerplate_line_count": count})


@quirk(41, "arXiv ids beside titles", TEXT)
def arxiv_ids(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    form = rng.choice(
        ["arxiv:{id}v2", "arXiv:{id}v2 [cs.CL]", "https://arxiv.org/abs/{id}v2", "https://arxiv.org/pdf/{id}v2"]
    )
    is_before = rng.random() < 0.5
    lines, entries = [], []
    for number, (title, abstract) in enumerate(list_pairs(papers)):
        arxiv_id = f"2503.{number + 10:05}"
        line = form.format(id=arxiv_id)
        lines += [line, title, abstract] if is_before else [title, abstract, line]
        entries.append(Expected(title, abstract, facts={"arxiv_id": arxiv_id, "arxiv_version": 2}))
    return File("page.txt", print_page(lines, layout), entries)


@quirk(57, "numbered or bulleted lists", TEXT)
def enumerate_titles(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    form = rng.choice(["{n}. {t}", "{n}) {t}", "({n}) {t}", "- {t}", "* {t}", "• {t}", "[{n}] {t}", "#{n} {t}"])
    first = rng.choice([1, 1, 21])
    lines, entries = [], []
    for number, (title, abstract) in enumerate(list_pairs(papers), start=first):
        lines += [form.format(n=number, t=title), abstract]
        entries.append(Expected(title, abstract, frozenset({"enumerated"})))
    return File("page.txt", print_page(lines, layout), entries)
