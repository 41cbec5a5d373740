"""Records that say what kind of work they are: software, datasets, images and films are no papers, in any layout."""

import json

import polars as pl
import pytest

from paperhouse.parsing.resource_types import find_other

PAPER, TOOL = "Moss Grows Back After Rain", "Mosslib: a Library That Counts Fronds"


@pytest.mark.parametrize(
    "kind",
    [
        *("software", "Computer Program", "computerProgram", "COMP", "softwareversion", "dataset", "Data Set", "DATA"),
        *("Image", "figure", "artwork", "MPCT", "motion_picture", "videoRecording", "Audiovisual Material", "Sound"),
        *("http://purl.org/dc/dcmitype/MovingImage", "https://schema.org/Dataset", "peer-review", "paratext"),
    ],
)
def test_no_paper_is_of_these_kinds(kind):
    assert find_other(kind) == kind


@pytest.mark.parametrize(
    "kind",
    [
        *("", None, 3, "article", "journalArticle", "JOUR", "GEN", "misc", "preprint", "posted-content", "webpage"),
        *(
            "Data Paper",
            "Software Review",
            ["Journal Article", "Dataset"],
            {"type": "publication", "subtype": "software"},
        ),
        *("info:eu-repo/semantics/article", "thesis", "conference paper", "other", {}, [], [None]),
    ],
)
def test_of_all_others_some_may_be(kind):
    assert find_other(kind) is None


def test_a_kind_is_found_in_what_holds_it():
    assert find_other([None, {"title": "Software", "type": "software"}]) == "Software"
    assert find_other({"resourceTypeGeneral": "Dataset", "bibtex": "misc", "ris": "DATA"}) == "Dataset"


def zenodo(title: str, kind: dict) -> dict:
    people = [{"name": "Quill, Ada"}]
    return {"id": 1, "metadata": {"title": title, "creators": people, "resource_type": kind, "doi": "10.5281/zenodo.1"}}


OAI = (
    '<record><header><identifier>oai:x:1</identifier></header><metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives'
    '.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title><dc:creator>Quill, Ada'
    "</dc:creator><dc:type>{}</dc:type></oai_dc:dc></metadata></record>"
)
NOTE = (
    '<record><ref-type name="{}">9</ref-type><contributors><authors><author>Quill, Ada</author></authors>'
    "</contributors><titles><title>{}</title></titles></record>"
)
FILES = {
    "zenodo.json": json.dumps(
        {
            "hits": {
                "hits": [
                    zenodo(TOOL, {"title": "Software", "type": "software"}),
                    zenodo(PAPER, {"title": "Journal article", "type": "publication", "subtype": "article"}),
                ]
            }
        }
    ),
    "lines.jsonl": "\n".join(
        json.dumps({"title": title, "type": kind, "authors": ["Ada Quill"], "abstract": "We count fronds on slopes."})
        for title, kind in ((TOOL, "dataset"), (PAPER, "article"))
    ),
    "zotero.csv": f'"Key","Item Type","Author","Title"\n"K1","computerProgram","Quill, Ada","{TOOL}"\n'
    f'"K2","journalArticle","Quill, Ada","{PAPER}"\n',
    "refs.ris": f"TY  - COMP\nTI  - {TOOL}\nAU  - Quill, Ada\nER  - \n\n"
    f"TY  - JOUR\nTI  - {PAPER}\nAU  - Quill, Ada\nER  - \n",
    "refs.bib": f"@software{{a, title={{{TOOL}}}, author={{Quill, Ada}}}}\n"
    f"@misc{{b, title={{{PAPER}}}, author={{Quill, Ada}}, type={{preprint}}}}\n",
    "refs.enw": f"%0 Computer Program\n%T {TOOL}\n%A Quill, Ada\n\n%0 Journal Article\n%T {PAPER}\n%A Quill, Ada\n",
    "oai.xml": '<?xml version="1.0"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>\n'
    f"{OAI.format(TOOL, 'software')}\n{OAI.format(PAPER, 'article')}\n</ListRecords></OAI-PMH>\n",
    "endnote.xml": '<?xml version="1.0"?>\n<xml><records>\n'
    f"{NOTE.format('Dataset', TOOL)}\n{NOTE.format('Journal Article', PAPER)}\n</records></xml>\n",
}


@pytest.mark.parametrize("name", FILES)
def test_the_rule_holds_in_every_layout_that_carries_a_kind(parse, name):
    tables = parse({name: FILES[name]})
    assert tables.entries["title"].to_list() == [PAPER]
    assert tables.reasons == ["other_kind"]
    assert tables.rejects["text"].to_list() == [TOOL]


def test_the_rule_holds_in_parquet_which_is_read_by_columns(parse, tmp_path):
    frame = pl.DataFrame({"title": [TOOL, PAPER], "abstract": ["We count."] * 2, "type": ["Software", "Article"]})
    frame.write_parquet(tmp_path / "works.parquet")
    tables = parse({})
    assert (tables.entries["title"].to_list(), tables.reasons) == ([PAPER], ["other_kind"])


def test_what_is_on_arxiv_is_a_paper_whatever_a_table_calls_it(parse):
    tables = parse({"list.csv": f"title,type,arxiv_id\n{PAPER},Dataset,2401.00001\n{TOOL},Dataset,2401.00002\n"})
    assert tables.entries["title"].to_list() == [PAPER, TOOL]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("goods.json", '[{"sku": "A1", "price": 3}, {"sku": "A2", "price": 5}]', "2 records with `sku`, `price`"),
        ("users.json", '{"items": [{"id": 1, "login": "ada"}], "total": 1}', "1 record with `id`, `login`"),
        ("benches.json", '[{"name": "Oak stool", "price": 3, "description": "A stool of oak"}]', "`name`, `price`"),
        ("events.jsonl", '{"event": "in", "ts": 1}\n{"event": "out", "ts": 2}\n', "2 records with `event`, `ts`"),
    ],
)
def test_json_of_another_kind_is_refused_whole(parse, name, content, words):
    tables = parse({name: content})
    assert (tables.entries.height, tables.reasons) == (0, ["unknown_layout"])
    assert tables.rejects["detail"][0].startswith("looks like JSON of something else than papers")
    assert words in tables.rejects["detail"][0]
    assert tables.dump["status"] == "not_a_dump"


def test_papers_without_titles_are_refused_one_by_one(parse):
    records = [{"abstract": "We count fronds.", "authors": ["Ada Quill"]}, {"abstract": "We fly.", "authors": []}]
    assert parse({"page.json": json.dumps(records)}).reasons == ["no_title"] * 2
    assert parse({"page.json": "\n".join(map(json.dumps, records))}).reasons == ["no_title"] * 2
