"""Articles of one markup are read as each by itself would be, whatever stands in them and around them."""

from collections.abc import Callable

import pytest
from parsed_tables import Tables
from polars.testing import assert_frame_equal

from paperhouse.parsing.documents import alike

_ARTICLE = """<article>
  <a href="/login?next=%2Fpapers%2F{id}"><div>{votes}</div></a>
  <h3><a href="/papers/{id}">Kites Without {number} Strings</a></h3>
  <p>{said}</p>
  <a href="/papers/{id}">{votes} authors</a>
  <time datetime="2025-03-{day:02}T11:24:40.000Z">Mar {day}, 2025</time>
</article>
"""
_HEAD = '<!doctype html>\n<html><head><meta charset="utf-8"></head><body><main>\n<p>Mar 28</p>\n'
_ARTICLES = [
    _ARTICLE.format(
        id=f"2503.5{number:04}",
        votes=number + 2,
        number=number + 2,
        said=f"We fly {number + 2} kites over three bays, and find that those on no string come back at dusk.",
        day=number + 1,
    )
    for number in range(20)
]


def _page(*changes: tuple[str, str], before: str = "", behind: str = "") -> str:
    """A page of the articles, the seventh of which has changes in it; with more before and behind that."""
    seventh = _ARTICLES[6]
    for old, new in changes:
        assert old in seventh
        seventh = seventh.replace(old, new)
    return "".join([_HEAD, *_ARTICLES[:6], before, seventh, behind, *_ARTICLES[7:], "</main></body></html>\n"])


#: What may be odd about one of many articles, or about what stands between them.
ODD_PAGES = {
    "none": _page(),
    "an entity": _page(("over three bays", "over bays &amp; lakes")),
    "markup in a text": _page(("three bays", "<b>three</b> bays")),
    "a text of two lines": _page(("over three bays", "over\nthree bays")),
    "two paragraphs": _page(("<p>", "<p>What we have seen of kites in a year of looking up is told.</p>\n<p>")),
    "no abstract": _page(("<p>", "<p hidden>")),
    "blanks in a text": _page(("three bays", "three \t  bays")),
    "blanks around a text": _page(("<p>We", "<p>\n     We"), ("dusk.</p>", "dusk.  \n  </p>")),
    "a class that names": _page(("<div>", '<div class="abstract">')),
    "a tag that is not closed": _page(("</div>", "")),
    "an end without its tag": _page(("</h3>", "</h3></div></main>")),
    "a paragraph around": _page(before="<p>In the open:\n", behind="</p>"),
    "a link around": _page(before='<a href="/papers/2503.59999">', behind="</a>"),
    "a list around": _page(before="<ul><li>", behind="</li></ul>"),
    "a cell around": _page(before="<table><tr><th>A</th><td>", behind="</td></tr></table>"),
    "a header around": _page(before="<header>", behind="</header>"),
    "a comment around": _page(before="<!-- ", behind=" -->"),
    "a script around": _page(before="<script>", behind="</script>"),
    "what is hidden around": _page(before="<nav>", behind="</nav>"),
    "text as it stands around": _page(before="<pre>", behind="</pre>"),
    "a sentence between": _page(before="<p>Nobody has told these words to which of the kites they belong.</p>"),
    "a day between": _page(before="\n<h2>Mar 27</h2>\n"),
    "an article around": _page(before="<article>", behind="</article>"),
    "signs that mark": _page(("dusk", "\ue0000 \ue0011")),
    "a paper of its own": _page().replace("<head>", '<head><meta name="citation_title" content="Kites">'),
}


@pytest.mark.parametrize("name", ODD_PAGES)
def test_articles_read_together_say_what_each_says(
    name: str, parse: Callable[..., Tables], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = parse(ODD_PAGES[name])
    monkeypatch.setattr(alike, "find_articles", lambda page: None)
    alone = parse(ODD_PAGES[name])
    for frame in ("dumps", "entries", "rejects", "line_spans"):
        assert_frame_equal(getattr(together, frame), getattr(alone, frame))


def test_most_articles_are_read_together() -> None:
    page = ODD_PAGES["an entity"]
    marked, stretches = alike.find_articles(page) or ("", [])
    assert [len(stretch) for stretch in stretches] == [6, 13]
    assert marked.count("\n") == page.count("\n")
    assert marked.count("bays") == marked.count("lakes") == 1


def test_few_articles_are_left_as_they_are() -> None:
    assert alike.find_articles(_HEAD + "".join(_ARTICLES[:7])) is None
