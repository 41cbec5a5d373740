"""The list of input quirks, one test or more per row that the parser answers for; the number is the row's.

Rows about wording (what a text means once it is read) and about sets of papers belong to the text stage and to dbt.
"""

import gzip
import hashlib
import html
import json
import textwrap
from datetime import date

import pytest
import zstandard
from invented_papers import Paper, invent, render_markdown, render_text
from parsed_tables import parse_each

from paperhouse.parsing import dates, find_files, parser
from paperhouse.parsing.layouts import api_json

PAPERS = invent(12, seed=7)
PAIRS = [(paper.title, paper.abstract) for paper in PAPERS]


def folded(pairs):
    return [tuple(text and " ".join(text.split()) for text in pair) for pair in pairs]


def rows_of(papers):
    return [row for paper in papers for row in (paper.title, paper.abstract)]


#: Lines that name the 11th of March 2025, and that name it without a year.
DAYS = [
    "Mar 11, 2025",
    "11-Mar-2025",
    "11th March, 2025",
    "2025/03/11",
    "11.03.2025",
    "11. März 2025",
    "Dienstag, 11. März 2025",
    "11 mars 2025",
    "mardi 11 mars 2025",
    "11 de marzo de 2025",
    "11 marzo 2025",
    "11 de março de 2025",
    "11 de mar. de 2025",
    "11 марта 2025 г.",
    "2025年3月11日",
    "2025年3月11日(火)",
    "2025年3月11日 星期二",
    "2025년 3월 11일",
    "2025년 3월 11일 화요일",
]
DAYS_WITHOUT_YEAR = ["11 Mar", "March 11", "11. März", "11 mars", "11 марта", "3月11日", "3월 11일"]
#: Titles as they are shown, and as they were meant.
MOJIBAKE = [
    ("TÃœLU 3: Moss in Jars", "TÜLU 3: Moss in Jars"),
    ("Donâ€™t Water Moss", "Don’t Water Moss"),
    ("Moss, Ã twice in Jars", "Moss, Ã twice in Jars"),
    ("ÃƒÂ©tude of Moss", "étude of Moss"),
    ("Ð¼Ð¾Ñ… in Jars", "мох in Jars"),
]
NO_MOJIBAKE = [
    "SÃO PAULO Moss",
    "Ångström Moss",
    "L’Été à Ôtâ",
    "“Naïve” Moss",
    "ÀÈÌÒÙ Moss",
    "Moss â la carte",
    "ΔMoss",
]


def begin_with(line):
    """A page that begins with a line."""
    return "\n\n".join([line, *rows_of(PAPERS)])


def head_with(title):
    """The papers, of which the first has another title."""
    return [Paper(title, PAPERS[0].abstract), *PAPERS[1:]]


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    """Content -> what is read of it, for the pages that differ in a line alone: parsed in one go."""
    contents = [begin_with(line) for line in (*DAYS, *DAYS_WITHOUT_YEAR)]
    contents += [render(head_with(shown)) for shown, _ in MOJIBAKE for render in (render_text, render_markdown)]
    contents += [render_text(head_with(title)) for title in NO_MOJIBAKE]
    return parse_each(tmp_path_factory.mktemp("quirks"), contents)


@pytest.mark.parametrize(
    "header",
    [
        ["new"],
        ["Subscribe", "new"],
        ["by AK and the research community", "Daily Papers", "Get trending papers in your email inbox!"],
        ["Get trending papers in your email inbox once a day!", "byAK and the research community"],
        ["NEW", "Trending Papers", "Log In", "Sign Up"],
    ],
)
def test_q01_header_lines_in_any_subset_and_order(parse, header):
    tables = parse("\n".join([*header, *rows_of(PAPERS)]))
    assert tables.pairs == PAIRS
    assert tables.dump["boilerplate_line_count"] == len(header)


def test_q01_header_repeated_in_the_middle(parse):
    header = ["new", "Get trending papers in your email inbox!", "Subscribe"]
    tables = parse("\n".join([*header, *rows_of(PAPERS[:6]), *header, *rows_of(PAPERS[6:])]))
    assert tables.pairs == PAIRS
    assert tables.dump["boilerplate_line_count"] == 6


@pytest.mark.parametrize("glued", ["Subscribe", "newSubscribe", "Daily PapersbyAK and the research community", "new"])
def test_q02_header_glued_to_first_title(parse, glued):
    tables = parse("\n".join([glued + PAPERS[0].title, *rows_of(PAPERS)[1:]]))
    assert tables.pairs == PAIRS
    assert tables.entries["flags"][0].to_list() == ["unglued"]


@pytest.mark.parametrize("line", ["byAK and the research community", "by AK and the research community"])
def test_q03_glued_words_in_boilerplate(parse, line):
    assert parse("\n".join([line, *rows_of(PAPERS)])).dump["boilerplate_line_count"] == 1


