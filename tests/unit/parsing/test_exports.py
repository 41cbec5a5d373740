"""Forms that other people's programs write: what each of them says of a paper, and what is only beside it."""

from datetime import date

import polars as pl
import pytest

A = "We count fronds on three slopes and find that they double within a year, whatever the weather does to them."
B = "Kites are tied by habit; most of those we let go came back, and the few that stayed away were the smallest."


def test_a_dataview_table_of_notes(parse):
    tables = parse(
        "| File | authors | year | doi |\n| --- | --- | --- | --- |\n"
        "| [[Counting Fronds at Scale]] | Ada Quill, Bo Reed | 2025 | 10.1234/f.1 |\n"
        "| [[Kites Without Strings\\|Kites]] | Cy Dale | 2024 | 10.1234/k.2 |\n"
    )
    assert tables.entries.select("title", "doi", "published_year").rows() == [
        ("Counting Fronds at Scale", "10.1234/f.1", 2025),
        ("Kites Without Strings", "10.1234/k.2", 2024),
    ]


def test_a_table_without_papers_is_told(parse):
    tables = parse("| Slope | Fronds | Kites |\n| --- | --- | --- |\n| North | 4 | 2 |\n| South | 7 | 1 |\n")
    assert tables.entries.height == 0
    assert tables.rejects["reason"].to_list() == ["unknown_layout"]


def test_labels_of_the_writers_own_end_a_list_of_people(parse):
    given = "Authors: Ada Quill, Bo Reed\nStatus: Reading\nURL: https://arxiv.org/abs/2503.01234\n"
    tables = parse(f"# Counting Fronds at Scale\n\n{given}\n## Abstract\n\n{A}\n")
    assert tables.entries["authors"].to_list() == [["Ada Quill", "Bo Reed"]]
    assert tables.entries["arxiv_id"].to_list() == ["2503.01234"]
    assert {"field": "Status", "count": 1} in tables.dump["ignored_fields"]


def test_links_between_notes_in_front_matter(parse):
    people = '  - "[[Ada Quill]]"\n  - "[[reed|Bo Reed]]"'
    front = f"---\ntitle: Counting Fronds at Scale\nauthors:\n{people}\ndoi: 10.1234/f.1\n---\n"
    assert parse(f"{front}\n## Abstract\n\n{A}\n").entries["authors"].to_list() == [["Ada Quill", "Bo Reed"]]


def test_the_number_of_a_row_is_no_part_of_its_text(parse):
    rows = [("Counting Fronds at Scale", A, "2503.01234"), ("Kites Without Strings", B, "2406.01111")]
    body = "".join(
        f"| {number}) **{title}** - {text} | [Paper](https://arxiv.org/abs/{found}) |\n"
        for number, (title, text, found) in enumerate(rows, start=1)
    )
    tables = parse(f"# Week 9\n\n| **Paper** | **Links** |\n| --- | --- |\n{body}")
    assert tables.pairs == [row[:2] for row in rows]


def test_bylines_of_search_engines(parse):
    hit = '<div><h3><a href="{}">{}</a></h3><div>{}</div><div>{}</div></div>'
    page = hit.format(
        "https://arxiv.org/abs/2503.01234",
        "Counting Fronds at Scale",
        "A Quill, B Reed - arXiv preprint, 2025 - arxiv.org",
        A,
    ) + hit.format(
        "https://doi.org/10.1234/k.2", "Kites Without Strings", "C Dale - Kite Journal, 2024 - kites.example", B
    )
    tables = parse(f"<html><body>{page}</body></html>")
    assert tables.pairs == [("Counting Fronds at Scale", A), ("Kites Without Strings", B)]
    assert tables.entries["authors"].to_list() == [["A Quill", "B Reed"], ["C Dale"]]
    assert tables.entries["published_year"].to_list() == [2025, 2024]


@pytest.mark.parametrize("nobody", ["[No author name available]", "No authors listed", "Author unknown"])
def test_nobody_is_no_author(parse, nobody):
    tables = parse(
        f'Authors,Title,Abstract\nQuill A.; Reed B.,Counting Fronds at Scale,"{A}"\n'
        f'{nobody},Kites Without Strings,"{B}"\n'
    )
    assert tables.entries["authors"].to_list() == [["Quill A.", "Reed B."], None]
    assert "unread_authors" in tables.entries["flags"][1].to_list()


def test_dates_under_a_chinese_name(parse):
    tables = parse(f'标题,摘要,发表日期\n蕨类在山坡上的计数,"{A}",2025年3月4日\n无线风筝的归来,"{B}",2024-06\n')
    found = tables.entries.select("published_on", pl.col("published_precision"))
    assert found.rows() == [(date(2025, 3, 4), "day"), (date(2024, 6, 1), "month")]
