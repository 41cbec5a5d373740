"""Dumps with an oddity each, of all kinds, and the software and pictures that lie beside real ones."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

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


#: File -> content; what becomes of each is said by ANSWERS of `test_oddities`.
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


def write_odd(folder: Path) -> None:
    """Write all of them into a folder."""
    for name, content in ODD.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