@pytest.mark.parametrize(
    "title", ["New Jars for Moss", "Subscribers and Their Jars", "Daily Papers Considered Harmful"]
)
def test_q04_title_that_begins_like_boilerplate(parse, title):
    papers = [Paper(title, PAPERS[0].abstract), *PAPERS[1:]]
    tables = parse("\n".join(rows_of(papers)))
    assert tables.pairs == [(paper.title, paper.abstract) for paper in papers]
    assert tables.entries["flags"][0].to_list() == []


def test_q05_date_line_without_a_year(parse):
    dump = parse("\n\n".join(["Mar 11", *rows_of(PAPERS)])).dump
    assert (dump["captured_on"], dump["captured_on_text"], dump["captured_on_precision"]) == (
        None,
        "Mar 11",
        "month_day",
    )


def test_q06_no_date_line(parse):
    dump = parse("\n\n".join(rows_of(PAPERS))).dump
    assert (dump["captured_on"], dump["captured_on_text"], dump["captured_on_source"]) == (None, None, None)


@pytest.mark.parametrize("line", ["March 11, 2025", "11 Mar 2025", "2025-03-11", "Tuesday, March 11, 2025"])
def test_q07_other_date_forms(parse, line):
    assert parse("\n\n".join([line, *rows_of(PAPERS)])).dump["captured_on"] == date(2025, 3, 11)


def test_q08_impossible_date_rejects_the_line_only(parse):
    tables = parse("\n\n".join(["Feb 30", *rows_of(PAPERS)]))
    assert (tables.reasons, tables.pairs) == (["impossible_date"], PAIRS)


def test_q09_two_date_lines_are_both_dates(parse):
    tables = parse("\n\n".join(["Mar 11", *rows_of(PAPERS[:6]), "Mar 12", *rows_of(PAPERS[6:])]))
    assert (tables.dump["date_line_count"], tables.pairs) == (2, PAIRS)


@pytest.mark.parametrize(
    ("gap", "layout"), [("\n", "text_dense"), ("\n\n", "text_spaced"), ("\n\n\n\n", "text_spaced")]
)
def test_q10_blank_lines_or_none(parse, gap, layout):
    tables = parse(gap.join(rows_of(PAPERS)))
    assert (tables.dump["layout"], tables.pairs) == (layout, PAIRS)


def test_q11_blank_line_missing_between_a_title_and_its_abstract(parse):
    content = render_text(PAPERS).replace(PAPERS[4].title + "\n\n", PAPERS[4].title + "\n")
    assert parse(content).pairs == PAIRS


@pytest.mark.parametrize("spaced", [True, False])
def test_q12_abstract_in_paragraphs_keeps_their_marks(parse, spaced):
    at = PAPERS[3].abstract.index(". ", 200) + 1
    content = render_text(PAPERS, spaced)
    gap = "\n\n" if spaced else "\n"
    content = content.replace(PAPERS[3].abstract, PAPERS[3].abstract[:at] + gap + PAPERS[3].abstract[at + 1 :])
    tables = parse(content)
    assert folded(tables.pairs) == PAIRS
    assert gap in tables.pairs[3][1]


@pytest.mark.parametrize("width", [72, 80, 100])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_q13_hard_wrapped_lines(parse, width, gap):
    blocks = [textwrap.fill(row, width, break_on_hyphens=False) for row in rows_of(PAPERS)]
    assert folded(parse(gap.join(blocks)).pairs) == PAIRS


def test_q13_a_word_divided_in_several_places_is_one_word(parse):
    papers = [Paper(p.title, f"{p.abstract} It is about greenhouses here.") for p in PAPERS]
    rows = [textwrap.fill(row, 80, break_on_hyphens=False) for row in rows_of(papers)]
    rows[1] = rows[1].replace("greenhouses", "green-\nhouses")
    rows[3] = rows[3].replace("greenhouses", "greenhou-\nses")
    for place in range(5, 24, 2):
        rows[place] = rows[place].replace("greenhouses", "gardens")
    pairs = folded(parse("\n\n".join(rows)).pairs)
    assert [abstract.split()[-2] for _, abstract in pairs[:2]] == ["greenhouses", "greenhouses"]


def test_q13_wrapped_ends_that_look_like_furniture_stay(parse):
    # A last line of one word, as pages print it between entries, too.
    rows = [textwrap.fill(row, 80, break_on_hyphens=False) for row in rows_of(PAPERS)]
    rows[5] += "\nGithub."
    pairs = folded(parse("\n\n".join(rows)).pairs)
    assert pairs[2][1].endswith(" Github.")


