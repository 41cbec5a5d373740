"""Reference formats: what people's files differ in, each record whole, every line accounted for, nothing made up."""

import datetime

import pytest

RIS = "TY  - JOUR\nTI  - Moss Grows Back\nAU  - Fern, Ada\nAB  - We count fronds.\n{}ER  - \n"
FIELDS = ["title", "abstract", "authors", "author_count"]


def read(parse, text, *names):
    tables = parse({"file.txt": text})
    dump = tables.dumps.row(0, named=True)
    classes = ("blank", "boilerplate", "date", "entry", "rejected")
    assert dump["line_count"] == sum(dump[f"{name}_line_count"] for name in classes)
    return tables.entries.select(*names).rows() if names else tables


def ignored(tables):
    return {item["field"]: item["count"] for item in tables.dumps["ignored_fields"][0]}


# RIS


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_ris_do_not_matter(parse, ending):
    assert read(parse, RIS.format("").replace("\n", ending), *FIELDS) == [
        ("Moss Grows Back", "We count fronds.", ["Fern, Ada"], 1)
    ]


def test_a_record_of_ris_ends_at_er_and_not_where_a_tag_comes_again(parse):
    text = RIS.format("DA  - Jan 10\nDP  - A library\nPY  - 2026\nTI  - Short\nAB  - More.\n") * 2
    found = read(parse, text, "title", "published_on", "published_precision")
    assert found == [("Moss Grows Back", datetime.date(2026, 1, 10), "day")] * 2


def test_a_record_of_ris_without_its_end_ends_where_the_next_begins(parse):
    text = RIS.replace("ER  - \n", "").format("") * 2
    assert read(parse, text, *FIELDS) == [("Moss Grows Back", "We count fronds.", ["Fern, Ada"], 1)] * 2


def test_tags_that_no_field_takes_are_counted_and_pollute_nothing(parse):
    tables = read(parse, RIS.format("SN  - 1234\nNOTE  - seen\nKW  - moss\nfronds\nSP  - \n"))
    assert tables.entries["keywords"].to_list() == [["moss", "fronds"]]
    assert ignored(tables) == {"TY": 1, "SN": 1, "NOTE": 1}


def test_a_tag_that_may_hold_an_id_is_counted_where_it_holds_none(parse):
    tables = read(
        parse, RIS.format("UR  - https://example.org/a\nPB  - arXiv:2405.01234\n") + RIS.format("PB  - Moss\n")
    )
    assert ignored(tables) == {"TY": 2, "PB": 1, "UR": 1}


def test_two_abstracts_of_one_record_are_both_kept(parse):
    text = "TY  - JOUR\nTI  - Moss\nAB  - BACKGROUND: Moss.\nAB  - METHODS: We count.\nER  - "
    assert read(parse, text, "abstract") == [("BACKGROUND: Moss.\nMETHODS: We count.",)]


def test_a_broken_record_of_ris_is_one_reject_and_the_others_go_on(parse):
    text = RIS.format("") + "TY  - BOOK\nAU  - Nobody\nER  - \n" + RIS.format("")
    tables = read(parse, text)
    assert tables.entries["first_line"].to_list() == [1, 9]
    assert tables.rejects.select("reason", "first_line", "last_line").rows() == [("no_title", 6, 8)]


@pytest.mark.parametrize(
    "text",
    [
        "  TY  - JOUR\n  TI  - Moss\n     Grows Back\n  AU  - Fern, Ada\n  AB  - We count fronds.\n  ER  - \n",
        "TY - JOUR\nTI - Moss Grows Back\nAU - Fern, Ada\nAB - We count fronds.\nER -\n",
        "TI  - Moss Grows Back\nAU  - Fern, Ada\nAB  - We count fronds.\n",
        "Provider: x\n\n1.\nTY  -JOUR\nT1  - Moss\n      Grows Back\nA1  - Fern, Ada\nN2  - We count\nfronds.\nER  -",
    ],
    ids=["indented", "one space", "no beginning", "other tags"],
)
def test_dialects_of_ris(parse, text):
    assert read(parse, text, *FIELDS) == [("Moss Grows Back", "We count fronds.", ["Fern, Ada"], 1)]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("UR  - https://arxiv.org/pdf/2405.01234v2", "arxiv_id", "2405.01234"),
        ("DO  - 10.48550/arXiv.2405.01234", "arxiv_id", "2405.01234"),
        ("JO  - arXiv preprint arXiv:2405.01234", "arxiv_id", "2405.01234"),
        ("SP  - 2405.01234", "arxiv_id", None),
        ("DO  - https://doi.org/10.1000/Moss(1)", "doi", "10.1000/moss(1)"),
        ("M3  - doi: 10.1000/moss.", "doi", "10.1000/moss"),
        ("PY  - 2024/05//", "published_precision", "month"),
        ("Y1  - 2024", "published_precision", "year"),
        ("Y1  - 2024", "published_at", None),
    ],
)
def test_facts_of_ris(parse, line, field, value):
    assert read(parse, RIS.format(line + "\n"), field) == [(value,)]


