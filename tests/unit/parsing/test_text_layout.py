"""Plain text pages: layouts, headers, and re-synchronisation where title and abstract do not alternate."""

from datetime import date

import pytest
from invented_papers import HEADERS, Paper, invent, render_text

PAPERS = invent(12)


def pairs(papers: list[Paper]) -> list[tuple[str, str | None]]:
    return [(paper.title, paper.abstract) for paper in papers]


@pytest.mark.parametrize("spaced", [True, False])
@pytest.mark.parametrize("header", HEADERS)
def test_every_header_in_both_spacings(parse, header, spaced):
    tables = parse(render_text(PAPERS, spaced, header))
    assert tables.pairs == pairs(PAPERS)
    assert tables.dump["layout"] == ("text_spaced" if spaced else "text_dense")
    assert tables.dump["rejected_line_count"] == 0
    assert tables.dump["date_line_count"] == ("Mar 11" in HEADERS[header])
    assert tables.dump["boilerplate_line_count"] == len([row for row in HEADERS[header] if row != "Mar 11"])


def test_header_glued_to_first_title_is_taken_off_and_flagged(parse):
    tables = parse(render_text(PAPERS, spaced=False, glued=True))
    assert tables.pairs == pairs(PAPERS)
    assert tables.entries["flags"].to_list() == [["unglued"]] + [[]] * 11


@pytest.mark.parametrize("spaced", [True, False])
def test_the_heading_of_a_newsletter_is_its_date_and_no_paper(parse, spaced):
    tables = parse("AI Paper Digest #17, March 11, 2025\n\n" + render_text(PAPERS, spaced))
    assert tables.pairs == pairs(PAPERS)
    assert tables.dump["captured_on"] == date(2025, 3, 11)
    assert (tables.dump["date_line_count"], tables.dump["rejected_line_count"]) == (1, 0)


def test_headings_of_a_newsletter_divide_it_into_days(parse):
    days = {date(2025, 3, 11): PAPERS[:6], date(2025, 3, 12): PAPERS[6:]}
    tables = parse("\n\n".join(f"Daily Papers, {day}\n\n{render_text(papers)}" for day, papers in days.items()))
    assert tables.pairs == pairs(PAPERS)
    assert tables.entries["section_on"].to_list() == [day for day in days for _ in range(6)]


@pytest.mark.parametrize("heading", ["Papers of the day", "Top AI papers", "Today's arXiv papers"])
def test_a_heading_without_a_date_is_no_paper(parse, heading):
    assert parse(f"{heading}\n\n{render_text(PAPERS)}").pairs == pairs(PAPERS)


@pytest.mark.parametrize("spaced", [True, False])
def test_authors_with_their_label_are_the_entry_s_and_no_part_of_its_title(parse, spaced):
    people = [["Ada Quill", "Bo Reed"], ["Cy Fern"], ["Di Moss", "Ed Sedge", "Flo Rush"]] * 4
    gap = "\n\n" if spaced else "\n"
    rows = [
        (paper.title, f"Authors: {', '.join(by)}", paper.abstract) for paper, by in zip(PAPERS, people, strict=True)
    ]
    tables = parse(gap.join(gap.join(row) for row in rows))
    assert tables.pairs == pairs(PAPERS)
    assert tables.entries["authors"].to_list() == people


def test_ids_behind_titles_are_taken_off_where_most_have_one(parse):
    rows = [(f"{paper.title} (2503.{n:05}v2)", paper.abstract) for n, paper in enumerate(PAPERS[:11])]
    rows.append((PAPERS[11].title, PAPERS[11].abstract))
    tables = parse("\n".join("\n".join(row) for row in rows))
    assert tables.pairs == pairs(PAPERS)
    assert tables.entries["arxiv_id"].to_list() == [f"2503.{n:05}" for n in range(11)] + [None]


def test_lines_of_entries_point_at_the_file(parse):
    content = render_text(PAPERS, spaced=True)
    rows = content.split("\n")
    for title, abstract, first, last in (
        parse(content).entries.select("title", "abstract", "first_line", "last_line").iter_rows()
    ):
        assert (rows[first - 1], rows[last - 1]) == (title, abstract)


def test_layout_is_recognised_from_content_not_name(parse):
    tables = parse({"list.json": render_text(PAPERS), "page.html": render_text(PAPERS[:5], spaced=False)})
    assert sorted(tables.dumps["layout"]) == ["text_dense", "text_spaced"]
    assert tables.entries.height == 17


@pytest.mark.parametrize("spaced", [True, False])
@pytest.mark.parametrize("at", [0, 5, 11])
def test_missing_abstract_does_not_shift_the_pairs_after_it(parse, at, spaced):
    rows = [row for paper in PAPERS for row in (paper.title, paper.abstract)]
    del rows[2 * at + 1]
    tables = parse(("\n\n" if spaced else "\n").join(rows))
    expected = pairs(PAPERS)
    expected[at] = (PAPERS[at].title, None)
    assert tables.pairs == expected
    assert tables.entries["flags"][at].to_list() == ["no_abstract"]


@pytest.mark.parametrize("spaced", [True, False])
@pytest.mark.parametrize("at", [0, 5, 11])
def test_missing_title_costs_one_paper(parse, at, spaced):
    rows = [row for paper in PAPERS for row in (paper.title, paper.abstract)]
    del rows[2 * at]
    tables = parse(("\n\n" if spaced else "\n").join(rows))
    assert tables.pairs == pairs(PAPERS[:at] + PAPERS[at + 1 :])
    assert tables.reasons == ["orphan_abstract"]
    assert tables.rejects["text"].to_list() == [PAPERS[at].abstract]