def test_q14_half_a_title_that_comes_again_is_no_stray(parse):
    rows = rows_of([Paper(f"{p.title}:\nA Survey" if n < 4 else p.title, p.abstract) for n, p in enumerate(PAPERS)])
    pairs = folded(parse("\n".join(rows)).pairs)
    assert [title.endswith(": A Survey") for title, _ in pairs] == [True] * 4 + [False] * 8


def test_q14_where_every_title_is_broken_all_are_joined(parse):
    broken = [Paper(" ".join(p.title.split()[:2]) + "\n" + " ".join(p.title.split()[2:]), p.abstract) for p in PAPERS]
    assert folded(parse("\n".join(rows_of(broken))).pairs) == PAIRS


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_q14_title_over_two_lines(parse, gap):
    words = PAPERS[5].title.split()
    rows = rows_of(PAPERS)
    rows[10] = " ".join(words[:-2]) + "\n" + " ".join(words[-2:])
    tables = parse(gap.join(rows))
    assert folded(tables.pairs) == PAIRS
    assert tables.entries["flags"][5].to_list() == ["joined_title"]


def test_q15_missing_abstract_is_a_paper_without_one(parse):
    rows = rows_of(PAPERS)
    del rows[7]
    tables = parse("\n".join(rows))
    assert tables.pairs == [*PAIRS[:3], (PAPERS[3].title, None), *PAIRS[4:]]
    assert tables.entries["flags"][3].to_list() == ["no_abstract"]


def test_q16_missing_title_is_an_orphan_abstract(parse):
    rows = rows_of(PAPERS)
    del rows[6]
    tables = parse("\n".join(rows))
    assert (tables.pairs, tables.reasons) == ([*PAIRS[:3], *PAIRS[4:]], ["orphan_abstract"])


def test_q17_off_by_one_shift(parse):
    tables = parse("\n".join(rows_of(PAPERS)[1:]))
    assert (tables.pairs, tables.reasons) == (PAIRS[1:], ["orphan_abstract"])


@pytest.mark.parametrize("which", [range(3, 4), range(2, 5), range(12)])
def test_q18_title_and_abstract_swapped(parse, which):
    rows = [row for n, pair in enumerate(PAIRS) for row in (reversed(pair) if n in which else pair)]
    tables = parse("\n".join(rows))
    assert tables.pairs == PAIRS
    assert [n for n, flags in enumerate(tables.entries["flags"]) if "swapped" in flags] == list(which)


def test_q19_long_title_and_short_abstract_do_not_shift_others(parse):
    long = PAPERS[2].title + ", and a Great Many Other Things Besides That Nobody Expected to Matter at All" * 2
    cut = PAPERS[6].abstract[: PAPERS[6].abstract.index(". ") + 1]
    papers = list(PAPERS)
    papers[2], papers[6] = Paper(long, PAPERS[2].abstract), Paper(PAPERS[6].title, cut)
    assert parse("\n".join(rows_of(papers))).pairs == [(paper.title, paper.abstract) for paper in papers]


def test_q20_last_abstract_cut_off_is_flagged(parse):
    tables = parse("\n".join(rows_of(PAPERS))[:-100] + "…")
    assert tables.entries.height == 12
    assert tables.entries["flags"][11].to_list() == ["truncated"]


def test_q21_every_abstract_cut_at_a_fixed_length(parse):
    papers = [Paper(paper.title, paper.abstract[:300].strip()) for paper in PAPERS]
    assert parse("\n".join(rows_of(papers))).pairs == [(paper.title, paper.abstract) for paper in papers]


def test_q22_same_pair_twice_has_two_positions(parse):
    tables = parse("\n".join(rows_of([*PAPERS, PAPERS[0]])))
    assert tables.entries.filter(tables.entries["title"] == PAPERS[0].title)["position"].to_list() == [1, 13]


@pytest.mark.parametrize("title", ["TÜLU 3: Moss", "β-Moss: Growth", "苔の成長"])
def test_q28_accents_and_other_scripts_stay_as_printed(parse, title):
    assert parse("\n".join(rows_of([Paper(title, PAPERS[0].abstract), *PAPERS[1:]]))).pairs[0][0] == title


def test_q29_cp1252_bytes_are_decoded_and_recorded(parse):
    tables = parse("\n".join(rows_of([Paper("Moss – “Grown”", PAPERS[0].abstract), *PAPERS[1:]])).encode("cp1252"))
    assert (tables.dump["encoding"], tables.pairs[0][0]) == ("cp1252", "Moss – “Grown”")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_q30_byte_order_mark_and_utf_16(parse, encoding):
    assert parse("\n".join(rows_of(PAPERS)).encode(encoding)).pairs == PAIRS


@pytest.mark.parametrize("end", ["\r\n", "\r", "\f", "\u2028", "\u2029", "\x85", "\v"])
def test_q31_line_ends(parse, end):
    assert parse(end.join(rows_of(PAPERS))).pairs == PAIRS


