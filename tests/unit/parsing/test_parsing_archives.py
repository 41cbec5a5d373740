"""Archives: members are dumps of their own, and what cannot be one is on record without stopping the others."""

import gzip
import hashlib
import io
import json
import os
import stat
import tarfile
import zipfile
from datetime import date

import polars as pl
import pytest
import zstandard
from invented_papers import invent, render_text

from paperhouse.parsing import archives, compression, find_files, hash_files, parse_dumps
from paperhouse.parsing import parser as parsing_parser

PAGES = {f"{n}.txt": render_text(invent(3, seed=n)).encode() for n in range(4)}
NESTED = {**PAGES, "1-Apr-2025/list.json": json.dumps([{"paper": {"title": "Moss"}}]).encode()}


def make_zip(members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def make_tar(members, **kinds):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=kinds.pop("format", tarfile.PAX_FORMAT)) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


PACKERS = {
    "x.zip": make_zip,
    "x.tar": make_tar,
    "x.tar.gz": lambda members: gzip.compress(make_tar(members)),
    "x.tgz": lambda members: gzip.compress(make_tar(members, format=tarfile.GNU_FORMAT)),
    "x.tar.zst": lambda members: zstandard.compress(make_tar(members, format=tarfile.USTAR_FORMAT)),
    "no extension": make_zip,
}


def reasons_by_name(tables):
    rows = tables.rejects.join(tables.dumps.select("dump_id", "file_names"), on="dump_id").sort("file_names", "reason")
    return {names[0]: reason for names, reason in rows.select("file_names", "reason").iter_rows()}


@pytest.mark.parametrize("name", PACKERS)
def test_members_are_the_dumps_they_would_be_as_files(parse, tmp_path, name):
    tables = parse({name: PACKERS[name](NESTED)})
    assert tables.dumps["file_names"].to_list() == [[f"{name}/{member}"] for member in NESTED]
    assert tables.dumps["dump_id"].to_list() == [hashlib.sha256(data).hexdigest() for data in NESTED.values()]
    assert tables.dumps["byte_count"].to_list() == [len(data) for data in NESTED.values()]
    assert tables.dumps["entry_count"].to_list() == [3, 3, 3, 3, 1]
    assert set(tables.dumps["status"]) == {"loaded"}
    # Nothing was written beside the archive.
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_inside_an_archive_and_its_name_are_date_evidence(parse):
    paper = json.dumps([{"paper": {"title": "Moss"}}])
    dumps = parse(
        {
            "a.zip": make_zip({"1-Apr-2025/list.json": paper}),
            "b.zip": make_zip({"deep/2025-04-02.json": paper + " "}),
            "2025-04-03.tar": make_tar({"list.json": f" {paper}".encode()}),
        }
    ).dumps.sort("listed_on")
    assert dumps.select("listed_on", "listed_on_source").rows() == [
        (date(2025, 4, 1), "folder_name"),
        (date(2025, 4, 2), "file_name"),
        (date(2025, 4, 3), "folder_name"),
    ]


def test_a_member_and_a_file_of_the_same_bytes_are_one_dump(parse):
    dump = parse({"a.zip": make_zip({"in/0.txt": PAGES["0.txt"]}), "b.txt": PAGES["0.txt"]}).dump
    assert dump["file_names"] == ["a.zip/in/0.txt", "b.txt"]


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_packed_member_is_unpacked_once(parse, make):
    content = PAGES["0.txt"]
    tables = parse({"x": make({"a.gz": gzip.compress(content), "b.zst": zstandard.compress(content)})})
    assert tables.dump["dump_id"] == hashlib.sha256(content).hexdigest()
    assert tables.dump["file_names"] == ["x/a.gz", "x/b.zst"]
    assert tables.dump["compression"] == f"{'zip' if make is make_zip else 'tar'}/gz"


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize(
    "inner",
    [make_zip(PAGES), make_tar(PAGES), gzip.compress(make_tar(PAGES)), zstandard.compress(make_zip(PAGES))],
    ids=["zip", "tar", "tar.gz", "zip.zst"],  # their bytes have the time in them, and workers must agree on names
)
def test_an_archive_in_an_archive_is_refused_and_the_others_go_on(parse, make, inner):
    tables = parse({"x": make({"0.txt": PAGES["0.txt"], "inner": inner, "1.txt": PAGES["1.txt"]})})
    assert reasons_by_name(tables) == {"x/inner": "nested_archive"}
    assert tables.dumps["status"].to_list() == ["loaded", "refused", "loaded"]


