"""Tables as people have them: many columns, other languages, odd quotes, joined files, workbooks."""

import csv
import io
import zipfile

import pytest

A = "We wind a heron of brass at dawn and count how often it folds its wings. It folds them twice as often in rain."
B = "A cellar of cheeses is weighed each night by a beam that never tires. Its error is two days in a year of nights."
TITLES = ["Folding Wings of a Brass Heron in Rain", "Weighing Cheeses at Night by a Tireless Beam"]
PAIRS = list(zip(TITLES, (A, B), strict=True))


def write(header, rows, **how):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **how).writerows([header, *rows])
    return text.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_title_among_many_columns(parse, delimiter):
    header = ["Key", *(f"Field {n}" for n in range(60)), "Title", "Abstract Note", "Author"]
    rows = [["K", *[""] * 60, title, abstract, "Heron, Ada; Beam, Bo"] for title, abstract in PAIRS]
    tables = parse(write(header, rows, delimiter=delimiter))
    assert tables.pairs == PAIRS
    assert tables.entries["authors"].to_list() == [["Heron, Ada", "Beam, Bo"]] * 2
    assert tables.dump["ignored_fields"] == [{"field": "Key", "count": 2}]


@pytest.mark.parametrize(
    "header",
    [
        ["Titel", "Zusammenfassung", "Autoren"],
        ["Titre", "Résumé", "Auteurs"],
        ["Título", "Resumen", "Autores"],
        ["Título", "Resumo", "Autores"],
        ["Titolo", "Riassunto", "Autori"],
        ["Titel", "Samenvatting", "Auteurs"],
        ["Название документа", "Краткое описание", "Авторы"],
        ["文献标题", "摘要", "作者"],
        ["标题", "摘要", "作者"],
        ["論文名", "抄録", "著者名"],
        ["Name", "Abstract", "URL"],
    ],
)
def test_headers_of_other_languages(parse, header):
    tables = parse(write(header, [[*pair, "Ada Heron"] for pair in PAIRS]))
    assert tables.pairs == PAIRS


@pytest.mark.parametrize("header", [[], ["Col A", "Col B", "Col C"]])
def test_columns_told_by_what_they_hold(parse, header):
    rows = [[f"2601.0123{n}", f"{title} {n}", f"{A} {B} {n}."] for n, title in enumerate(TITLES * 2)]
    text = "\n".join("\t".join(row) for row in ([header] if header else []) + rows)
    tables = parse(text)
    assert [title for title, _ in tables.pairs] == [row[1] for row in rows]
    assert tables.entries["arxiv_id"].to_list() == [row[0] for row in rows]


def test_quotes_behind_backslashes(parse):
    rows = "".join(f'"{title}","We say \\"brass, or tin\\" here. {text}"\n' for title, text in PAIRS)
    assert parse("title,abstract\n" + rows).pairs == [(t, f'We say "brass, or tin" here. {a}') for t, a in PAIRS]


def test_quotes_of_a_table_that_quotes_nothing(parse):
    rows = "".join(f'"Brass" {title}\t"Rain" {text}\n' for title, text in PAIRS)
    assert parse("title\tabstract\n" + rows).pairs == [(f'"Brass" {t}', f'"Rain" {a}') for t, a in PAIRS]


def test_joined_tables_repeat_their_header(parse):
    first = write(["title", "abstract", "arxiv_id"], [[*PAIRS[0], "2601.01234"]])
    second = write(["arxiv_id", "title", "abstract"], [["2601.01235", *PAIRS[1]]])
    tables = parse("\ufeff" + first + "\ufeff" + first.split("\n")[0] + "\n\ufeff" + second)
    assert tables.pairs == PAIRS
    assert tables.entries["arxiv_id"].to_list() == ["2601.01234", "2601.01235"]
    assert tables.reasons == []


def test_nothing_borrows_another_rows_values(parse):
    rows = [f'"{PAIRS[0][0]}","{A}",2025', f'"Stray quote,"{B}",2024', f'"{PAIRS[1][0]}","{B}",2023']
    tables = parse("\n".join(["title,abstract,year", *rows]))
    assert tables.pairs == PAIRS
    assert tables.entries["published_year"].to_list() == [2025, 2023]
    assert tables.reasons == ["bad_row"]


def test_tables_of_other_things_are_no_papers(parse):
    shops = parse("name,url,phone\nRope shop,http://a.example,1\nTea shop,http://b.example,2\n")
    films = parse("title,year,description\nRain,1999,A man walks\nSun,2001,A bird sings\n")
    assert shops.entries.height == films.entries.height == 0


def test_lines_of_objects_with_byte_order_marks_in_brackets(parse):
    lines = [f'{{"title": "{title}", "abstract": "{abstract}"}}' for title, abstract in PAIRS]
    assert parse("\ufeff" + "\n\ufeff".join(lines) + "\ufeff\n").pairs == PAIRS
    assert parse("[\n" + ",\n".join(lines) + "\n]\n").pairs == PAIRS
    assert parse("[" + ",\n".join(lines) + "]").pairs == PAIRS


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def make_workbook(rows, with_relations=True):
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in row) + "</row>" for row in rows
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="Mine" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
        )
        if with_relations:
            link = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{link}</Relationships>')
        file.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
        )
    return packed.getvalue()


@pytest.mark.parametrize("with_relations", [True, False])
def test_workbooks(parse, with_relations):
    tables = parse(make_workbook([["Title", "Abstract", "Shelf"], *([*pair, "x"] for pair in PAIRS)], with_relations))
    assert tables.pairs == PAIRS
    assert (tables.dump["layout"], tables.dump["line_count"]) == ("records_workbook", 3)
    assert tables.dump["ignored_fields"] == [{"field": "Shelf", "count": 2}]


def test_other_office_files_are_one_dump_and_no_papers(parse):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", f"<w>{TITLES[0]}\n{A}</w>")
    assert parse(packed.getvalue()).reasons == ["binary"]
    assert parse(make_workbook([["Day", "Rain"], ["1", "2"]])).reasons == ["unknown_text"] * 2
    assert parse(make_workbook([["Title"]])[:200]).reasons == ["binary"]


def test_columns_that_are_web_of_science_s_tags(parse):
    header = ["PT", "AU", "TI", "SO", "DE", "AB", "PY", "DI"]
    rows = [
        ["J", "Heron, A; Beam, B", t, "GATES", "brass; rain", a, "2026", f"10.5555/{n}"]
        for n, (t, a) in enumerate(PAIRS)
    ]
    tables = parse(write(header, rows, delimiter="\t"))
    assert tables.pairs == PAIRS
    assert tables.entries["authors"].to_list() == [["Heron, A", "Beam, B"]] * 2
    assert tables.entries["doi"].to_list() == ["10.5555/0", "10.5555/1"]
    assert tables.entries["keywords"].to_list() == [["brass", "rain"]] * 2


@pytest.mark.parametrize(
    "nothing",
    ["[No hay resumen disponible]", "Aucun résumé disponible", "[Kein Abstract verfügbar]", "无可用摘要", "抄録なし"],
)
def test_words_for_no_abstract_in_other_languages(parse, nothing):
    tables = parse(
        write(
            ["Título", "Resumen", "Palabras clave de autor"],
            [[TITLES[0], A, "bronce; lluvia"], [TITLES[1], nothing, ""]],
        )
    )
    assert tables.pairs == [PAIRS[0], (TITLES[1], None)]
    assert tables.entries["keywords"].to_list() == [["bronce", "lluvia"], None]