def test_q32_control_characters_are_removed(parse):
    assert parse("\n".join(rows_of(PAPERS)).replace("a", "a\x00", 3).replace("e", "\x1b[1me", 2)).pairs == PAIRS


def test_q39_site_furniture_becomes_typed_extras(parse):
    rows = []
    for number, paper in enumerate(PAPERS):
        rows += [
            "Upvote",
            str(100 + number),
            paper.title,
            paper.abstract,
            "· 7 authors",
            "Submitted by",
            f"jane{number}",
        ]
        rows += ["GitHub 1.2k", "3 comments"]
    tables = parse("\n".join(rows))
    assert tables.pairs == PAIRS
    names = ("upvotes", "author_count", "submitter", "github_stars", "comment_count")
    assert tables.entries.select(names).rows() == [(100 + n, 7, f"jane{n}", 1200, 3) for n in range(12)]
    assert tables.dump["rejected_line_count"] == 0


def test_q40_navigation_and_footers(parse):
    navigation = ["Hugging Face", "Models", "Datasets", "Spaces", "Log In", "Sign Up"]
    footer = ["Previous", "Next", "View all", "Company", "© Hugging Face", "We use cookies to make the site better."]
    tables = parse("\n\n".join([*navigation, *rows_of(PAPERS), *footer]))
    assert tables.pairs == PAIRS
    assert (tables.dump["boilerplate_line_count"], tables.dump["rejected_line_count"]) == (12, 0)


def test_q41_arxiv_ids_beside_titles(parse):
    rows = [r for n, p in enumerate(PAPERS) for r in (p.title, p.abstract, f"arxiv:2503.{n:05}v2")]
    tables = parse("\n".join(rows))
    assert tables.entries.select("arxiv_id", "arxiv_version").rows() == [(f"2503.{n:05}", 2) for n in range(12)]


def test_q44_wrong_extension_and_compression(parse):
    tables = parse({"page.html": gzip.compress("\n".join(rows_of(PAPERS)).encode())})
    assert (tables.dump["compression"], tables.dump["layout"], tables.pairs) == ("gz", "text_dense", PAIRS)


@pytest.mark.parametrize("content", ["", " \n \n", "new\nSubscribe\n", "[]"])
def test_q45_nothing_in_it_is_empty(parse, content):
    assert parse(content).dump["status"] == "empty"


def test_q46_same_bytes_under_two_names_are_one_dump(parse):
    dump = parse({"b.txt": "\n".join(rows_of(PAPERS)), "a.txt": "\n".join(rows_of(PAPERS))}).dump
    assert dump["file_names"] == ["a.txt", "b.txt"]


def test_q51_one_giant_line_is_an_orphan(parse):
    tables = parse("moss " * 400_000)
    assert (tables.entries.height, tables.reasons) == (0, ["orphan_abstract"])
    assert len(tables.rejects["text"][0]) == 2_000


@pytest.mark.parametrize(
    "title", ["#MossTag: Jars", '"Zero-Moss" Growth', "1.5-Mosses", "tmMoss 3.0", "MOSS", "moss in jars"]
)
def test_q53_odd_first_letters(parse, title):
    assert parse("\n".join(rows_of([*PAPERS[:3], Paper(title, PAPERS[3].abstract), *PAPERS[4:]]))).pairs[3][0] == title


def test_q54_titles_with_and_abstracts_without_a_final_stop(parse):
    papers = [Paper(f"{p.title}{'?!.'[n % 3]}", p.abstract.rstrip(".")) for n, p in enumerate(PAPERS)]
    assert parse("\n".join(rows_of(papers))).pairs == [(paper.title, paper.abstract) for paper in papers]


def test_q55_abstract_label_and_repeated_title_are_stripped(parse):
    papers = [
        Paper(p.title, f"Abstract: {p.abstract}" if n % 2 else f"{p.title}. {p.abstract}") for n, p in enumerate(PAPERS)
    ]
    tables = parse("\n".join(rows_of(papers)))
    assert tables.pairs == PAIRS
    assert tables.entries["flags"].to_list() == [["abstract_label"]] * 12


@pytest.mark.parametrize(
    "notice",
    [
        "This paper has been withdrawn by the authors.",
        "Withdrawn: see arXiv.",
        "The paper was withdrawn due to errors.",
    ],
)
def test_q56_withdrawn_papers_are_flagged(parse, notice):
    records = [{"title": p.title, "abstract": notice if n == 2 else p.abstract} for n, p in enumerate(PAPERS)]
    tables = parse({"papers.json": json.dumps(records)})
    assert tables.pairs[2] == (PAPERS[2].title, notice)
    assert [n for n, flags in enumerate(tables.entries["flags"]) if "withdrawn" in flags] == [2]


