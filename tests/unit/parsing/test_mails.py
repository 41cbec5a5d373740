"""Messages and mailboxes: the body is read by whichever layout knows it, the header says the day."""

import base64
import gzip
from datetime import date

import polars as pl
import pytest
from invented_papers import invent

from paperhouse.parsing import mails

PAPERS = invent(3, seed=5)
PAIRS = [(paper.title, paper.abstract) for paper in PAPERS]
HEAD = "From: Moss Letters <moss@example.org>\nTo: reader@example.org\nSubject: Papers\n"
HEAD += "Date: Wed, 05 Mar 2025 23:30:00 -0800\n"
TEXT = "\n\n".join(f"{paper.title}\n\n{paper.abstract}" for paper in PAPERS) + "\n"
PAGE = "<html><body>" + "".join(
    f'<h2><a href="https://arxiv.org/abs/2503.0{n:04}">{paper.title}</a></h2><p>{paper.abstract}</p>'
    for n, paper in enumerate(PAPERS, start=1)
)
PLAIN = f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n{TEXT}"
BOTH = (
    f'{HEAD}MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="b"\n\n'
    f"--b\nContent-Type: text/plain\n\n{TEXT}\n"
    "--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    f"{base64.encodebytes(PAGE.encode()).decode()}\n--b--\n"
)
FRIEND = f"{HEAD}\nDear Bo,\n\nplease bring the ladder on Sunday.\n\nAda\n"
POSTMARK = "From moss@example.org Wed Mar  5 23:30:00 2025\n"


@pytest.mark.parametrize("message", [PLAIN, PLAIN.replace("\n", "\r\n"), BOTH], ids=["text", "line ends", "page"])
def test_a_message_gives_its_papers_and_its_day(parse, message):
    tables = parse({"letter.eml": message})
    assert tables.pairs == PAIRS
    assert tables.dump["captured_on"] == date(2025, 3, 5)
    assert tables.dump["captured_on_source"] == "content"


def test_a_message_without_papers_gives_none(parse):
    tables = parse({"letter.eml": FRIEND})
    assert tables.pairs == []
    assert tables.reasons == ["unknown_layout"]


def test_lines_that_flow_are_whole_paragraphs(parse):
    flowing = "\n".join(" \n".join(part.split()) if len(part) > 150 else part for part in TEXT.split("\n"))
    tables = parse({"letter.eml": f"{HEAD}Content-Type: text/plain; charset=utf-8; format=flowed\n\n{flowing}"})
    assert tables.pairs == PAIRS


def test_a_part_in_another_encoding(parse):
    text = TEXT.replace(PAPERS[0].title, f"{PAPERS[0].title} – Łódź")
    head = f"{HEAD}Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: base64\n\n"
    body = base64.encodebytes(text.replace("–", "-").encode("iso-8859-2")).decode()
    assert parse({"letter.eml": head + body}).entries["title"][0] == f"{PAPERS[0].title} - Łódź"


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gz"])
def test_each_message_of_a_mailbox_is_a_dump(parse, pack):
    quoted = FRIEND.replace("please", ">From here: please")
    tables = parse({"box.mbox": pack("".join(f"{POSTMARK}{message}\n" for message in (PLAIN, quoted, BOTH)))})
    dumps = tables.dumps.sort(pl.col("file_names").list.first())
    assert dumps["file_names"].list.first().to_list() == [f"box.mbox/message {n}.eml" for n in (1, 2, 3)]
    assert dumps["entry_count"].to_list() == [3, 0, 3]
    assert dumps["captured_on"].unique().to_list() == [date(2025, 3, 5)]
    assert tables.rejects["text"][0].startswith("Dear Bo,\n\nFrom here: please")


def test_a_mailbox_that_is_cut_off(parse):
    tables = parse({"box.mbox": f"{POSTMARK}{PLAIN}\n{POSTMARK}{BOTH[:400]}"})
    assert [pair for pair in tables.pairs if pair in PAIRS][:3] == PAIRS


@pytest.mark.parametrize("date_line", ["Date: someday", "Date: Wed, 45 Mar 2025 00:00:00 +0000", "X-None: x"])
def test_a_message_without_a_day(parse, date_line):
    message = PLAIN.replace("Date: Wed, 05 Mar 2025 23:30:00 -0800", date_line)
    tables = parse({"letter.eml": message.replace("Subject", "MIME-Version: 1.0\nSubject")})
    assert tables.pairs == PAIRS
    assert tables.dump["captured_on"] is None


@pytest.mark.parametrize("repeated", ["From: a\n", "a: b\n", " ", "From ", ">", "Content-Type: multipart/mixed\n"])
def test_hostile_headers_end_in_time(parse, repeated):
    for start in ("", HEAD, POSTMARK + HEAD):
        mails.unwrap((start + repeated * 20_000).encode())
