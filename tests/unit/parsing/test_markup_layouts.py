"""Markdown captures, saved HTML pages and feeds: every field, and what is damaged."""

import html
import json
from datetime import UTC, date, datetime

import pytest

ABSTRACT = 'We grow moss in jars [each larger than the last and watch it. It grows "well" < fast, with 40% fewer jars.'
CAPTURE = f"""---
url: https://huggingface.co/papers?q=moss
---
new

Get trending papers in your email inbox once a day!

[Subscribe](https://huggingface.co/login?next=%2Fpapers)

# Daily Papers

## by [![](https://huggingface.co/front/papers-by.png)AK](https://huggingface.co/akhaliq) and the research community

- Daily
- Weekly

[Trending Papers](https://huggingface.co/papers/trending)

Oct 2

[101](https://huggingface.co/login?next=%2Fpapers%2F2606.00683)

### [Moss in Jars: Growing with\\  Care](https://huggingface.co/papers/2606.00683)

[{ABSTRACT}](https://huggingface.co/papers/2606.00683)

[![lab](https://cdn-avatars.huggingface.co/x.png)Jar Lab](https://huggingface.co/jarlab)

·

May 29[6](https://huggingface.co/papers/2606.00683#community)

[-](https://huggingface.co/login?next=%2Fpapers%2F2502.20581)

### [Kites over the Marsh](https://huggingface.co/papers/2502.20581)

[Kites are flown over the \\[salt\\] marsh and tracked\\\\
over several lines.](https://huggingface.co/papers/2502.20581)

[- ![](https://cdn-avatars.huggingface.co/y.jpeg)\\
- 3 authors](https://huggingface.co/papers/2502.20581)

·

Feb 27, 2025

### [Looms Alone](https://huggingface.co/papers/2502.20582)

Submitted by [![](https://example.org/a.png) jane](https://huggingface.co/jane)

[Upvote 12](https://huggingface.co/login?next=%2Fpapers%2F2502.20582)

[GitHub 1.2k](https://github.com/example/looms) [arXiv Page](https://arxiv.org/abs/2502.20582)

- [Previous](https://huggingface.co/papers)

A sentence about something else that nobody can place.
"""


def fields(tables, *names):
    return tables.entries.select(names).rows()


def test_markdown_capture_gives_every_field(parse):
    tables = parse(CAPTURE)
    assert tables.dump["layout"] == "markdown"
    assert (tables.dump["captured_on_text"], tables.dump["captured_on"]) == ("Oct 2", None)
    assert tables.pairs == [
        ("Moss in Jars: Growing with Care", ABSTRACT),
        ("Kites over the Marsh", "Kites are flown over the [salt] marsh and tracked\nover several lines."),
        ("Looms Alone", None),
    ]
    assert fields(tables, "arxiv_id", "upvotes", "comment_count", "organization", "author_count") == [
        ("2606.00683", 101, 6, "Jar Lab", None),
        ("2502.20581", None, None, None, 3),
        ("2502.20582", 12, None, None, None),
    ]
    assert fields(tables, "submitter", "code_url", "github_stars")[2] == (
        "jane",
        "https://github.com/example/looms",
        1200,
    )
    # `May 29` has no year: nothing is invented.
    assert fields(tables, "published_at") == [(None,), (datetime(2025, 2, 27, tzinfo=UTC),), (None,)]
    assert tables.reasons == ["unknown_text"]
    assert tables.rejects["text"].to_list() == ["A sentence about something else that nobody can place."]


def test_markdown_headings_over_paragraphs(parse):
    content = (
        "# Papers\n\n## Moss in Jars: A Study of Shade\n\nWe grow moss. {0}\n\nIt grows. {0}\n\n"
        "## Kites Without Strings in Strong Winds\n===\n\nWe fly kites. {0}\n"
    )
    tables = parse(content.format("Every jar is weighed twice a day by two people who do not know its label. " * 3))
    titles = ["Moss in Jars: A Study of Shade", "Kites Without Strings in Strong Winds"]
    assert [title for title, _ in tables.pairs] == titles
    assert tables.pairs[0][1].count("\n\n") == 1


CARD = """<article class="rel [&>p]:mt-2">
 <div>Submitted by <a href="/jane">Jane</a></div>
 <a href="/login?next=%2Fpapers%2F2503.00001"><div>45</div></a>
 <h3 class="x"><a href="/papers/2503.00001" class="line-clamp-3">Moss &amp; Kites: A <b>Bold</b> Study</a></h3>
 <p class="y">We study moss &lt;EOS&gt; in jars.
 It works.</p>
 <ul><li>· 7 authors</li></ul>
 <a href="/papers/2503.00001#community">3</a> <a href="https://github.com/example/moss">GitHub 1.2k</a>
 <a href="/jarlab">Jar Lab</a>
 <time datetime="2025-03-01T00:00:00.000Z">Mar 1</time>
</article>
<article><h3><a href="/papers/2503.00002">Kites Alone</a></h3></article>"""
PAGE = """<!doctype html>
<html><head><title>Daily Papers</title><script>var x = "<article>";</script></head>
<body><header><nav><a href="/models">Models</a></nav></header>
<main><h1>Daily Papers</h1><p>Mar 11</p>
{0}
</main><footer>© Hugging Face, all of these words are part of the footer of the page</footer></body></html>
"""


