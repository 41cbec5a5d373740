"""Names of columns that a user adds: in every reader that asks for columns, and nowhere else."""

import itertools
import json
import threading

import polars as pl
import pytest

from paperhouse.parsing import PARSER_VERSION, columns, find_files, hash_files, mapping, parse_dumps, parser
from paperhouse.parsing.mapping import BadMappingError, make_mapping

OWN = make_mapping(
    {
        "title": ["Papiertitel", "Ersatztitel"],
        "abstract": ["Zusammenfassung des Inhalts"],
        "authors": ["Von wem"],
        "upvotes": ["Daumen"],
        "doi": ["Kennung"],
    },
    columns.FIELDS,
)
ABSTRACT = "We count voles in hedges of three kinds and find that all of them prefer the shade to the sun. " * 3
ROWS = [
    {
        "Papiertitel": f"Vole Census {number}: Counting Small Mammals",
        "Zusammenfassung des Inhalts": f"In hedge {number}: {ABSTRACT}",
        "Von wem": "Ada Vole; Bo Hedge",
        "Daumen": number,
        "Kennung": f"10.5555/vole.{number}",
        "Regal": "B 7",
    }
    for number in range(1, 5)
]


def _write(folder, kind):
    """The rows in one of the forms that tables have."""
    path = folder / kind
    if kind == "table.csv":
        pl.DataFrame(ROWS).write_csv(path, separator=";")
    elif kind == "table.tsv":
        pl.DataFrame(ROWS).write_csv(path, separator="\t")
    elif kind == "table.parquet":
        pl.DataFrame(ROWS).write_parquet(path)
    elif kind == "lines.jsonl":
        path.write_text("\n".join(map(json.dumps, ROWS)))
    elif kind == "list.json":
        path.write_text(json.dumps(ROWS, indent=1))
    elif kind == "envelope.json":
        path.write_text(json.dumps({"antwort": {"treffer": ROWS}}))
    elif kind == "columns.json":
        path.write_text(json.dumps({name: [row[name] for row in ROWS] for name in ROWS[0]}))
    elif kind == "split.json":
        path.write_text(json.dumps({"columns": list(ROWS[0]), "data": [list(row.values()) for row in ROWS]}))
    return path


def _parse(path, own=mapping.NO_MAPPING):
    dumps = hash_files(find_files([path])).with_columns(file_names=pl.concat_list("file_name"))
    batches = list(parse_dumps(dumps, own=own))
    return pl.concat([batch.entries for batch in batches]), pl.concat([batch.dumps for batch in batches])


KINDS = ("table.csv", "table.tsv", "table.parquet", "lines.jsonl", "list.json", "envelope.json")
KINDS += ("columns.json", "split.json")


@pytest.mark.parametrize("kind", KINDS)
def test_the_user_s_names_reach_every_form_of_table(tmp_path, kind):
    path = _write(tmp_path, kind)
    entries, dumps = _parse(path, OWN)
    told = entries.select("title", "abstract", "authors", "upvotes", "doi").to_dicts()
    assert told == [
        {
            "title": row["Papiertitel"],
            "abstract": row["Zusammenfassung des Inhalts"].strip(),
            "authors": ["Ada Vole", "Bo Hedge"],
            "upvotes": row["Daumen"],
            "doi": row["Kennung"],
        }
        for row in ROWS
    ]
    assert [field["field"] for field in dumps["ignored_fields"][0]] == ["Regal"]
    assert dumps["parser_version"].to_list() == [f"{PARSER_VERSION}+{OWN.version}"]
    assert _parse(path)[0]["authors"].drop_nulls().len() == 0  # without the names nobody knows who wrote them


def test_a_table_too_large_to_be_held_is_read_by_them_too(tmp_path, monkeypatch):
    monkeypatch.setattr(parser, "STREAM_BYTES", 100)
    entries, dumps = _parse(_write(tmp_path, "table.csv"), OWN)
    assert entries["title"].to_list() == [row["Papiertitel"] for row in ROWS]
    assert dumps["parser_version"].to_list() == [f"{PARSER_VERSION}+{OWN.version}"]


def test_the_user_s_names_come_before_ours_in_their_order_and_ours_stand_in():
    with mapping.using(OWN):
        for record, title in (
            ({"Title": "Ours", "Ersatztitel": "Second", "Papiertitel": "First"}, "First"),
            ({"Title": "Ours", "Ersatztitel": "Second", "Papiertitel": " "}, "Second"),
            ({"Title": "Ours", "Ersatztitel": None}, "Ours"),
        ):
            for keys in itertools.permutations(record):
                assert columns.read_record({key: record[key] for key in keys})["title"] == title
    assert columns.read_record({"Title": "Ours", "Papiertitel": "First"})["title"] == "Ours"


def test_a_name_of_ours_that_the_user_gives_to_another_field_is_that_field_s_alone():
    with mapping.using(make_mapping({"abstract": ["headline"]}, columns.FIELDS)):
        entry = columns.read_record({"title": "Voles", "headline": "They like shade."})
        assert entry["abstract"] == "They like shade."
        assert columns.read_record({"headline": "They like shade."})["title"] is None


def test_names_count_in_no_other_batch_thread_or_caller(tmp_path):
    for number in range(2):
        _write(tmp_path, ("table.csv", "list.json")[number])
    dumps = hash_files(find_files([tmp_path])).with_columns(file_names=pl.concat_list("file_name"))
    batches = parse_dumps(dumps, own=OWN)
    assert next(batches).entries.height == 8
    assert mapping.in_force() is mapping.NO_MAPPING
    seen = []
    with mapping.using(OWN):
        thread = threading.Thread(target=lambda: seen.append(mapping.in_force()))
        thread.start()
        thread.join()
    assert seen == [mapping.NO_MAPPING]


def test_the_same_names_give_the_same_tables_again(tmp_path):
    path = _write(tmp_path, "table.csv")
    first, again = _parse(path, OWN), _parse(path, make_mapping(dict(OWN.names), columns.FIELDS))
    assert first[0].equals(again[0])
    assert first[1].equals(again[1])


def test_an_unknown_field_is_refused():
    with pytest.raises(BadMappingError, match="there is no field 'titel'") as caught:
        make_mapping({"titel": ["A"]}, columns.FIELDS)
    assert caught.value.name == "titel"