def test_a_zip_in_a_gz_is_refused(parse):
    assert reasons_by_name(parse({"x.zip.gz": gzip.compress(make_zip(PAGES))})) == {"x.zip.gz": "nested_archive"}


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_hidden_editor_and_system_members_are_skipped(parse, make):
    members = dict.fromkeys(("__MACOSX/._0.txt", ".git/config", "a/.hidden", "b.txt~", "half.part"), b"x")
    tables = parse({"x": make({**members, "./0.txt": PAGES["0.txt"]})})
    assert tables.dump["file_names"] == ["x/./0.txt"]


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize("name", ["/etc/passwd", "../up.txt", "a/../../up.txt", "..\\up.txt", "C:\\up.txt"])
def test_paths_out_of_the_archive_are_refused(parse, make, name):
    tables = parse({"x": make({name: PAGES["0.txt"], "1.txt": PAGES["1.txt"]})})
    assert set(reasons_by_name(tables).values()) == {"unsafe_member"}
    assert sorted(tables.dumps["status"]) == ["loaded", "refused"]


def test_links_and_devices_in_a_tar_are_refused_one_by_one(parse):
    packed = io.BytesIO()
    kinds = {"soft": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "pipe": tarfile.FIFOTYPE, "dev": tarfile.CHRTYPE}
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("0.txt")
        info.size = len(PAGES["0.txt"])
        archive.addfile(info, io.BytesIO(PAGES["0.txt"]))
    tables = parse({"x.tar": packed.getvalue()})
    assert reasons_by_name(tables) == {f"x.tar/{name}": "unsafe_member" for name in kinds}
    assert tables.entries.height == 3


def test_a_link_in_a_zip_is_refused(parse):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        info = zipfile.ZipInfo("soft")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert reasons_by_name(parse({"x.zip": packed.getvalue()})) == {"x.zip/soft": "unsafe_member"}


def test_an_encrypted_member_and_an_unknown_method_are_refused(parse):
    packed = bytearray(make_zip({name: PAGES[name] for name in ("0.txt", "1.txt", "2.txt")}))
    central = [at for at in range(len(packed)) if packed[at : at + 4] == b"PK\x01\x02"]
    packed[central[0] + 8] |= 1
    packed[central[1] + 10] = 97
    tables = parse({"x.zip": bytes(packed)})
    assert reasons_by_name(tables) == {"x.zip/0.txt": "unreadable_member", "x.zip/1.txt": "unreadable_member"}
    assert tables.entries.height == 3


def test_a_damaged_member_keeps_what_could_be_read_and_the_others_go_on(parse):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("0.txt", "1.txt"):
            archive.writestr(name, PAGES[name])
    broken = packed.getvalue().replace(PAGES["0.txt"][:40], PAGES["0.txt"][:40].upper(), 1)
    tables = parse({"x.zip": broken})
    assert reasons_by_name(tables) == {"x.zip/0.txt": "damaged_member"}
    assert sorted(tables.dumps["status"]) == ["loaded", "refused"] or tables.dumps["status"].to_list() == ["loaded"] * 2
    assert tables.entries.height >= 3


def test_a_zip_without_its_directory_is_one_reject(parse):
    tables = parse({"x.zip": make_zip(PAGES)[:-60]})
    assert (tables.reasons, tables.dump["file_names"]) == (["damaged_archive"], ["x.zip"])


def test_a_tar_that_breaks_off_keeps_the_members_before(parse):
    packed = make_tar(PAGES)
    tables = parse({"x.tar": packed[: packed.index(PAGES["2.txt"]) + 600]})
    assert reasons_by_name(tables) == {"x.tar": "damaged_archive", "x.tar/2.txt": "damaged_member"}
    assert tables.entries.height >= 6


def test_a_damaged_tar_header_loses_its_member_only(parse):
    packed = bytearray(make_tar(PAGES, format=tarfile.USTAR_FORMAT))
    at = packed.index(b"1.txt")
    packed[at : at + 200] = os.urandom(200)
    tables = parse({"x.tar": bytes(packed)})
    assert reasons_by_name(tables) == {"x.tar": "damaged_archive"}
    assert tables.entries.height == 9


