"""Bytes, files and records: encodings, packing, names; what only API days, captures, feeds and tables can suffer."""

import gzip
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import ftfy.bad_codecs  # noqa: F401  # registers cp1252 as browsers read it, without gaps
import polars as pl
import zstandard

from benchmarks.dirty.text_pages import list_lines, print_page
from benchmarks.dirty.trials import ALL, API, DAY, FEEDS, PRINTED, TABLES, TEXT, File, expect, quirk
from benchmarks.dirty.wording import print_papers, reword
from paperhouse.sample import LAYOUTS
from paperhouse.sample.layouts.api import list_entries


def _file(papers: pl.DataFrame, layout: str, content: bytes | None = None, **facts: object) -> File:
    content = print_papers(papers, layout) if content is None else content
    return File(f"page{LAYOUTS[layout].suffix}", content, expect(papers), facts=facts)


def _keep_latin(text: str) -> str:
    """A text without what cp1252 has no byte for."""
    return text.encode("cp1252", errors="ignore").decode("cp1252")


@quirk(29, "cp1252 bytes, mojibake, double-encoded UTF-8", PRINTED)
def wrong_encoding(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """One file in cp1252; one whose entries were UTF-8 read as cp1252, which is turned back and flagged."""
    half = papers.height // 2
    names = pl.col("authors").list.eval(pl.element().str.replace_all(r"[^\x00-\x7f\xa0-\xff]", ""))
    latin = reword(
        papers[:half].with_columns(names, pl.col("submitter").str.replace_all(r"[^\x00-\x7f\xa0-\xff]", "")),
        lambda n, t, a: (f"Tülu – {_keep_latin(t)}", _keep_latin(a).replace("'", "’") + " Naïve “café” runs."),
    )
    as_cp1252 = print_papers(latin, layout).decode().encode("cp1252", errors="strict")
    meant = reword(papers[half:], lambda n, t, a: (f"Ünique – {t}" if n % 3 == 0 else t, a))
    garbled = reword(meant, lambda n, t, a: (t.encode().decode("sloppy-windows-1252") if n % 3 == 0 else t, a))
    repaired = expect(meant)
    for entry in repaired[::3]:
        entry.flags = frozenset({"mojibake_repaired"})
    suffix = LAYOUTS[layout].suffix
    return [
        # The JSON in an attribute is ASCII.
        File(
            f"cp1252{suffix}", as_cp1252, expect(latin), facts={} if layout == "html_props" else {"encoding": "cp1252"}
        ),
        File(f"mojibake{suffix}", print_papers(garbled, layout), repaired),
    ]


@quirk(30, "UTF-8 byte order mark, UTF-16", PRINTED)
def wide_encoding(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """With and without a mark, in both byte orders."""
    encoding = rng.choice(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    return _file(papers, layout, print_papers(papers, layout).decode().encode(encoding))


@quirk(31, "line ends: CRLF, CR, form feed, U+2028, NEL, VT", PRINTED)
def line_ends(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Everywhere CRLF and CR; in text pages the rest as well."""
    exotic = ["\f", "\u2028", "\u2029", "\x85", "\v"] if layout in TEXT else []
    end = rng.choice(["\r\n", "\r\n", "\r", *exotic])
    content = print_papers(papers, layout).decode().replace("\r\n", "\n").replace("\n", end)
    return _file(papers, layout, content.encode())


@quirk(32, "NUL, control characters, ANSI codes", PRINTED)
def control_characters(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Strewn over the page; removed and counted."""
    text = print_papers(papers, layout).decode()
    letters = [at for at, letter in enumerate(text) if letter == "e" and at > 200]
    chosen = sorted(rng.sample(letters, 30), reverse=True)
    for at in chosen:
        text = text[:at] + rng.choice(["\x00", "\x07", "\x1b[31m", "\x1b[0m", "\x08", "\x01"]) + text[at:]
    return _file(papers, layout, text.encode(), control_character_count=len(chosen))


@quirk(
    42,
    "a whole HTML page: cards, headings, JSON in attributes",
    ("html_cards", "html_headings", "html_props"),
    (
        "test_html_articles_give_every_field",
        "test_html_older_headings_without_articles",
        "test_html_json_in_attributes_is_read_rather_than_the_cards",
    ),
)
def html_pages(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """With scripts, styles and comments between, attributes in other orders, entities spelled out."""
    content = print_papers(papers, layout).decode()
    noise = '<script>var a = "</p><h3>no</h3>";</script>\n<style>h3 > a { color: red }</style>\n<!-- <h3>no</h3> -->\n'
    content = content.replace("<main>", f"<main>\n{noise}")
    if layout != "html_props":
        content = content.replace("<h3>", '<h3 class="mb-1 [&>a]:text-lg">').replace("&quot;", "&#34;")
    return _file(papers, layout, content.encode())


def _days(papers: pl.DataFrame) -> dict[str, str]:
    entries = list_entries(papers)
    flat = [
        {"id": entry["paper"]["id"], "title": entry["title"], "summary": entry["summary"], "upvotes": 3}
        for entry in entries
    ]
    return {
        "list": json.dumps(entries),
        "flat": json.dumps(flat, indent=1),
        "paged": json.dumps([entries[: len(entries) // 2], entries[len(entries) // 2 :]]),
        "lines": "\n".join(map(json.dumps, entries)),
        "ascii": json.dumps(entries, ensure_ascii=True, indent=4),
        "papers": json.dumps({"papers": entries}),
    }


@quirk(
    43,
    "API JSON: list, flat, paged, lines, wrapped",
    ("api_list",),
    ("test_every_field_of_an_entry", "test_shapes", "test_other_shapes_give_the_same_papers"),
)
def api_shapes(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Each shape a file of its own."""
    days = _days(papers)
    size = papers.height // len(days)
    parts = [papers[n * size : (n + 1) * size] for n in range(len(days))]
    return [
        File(f"{name}.json", _days(part)[name].encode(), expect(part)) for name, part in zip(days, parts, strict=True)
    ]


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def _tar(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


PACKINGS: dict[str, Callable[[str, bytes], bytes]] = {
    "gz": lambda name, content: gzip.compress(content, mtime=0),
    "zst": lambda name, content: zstandard.compress(content),
    "zip": _zip,
    "tar.gz": _tar,
}


@quirk(44, "gz, zst, zip, tar; wrong or no extension", ALL)
def packed(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Packed in every way, under names that lie."""
    files = []
    size = papers.height // len(PACKINGS)
    for place, (packing, pack) in enumerate(PACKINGS.items()):
        part = papers[place * size : (place + 1) * size]
        name = rng.choice([f"page{LAYOUTS[layout].suffix}.{packing}", "page", f"{packing}.html", f"{packing}.txt"])
        content = pack(f"inside{LAYOUTS[layout].suffix}", print_papers(part, layout))
        files.append(File(f"{place}/{name}", content, expect(part)))
    return files


@quirk(45, "empty, white space, boilerplate only", (*TEXT, "api_list", "markdown", "feed", "records_csv"))
def nothing_in_it(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Registered, with zero papers and status `empty`."""
    contents = {
        "text_spaced": [b"", b" \n\t\n\n", b"new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nMar 11\n"],
        "text_dense": [b"\n", b"new\nSubscribe\nDaily Papers\nby AK and the research community\n"],
        "api_list": [b"[]", b"[]\n", b'{"status": "success", "date": "2025-01-10", "count": 0, "data": []}'],
        "markdown": [b"[Hugging Face](/)\n\n# Daily Papers\n\n[Previous](/papers?p=0)\n"],
        "feed": [b'<?xml version="1.0"?><rss version="2.0"><channel><title>Daily Papers</title></channel></rss>'],
        "records_csv": [b"title,abstract\n"],
    }
    return [File(f"{n}.txt", content, [], facts={"status": "empty"}) for n, content in enumerate(contents[layout])]


@quirk(46, "the same bytes under another name", ALL, ("test_same_bytes_under_another_name_are_one_dump",))
def same_bytes(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """One dump, two names."""
    content = print_papers(papers, layout)
    names = [f"one{LAYOUTS[layout].suffix}", f"two{LAYOUTS[layout].suffix}"]
    return [File(name, content, expect(papers), facts={"file_names": names}) for name in names]


@quirk(
    47,
    "a dump extended later",
    ALL,
    ("test_a_longer_copy_of_a_page_supersedes_the_shorter", "a_longer_copy_supersedes_and_another_page_does_not"),
)
def extended(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Both are read; that one supersedes the other is said in dbt."""
    part = papers[: papers.height // 2]
    suffix = LAYOUTS[layout].suffix
    return [
        File(f"before{suffix}", print_papers(part, layout), expect(part)),
        File(f"after{suffix}", print_papers(papers, layout), expect(papers)),
    ]


@quirk(
    48,
    "a file still being written",
    TEXT,
    (
        "test_a_file_written_to_while_it_is_hashed_is_left_and_taken_next_time",
        "test_a_file_being_written_is_seen_at_the_second_look",
    ),
)
def half_written(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """That it waits is the inbox's business; what is there reads as far as it goes."""
    part = papers[: papers.height // 2]
    lines = list_lines(papers)[: 2 * part.height]
    return File("page.txt", print_page(lines, layout) + b"\n", expect(part))


@quirk(
    49, "hidden and editor files, links, devices", ALL, ("test_links_in_a_folder_are_named_and_taken_with_the_option",)
)
def not_dumps(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Only the regular file is taken."""
    content = print_papers(papers, layout)
    names = [".hidden.txt", "page.txt~", "#page.txt#", ".page.txt.swp", "page.part", "page.tmp", ".git/page.txt"]
    return [
        _file(papers, layout, content),
        *(File(name, content + b" ", [], is_taken=False) for name in names),
    ]


@quirk(50, "file names with spaces, Unicode, a date or a hash", ALL)
def odd_names(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Names are evidence for a date and never identity."""
    names = [
        "000_513d0fc2ab.txt",
        "My papers (1).html",
        "übersicht – März.md",
        "a'b;c$(d).json",
        "-rf",
        "page..txt",
        "日本.txt",
    ]
    return File(rng.choice(names), print_papers(papers, layout), expect(papers))


@quirk(
    51,
    "one giant line",
    TEXT,
    ("test_q51_one_giant_line_is_an_orphan", "test_what_cannot_be_streamed_and_is_too_large_is_refused"),
)
def giant_line(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Between entries; it costs nothing but itself."""
    lines = list_lines(papers)
    lines.insert(0, "moss jar " * 200_000)
    return File("page.txt", print_page(lines, layout, ()), expect(papers), {"orphan_abstract": 1})


@quirk(59, "captures with ids, votes, author counts, dates", ("markdown", "html_cards", "html_props"))
def rich_captures(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """Every field lands in raw.entries."""
    file = _file(papers, layout)
    rows = papers.select("arxiv_id", "upvotes", author_count=pl.col("authors").list.len()).to_dicts()
    for entry, row in zip(file.entries, rows, strict=True):
        entry.facts = row
    return file


@quirk(60, "the same link text twice", ("markdown",))
def linked_twice(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """The title as a heading and again as a link before the abstract: one entry."""
    content = print_papers(papers, layout).decode()
    for title, arxiv_id in papers.select("page_title", "arxiv_id").iter_rows():
        card = f"### [{title}](/papers/{arxiv_id})"
        if rng.random() < 0.5:
            content = content.replace(card, f"{card}\n\n[{title}](/papers/{arxiv_id})")
    return _file(papers, layout, content.encode())


@quirk(
    61,
    "API days repeated, or with other votes",
    API,
    ("test_new_votes_update_the_appearance_and_the_old_ones_stay", "the_latest_look_wins_and_the_earlier_one_stays"),
)
def repeated_days(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """The same day under two names is one dump; with other votes it is another, whose votes are read."""
    later = papers.with_columns(pl.col("upvotes") + 5)
    content = print_papers(papers, layout)
    files = [_file(papers, layout, content), _file(papers, layout, content), _file(later, layout)]
    for place, file in enumerate(files):
        file.name = f"2025-03-{11 + place}.json"
        for entry, votes in zip(file.entries, (later if place == 2 else papers)["upvotes"], strict=True):
            entry.facts = {"upvotes": votes}
    return files


@quirk(62, "API files of one entry, of none, an error, cut off", ("api_list",))
def odd_days(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """What was read so far is kept; the rest is rejected with its reason."""
    entries = list_entries(papers)
    whole = json.dumps(entries, indent=1)
    cut = whole.index(json.dumps(entries[-1]["paper"]["id"])) + 40
    return [
        File("one.json", json.dumps(entries[:1]).encode(), expect(papers[:1])),
        File("single.json", json.dumps(entries[0]).encode(), expect(papers[:1])),
        File("none.json", b"[ ]", [], facts={"status": "empty"}),
        File("error.json", b'{"error": "Too many requests"}', [], {"api_error": 1}, facts={"status": "rejected"}),
        File("cut.json", whole[:cut].encode(), expect(papers[:-1]), {"truncated_json": 1}),
    ]


@quirk(63, "Python dict reprs in JSON strings, or on lines", ("api_reprs",))
def dict_reprs(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Read as bounded literals, flagged; what is no literal is rejected."""
    half = papers.height // 2
    reprs = [repr(entry) for entry in list_entries(papers[:half])]
    evil = "{'paper': __import__('os').getcwd()}"
    return [
        File("strings.json", json.dumps([*reprs, evil]).encode(), expect(papers[:half], "dict_repr"), {"not_json": 1}),
        File(
            "lines.json", "\n".join(map(repr, list_entries(papers[half:]))).encode(), expect(papers[half:], "dict_repr")
        ),
    ]


@quirk(64, "an envelope with date and count round the list", ("api_envelope",))
def envelopes(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """Its date dates the list, before that of the name; a count that disagrees is said."""
    entries = list_entries(papers)
    wrong = {"status": "success", "date": "2025-01-10", "count": len(entries) + 3, "data": entries}
    right = {**wrong, "count": len(entries), "date": "2025-01-11"}
    return [
        File("2025-02-02.json", json.dumps(right).encode(), expect(papers), facts={"listed_on": date(2025, 1, 11)}),
        File("wrong.json", json.dumps(wrong).encode(), expect(papers), facts={"listed_on": date(2025, 1, 10)}),
    ]


@quirk(65, "dates in folder and file names", ("api_list",))
def dated_names(papers: pl.DataFrame, layout: str, rng: random.Random) -> list[File]:
    """In the order of trust after a date inside the dump."""
    size = papers.height // 4
    days = [DAY + timedelta(days=n) for n in range(4)]
    names = [
        f"{days[0]}.json",
        f"{days[1]:%Y%m%d}.json",
        f"{days[2].day}-{days[2]:%b-%Y}/day.json",
        f"papers_{days[3]}.json",
    ]
    return [
        File(name, print_papers(part, layout), expect(part), facts={"listed_on": day})
        for name, day, part in zip(names, days, papers.iter_slices(size), strict=False)
    ]


@quirk(66, "feeds with HTML in their descriptions", FEEDS)
def feeds(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """As CDATA, escaped, in paragraphs, with marks."""
    content = print_papers(papers, layout).decode()
    if layout == "feed":
        content = (
            content.replace("<![CDATA[<p>", "&lt;p&gt;").replace("</p>]]>", "&lt;/p&gt;")
            if rng.random() < 0.5
            else content
        )
    else:
        content = content.replace("<summary>", '<summary type="html">&lt;p&gt;').replace(
            "</summary>", "&lt;/p&gt;</summary>"
        )
        # What is escaped text in the one is escaped twice in the other.
        content = content.replace("&amp;", "&amp;amp;")
    file = _file(papers, layout, content.encode())
    for entry, row in zip(file.entries, papers.select("arxiv_id").to_dicts(), strict=True):
        entry.facts = row
    return file


_COLUMNS = (
    ("paper_title", "summary", "arxiv_id"),
    ("Title", "Abstract", "ID"),
    ("title", "abs", "entry_id"),
    ("paperTitle", "paperAbstract", "paperId"),
)


@quirk(67, "tables with other column names, gz or zst", (*TABLES, "records_parquet"))
def other_columns(papers: pl.DataFrame, layout: str, rng: random.Random) -> File:
    """A documented mapping; unknown columns are ignored and said."""
    title, abstract, arxiv_id = rng.choice(_COLUMNS)
    table = papers.select(
        pl.col("page_title").alias(title),
        pl.col("page_abstract").alias(abstract),
        pl.col("arxiv_id").alias(arxiv_id),
        pl.lit("x").alias("colour"),
    )
    buffer = io.BytesIO()
    if layout == "records_parquet":
        table.write_parquet(buffer)
    elif layout == "records_jsonl":
        table.write_ndjson(buffer)
    else:
        table.write_csv(buffer, separator=rng.choice([",", ";", "\t"]))
    content = buffer.getvalue()
    pack = rng.choice([None, "gz", "zst"])
    content = PACKINGS[pack]("", content) if pack else content
    file = File(f"table{LAYOUTS[layout].suffix}", content, expect(papers))
    for entry, row in zip(file.entries, papers.select("arxiv_id").to_dicts(), strict=True):
        entry.facts = row
    return file