@pytest.mark.parametrize("form", ["{}. {}", "{}) {}", "({}) {}"])
def test_q57_numbers_in_sequence_are_stripped(parse, form):
    papers = [Paper(form.format(n, p.title), p.abstract) for n, p in enumerate(PAPERS, start=1)]
    tables = parse("\n".join(rows_of(papers)))
    assert tables.pairs == PAIRS
    assert tables.entries["flags"].to_list() == [["enumerated"]] * 12


def test_q57_a_number_out_of_sequence_is_part_of_the_title(parse):
    papers = [Paper("3. Moss Comes Third", PAPERS[0].abstract), *PAPERS[1:]]
    assert parse("\n".join(rows_of(papers))).pairs[0][0] == "3. Moss Comes Third"


@pytest.mark.parametrize(
    "text", ["'; drop table papers; --", '=HYPERLINK("http://example.org")', "Ignore all instructions"]
)
def test_q58_hostile_text_is_data(parse, text):
    papers = [Paper(text, PAPERS[0].abstract), *PAPERS[1:]]
    assert parse("\n".join(rows_of(papers))).pairs[0][0] == text


def test_q59_q60_markdown_with_title_and_abstract_as_links(parse):
    tables = parse(render_markdown(PAPERS))
    assert tables.pairs == PAIRS
    assert tables.entries["upvotes"].to_list() == list(range(12))
    assert tables.entries["author_count"].to_list() == list(range(1, 13))


@pytest.mark.parametrize(
    ("content", "status", "reasons"),
    [
        ('[{"paper": {"title": "Moss"}}]', "loaded", []),
        ("[]", "empty", []),
        ('{"error": "gone"}', "rejected", ["api_error"]),
        ('[{"paper": {"title": "Moss"}}, {"pap', "loaded", ["truncated_json"]),
    ],
)
def test_q62_api_files_of_one_none_error_and_cut(parse, content, status, reasons):
    tables = parse(content)
    assert (tables.dump["status"], tables.reasons) == (status, reasons)


def test_q63_dict_reprs_are_literals_not_code(parse, tmp_path):
    evil = f"{{'paper': __import__('pathlib').Path({str(tmp_path / 'made')!r}).touch()}}"
    tables = parse(json.dumps([str({"paper": {"title": "Moss"}}), evil]))
    assert (tables.entries.height, tables.reasons) == (1, ["not_json"])
    assert not (tmp_path / "made").exists()


def test_q64_q65_envelope_date_before_file_name(parse):
    content = json.dumps(
        {"status": "success", "date": "2025-01-10", "count": 1, "data": [{"paper": {"title": "Moss"}}]}
    )
    assert parse({"2025-01-11.json": content}).dump["listed_on"] == date(2025, 1, 10)


@pytest.mark.parametrize("line", DAYS)
def test_q07_dates_of_other_languages_and_forms(parsed, line):
    tables = parsed[begin_with(line)]
    assert (tables.dump["captured_on"], tables.dump["captured_on_text"]) == (date(2025, 3, 11), line)
    assert tables.pairs == PAIRS


@pytest.mark.parametrize("line", DAYS_WITHOUT_YEAR)
def test_q07_dates_without_a_year_keep_month_and_day(parsed, line):
    dump = parsed[begin_with(line)].dump
    assert (dump["captured_on"], dump["captured_on_text"], dump["captured_on_precision"]) == (None, line, "month_day")


@pytest.mark.parametrize("line", ["Yesterday", "gestern", "昨天"])
def test_q07_a_day_nobody_can_place_is_kept_as_printed(parse, line):
    content = render_markdown(PAPERS)
    assert "\nOct 2\n" in content
    dump = parse({"page.md": content.replace("\nOct 2\n", f"\n{line}\n")}).dump
    assert (dump["captured_on"], dump["captured_on_text"], dump["captured_on_precision"]) == (None, line, None)
    assert dump["date_line_count"] == 1


@pytest.mark.parametrize("line", ["Mars 11", "11/03/2025", "Set 12", "May I?"])
def test_q07_what_may_be_a_title_is_no_date(line):
    assert dates.read_date_line(line) is None


@pytest.mark.parametrize(
    ("name", "day"), [("2024-03-05.md", date(2024, 2, 29)), ("2023-03-05.md", None), ("page.md", None)]
)
def test_q08_a_leap_day_is_a_date_only_in_a_leap_year(parse, name, day):
    line = "Feb 29, 2024" if day else "Feb 29, 2023"
    tables = parse({name: f"{line}\n\n" + render_markdown(PAPERS)})
    assert tables.reasons == ([] if day else ["impossible_date"])
    assert tables.pairs == PAIRS
    if day:
        assert tables.dump["captured_on"] == day


def test_q08_a_leap_day_takes_no_year_it_does_not_exist_in(parse):
    dump = parse({"2023-02-28.txt": "\n\n".join(["Feb 29", *rows_of(PAPERS)])}).dump
    assert (dump["captured_on"], dump["captured_on_text"], dump["captured_on_precision"]) == (
        None,
        "Feb 29",
        "month_day",
    )


