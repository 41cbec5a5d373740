"""What other tools make of lists of papers: reference managers, converters, browsers, other sites' exports.

Every shape prints the same invented papers; each must come back with its title and abstract, and its arXiv id where
the shape carries one.
"""

import csv
import html
import io
import json
import quopri
import textwrap

import pytest
from invented_papers import invent

PAPERS = invent(6, seed=3)
IDS = [f"2503.{number + 1200:05}" for number in range(len(PAPERS))]
PEOPLE = ("Ada Fern", "Bo Lichen", "Cy Heath")
RECORDS = [(paper.title, paper.abstract, arxiv_id) for paper, arxiv_id in zip(PAPERS, IDS, strict=True)]


def each(form, between="\n\n"):
    return between.join(
        form.format(n=number, t=title, a=abstract, id=arxiv_id, people=", ".join(PEOPLE))
        for number, (title, abstract, arxiv_id) in enumerate(RECORDS, start=1)
    )


def each_in_html(form):
    return "\n".join(
        form.format(n=number, t=html.escape(title), a=html.escape(abstract), id=arxiv_id)
        for number, (title, abstract, arxiv_id) in enumerate(RECORDS, start=1)
    )


def page(body):
    return f"<!doctype html><html><body><header>Nav</header><main><h1>Daily Papers</h1>{body}</main></body></html>"


def wrap(text):
    return "\n".join(textwrap.wrap(text, 78, break_long_words=False, break_on_hyphens=False))