def test_html_articles_give_every_field(parse):
    tables = parse(PAGE.format(CARD))
    assert tables.dump["layout"] == "html"
    assert tables.dump["captured_on_text"] == "Mar 11"
    assert tables.pairs == [
        ("Moss & Kites: A Bold Study", "We study moss <EOS> in jars. It works."),
        ("Kites Alone", None),
    ]
    names = ("arxiv_id", "upvotes", "comment_count", "author_count", "submitter", "organization", "github_stars")
    assert fields(tables, *names) == [
        ("2503.00001", 45, 3, 7, "Jane", "Jar Lab", 1200),
        ("2503.00002", None, None, None, None, None, None),
    ]
    assert tables.entries["published_at"][0] == datetime(2025, 3, 1, tzinfo=UTC)
    assert tables.entries.select("first_line", "last_line").rows() == [(6, 14), (16, 16)]
    assert tables.rejects.height == 0


def test_html_older_headings_without_articles(parse):
    cards = '<div><h3 class="t"><a href="/papers/2303.00001">Old Moss</a></h3><p>Grown.</p></div>\n'
    cards += '<div><h3 class="t"><a href="/papers/2303.00002">Old Kites</a></h3><p>Flown.</p></div>'
    tables = parse(f"<html><body>{cards}</body></html>")
    assert tables.pairs == [("Old Moss", "Grown."), ("Old Kites", "Flown.")]


def test_html_json_in_attributes_is_read_rather_than_the_cards(parse):
    props = {
        "dailyPapers": [{"paper": {"id": "2503.00001", "title": "Moss", "summary": 'A <b> & "more".', "upvotes": 9}}],
        "dateString": "2025-03-05",
    }
    tables = parse(
        PAGE.format(f'<div data-target="DailyPapers" data-props="{html.escape(json.dumps(props))}">{CARD}</div>')
    )
    assert tables.pairs == [("Moss", 'A <b> & "more".')]
    assert (tables.dump["listed_on"], tables.dump["captured_on"]) == (date(2025, 3, 5), None)
    assert "1 entries from the JSON" in tables.dump["layout_reason"]


def test_html_sentences_outside_cards_are_rejected(parse):
    stray = "<p>This is a sentence of nine words or more, surely.</p>"
    tables = parse(PAGE.format(stray + "\n" + CARD))
    assert tables.reasons == ["unknown_text"]
    assert tables.entries.height == 2


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Daily Papers</title>
<item><title><![CDATA[Moss & Kites]]></title><link>https://huggingface.co/papers/2503.00001</link>
<description>&lt;p&gt;We study a &amp;lt; b.&lt;/p&gt;&lt;p&gt;&lt;a href="x"&gt;Code&lt;/a&gt;&lt;/p&gt;</description>
<pubDate>Wed, 05 Mar 2025 00:00:00 GMT</pubDate><author>Ada Ash, Bo Birch</author></item>
<item><title>Looms</title><description><![CDATA[<b>Woven</b> &amp; worn]]></description></item>
<item><description>nameless</description></item>
<item><title>Cut off"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers</title>
<entry><id>http://arxiv.org/abs/2503.00001v2</id><title>Moss
 in Jars</title><summary> We grow moss. </summary><published>2025-03-05T00:00:00Z</published>