# MEDLINE, Web of Science, EndNote, RefWorks


def test_authors_of_medline_are_counted_once(parse):
    text = "PMID- 1\nTI  - Moss.\nFAU - Fern, Ada\nAU  - Fern A\nFAU - Lichen, Bo\nAU  - Lichen B\nCN  - Hill Group\n"
    assert read(parse, text, "authors") == [(["Fern, Ada", "Lichen, Bo", "Hill Group"],)]


def test_a_record_of_medline_may_have_lost_its_number(parse):
    text = "PMID- 1\nTI  - Moss.\n\nOWN - NLM\nTI  - Kites.\n\nPMID- 3\n\nTI  - Ponds.\n"
    assert read(parse, text, "title") == [("Moss.",), ("Kites.",), ("Ponds.",)]


def wos(abstract):
    people = "AU Fern, A\n   Lichen, B\n   Heath, C"
    return f"FN Some Export\nVR 1.0\nPT J\n{people}\nTI Moss\nAB {abstract}\nPY 2024\nER\n\nEF\n"


def test_lines_of_web_of_science_break_between_words(parse):
    text = wos("We count fronds\n   on three slopes that\n   were swept.\n   They are back.")
    assert read(parse, text, "abstract", "author_count") == [
        ("We count fronds on three slopes that were swept. They are back.", 3)
    ]


def test_lines_of_web_of_science_that_are_cut_where_they_are_full_are_joined_as_they_were(parse):
    whole = (
        "We count fronds on three slopes that were swept and find that they are all back within a year or two of rain. "
        * 3
    )
    rows = [whole.strip()[at : at + 70] for at in range(0, len(whole.strip()), 70)]
    assert read(parse, wos("\n   ".join(rows)), "abstract") == [(whole.strip(),)]


def test_a_blank_line_inside_an_abstract_of_endnote_ends_nothing(parse):
    text = "%0 Journal Article\n%T Moss\n%X We count.\n\nAnd count again.\n\n%D 2024\n%0 Book\n%T Kites\n"
    assert read(parse, text, "title", "abstract", "published_year") == [
        ("Moss", "We count. And count again.", 2024),
        ("Kites", None, None),
    ]


def test_refer_without_types_is_parted_by_blank_lines(parse):
    text = "%A Ada Fern\n%T Moss\n%D 2024\n\n%A Bo Lichen\n%T Kites Without\nStrings\n"
    assert read(parse, text, "title", "authors") == [("Moss", ["Ada Fern"]), ("Kites Without Strings", ["Bo Lichen"])]


# BibTeX


def bib(fields, kind="article"):
    return f"@{kind}{{key, title = {{Moss Grows Back}}, {fields}}}\n"


