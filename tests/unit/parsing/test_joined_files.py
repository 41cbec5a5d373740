"""Files joined to one, and rows that cannot be told apart: no header is a paper, nothing is lost without a word."""

import gzip
import itertools
import json

import pytest
from parsed_tables import parse_each

MORE = " It goes on for as many nights as there are hills, and ends where the last of them falls into the sea."
PAPERS = [
    (
        "Folding Wings of a Brass Heron in Rain",
        "We wind a heron of brass at dawn, and count how often it folds its wings.",
    ),
    (
        "Weighing Cheeses at Night by a Tireless Beam",
        "A cellar of cheeses is weighed each night, by a beam that never tires.",
    ),
    ("Kites Without Strings Return by Evening", "Kites are tied by habit, and most of those that we let go came back."),
]
PAPERS = [(title, abstract + MORE) for title, abstract in PAPERS]
IDS = ["2601.01234", "2601.01235", "2601.01236"]
MARK = "\ufeff"
HEADER = "title,abstract,arxiv_id\n"


def row(n, delimiter=",", order=(0, 1, 2)):
    values = [*PAPERS[n], IDS[n]]
    return delimiter.join(f'"{values[place]}"' for place in order) + "\n"


def record(n):
    return {"title": PAPERS[n][0], "summary": PAPERS[n][1], "id": IDS[n]}


def line(n):
    return json.dumps(record(n)) + "\n"


def page(n):
    return (
        f'<!DOCTYPE html>\n<html><body><article><h3><a href="/papers/{IDS[n]}">{PAPERS[n][0]}</a></h3>\n'
        f"<p>{PAPERS[n][1]}</p></article></body></html>\n"
    )


def feed(n):
    return (
        f'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>papers</title><item><title>{PAPERS[n][0]}</title>'
        f"<link>https://arxiv.org/abs/{IDS[n]}</link>\n<description>{PAPERS[n][1]}</description></item></channel></rss>\n"
    )


def pubmed(n):
    return (
        '<?xml version="1.0"?>\n<PubmedArticleSet><PubmedArticle><MedlineCitation><Article>'
        f"<ArticleTitle>{PAPERS[n][0]}</ArticleTitle>\n<Abstract><AbstractText>{PAPERS[n][1]}</AbstractText></Abstract>"
        "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>\n"
    )


def ris(n):
    return f"TY  - JOUR\nTI  - {PAPERS[n][0]}\nAB  - {PAPERS[n][1]}\nER  - \n"


def medline(n):
    return f"PMID- {n}1\nTI  - {PAPERS[n][0]}\nAB  - {PAPERS[n][1]}\n\n"


def bibtex(n):
    return f"@article{{k,\n title={{{PAPERS[n][0]}}},\n abstract={{{PAPERS[n][1]}}}\n}}\n"


def labelled(n):
    return f"Title: {PAPERS[n][0]}\nAbstract: {PAPERS[n][1]}\n\n"


def markdown(n):
    return f"# Papers\n\n## [{PAPERS[n][0]}](https://arxiv.org/abs/{IDS[n]})\n\n{PAPERS[n][1]}\n\n"


def yaml(n):
    return f'- title: "{PAPERS[n][0]}"\n  abstract: "{PAPERS[n][1]}"\n'


def mail(n):
    return (
        f"From a@heron.example Mon Jan  5 00:00:00 2026\nFrom: a@heron.example\nTo: b@heron.example\nSubject: papers\n"
        f"Date: Mon, 5 Jan 2026 00:00:00 +0000\n\n{labelled(n)}"
    )


#: What is whole by itself, by what follows it: the next one, with or without a mark and the line end before it.
FORMATS = [line, page, feed, pubmed, ris, medline, bibtex, labelled, markdown, yaml, mail, lambda n: HEADER + row(n)]


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
@pytest.mark.parametrize("joint", ["", MARK], ids=["plain", "marked"])
def test_files_of_one_format(parse, write, joint):
    tables = parse("".join(joint + write(n) for n in range(3)))
    assert tables.pairs == PAPERS
    assert tables.reasons == []


@pytest.mark.parametrize(
    "write", [line, page, feed, ris, bibtex, lambda n: HEADER + row(n)], ids=lambda write: write.__name__
)
@pytest.mark.parametrize("joint", ["", MARK], ids=["plain", "marked"])
def test_files_without_a_last_line_end(parse, write, joint):
    tables = parse("".join(joint + write(n).rstrip("\n") for n in range(3)))
    assert tables.pairs == PAPERS
    assert tables.reasons == []