@pytest.mark.parametrize(("shown", "meant"), MOJIBAKE)
@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_q29_mojibake_is_turned_back_where_it_is_certain_and_flagged(parsed, render, shown, meant):
    tables = parsed[render(head_with(shown))]
    assert tables.pairs == [(meant, PAPERS[0].abstract), *PAIRS[1:]]
    assert [("mojibake_repaired" in flags) for flags in tables.entries["flags"]] == [shown != meant] + [False] * 11


@pytest.mark.parametrize("title", NO_MOJIBAKE)
def test_q29_what_is_no_mojibake_is_never_touched(parsed, title):
    tables = parsed[render_text(head_with(title))]
    assert (tables.pairs[0][0], tables.entries["flags"][0].to_list()) == (title, [])


def test_q29_one_bad_byte_in_utf_8_costs_that_byte_only(parse):
    content = render_text([Paper("TÜLU Moss – in Jars", PAPERS[0].abstract), *PAPERS[1:]]).encode()
    tables = parse(content + b"\n\xff\n")
    assert (tables.dump["encoding"], tables.pairs[0][0]) == ("cp1252", "TÜLU Moss – in Jars")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["a.json", "b.md", "c.csv"])
def test_q30_wide_encodings_of_every_layout(parse, encoding, name):
    rows = [{"title": p.title, "abstract": p.abstract} for p in PAPERS]
    csv_rows = "\n".join(["title,abstract", *(f'"{p.title}","{p.abstract}"' for p in PAPERS)])
    contents = {"a.json": json.dumps(rows), "b.md": render_markdown(PAPERS), "c.csv": csv_rows}
    assert parse({name: contents[name].encode(encoding)}).pairs == PAIRS


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_q31_line_ends_of_captures_and_tables(parse, end):
    rows = [json.dumps({"title": p.title, "abstract": p.abstract}) for p in PAPERS]
    tables = parse({"a.md": render_markdown(PAPERS).replace("\n", end), "b.jsonl": end.join(rows)})
    assert tables.pairs == PAIRS * 2


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_q32_control_characters_and_terminal_codes_are_counted(parse, render):
    content = render(PAPERS).replace("a", "a\x00", 3).replace("e", "\x1b[1me\x07", 2)
    tables = parse(content)
    assert tables.pairs == PAIRS
    assert tables.dump["control_character_count"] == 7


def test_q32_control_characters_spelled_in_json_are_taken_out_and_counted(parse):
    tables = parse('[{"paper": {"title": "Mo\\u0000ss\\u001b[1m\\u009c", "summary": "Grows\\u0007 in\\n jars."}}]')
    assert tables.pairs == [("Moss", "Grows in\n jars.")]
    assert tables.dump["control_character_count"] == 4


def test_q32_a_clean_dump_counts_none(parse):
    assert parse(render_text(PAPERS)).dump["control_character_count"] == 0


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("name", ["page.txt", "page", "page.json", "page.csv.bz2"])
def test_q44_the_content_says_what_it_is_and_not_the_name(parse, pack, name):
    tables = parse({name: pack(json.dumps([{"paper": {"title": "Moss"}}]).encode())})
    assert (tables.dump["layout"], tables.entries.height) == ("api_json", 1)


def test_q49_links_folders_and_editor_files_are_no_dumps(parse, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("x")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "in" / ".hidden.txt").write_text("x")
    (tmp_path / "in" / "page.txt").write_text(render_text(PAPERS))
    assert [path.name for path in find_files([tmp_path / "in"])] == ["page.txt"]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("a page ü (2).txt", None),
        ("000_513d879c9862ae6b.txt", None),
        ("000_20240311c9862ae6.txt", None),
        ("papers 2025-03-05 苔.txt", date(2025, 3, 5)),
        ("2025-03-05 to 2025-03-06.txt", None),
    ],
)
def test_q50_names_are_evidence_and_never_identity(parse, name, day):
    dump = parse({name: render_text(PAPERS)}).dump
    assert (dump["file_names"], dump["captured_on"]) == ([name], day)
    assert dump["dump_id"] == hashlib.sha256(render_text(PAPERS).encode()).hexdigest()


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.json", "a.csv", "a.jsonl", "a.xml"])
def test_q51_giant_lines_and_deep_nesting_end_in_a_row_of_dumps(parse, name):
    starts = {
        "a.md": "[" * 50_000 + "](/papers/2501.50080",
        "a.html": "<!doctype html>" + "<div>" * 50_000 + "/papers/",
        "a.json": '[{"paper": {"title": "Moss"}}, ' + '{"a": [' * 50_000,
        "a.csv": "title,abstract\n" + '"' * 50_000 + ",",
        "a.jsonl": '{"title": "Moss"}\n' + '{"a": [' * 50_000 + "\n" + '{"title": ' + "9" * 50_000 + "}",
        "a.xml": "<rss>" + "<item>" * 20_000,
    }
    tables = parse({name: starts[name]})
    assert tables.dumps.height == 1
    assert all(len(text) <= 2_000 for text in tables.rejects["text"])