<author><name>Ada Ash</name></author><author><name>Bo Birch</name></author></entry></feed>"""


def test_rss(parse):
    tables = parse(RSS)
    assert tables.pairs == [("Moss & Kites", "We study a < b."), ("Looms", "Woven & worn")]
    assert fields(tables, "arxiv_id", "published_at", "authors")[0] == (
        "2503.00001",
        datetime(2025, 3, 5, tzinfo=UTC),
        ["Ada Ash", "Bo Birch"],
    )
    assert tables.reasons == ["no_title", "truncated_feed"]


def test_atom(parse):
    tables = parse(ATOM)
    assert tables.pairs == [("Moss in Jars", "We grow moss.")]
    assert fields(tables, "arxiv_id", "arxiv_version", "author_count") == [("2503.00001", 2, 2)]


@pytest.mark.parametrize("open_tag", ["<", '<a href="', "<!--", "[", "](", "<p ", "<item>", "&", "`"])
def test_hostile_repetition_ends_in_time(parse, open_tag):
    for start in ("<!doctype html><html>", "<rss>", "### [a](/papers/2503.00001)\n"):
        assert parse(start + open_tag * 20_000).dumps.height == 1


@pytest.mark.parametrize("content", ["](/papers/2501.5008", "# ](/papers/2501.5008"])
def test_a_link_without_its_opening_bracket_is_no_card(parse, content):
    # Found by fuzzing: a page claimed for its link to a paper, in which no card and no heading is.
    assert parse({"page.md": content}).entries.height == 0


def list_links(*texts):
    cards = [(f"### [{title}](/papers/2502.{n:05})", f"[{body}](/papers/2502.{n:05})") for n, (title, body) in texts]
    return "\n\n".join(part for card in cards for part in card)


def test_a_capture_of_navigation_alone_is_empty(parse):
    # Found by the dirty-dump generator: taken for text, its lines were rejects.
    tables = parse({"page.md": "[Hugging Face](/)\n\n# Daily Papers\n\n[Previous](/papers?p=0)\n"})
    assert tables.dumps["status"].to_list() == ["empty"]
    assert tables.rejects.height == 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # The page leaves TeX alone: a backslash is TeX's, whatever stands behind it.
        (r"Moss \textbf{a\_b} and \(x\)", r"Moss \textbf{a\_b} and \(x\)"),
        (r"Moss grows by 40\% and \_ stays", r"Moss grows by 40\% and \_ stays"),
        # The page doubles backslashes: the others are Markdown's.
        (r"Moss \\textbf{a\_b} and \\(x\\) and \*", r"Moss \textbf{a_b} and \(x\) and *"),
        # The page doubles them only where they would escape something.
        (r"Moss grows by 40\% in \[c\] at x.org/a\\_b", r"Moss grows by 40\% in [c] at x.org/a\_b"),
        # The page escapes brackets, which would end its links, and nothing else.
        (r"Moss \[7\] grows by 40\%", r"Moss [7] grows by 40\%"),
        # TeX before letters says nothing about the signs that most tools escape.
        (r"Moss \times a\_b", r"Moss \times a_b"),
        # Quotes are escaped by pandoc alone, and all of them.
        (r"""Moss\'s \"jars\" \$5 and \\\"u""", r"""Moss's "jars" $5 and \"u"""),
        # Nothing but escapes.
        (r"Moss a\_b and \[c\]", "Moss a_b and [c]"),
        # The same character with and without: nobody escaped it.
        (r"Moss a\_b and c_d", r"Moss a\_b and c_d"),
        (r"vis-\`a-vis Moss", r"vis-\`a-vis Moss"),
        (r"\`\`apt'' Moss", "``apt'' Moss"),
        (r"1\. Moss First", "1. Moss First"),
        ("#MossTag: Jars", "#MossTag: Jars"),
        ("Learning A*", "Learning A*"),
        ("**Moss in Bold**", "Moss in Bold"),
    ],
)
def test_backslashes_are_markdown_s_or_tex_s_by_the_page_as_a_whole(parse, written, meant):
    tables = parse(
        {"page.md": list_links((1, (written, f"It grows, {written}, in jars.")), (2, ("Kites", "They fly.")))}
    )
    assert tables.pairs[0][0] == meant
    if "**" not in written and "1" not in written:
        assert tables.pairs[0][1] == f"It grows, {meant}, in jars."


def test_the_day_of_an_announcement_is_no_publication(parse):
    item = "<item><title>Moss in Jars</title><pubDate>Wed, 05 Mar 2025 00:00:00 -0500</pubDate>{}</item>"
    tables = parse(f"<rss><channel>{item.format('<arxiv:announce_type>replace</arxiv:announce_type>')}</channel></rss>")
    assert fields(tables, "published_at", "listed_at") == [(None, datetime(2025, 3, 5, tzinfo=UTC))]


def test_an_affiliation_is_no_author(parse):
    author = "<name>Ada Ash</name><arxiv:affiliation>Hill House, Meadow</arxiv:affiliation>"
    tables = parse(ATOM.replace("<name>Ada Ash</name>", author))
    assert tables.entries["authors"].to_list() == [["Ada Ash", "Bo Birch"]]


def test_fields_wrapped_into_a_description(parse):
    wrapped = "<p><b>Authors:</b> Ada Ash, Bo Birch</p><p><b>Upvotes:</b> 7</p><p><b>Summary:</b> We grow moss.</p>"
    tables = parse(f"<rss><channel><item><title>Moss</title><description><![CDATA[{wrapped}]]></description></item>")
    assert fields(tables, "abstract", "authors", "upvotes") == [("We grow moss.", ["Ada Ash", "Bo Birch"], 7)]


def test_bookmarks_give_what_links_to_papers(parse):
    page = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p>
    <DT><H3 ADD_DATE="1">Moss</H3>
    <DL><p>
        <DT><A HREF="https://arxiv.org/abs/2606.00683" ADD_DATE="2">[2606.00683] Moss Outgrows the Largest Jar</A>
        <DT><A HREF="https://jars.example/lids" ADD_DATE="3">Ten lids for jars that nobody can open</A>
    </DL><p>
</DL><p>
"""
    entries = parse(page).entries
    assert entries.select("title", "arxiv_id").rows() == [("Moss Outgrows the Largest Jar", "2606.00683")]