def write_csv(rows, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def save_as_mhtml(content):
    return (
        "From: <Saved by Blink>\r\nSubject: Daily Papers\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="--x"\r\n\r\n\r\n----x\r\nContent-Type: text/html\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{quopri.encodestring(content.encode()).decode()}\r\n----x--\r\n"
    )


ARTICLE = '<article><h3><a href="{{}}">{t}</a></h3><p>{a}</p></article>'
API = json.dumps([{"paper": {"id": arxiv_id, "title": t, "summary": a}} for t, a, arxiv_id in RECORDS])
WITH_IDS = {
    "json as a browser shows it": f"<html><body><pre>{html.escape(API, quote=False)}</pre></body></html>",
    "json in a script": f"const papers = {API};\n",
    "json with padding": f"callback({API});",
    "json under its headers": f"HTTP/2 200 \ncontent-type: application/json\n\n{API}",
    "html of links to arxiv": page(each_in_html('<li><a href="https://arxiv.org/abs/{id}">{t}</a><p>{a}</p></li>')),
    "html without headings": page(each_in_html('<div><b><a href="/papers/{id}">{t}</a></b><div>{a}</div></div>')),
    "bibtex": each(
        "@misc{{x{n},\n  title={{{t}}},\n  author={{Ada Fern}},\n  eprint={{{id}}},\n  abstract={{{a}}},\n}}"
    ),
    "ris": each("TY  - JOUR\nTI  - {t}\nAU  - Fern, Ada\nAB  - {a}\nUR  - https://arxiv.org/abs/{id}\nER  - ", "\n"),
    "labels": each("Title: {t}\nAuthors: {people}\nAbstract: {a}\nURL: https://arxiv.org/abs/{id}"),
    "arxiv listing": "Computation and Language\n"
    + each("[{n}] arXiv:{id} [pdf, html]\nTitle: {t}\n{people}\nSubjects: Computation (cs.CL)\n{a}", "\n"),
    "arxiv mail": "".join(
        f"{'-' * 78}\n\\\\\narXiv:{arxiv_id}\nDate: Tue, 4 Mar 2025 10:00:00 GMT   (12kb)\n\nTitle: {wrap(title)}\n"
        f"Authors: Ada Fern\nCategories: cs.CL\n\\\\\n{textwrap.indent(wrap(abstract), '  ')}\n"
        f"\\\\ ( https://arxiv.org/abs/{arxiv_id} ,  12kb)\n"
        for title, abstract, arxiv_id in RECORDS
    ),
    "arxiv listing in html": page(
        "<dl>"
        + each_in_html(
            '<dt><a>[{n}]</a> <a href="/abs/{id}">arXiv:{id}</a></dt><dd><div><span>Title:</span>\n {t}</div>'
            '<div><a href="/a">Ada Fern</a></div><p>{a}</p></dd>'
        )
        + "</dl>"
    ),
    "arxiv feed": '<rss version="2.0"><channel><title>cs.CL</title>'
    + each_in_html(
        "<item><title>{t}</title><link>https://arxiv.org/abs/{id}</link>"
        "<description>arXiv:{id}v1 Announce Type: new \nAbstract: {a}</description></item>"
    )
    + "</channel></rss>",
    "keyed by id": json.dumps({arxiv_id: {"title": t, "abstract": a} for t, a, arxiv_id in RECORDS}, indent=1),
    "keyed by day": json.dumps({"2025-03-04": [{"id": i, "title": t, "summary": a} for t, a, i in RECORDS]}),
    "markdown list": "# Papers\n\n"
    + each("- **[{t}](https://arxiv.org/abs/{id})** (Ada Fern et al., 2025): {a}", "\n"),
    "markdown numbered": "# Papers\n\n" + each("{n}. [{t}](https://huggingface.co/papers/{id})\n\n   {a}"),
    "markdown with people": "# Papers\n\n" + each("## {t}\n\n*{people}*\n\n{a}\n\n[PDF](https://arxiv.org/pdf/{id})"),
    "markdown with labels": "# Papers\n\n"
    + each("## {n}. {t}\n\n**Authors:** {people}\n\n**Abstract:** {a}\n\n**Link:** https://arxiv.org/abs/{id}"),
    "markdown by reference": "# Papers\n\n"
    + each("### [{t}][{n}]\n\n{a}")
    + "\n\n"
    + each("[{n}]: https://huggingface.co/papers/{id}", "\n"),
    "markdown of pandoc": "::: {.main}\n# Daily Papers {#daily .big}\n\n"
    + each("::: article\n### [{t}](/papers/{id}){{.line}} {{.mb-1}}\n\n{a}\n\n[[3 authors]{{.x}}](/papers/{id})\n:::")
    + "\n:::\n",
    "markdown table": "| Title | Abstract | Link |\n| --- | :-- | --- |\n"
    + each("| {t} | {a} | https://arxiv.org/abs/{id} |", "\n"),
    "html with files beside it": page(each_in_html(ARTICLE.replace("{{}}", "papers/{id}.html"))),
    "html with shared links": page(each_in_html(ARTICLE.replace("{{}}", "https://huggingface.co/papers/{id}?ref=x"))),
    "html of a reader mode": page(each_in_html('<div><h3><a href="/papers/{id}">{t}</a></h3><div>{a}</div></div>')),
    "html of headings": page(each_in_html('<h2>{t}</h2><p>{a}</p><a href="https://arxiv.org/abs/{id}">arXiv</a>')),
    "html with data in a script": page(
        '<script type="application/json">'
        + json.dumps({"props": {"papers": [{"paper": {"id": i, "title": t, "summary": a}} for t, a, i in RECORDS]}})
        + "</script>"
    ),
    "mhtml": save_as_mhtml(page(each_in_html(ARTICLE.replace("{{}}", "https://huggingface.co/papers/{id}")))),
}
WITHOUT_IDS = {
    "openreview": json.dumps(
        {"notes": [{"id": "aB", "content": {"title": {"value": t}, "abstract": {"value": a}}} for t, a, _ in RECORDS]}
    ),
    "openreview, older": json.dumps([{"id": "aB", "content": {"title": t, "abstract": a}} for t, a, _ in RECORDS]),
    "columns": json.dumps({"title": {str(n): r[0] for n, r in enumerate(RECORDS)}}).removesuffix("}")
    + ', "abstract": '
    + json.dumps({str(n): r[1] for n, r in enumerate(RECORDS)})
    + "}",
    "columns of lists": json.dumps({"title": [r[0] for r in RECORDS], "abstract": [r[1] for r in RECORDS]}),
    "spreadsheet": "\ufeffsep=;\r\n" + write_csv([("Title", "Abstract"), *(r[:2] for r in RECORDS)], ";"),
    "yaml": "papers:\n"
    + "".join(f"- title: {json.dumps(t)}\n  abstract: >-\n{textwrap.indent(wrap(a), '    ')}\n" for t, a, _ in RECORDS),
    "other names": write_csv([("Article Title", "Abstract Text"), *(r[:2] for r in RECORDS)], "\t"),
    "text with items below items": each("- {t}\n  - {a}", "\n"),
    "text in bold": each("**{t}**\n\n{a}"),
    "markdown of first headings": each("# {t}\n\n{a}"),
    "text with people": each("{t}\n\n{people}\n\n{a}"),
    "text with organisations": each("Submitted by\n\nuser\n\n7\n\n{t}\n\n{a}\n\nMoss University · 7 authors"),
}


@pytest.mark.parametrize("shape", [*WITH_IDS, *WITHOUT_IDS])
def test_other_shapes_give_the_same_papers(parse, shape):
    tables = parse({"page": (WITH_IDS | WITHOUT_IDS)[shape]})
    found = [(" ".join(title.split()), " ".join(abstract.split())) for title, abstract in tables.pairs]
    assert found == [(title, abstract) for title, abstract, _ in RECORDS]
    if shape in WITH_IDS:
        assert tables.entries["arxiv_id"].to_list() == IDS


@pytest.mark.parametrize("count", [",", ",,k", "1,2,3", "k"])
def test_a_count_without_a_digit_is_none(parse, count):
    assert parse(json.dumps([{"title": "Moss", "summary": "It grows.", "upvotes": count}])).entries.height == 1