def test_a_cut_tar_gz_keeps_the_members_before(parse):
    packed = gzip.compress(make_tar(PAGES), compresslevel=0)
    tables = parse({"x.tgz": packed[: len(packed) * 2 // 3]})
    assert set(reasons_by_name(tables).values()) <= {"damaged_archive", "damaged_member", "orphan_abstract"}
    assert tables.entries.height >= 3


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_an_empty_archive_is_an_empty_dump(parse, make):
    assert parse({"x": make({})}).dump["status"] == ("empty" if make is make_zip else "not_a_dump")


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_an_empty_member_is_an_empty_dump(parse, make):
    assert parse({"x": make({"0.txt": b""})}).dump["status"] == "empty"


def test_members_of_one_name_are_all_read(parse):
    packed = make_tar({"a": PAGES["0.txt"]})[: -(-(len(PAGES["0.txt"]) + 1024) // 512) * 512 - 512]
    tables = parse({"x.tar": packed + make_tar({"a": PAGES["1.txt"]})})
    assert tables.dumps["file_names"].to_list() == [["x.tar/a"], ["x.tar/a#2"]]
    assert tables.entries.height == 6


def test_more_members_than_the_limit_are_left_and_said(parse, monkeypatch):
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 2)
    for make in (make_zip, make_tar):
        tables = parse({"x": make(PAGES)})
        assert (tables.reasons, tables.dumps.height) == (["archive_limit"], 3)


def test_a_bomb_in_an_archive_is_stopped(parse, monkeypatch):
    monkeypatch.setattr(compression, "RATIO_FREE_BYTES", 1 << 16)
    bomb = (b"a" * 255 + b"\n") * (1 << 13)
    bombs = {
        "a.zip": make_zip({"0": bomb}),
        "b.tar": make_tar({"0.gz": gzip.compress(bomb)}),
        "c.tgz": gzip.compress(make_tar({"0": bomb})),
    }
    tables = parse(bombs)
    for name in bombs:
        mine = tables.dumps.filter(pl.col("file_names").list.first().str.starts_with(name))["dump_id"].implode()
        rejects = tables.rejects.filter(pl.col("dump_id").is_in(mine))
        assert rejects["detail"].str.contains("unpacks? to more than").any(), name


def test_a_large_member_streams_like_a_file(parse, monkeypatch):
    monkeypatch.setattr(parsing_parser, "STREAM_BYTES", 1 << 12)
    rows = "\n".join(json.dumps({"title": f"Moss {n}", "abstract": "It grows."}) for n in range(12_000)).encode()
    for make in (make_zip, make_tar, lambda members: gzip.compress(make_tar(members))):
        tables = parse({"x": make({"a.jsonl": rows})})
        assert (tables.dump["layout"], tables.entries.height, tables.reasons) == ("records_jsonl", 12_000, [])


def test_archives_are_read_in_any_order_and_in_part(tmp_path):
    for n in range(2):
        (tmp_path / f"{n}.tar").write_bytes(make_tar({name: data + b"%d" % n for name, data in PAGES.items()}))
    dumps = hash_files(find_files([tmp_path])).with_columns(file_names=pl.concat_list("file_name"))
    shuffled = dumps.sort("dump_id").gather_every(2)
    for batch in parse_dumps(shuffled):
        assert batch.dumps["dump_id"].to_list() == shuffled["dump_id"].to_list()
        assert batch.dumps["entry_count"].to_list() == [3] * 4


def test_an_archive_that_changes_before_it_is_read_is_said(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(make_zip(PAGES))
    dumps = hash_files([path]).with_columns(file_names=pl.concat_list("file_name"))
    path.write_bytes(make_zip({"other": b"x"}))
    (batch,) = parse_dumps(dumps)
    assert batch.rejects["reason"].to_list() == ["unreadable_file"] * 4


def test_noise_that_looks_like_an_archive_never_raises(parse):
    damaged = {}
    for seed in range(40):
        packed = bytearray(make_zip(PAGES) if seed % 2 else make_tar(PAGES))
        for step in range(30):
            packed[(seed * 7919 + step * step * 613) % len(packed)] ^= 1 << (step % 8)
        damaged[f"{seed}.bin"] = bytes(packed)
    parse(damaged)
