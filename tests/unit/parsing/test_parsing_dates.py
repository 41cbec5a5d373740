"""Dates as evidence: lines, names, and what a dump takes from them."""

from datetime import date

import pytest
from invented_papers import invent, render_text

from paperhouse.parsing import dates

PAPERS = invent(4)


@pytest.mark.parametrize(
    ("line", "year", "month", "day"),
    [
        ("Mar 11", None, 3, 11),
        ("March 11", None, 3, 11),
        ("11 Mar", None, 3, 11),
        ("Mar 11, 2025", 2025, 3, 11),
        ("11 March 2025", 2025, 3, 11),
        ("Tue, Mar 11", None, 3, 11),
        ("Tuesday, March 11th, 2025", 2025, 3, 11),
        ("2025-03-11", 2025, 3, 11),
        ("2025/3/11", 2025, 3, 11),
        ("Sept. 5", None, 9, 5),
        ("Feb 29", None, 2, 29),
    ],
)
def test_date_lines(line, year, month, day):
    read = dates.read_date_line(line)
    assert (read.year, read.month, read.day, read.text) == (year, month, day, line)
    assert read.is_possible()


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("Daily Papers, January 15, 2025", "January 15, 2025"),
        ("Daily Papers - 2025-01-15", "2025-01-15"),
        ("AI Paper Digest #17 (2025-01-15)", "2025-01-15"),
        ("Hugging Face Daily Papers for Wednesday, 15 January 2025", "Wednesday, 15 January 2025"),
        ("15 Jan 2025 | Top ML Papers of the Week", "15 Jan 2025"),
        ("=== arXiv: 2025/1/15 ===", "2025/1/15"),
        ("January 15, 2025", None),  # a date line, and no heading
        ("Daily Papers", None),
        ("Daily Papers, January 15", None),  # of no year: `Papers on March 11` may be anything
        ("Daily Papers 2025", None),
        ("Folding Papers: January 15, 2025", None),
        ("Papers, Please, 2025-01-15", None),
        ("Reading List 2025-01-15", None),  # nothing says that it is of papers
        ("Daily Papers of 2025-01-15 and 2025-01-16", None),
        ("Papers " * 40 + "2025-01-15", None),
    ],
)
def test_headings_with_a_date(line, printed):
    assert dates.find_heading_date(line) == printed


@pytest.mark.parametrize("line", ["Feb 30", "2025-13-01", "Apr 31, 2025", "Feb 29, 2025"])
def test_impossible_dates_are_read_as_such(line):
    assert not dates.read_date_line(line).is_possible()


@pytest.mark.parametrize("line", ["", "11", "March of the Moss", "Mar 11 Moss", "May the Moss Be 4", "3-11"])
def test_no_dates(line):
    assert dates.read_date_line(line) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20250305.txt", date(2025, 3, 5)),
        ("2025-03-05.json", date(2025, 3, 5)),
        ("page 2025_3_5 (1).txt", date(2025, 3, 5)),
        ("1-Apr-2025", date(2025, 4, 1)),
        ("Apr-1-2025.html", date(2025, 4, 1)),
        ("000_513d879c9862ae6b.txt", None),
        ("a20250305f.txt", None),
        ("2025-13-05.txt", None),
        ("2025-03-05_2025-03-06.txt", None),
        ("120250305.txt", None),
    ],
)
def test_names(name, expected):
    assert dates.find_date_in_name(name) == expected


def captured(tables):
    dump = tables.dump
    return tuple(dump[f"captured_on{part}"] for part in ("", "_text", "_source", "_precision"))


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("page.txt", "Mar 11", (None, "Mar 11", "content", "month_day")),
        ("page.txt", "Mar 11, 2025", (date(2025, 3, 11), "Mar 11, 2025", "content", "day")),
        ("20250311.txt", "Mar 11", (date(2025, 3, 11), "Mar 11", "file_name", "day")),
        ("20250312.txt", "Mar 11", (None, "Mar 11", "content", "month_day")),
        ("20250312.txt", "Mar 11, 2025", (date(2025, 3, 11), "Mar 11, 2025", "content", "day")),
        ("2025-03-12.txt", None, (date(2025, 3, 12), None, "file_name", "day")),
        ("1-Apr-2025/page.txt", None, (date(2025, 4, 1), None, "folder_name", "day")),
        ("1-Apr-2025/20250312.txt", None, (date(2025, 3, 12), None, "file_name", "day")),
        ("1-Apr-2025/page.txt", "Apr 1", (date(2025, 4, 1), "Apr 1", "folder_name", "day")),
        ("page.txt", None, (None, None, None, None)),
    ],
)
def test_what_a_dump_takes(parse, name, line, expected):
    content = render_text(PAPERS, header="plain")
    content = content if line is None else content.replace("Subscribe", f"Subscribe\n\n{line}")
    tables = parse({name: content})
    assert captured(tables) == expected
    assert tables.dump["listed_on"] is None
    assert tables.dump["date_line_count"] == (line is not None)


def test_impossible_date_line_is_rejected_not_the_dump(parse):
    tables = parse({"20250228.txt": render_text(PAPERS, header="dated").replace("Mar 11", "Feb 30")})
    assert tables.reasons == ["impossible_date"]
    assert tables.rejects["text"].to_list() == ["Feb 30"]
    assert tables.entries.height == 4
    assert captured(tables) == (date(2025, 2, 28), None, "file_name", "day")


def test_date_glued_into_the_header(parse):
    tables = parse(render_text(PAPERS, spaced=False).replace("Subscribe\n", "byAK and the research communityMar 11\n"))
    assert captured(tables) == (None, "Mar 11", "content", "month_day")
    assert tables.entries.height == 4