@pytest.mark.parametrize(
    ("fields", "name", "value"),
    [
        ("author = {Fern, Ada and L{\\\"o}we, Bo}", "authors", ["Fern, Ada", "Löwe, Bo"]),
        ("author = {{The Hill and Ice Group} and Ada Fern}", "authors", ["The Hill and Ice Group", "Ada Fern"]),
        ("author = {Fern, Ada and others}", "author_count", None),
        ("author = {family=Fern, given=Ada and Bo Lichen}", "authors", ["Fern, Ada", "Bo Lichen"]),
        ("author = {Ada Fern, Bo Lichen, Cy Heath, Di Pond}", "author_count", 4),
        ("year = 2024, month = may", "published_on", datetime.date(2024, 5, 1)),
        ("year = {2024}, month = {5}, day = {3}", "published_on", datetime.date(2024, 5, 3)),
        ('year = "2024", month = may # "~3"', "published_on", datetime.date(2024, 5, 3)),
        ("date = {2024-05}", "published_precision", "month"),
        ("date = {2024-05-03/2024-05-09}", "published_precision", "month"),
        ("year = {in press}", "published_year", None),
        ("eprint = {2405.01234v3}, archiveprefix = {arXiv}", "arxiv_version", 3),
        ("eprint = {hep-th/9901001}, eprinttype = {arxiv}", "arxiv_id", "hep-th/9901001"),
        ("eprint = {2405.01234}, archiveprefix = {HAL}", "arxiv_id", None),
        ("journal = {arXiv preprint arXiv:2405.01234}", "arxiv_id", "2405.01234"),
        ("journal = {CoRR}, volume = {abs/2405.01234}", "arxiv_id", "2405.01234"),
        ("howpublished = {\\url{https://arxiv.org/abs/2405.01234}}", "arxiv_id", "2405.01234"),
        ("pages = {2405.01234}", "arxiv_id", None),
        ("doi = {https://doi.org/10.1000/Moss\\_1}", "doi", "10.1000/moss_1"),
        ("keywords = {moss, fronds}", "keywords", ["moss", "fronds"]),
        ("keywords = {moss, wet; fronds}", "keywords", ["moss, wet", "fronds"]),
        ("subtitle = {A Count}", "title", "Moss Grows Back: A Count"),
        ("abstract = {Cost {\\'e}t{\\'e}: $x_{1}$ {GAN} 40\\%}", "abstract", "Cost été: $x_{1}$ GAN 40\\%"),
        ("note = {x} abstract = {A comma is missing.}", "abstract", "A comma is missing."),
    ],
)  # fmt: skip
def test_fields_of_bibtex(parse, fields, name, value):
    assert read(parse, bib(fields), name) == [(value,)]


@pytest.mark.parametrize(
    "title",
    ["{Moss {G}rows {{BACK}}}", '"Moss {G}rows {BACK}"', '"Moss " # grows # { BACK}', "{Moss\n   Grows\n   {BACK}}"],
)
def test_titles_of_bibtex_in_braces_quotes_and_parts(parse, title):
    text = f'@string{{grows = "Grows"}}\n@Article(key,\n  TITLE = {title},\n)\n'
    assert read(parse, text, "title") == [("Moss Grows BACK",)]


def test_what_is_no_entry_of_bibtex_is_boilerplate(parse):
    text = '% Encoding\n@comment{jabref-meta: x;}\n@preamble{"\\newcommand{\\x}{y}"}\n' + bib("") + "@control{REVTEX}\n"
    tables = read(parse, text)
    assert tables.entries["first_line"].to_list() == [4]
    assert tables.dumps["boilerplate_line_count"][0] == 4
    assert not tables.rejects.height


def test_a_broken_entry_of_bibtex_is_one_reject_and_the_others_go_on(parse):
    text = (
        bib("")
        + "@book{open,\n  title = {Never Closed,\n  year = 2020\n\n"
        + bib("")
        + "@misc{cut, title = {In the Mid"
    )
    tables = read(parse, text)
    assert tables.entries["first_line"].to_list() == [1, 6]
    assert tables.rejects.select("reason", "first_line", "last_line").rows() == [
        ("broken_record", 2, 4),
        ("broken_record", 7, 7),
    ]


def test_the_same_key_twice_is_two_entries(parse):
    assert len(read(parse, bib("") * 2, "title")) == 2


def test_an_entry_takes_the_year_of_the_one_it_refers_to(parse):
    text = bib("crossref = {Vol}", "inproceedings") + "@proceedings{vol, title = {Volume}, year = 2019, month = jun}\n"
    assert read(parse, text, "title", "published_year")[0] == ("Moss Grows Back", 2019)


def test_fields_of_bibtex_that_nothing_takes_are_counted(parse):
    tables = read(parse, bib("langid = {english}, file = {/a.pdf}, shorttitle = {}") + bib("langid = {english}"))
    assert ignored(tables) == {"langid": 2, "file": 1}