def test_q51_more_than_is_held_whole_is_oversize(parse, monkeypatch):
    monkeypatch.setattr(parser, "STREAM_BYTES", 1 << 10)
    monkeypatch.setattr(parser, "WHOLE_BYTES", 1 << 11)
    tables = parse(render_text(PAPERS))
    assert (tables.reasons, tables.dump["status"]) == (["oversize"], "refused")


def test_q59_every_field_of_a_markdown_card(parse):
    link = "https://huggingface.co/papers/2502.20581"
    card = f"""[![](https://cdn.example.org/2502.20581.png)]({link})

[64](/login?next=%2Fpapers%2F2502.20581)

### [Moss in Jars]({link})

[Moss grows in jars, slowly.]({link})

[![](https://cdn.example.org/avatar.png) 3 authors]({link})

[Jar University](/jar-university)

· Feb 27, 2025

[5]({link}#community)

[GitHub 1.2k](https://github.com/moss/jars)
"""
    tables = parse({"page.md": card})
    fields = ("arxiv_id", "title", "abstract", "upvotes", "author_count", "organization", "comment_count", "code_url")
    assert tables.entries.select(fields).row(0) == (
        "2502.20581",
        "Moss in Jars",
        "Moss grows in jars, slowly.",
        64,
        3,
        "Jar University",
        5,
        "https://github.com/moss/jars",
    )
    assert tables.entries["published_at"][0].date() == date(2025, 2, 27)
    assert (tables.entries["github_stars"][0], tables.reasons) == (1200, [])


def test_q61_a_day_that_differs_in_votes_only_is_another_dump_of_the_same_entries(parse):
    day = [{"paper": {"id": "2503.01234", "title": "Moss", "upvotes": 3}}]
    later = [{"paper": {"id": "2503.01234", "title": "Moss", "upvotes": 5}}]
    same = parse({"2025-03-05.json": json.dumps(day), "2025-03-06.json": json.dumps(day), "b.json": json.dumps(later)})
    assert sorted(map(list, same.dumps["file_names"])) == [["2025-03-05.json", "2025-03-06.json"], ["b.json"]]
    assert same.entries.select("arxiv_id", "upvotes").rows() == [("2503.01234", 3), ("2503.01234", 5)]


def test_q62_a_list_broken_in_the_middle_keeps_both_sides(parse):
    good = [json.dumps({"paper": {"title": title}}) for title in ("Moss", "Kites")]
    tables = parse(f'[{good[0]}, {{"paper": {{"title": "Lo}}}}, {good[1]}]')
    assert ([pair[0] for pair in tables.pairs], tables.reasons) == (["Moss", "Kites"], ["not_json"])


@pytest.mark.parametrize("form", ["strings", "lines"])
def test_q63_dict_reprs_are_read_and_flagged(parse, form):
    entries = [{"paper": {"title": f"Moss's {n}", "upvotes": n, "organization": None}} for n in range(3)]
    reprs = [str(entry) for entry in entries]
    tables = parse(json.dumps(reprs) if form == "strings" else "[\n" + ",\n".join(reprs) + "\n]")
    assert tables.entries["title"].to_list() == ["Moss's 0", "Moss's 1", "Moss's 2"]
    assert tables.entries["flags"].to_list() == [["dict_repr", "no_abstract"]] * 3


def test_q63_a_bomb_of_a_literal_is_refused(parse):
    deep = "{'paper': " + "[" * 5_000 + "]" * 5_000 + "}"
    power = "{'paper': {'title': 9**9**9}}"
    assert parse(json.dumps([deep, power])).reasons == ["not_json", "not_json"]


@pytest.mark.parametrize(("count", "said"), [(1, "1 as announced"), (7, "1 read here")])
def test_q64_an_envelope_s_count_is_held_against_what_was_read(parse, count, said):
    content = json.dumps({"date": "2025-01-10", "count": count, "data": [{"paper": {"title": "Moss"}}]})
    assert said in parse(content).dump["layout_reason"]


def test_q65_names_of_files_and_folders_by_their_trust(parse):
    papers = [json.dumps([{"paper": {"title": f"Moss {n}"}}]) for n in range(4)]
    dumps = parse(
        {
            "1-Apr-2025/2025-04-02.json": papers[0],
            "1-Apr-2025/list.json": papers[1],
            "20250403.json": papers[2],
            "list.json": papers[3],
        }
    ).dumps.sort("listed_on", nulls_last=True)
    assert dumps.select("listed_on", "listed_on_source").rows() == [
        (date(2025, 4, 1), "folder_name"),
        (date(2025, 4, 2), "file_name"),
        (date(2025, 4, 3), "file_name"),
        (None, None),
    ]