@pytest.mark.parametrize("joint", ["", MARK, "\n"], ids=["plain", "marked", "blank"])
@pytest.mark.parametrize("header", ["| Title | Abstract | arXiv |", "| **TITLE** | Abstract | arXiv |"])
def test_tables_of_markdown(parse, joint, header):
    def table(n, names):
        return f"{names}\n|:---|---|---|\n| {PAPERS[n][0]} | {PAPERS[n][1]} | {IDS[n]} |\n"

    tables = parse(table(0, "| Title | Abstract | arXiv |") + "".join(joint + table(n, header) for n in (1, 2)))
    assert (tables.pairs, tables.reasons) == (PAPERS, [])


@pytest.mark.parametrize("write", [labelled, medline], ids=lambda write: write.__name__)
def test_a_mark_ends_a_line(parse, write):
    assert parse("".join(MARK + write(n).rstrip("\n") for n in range(3))).pairs == PAPERS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_tables_with_marks_in_any_encoding(parse, encoding):
    tables = parse(b"".join((HEADER + row(n)).encode(encoding) for n in range(3)))
    assert (tables.pairs, tables.reasons) == (PAPERS, [])


def test_packed_files_joined(parse):
    assert parse(b"".join(gzip.compress((HEADER + row(n)).encode()) for n in range(3))).pairs == PAPERS


SIGNS = ",;\t|"
ORDERS = [(0, 1, 2), (2, 0, 1)]


def join_tables(first, second, order):
    """Two tables of other signs and orders, joined by nothing, by blank lines, and by a hint at the second's sign."""
    names = HEADER.strip().split(",")
    one = HEADER.replace(",", first) + row(0, first)
    other = second.join(names[place] for place in order) + "\n" + row(1, second, order) + row(2, second, order)
    return [one + joint + other for joint in ("", "\n\n", f"sep={second}\n")]


@pytest.fixture(scope="module")
def joined_tables(tmp_path_factory):
    """Content -> what is read of it, for all of those: parsed in one go."""
    cases = itertools.product(SIGNS, SIGNS, ORDERS)
    return parse_each(tmp_path_factory.mktemp("joined"), [text for case in cases for text in join_tables(*case)])


@pytest.mark.parametrize("first", SIGNS)
@pytest.mark.parametrize("second", SIGNS)
@pytest.mark.parametrize("order", ORDERS)
def test_tables_of_another_sign_and_order(joined_tables, first, second, order):
    for text in join_tables(first, second, order):
        tables = joined_tables[text]
        assert (tables.pairs, tables.reasons) == (PAPERS, [])
        assert tables.entries["arxiv_id"].to_list() == IDS


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("arxiv_id,venue,title,abstract", (2, None, 0, 1)),
        ("title,abstract", (0, 1)),
        ("Title,Abstract,ArXiv ID", (0, 1, 2)),
        ('"title","abstract","arxiv_id"', (0, 1, 2)),
        ("Titel,Zusammenfassung,url", (0, 1, 2)),
    ],
)
def test_tables_of_other_columns(parse, header, place):
    values = [*PAPERS[1], IDS[1]]
    second = ",".join('"Hill"' if at is None else f'"{values[at]}"' for at in place)
    tables = parse(f"{HEADER}{row(0)}{header}\n{second}\n")
    assert (tables.pairs, tables.reasons) == (PAPERS[:2], [])
    assert tables.entries["arxiv_id"].to_list() == [IDS[0], IDS[1] if 2 in place else None]


@pytest.mark.parametrize(
    "text",
    [
        line(0).strip() + line(1) + line(2),
        line(0) + line(1).strip() + " " + line(2),
        line(0) + line(1).strip() + "," + line(2),
        line(0) + line(1) + json.dumps([record(2)]) + "\n",
        line(0) + line(1) + json.dumps([record(2)], indent=1),
        json.dumps([record(0)]) + json.dumps([record(1), record(2)]),
        json.dumps([record(0)], indent=1) + MARK + json.dumps([record(1), record(2)], indent=1),
        "".join(json.dumps(record(n), indent=1) for n in range(3)),
        json.dumps([record(0)], indent=1) + "\n" + line(1) + line(2),
        json.dumps({"papers": [record(0)]}) + json.dumps({"papers": [record(1), record(2)]}),
        HEADER + row(0) + line(1) + line(2),
    ],
)
def test_json_in_any_company(parse, text):
    tables = parse(text)
    assert (tables.pairs, tables.reasons) == (PAPERS, [])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (feed(0) + pubmed(1), 1),
        (pubmed(0) + feed(1), 1),
        (ris(0) + bibtex(1), 1),
        (line(0) + line(1) + HEADER + row(2), 2),
    ],
)
def test_what_another_format_says_is_rejected_and_not_lost(parse, text, count):
    tables = parse(text)
    assert tables.pairs == PAPERS[:count]
    assert PAPERS[count][0] in "".join(tables.rejects["text"])