@pytest.mark.parametrize(
    "text",
    [
        "import moss\n\n@app.get('/a')\ndef count(title='moss'):\n    return title\n",
        "\n".join(f"This is line {number} of a letter about moss." for number in range(60)) + "\n" + bib(""),
        "@media (max-width: 30em) {\n  a { title = {x} }\n}\n",
    ],
)
def test_other_texts_are_no_references(parse, text):
    assert read(parse, text).dumps["layout"][0] not in ("bibtex", "ris", "medline", "endnote", "refworks")


# Labelled text


def test_a_labelled_value_goes_on_until_the_next_label(parse):
    text = (
        "Title: Moss Grows Back on Three\n  Slopes\nof a Hill\nPDF: https://arxiv.org/pdf/2405.01234\n"
        "Summary: We count.\nMethods: on foot.\nThen again.\n---\nTitle: Kites\nSummary: They fly.\n"
    )
    assert read(parse, text, *FIELDS) == [
        ("Moss Grows Back on Three Slopes of a Hill", "We count.\nMethods: on foot.\nThen again.", None, None),
        ("Kites", "They fly.", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("people", "authors", "count"),
    [
        ("Fern, Ada and Lichen, Bo", ["Fern, Ada", "Lichen, Bo"], 2),
        ("Fern, A.; Lichen, B.", ["Fern, A.", "Lichen, B."], 2),
        ("Ada Fern, Bo Lichen,\n Cy Heath", ["Ada Fern", "Bo Lichen", "Cy Heath"], 3),
        ("\n- Ada Fern\n- Bo Lichen", ["Ada Fern", "Bo Lichen"], 2),
        ("Ada Fern (Hill University (North)), Bo Lichen", ["Ada Fern", "Bo Lichen"], 2),
        ("Ada Fern et al.", ["Ada Fern"], None),
        ("Ada Fern and 5 others", ["Ada Fern"], None),
    ],
)
def test_people_of_labelled_text(parse, people, authors, count):
    text = f"Title: Moss\nAuthors: {people}\nAbstract: We count.\n"
    assert read(parse, text, "authors", "author_count") == [(authors, count)]


def test_the_first_label_may_be_an_id_that_some_records_lack(parse):
    text = (
        "ID: 2405.01234\nTitle: Moss\nAbstract: A.\n\nTitle: Kites\nAbstract: B.\n\n"
        "ID: 2405.01235\nTitle: Ponds\nAbstract: C.\n"
    )
    assert read(parse, text, "title", "arxiv_id") == [("Moss", "2405.01234"), ("Kites", None), ("Ponds", "2405.01235")]


def test_labels_of_the_files_own_are_counted_and_end_a_value(parse):
    text = "Title: Moss\nGarden: Hill\nAbstract: A.\n\nTitle: Kites\nGarden: Valley\nAbstract: B.\n"
    tables = read(parse, text)
    assert tables.entries["title"].to_list() == ["Moss", "Kites"]
    assert ignored(tables) == {"garden": 2}


def test_the_date_of_a_mail_of_arxiv_is_an_instant(parse):
    head = "\\\\\narXiv:2405.01234\nDate: Fri, 3 May 2024 13:46:39 GMT   (9kb,D)\n\n"
    text = head + "Title: Moss\nAuthors: Ada Fern\n\\\\\n  We count.\n"
    assert read(parse, text, "published_at", "published_on", "published_precision") == [
        (datetime.datetime(2024, 5, 3, 13, 46, 39, tzinfo=datetime.UTC), datetime.date(2024, 5, 3), "day")
    ]


def test_a_listing_of_arxiv_has_its_people_below_the_title(parse):
    text = (
        "[1] arXiv:2405.01234 [pdf]\nTitle: Moss Grows Back on\n the Slopes of a Hill\nAda Fern, Bo Lichen\n"
        "Subjects: Gardens (cs.GD)\n"
        "[2] arXiv:2405.01235 [pdf]\nTitle: Kites\nCy Heath\nSubjects: Gardens (cs.GD)\n"
    )
    assert read(parse, text, "title", "authors") == [
        ("Moss Grows Back on the Slopes of a Hill", ["Ada Fern", "Bo Lichen"]),
        ("Kites", ["Cy Heath"]),
    ]