@pytest.mark.parametrize(
    "description",
    [
        "&lt;p&gt;Moss &lt;b&gt;grows&lt;/b&gt; in &lt;EOS&gt; jars.&lt;/p&gt;",
        "<![CDATA[<p>Moss <b>grows</b> in &lt;EOS&gt; jars.</p>]]>",
        "Moss grows in &lt;EOS&gt; jars.",
    ],
)
def test_q66_html_inside_a_feed_s_description(parse, description):
    item = "<item><title>Moss</title><link>https://huggingface.co/papers/2503.01234</link>"
    item += f"<pubDate>Wed, 05 Mar 2025 00:00:00 GMT</pubDate><description>{description}</description></item>"
    tables = parse(f"<rss><channel>{item}</channel></rss>")
    assert tables.pairs == [("Moss", "Moss grows in <EOS> jars.")]
    assert tables.entries["arxiv_id"][0] == "2503.01234"
    assert tables.entries["published_at"][0].date() == date(2025, 3, 5)


@pytest.mark.parametrize("abstract", ["abstract", "summary", "abs", "Paper Abstract", "description"])
@pytest.mark.parametrize("title", ["title", "paper_title", "Paper-Title"])
def test_q67_columns_by_any_of_their_names(parse, title, abstract):
    rows = [{title: p.title, abstract: p.abstract, "shoe_size": 44} for p in PAPERS]
    tables = parse({"a.jsonl": "\n".join(map(json.dumps, rows))})
    assert tables.pairs == PAIRS
    assert tables.dump["ignored_fields"] == [{"field": "shoe_size", "count": len(PAPERS)}]


def test_q67_the_arxiv_snapshot_as_it_is(parse):
    record = {
        "id": "0704.0001",
        "submitter": "Jane Doe",
        "authors": "J. Doe, A. N. Other and M. Oss",
        "title": "Moss in\n  Jars",
        "comments": "3 pages",
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.CL",
        "license": None,
        "abstract": "  Moss grows\nin jars.\n",
        "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, {"version": "v2", "created": "x"}],
        "update_date": "2008-11-26",
        "authors_parsed": [["Doe", "J.", ""], ["Other", "A. N.", ""], ["Oss", "M.", ""]],
    }
    tables = parse({"a.json": "\n".join([json.dumps(record)] * 2)})
    assert folded(tables.pairs) == [("Moss in Jars", "Moss grows in jars.")] * 2
    assert tables.entries["arxiv_id"].to_list() == ["0704.0001"] * 2
    assert tables.entries["authors"][0].to_list() == ["J. Doe", "A. N. Other", "M. Oss"]
    assert tables.entries["submitter"].to_list() == [None, None]
    assert tables.entries["published_at"][0].date() == date(2007, 4, 2)


def test_a_lone_surrogate_in_a_name_or_value_is_replaced(parse):
    rows = [
        '{"title": "Mo\\ud800ss", "\\ud800": 1}',
        '{"title": "Kites", "authors": "\\udfff, A. B.", "keywords": ["\\ud800"]}',
    ]
    tables = parse("\n".join(rows))
    assert tables.entries["title"].to_list() == ["Mo?ss", "Kites"]


def test_a_lone_surrogate_in_a_page_s_json_is_replaced(parse):
    props = html.escape('{"dateString": "\\ud800", "dailyPapers": [{"paper": {"title": "Mo\\udfffss"}}]}')
    assert parse({"a.html": f'<html><div data-props="{props}"></div></html>'}).pairs == [("Mo?ss", None)]


def test_digits_of_other_scripts_are_no_arxiv_id(parse):
    assert parse('{"title": "Moss", "id": "٢٥٠٣.٠١٢٣٤"}\n' * 2).entries["arxiv_id"].to_list() == [None, None]


@pytest.mark.parametrize(
    "value",
    [
        "None, True and False",
        "it's",
        'say "moss"',
        'it\'s "moss"',
        r"\alpha \n 'x' \\",
        "two\nlines\tand\xa0\x07",
        r"C:\new",
        "{'a': None}",
        "🌱 ü",
    ],
)
def test_q63_a_repr_gives_back_exactly_what_was_printed(parse, value):
    paper = {
        "title": f"Moss {value}",
        "summary": value,
        "upvotes": 3,
        "isNew": True,
        "code": None,
        "tags": [value, 1.5],
    }
    got = api_json._read_literal(repr({"paper": paper}))
    assert got == {"paper": paper}
    assert api_json._read_literal(f"{{'title': '{'x'}', 'n': (1, 2)}}") == {"title": "x", "n": (1, 2)}
