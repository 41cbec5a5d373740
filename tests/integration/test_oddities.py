"""Good papers with twenty oddities of all kinds: published, each oddity named with file, line and answer."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import duckdb
import pytest

from paperhouse.commands.summary import print_report
from paperhouse.orchestration.build import run_build
from paperhouse.warehouse.folder import Warehouse

GOOD = 300
WORDS = "moss tide kite heron lantern ferry ledger quarry orchard glacier bellows anvil spindle harbour".split()


def paper(number: int, **changes: object) -> dict:
    first, second = WORDS[number % len(WORDS)], WORDS[(number // len(WORDS)) % len(WORDS)]
    return {
        "title": f"Counting {first} patterns near a {second} with patient sensors, part {number}",
        "abstract": f"We count {first} patterns for {number + 2} weeks beside a {second}. Patient sensors see what "
        f"hurried ones miss, and {first} patterns turn out to follow the {second}. Counts and code are given away. ",
        "arxiv_id": f"3101.{number:05}",
        # Of one in seven no more is known than the month.
        "published": f"2031-01-{number % 28 + 1:02}" if number % 7 else "2031-01",
        **changes,
    }


def lines(papers) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in papers).encode() + b"\n"


def software() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("tool/gate.py", "import sys\n\n\ndef main():\n    sys.exit(0)\n\n\nmain()\n")
        archive.writestr("tool/logo.png", b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(range(256)))
    return packed.getvalue()


#: File -> content; what becomes of each is ANSWERS.
ODD = {
    "paper.pdf": b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n\x00\x01" + bytes(range(256)) * 9,
    "photo.png": b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(range(256)) * 9,
    "page_files/site.css": b"body { margin: 0; }\n.a, .b { color: #fff; }\n.c { padding: 1px 2px; }\n" * 4,
    "page_files/site.js": b"function a(b) {\n  var c = b + 1;\n  return c;\n}\nvar d = a(2);\nconsole.log(d);\n" * 3,
    "fetch.py": b"import json\n\n\ndef main():\n    json.dumps({})\n\n\nif __name__ == '__main__':\n    main()\n",
    "tool.zip": software(),
    "nothing.txt": b"",
    "cut.json.gz": gzip.compress(lines([paper(900)]) * 20)[:60],
    "error.json": b'{"error": "Rate limit reached"}',
    "signs.jsonl": lines([paper(901, title="???"), paper(902)]),
    "markup.jsonl": lines([paper(903), paper(904, title="\\textbf{}")]),
    "long.jsonl": lines([paper(905, title="heron " * 400), paper(906), paper(907)]),
    "month13.jsonl": lines([paper(908, arxiv_id="3113.01234")]),
    "untitled.jsonl": lines([paper(909, title=None, abstract=None), paper(910)]),
    "shifted.jsonl": lines([paper(911 + n, title="The heron waits by the water. " * 20 + str(n)) for n in range(5)]),
    "broken.jsonl": lines([paper(920 + n) for n in range(4)]) + b'{"title": broken\n' * 30,
    "terms.jsonl": lines([paper(930, keywords=[f"index term {n}" for n in range(75)])]),
    "korean.jsonl": lines(
        [paper(940 + n, abstract="우리는 등대 옆에서 물결을 센다. 모든 자료는 공개한다. " * 8) for n in range(30)]
    ),
    "library.bib": b"".join(
        b"@article{k%d, title = {Anvil %d: Shaping Bellows by Lantern Light}, author = {Reed, A.}, year = {2030}}\n"
        % (n, n)
        for n in range(40)
    ),
    "old.jsonl": lines([paper(990, published="1912-01-01")]),
}
#: File -> status, reasons of its rejects. What is missing is loaded without a reject.
ANSWERS = {
    "paper.pdf": ("not_a_dump", ["binary"]),
    "photo.png": ("not_a_dump", ["binary"]),
    "site.css": ("not_a_dump", ["unknown_layout"]),
    "site.js": ("not_a_dump", ["unknown_layout"]),
    "fetch.py": ("not_a_dump", ["unknown_layout"]),
    "tool.zip/tool/gate.py": ("not_a_dump", ["unknown_layout"]),
    "tool.zip/tool/logo.png": ("not_a_dump", ["binary"]),
    "nothing.txt": ("empty", []),
    "cut.json.gz": ("refused", ["damaged_compression"]),
    "error.json": ("rejected", ["api_error"]),
    "signs.jsonl": ("loaded", ["no_title"]),
    "markup.jsonl": ("loaded", ["no_title"]),
    "long.jsonl": ("loaded", ["odd_record"]),
    "untitled.jsonl": ("loaded", ["no_title"]),
    "shifted.jsonl": ("held", []),
    "broken.jsonl": ("held", ["bad_row", "not_json", "truncated_json"]),
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The folder, built once: warehouse, report."""
    folder = tmp_path_factory.mktemp("odd")
    dumps = folder / "dumps"
    (dumps / "page_files").mkdir(parents=True)
    (dumps / "good.jsonl").write_bytes(lines(paper(number) for number in range(GOOD)))
    for name, content in ODD.items():
        (dumps / name).write_bytes(content)
    warehouse = Warehouse(folder / "warehouse")
    return warehouse, run_build(warehouse, [dumps], lambda name, done, total: None)


def ask(warehouse, query):
    with warehouse.read() as connection:
        return connection.execute(query).fetchall()


def test_it_is_published_with_all_that_is_good(odd):
    warehouse, report = odd
    assert report.outcome == "published", report
    assert ask(warehouse, "select count(*) from marts.papers where title like '%patient sensors, part%'") == [
        (GOOD + 1 + 1 + 2 + 1 + 1 + 1 + 30 + 1,)
    ]
    assert ask(warehouse, "select count(*) from marts.papers where title like 'Anvil%'") == [(40,)]


def test_each_oddity_has_its_answer(odd):
    warehouse, _ = odd
    found = {
        name: (status, reasons)
        for name, status, reasons in ask(
            warehouse,
            "select any_value(file_names[1]), any_value(status), "
            "list_sort(list(distinct reason) filter (where reason is not null)) "
            "from raw.dumps left join raw.rejects using (dump_id) group by dump_id",
        )
    }
    for name, (status, reasons) in ANSWERS.items():
        assert found[name][0] == status, (name, found[name])
        assert set(found[name][1] or []) <= set(reasons), (name, found[name])
        assert bool(found[name][1]) == bool(reasons), (name, found[name])
    others = {name: answer for name, answer in found.items() if name not in ANSWERS}
    assert set(others.values()) == {("loaded", None)}, others


def test_each_reject_of_a_rule_names_file_line_and_what_is_wrong(odd, capsys):
    warehouse, report = odd
    print_report(warehouse, report)
    said = " ".join(capsys.readouterr().out.split())
    assert "signs.jsonl, line 1: the title is `???`" in said
    assert "markup.jsonl, line 2: " in said
    assert "long.jsonl, line 1: the title has 2399 characters" in said
    assert "shifted.jsonl: 5 of its 5 titles have more than 500 characters; half of them may" in said
    assert "broken.jsonl: " in said
    assert "are no dump" in said
    assert "2 dumps that are held" in said


def test_unusual_figures_are_said_and_kept(odd):
    warehouse, _ = odd
    warned = ask(warehouse, "select rule, kind, answer from quality.check_results where status = 'warn' order by 1")
    assert ("entries published before 1930", "corpus", "published all the same") in warned
    assert {kind for _, kind, _ in warned} == {"record", "dump", "corpus"}
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        assert connection.execute("select is_sample from quality.published_runs").fetchall() == [(False,)]
