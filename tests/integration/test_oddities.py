"""Good papers with twenty oddities of all kinds: published, each oddity named with file, line and answer."""

from __future__ import annotations

import duckdb
import pytest
from odd_dumps import ODD
from published import query

from paperhouse.commands.summary import print_report

pytestmark = pytest.mark.xdist_group("grown")
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


def test_what_is_good_in_them_is_published(grown):
    assert query(grown.warehouse, "select count(*) from marts.papers where title like '%patient sensors, part%'") == [
        (1 + 1 + 2 + 1 + 1 + 1 + 30 + 1,)
    ]
    assert query(grown.warehouse, "select count(*) from marts.papers where title like 'Anvil%'") == [(40,)]


def test_each_oddity_has_its_answer(grown):
    found = {
        name: (status, reasons)
        for name, status, reasons in query(
            grown.warehouse,
            "select name, any_value(status), list_sort(list(distinct reason) filter (where reason is not null)) "
            "from (select dump_id, status, unnest(file_names) as name from raw.dumps) "
            "left join raw.rejects using (dump_id) group by name",
        )
    }
    for name, (status, reasons) in ANSWERS.items():
        assert found[name][0] == status, (name, found[name])
        assert set(found[name][1] or []) <= set(reasons), (name, found[name])
        assert bool(found[name][1]) == bool(reasons), (name, found[name])
    others = {found[name] for name in ODD if name in found and name not in ANSWERS}
    assert others == {("loaded", None)}


def test_each_reject_of_a_rule_names_file_line_and_what_is_wrong(grown, capsys):
    print_report(grown.warehouse, grown.report)
    said = " ".join(capsys.readouterr().out.split())
    assert "signs.jsonl, line 1: the title is `???`" in said
    assert "markup.jsonl, line 2: " in said
    assert "long.jsonl, line 1: the title has 2399 characters" in said
    assert "shifted.jsonl: 5 of its 5 titles have more than 500 characters; half of them may" in said
    assert "broken.jsonl: " in said
    assert "are no dump" in said
    assert "3 dumps that are held" in said


def test_unusual_figures_are_said_and_kept(grown):
    warned = query(
        grown.warehouse, "select rule, kind, answer from quality.check_results where status = 'warn' order by 1"
    )
    assert ("entries published before 1930", "corpus", "published all the same") in warned
    assert {kind for _, kind, _ in warned} == {"record", "dump", "corpus"}
    with duckdb.connect(str(grown.warehouse.database), read_only=True) as connection:
        assert connection.execute("select distinct is_sample from quality.published_runs").fetchall() == [(False,)]
