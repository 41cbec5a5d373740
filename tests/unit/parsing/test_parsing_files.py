"""Finding, hashing, unpacking and decoding files."""

import gzip
import hashlib
import os

import pytest
import zstandard
from invented_papers import invent, render_text
from parsed_tables import parse_paths

from paperhouse.parsing import MissingInputError, compression, find_files, hash_files
from paperhouse.parsing import files as parsing_files

PAPERS = invent(5)
PAIRS = [(paper.title, paper.abstract) for paper in PAPERS]
PAGE = render_text(PAPERS)


def test_folders_are_walked_and_what_is_no_dump_is_left(tmp_path):
    (tmp_path / "b" / "inner").mkdir(parents=True)
    for name in ("b/inner/z.txt", "b/a b ü.txt", "c.json", ".hidden", "draft.txt~", "#x#", "y.swp", "half.part"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path / "c.json")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    found = find_files([tmp_path, tmp_path / "c.json"])
    assert [str(path.relative_to(tmp_path)) for path in found] == ["b/a b ü.txt", "b/inner/z.txt", "c.json"]


def test_missing_path_says_which_and_what_to_do(tmp_path):
    with pytest.raises(MissingInputError, match=r"nowhere.*Give the path"):
        find_files([tmp_path / "nowhere"])


def test_hash_is_of_the_content_however_packed(tmp_path):
    content = PAGE.encode()
    for name, data in (("a", content), ("b", gzip.compress(content)), ("c", zstandard.compress(content))):
        (tmp_path / name).write_bytes(data)
    hashed = hash_files(find_files([tmp_path]))
    assert hashed["dump_id"].to_list() == [hashlib.sha256(content).hexdigest()] * 3
    assert hashed["byte_count"].to_list() == [len(content)] * 3
    assert hashed["folder_name"].to_list() == [tmp_path.name] * 3


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_damaged_compression_keeps_what_unpacks(parse, pack):
    many = invent(200)
    packed = pack(render_text(many).encode())
    tables = parse(packed[: len(packed) * 3 // 4])
    assert tables.reasons[0] == "damaged_compression"
    assert tables.entries.height == 0 or tables.pairs[0] == (many[0].title, many[0].abstract)
    assert hash_files([]).height == 0


def test_damaged_gz_keeps_its_first_papers(parse):
    # Stored blocks: the content up to the cut is certain to be there.
    packed = gzip.compress(render_text(invent(400)).encode(), compresslevel=0)
    tables = parse(packed[: len(packed) // 2])
    assert tables.reasons[0] == "damaged_compression"
    assert tables.entries.height > 100


def test_bomb_is_stopped(parse, monkeypatch):
    monkeypatch.setattr(compression, "RATIO_FREE_BYTES", 1 << 16)
    tables = parse(gzip.compress((b"a" * 255 + b"\n") * (1 << 13)))
    assert (tables.dump["status"], tables.reasons) == ("refused", ["oversize"])
    assert "unpacks to more than" in tables.rejects["detail"][0]


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8-sig"),
        (lambda text: text.encode("utf-16"), "utf-16-le"),
        (lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "utf-16-be"),
        (lambda text: text.encode("utf-16-le"), "utf-16-le"),
        (lambda text: text.encode("utf-16-be"), "utf-16-be"),
        (lambda text: text.encode("utf-32"), "utf-32"),
        (lambda text: text.encode("cp1252"), "cp1252"),
        (lambda text: text.encode("latin-1") + b"\n\x81", "latin-1"),
    ],
)
def test_encodings(parse, encode, encoding):
    tables = parse(encode(PAGE.replace(PAPERS[0].title, "TÜLU Moß: Growing in Jars")))
    assert tables.dump["encoding"] == encoding
    assert tables.pairs[0] == ("TÜLU Moß: Growing in Jars", PAPERS[0].abstract)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0c", "\x85", "\u2028", "\u2029", "\x0b"])
def test_line_ends(parse, end):
    assert parse(PAGE.replace("\n", end)).pairs == PAIRS


def test_control_characters_and_terminal_colours_are_taken_out(parse):
    dirty = PAGE.replace(PAPERS[1].title, f"\x1b[1m{PAPERS[1].title[:5]}\x00{PAPERS[1].title[5:]}\x1b[0m\x07")
    assert parse(dirty).pairs == PAIRS


def test_binary_is_rejected_whole(parse):
    tables = parse(b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 40)
    assert (tables.dump["status"], tables.dump["encoding"], tables.reasons) == ("not_a_dump", "binary", ["binary"])
    assert tables.dump["rejected_line_count"] == tables.dump["line_count"] > 0


def test_unreadable_file_has_its_row(parse, tmp_path, monkeypatch):
    (tmp_path / "gone.txt").write_text("x")
    original = parsing_files.read_source

    def read_vanished(row, shelf):
        os.unlink(row["path"])
        return original(row, shelf)

    monkeypatch.setattr(parsing_files, "read_source", read_vanished)
    tables = parse_paths(tmp_path)
    assert (tables.dump["status"], tables.reasons) == ("refused", ["unreadable_file"])


def test_many_small_dumps_in_one_batch_keep_their_own_lines(parse):
    contents = {f"{n:04}.txt": render_text(invent(2, seed=n), spaced=n % 2 == 0, header="dated") for n in range(60)}
    tables = parse(contents)
    assert tables.dumps.height == len(set(contents.values()))
    assert set(tables.dumps["date_line_count"]) == {1}
    assert tables.rejects.height == 0