def test_marks_inside_a_value_are_its_own(parse):
    text = json.dumps([{**record(0), "title": f"Folding{MARK} Wings of Brass"}], ensure_ascii=False)
    assert parse(MARK + text).pairs == [(f"Folding{MARK} Wings of Brass", PAPERS[0][1])]


T, A = zip(*PAPERS, strict=True)
BARE = [text.replace(",", "") for text in A]


@pytest.mark.parametrize(
    "rows",
    [
        # The next row is whole, lost its own first quote, or has nothing to quote.
        [f'{T[0]},"{BARE[0]},{IDS[0]}', f"{T[1]},{BARE[1]},{IDS[1]}"],
        [f'{T[0]},"{BARE[0]},{IDS[0]}', f'{T[1]},{BARE[1]}",{IDS[1]}'],
        [f'"{T[0]},{BARE[0]},{IDS[0]}', f'{T[1]}",{BARE[1]},{IDS[1]}'],
        [f'{T[0]},"{BARE[0]},{IDS[0]}', f'{T[1]},"",{IDS[1]}'],
        [f'{T[0]},"{BARE[0]},{IDS[0]}', f"{T[1]},{BARE[1]},{IDS[1]}", f'{T[2]},{BARE[2]}",{IDS[2]}'],
        [f'{T[0]},{BARE[0]},"{IDS[0]}', f'{T[1]},{BARE[1]},{IDS[1]}"'],
    ],
)
@pytest.mark.parametrize("behind", ["", row(2) * 3])
def test_an_open_quote_costs_its_own_row_alone(parse, rows, behind):
    tables = parse(HEADER + "\n".join(rows) + "\n" + behind)
    count = len(rows) - 1
    # A quote that opens nothing is kept as printed.
    assert [title.rstrip('"') for title in tables.entries["title"][:count]] == list(T[1 : count + 1])
    assert tables.entries["arxiv_id"].to_list()[:count] == IDS[1 : count + 1]
    assert tables.entries.height == count + behind.count("\n")
    assert tables.reasons == ["bad_row"]
    assert T[0] in tables.rejects["text"][0]


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("title,abstract,arxiv_id", f"{T[0]},We weave", f"and knit,{IDS[0]}"),
        ("arxiv_id,title,abstract", f"{IDS[0]},Folding Wings", f"of a Brass Heron,{BARE[0]}"),
    ],
)
def test_a_line_break_without_quotes(parse, header, first, second):
    order = [HEADER.strip().split(",").index(name) for name in header.split(",")]
    tables = parse(f"{header}\n{first}\n{second}\n{row(1, order=order)}{row(2, order=order)}")
    assert (tables.pairs, tables.reasons) == (PAPERS[1:], ["bad_row"] * 2)


@pytest.mark.parametrize("more", ["Second, with a comma", "2024, then, more", "a\nb,c,d\ne", '""quoted"", and more,'])
def test_an_abstract_of_several_lines_is_one(parse, more):
    text = f"{A[0]}\n{more}"
    tables = parse(f'{HEADER}{T[0]},"{text}",{IDS[0]}\n{row(1)}')
    assert (tables.pairs, tables.reasons) == ([(T[0], text.replace('""', '"')), PAPERS[1]], [])


def test_rows_without_their_last_values_are_rows(parse):
    tables = parse(f'{HEADER}"{T[0]}","{A[0]}"\n"{T[1]}","{A[1]}"\n{row(2)}')
    assert (tables.pairs, tables.reasons) == (PAPERS, [])
    assert tables.entries["arxiv_id"].to_list() == [None, None, IDS[2]]


def test_many_joined_documents_take_time_by_their_bytes(parse):
    count = 2_000
    for write in (page, feed, pubmed):
        tables = parse("".join(write(0).replace(T[0], f"{T[0]} {n}") for n in range(count)))
        assert tables.entries.height == count
        assert tables.reasons == []
