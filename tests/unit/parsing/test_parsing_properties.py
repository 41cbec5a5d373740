"""Properties of every parse: nothing raises, every line is accounted for, and what was rendered comes back."""

import gzip
import json
import random

import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_papers import HEADERS, invent, render_feed, render_html, render_json, render_markdown, render_text
from parsed_tables import parse_paths

from paperhouse.parsing import REASONS

ANY_TIME = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

STRETCHES = st.sampled_from(
    [
        b"\n",
        b"\n\n",
        b"\r\n",
        b"\r",
        b"\x0c",
        b"\x00",
        b"\x1b[31m",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x80",
        "\u2028".encode(),
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"'",
        b"](",
        b"<",
        b"<!--",
        b"<article>",
        b'<div data-props="',
        b"<rss>",
        b"<item>",
        b"<title>",
        b"PAR1",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"title,abstract",
        b"Mar 11",
        b"Feb 30",
        b"Subscribe",
        b"new",
        b"42",
        b"1. ",
        b"Abstract: ",
        b'{"paper": {"title": "Moss", "summary": "Grows."}}',
        b"{'paper': {'title': 'Moss'}}",
        b'[{"paper": {}}]',
        b'{"error": "no"}',
        b'{"title": 3, "abstract": [1e999, null]}',
        b"### [Moss](https://huggingface.co/papers/2503.01234)",
        b"- 3 authors",
        b"Grown Moss: A Study of Jars",
        b"We grow moss in jars. It grows well, and nobody minds. " * 5,
        "苔の成長".encode(),
        b"word " * 40,
    ]
)
CONTENTS = st.one_of(
    st.lists(STRETCHES, max_size=25).map(b"".join),
    st.lists(STRETCHES, max_size=25).map(b"\n".join),
    st.binary(max_size=400),
    st.text(max_size=400).map(lambda text: text.encode("utf-8", "replace")),
)


@ANY_TIME
@given(contents=st.lists(CONTENTS, min_size=1, max_size=4))
def test_nothing_raises_and_every_line_is_accounted_for(contents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dumps")
    for number, content in enumerate(contents):
        (folder / f"{number}.txt").write_bytes(content)
    tables = parse_paths(folder)  # holds the accounting against itself
    assert tables.dumps.height == len(set(contents))
    assert set(tables.reasons) <= set(REASONS)


@ANY_TIME
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(2, 15),
    sentences=st.integers(4, 12),
    spaced=st.booleans(),
    header=st.sampled_from(sorted(HEADERS)),
    glued=st.booleans(),
    final_newline=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_text_comes_back(seed, count, sentences, spaced, header, glued, final_newline, line_end, tmp_path_factory):
    papers = invent(count, seed, sentences)
    content = render_text(papers, spaced, header, glued) + ("\n" if final_newline else "")
    path = tmp_path_factory.mktemp("dumps") / "page"
    path.write_bytes(content.replace("\n", line_end).encode())
    tables = parse_paths(path)
    assert tables.pairs == [(paper.title, paper.abstract) for paper in papers]
    assert tables.dump["rejected_line_count"] == 0


@ANY_TIME
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(1, 8),
    render=st.sampled_from([render_json, render_markdown, render_html, render_feed]),
    pack=st.sampled_from([bytes, gzip.compress, zstandard.compress]),
)
def test_rich_layouts_come_back_however_they_are_packed(seed, count, render, pack, tmp_path_factory):
    papers = invent(count, seed)
    path = tmp_path_factory.mktemp("dumps") / "page"
    path.write_bytes(pack(render(papers).encode()))
    tables = parse_paths(path)
    assert tables.pairs == [(paper.title, paper.abstract) for paper in papers]
    assert tables.rejects.height == 0


@ANY_TIME
@given(
    seed=st.integers(0, 10_000),
    cut=st.floats(0.05, 0.999),
    indent=st.sampled_from([None, 1, 4]),
)
def test_truncated_json_keeps_every_whole_entry(seed, cut, indent, tmp_path_factory):
    papers = invent(6, seed)
    whole = json.dumps(
        [{"paper": {"title": paper.title, "summary": paper.abstract}} for paper in papers], indent=indent
    )
    content = whole[: int(len(whole) * cut)]
    path = tmp_path_factory.mktemp("dumps") / "page"
    path.write_text(content)
    tables = parse_paths(path)
    kept = [paper for paper in papers if content.find(paper.abstract + '"') >= 0]
    # The entry the cut goes through is whole only if its last brace is still there.
    assert tables.pairs in (
        [(paper.title, paper.abstract) for paper in kept],
        [(paper.title, paper.abstract) for paper in kept[:-1]],
    )
    assert "truncated_json" in tables.reasons


@ANY_TIME
@given(seed=st.integers(0, 10_000), spaced=st.booleans(), data=st.data())
def test_one_damage_stays_where_it_is(seed, spaced, data, tmp_path_factory):
    """A line lost or a stray line put in costs at most the papers beside it."""
    papers = invent(14, seed)
    rows = [row for paper in papers for row in (paper.title, paper.abstract)]
    at = data.draw(st.integers(2, len(rows) - 3))
    damage = data.draw(st.sampled_from(["lose", "repeat", "counter", "cut"]))
    if damage == "lose":
        del rows[at]
    elif damage == "repeat":
        rows.insert(at, rows[at])
    elif damage == "counter":
        rows.insert(at, str(random.Random(seed).randint(1, 999)))
    else:
        rows[at] = rows[at][: len(rows[at]) // 2]
    path = tmp_path_factory.mktemp("dumps") / "page"
    path.write_text(("\n\n" if spaced else "\n").join(rows))
    tables = parse_paths(path)
    hit = {at // 2 - 1, at // 2, at // 2 + 1}
    expected = {(paper.title, paper.abstract) for index, paper in enumerate(papers) if index not in hit}
    assert expected <= set(tables.pairs)