@pytest.mark.parametrize("spaced", [True, False])
def test_abstract_in_paragraphs(parse, spaced):
    long = invent(8, seed=3, sentences=10)
    gap = "\n\n" if spaced else "\n"
    blocks = []
    for paper in long:
        middle = paper.abstract.index(". ", len(paper.abstract) // 2) + 1
        blocks += [paper.title, paper.abstract[:middle], paper.abstract[middle + 1 :]]
    tables = parse(gap.join(blocks))
    assert [(title, " ".join(abstract.split())) for title, abstract in tables.pairs] == pairs(long)
    assert tables.entries["flags"].to_list() == [["paragraphs"]] * 8


@pytest.mark.parametrize("spaced", [True, False])
@pytest.mark.parametrize("at", [0, 4, 11])
def test_title_over_two_lines(parse, at, spaced):
    words = PAPERS[at].title.split()
    broken = " ".join(words[:-3]) + "\n" + " ".join(words[-3:])
    content = render_text(PAPERS, spaced).replace(PAPERS[at].title, broken)
    tables = parse(content)
    assert [(" ".join(title.split()), abstract) for title, abstract in tables.pairs] == pairs(PAPERS)
    assert tables.entries["flags"][at].to_list() == ["joined_title"]


@pytest.mark.parametrize("spaced", [True, False])
def test_furniture_between_entries(parse, spaced):
    furniture = ["Upvote", "123", "· 7 authors", "Submitted by", "GitHub 1.2k", "2 comments", "arxiv:2503.01234v2"]
    rows = []
    for number, paper in enumerate(PAPERS):
        rows += [paper.title, paper.abstract, furniture[number % len(furniture)]]
    tables = parse(("\n\n" if spaced else "\n").join([*rows, "Previous", "Next", "Company", "© Example"]))
    assert tables.pairs == pairs(PAPERS)
    assert tables.dump["rejected_line_count"] == 0
    assert tables.dump["boilerplate_line_count"] == 16


def test_titles_that_begin_like_furniture_are_titles(parse):
    titles = [
        "New Ways of Listening to Beehives",
        "Subscribe to Streams: Reading Tides with Little Memory",
        "Daily Pollen Counts from Sound Alone",
        "Next Steps for Kite Flight Control",
        "Models of Moss",
    ]
    papers = [Paper(title, paper.abstract) for title, paper in zip(titles, PAPERS, strict=False)]
    assert parse(render_text(papers, spaced=False)).pairs == pairs(papers)


@pytest.mark.parametrize(
    "title",
    [
        "#MossTag: Labels",
        '"Quiet" Decoding',
        "1.5-Kites",
        "tmMoss 3.0",
        "Moss 3",
        "苔の成長を予測する",
        "MOSS IS ALL YOU NEED",
    ],
)
def test_odd_titles_are_told_by_context(parse, title):
    papers = [*PAPERS[:4], Paper(title, PAPERS[4].abstract), *PAPERS[5:]]
    for spaced in (True, False):
        assert parse(render_text(papers, spaced)).pairs == pairs(papers)


@pytest.mark.parametrize("length", [200, 260])
def test_very_long_title(parse, length):
    long = (PAPERS[3].title + " and Its Many Consequences for Everyone Who Has Ever Wondered About It" * 4)[
        :length
    ].rstrip()
    papers = [*PAPERS[:3], Paper(long, PAPERS[3].abstract), *PAPERS[4:]]
    assert parse(render_text(papers, spaced=False)).pairs == pairs(papers)


@pytest.mark.parametrize("length", [90, 150, 250])
def test_very_short_abstract(parse, length):
    cut = PAPERS[3].abstract[: PAPERS[3].abstract.index(". ") + 1]
    short = (cut + " " + PAPERS[3].abstract[len(cut) + 1 :])[:length].rstrip()
    papers = [*PAPERS[:3], Paper(PAPERS[3].title, short), *PAPERS[4:]]
    assert parse(render_text(papers, spaced=False)).pairs == pairs(papers)


def test_empty_white_and_furniture_only_dumps_are_empty(parse):
    tables = parse({"a.txt": "", "b.txt": " \n\t\n\n", "c.txt": "new\nSubscribe\n"})
    assert tables.dumps["status"].to_list() == ["empty"] * 3
    assert tables.dumps["line_count"].to_list() == [0, 3, 2]
    assert tables.dumps["layout"].to_list() == ["unknown"] * 3


def test_prose_is_rejected_not_made_into_papers(parse):
    tables = parse("Dear all,\nplease find the minutes below.\nBest,\nJo\n")
    assert tables.entries.height == 0
    assert tables.dump["status"] == "rejected"
    assert set(tables.reasons) == {"unknown_text"}
    assert tables.dump["rejected_line_count"] == 4


def test_ids_below_titles_make_no_labels_of_a_page(parse):
    # `benchmarks dirty`, quirk 41: a page in which every title has its id on the next line, and one abstract says so.
    rows = []
    for number, (title, text) in enumerate(PAGE):
        rows += [title, f"arXiv:2503.0000{number}v2 [cs.CL]", f"{text} Unlike an abstract, it counts."]
    tables = parse("\n".join(rows) + "\n")
    assert tables.dump["layout"].startswith("text_")
    assert [title for title, _ in tables.pairs] == [title for title, _ in PAGE]


PAGE = [
    (
        "Winding Herons of Brass at Dawn",
        "We wind a heron of brass and count how often it folds its wings. It does so at dawn.",
    ),
    (
        "Owls of Tin in Quiet Towers",
        "We build owls of tin and watch them turn their heads. They see what nobody else does.",
    ),
    ("Foxes of Copper Wire", "We bend foxes out of copper wire and let them run. They reach the hedge before noon."),
]
