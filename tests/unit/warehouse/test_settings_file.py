"""The settings file of a warehouse: what it may say, and what is said of what it may not."""

import pytest

from paperhouse.parsing.columns import COLUMN_NAMES, FIELDS
from paperhouse.parsing.mapping import NO_MAPPING
from paperhouse.warehouse.settings_file import SettingsError, format_columns, read_columns


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        path = tmp_path / "warehouse.toml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_columns(path)

    return write_and_read


def test_names_of_columns_are_read_in_the_order_of_the_fields(read):
    columns = read('# ours\n[columns]\nabstract = ["Inhalt", "Worum es geht"]\ntitle = ["Papiertitel"]\n')
    assert columns.names == (("title", ("Papiertitel",)), ("abstract", ("Inhalt", "Worum es geht")))
    assert columns.fields == {"papiertitel": "title", "inhalt": "abstract", "worumesgeht": "abstract"}


@pytest.mark.parametrize("content", ["", "\ufeff# nothing\n", "[columns]\n", "[columns]\ntitle = []\n"])
def test_a_file_without_names_is_as_none(read, content, tmp_path):
    assert read(content) == NO_MAPPING == read_columns(tmp_path / "none.toml")
    assert read(content).version == ""


def test_every_field_may_have_names(read):
    assert set(COLUMN_NAMES) | {"doi"} == set(FIELDS)
    given = {field: [f"Spalte {number}"] for number, field in enumerate(FIELDS)}
    assert read(format_columns(given)).names == tuple((field, tuple(names)) for field, names in given.items())


def test_what_is_written_is_read_again(read):
    names = {"title": ['a "b" \\ c', "é 論文\t\x7f\x01"], "authors": ["Von wem"]}
    assert dict(read(format_columns(names)).names) == {field: tuple(given) for field, given in names.items()}


def test_the_version_is_that_of_the_names_and_their_order(read):
    one = read('[columns]\ntitle = ["A", "B"]\nabstract = ["C"]\n').version
    assert len(one) == 8
    assert read('[columns]\nabstract = ["C"]  # moved\ntitle = ["A",\n "B"]\n').version == one
    assert read('[columns]\ntitle = ["B", "A"]\nabstract = ["C"]\n').version != one


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ('[columns]\ntitel = ["A"]\n', 2, "there is no field 'titel'. The fields are title, abstract, "),
        ('[columns]\n\n# title = ["B"]\ntitle = "B"\n', 4, 'title = ["A name"]'),
        ("[columns]\ntitle = [1]\n", 2, "title is no list of names"),
        ('[columns]\ntitle = ["A"]\nabstract = ["a"]\n', None, "'a' is given to title and abstract"),
        ('[columns]\ntitle = ["Ein Titel"]\nabstract = ["Ein Titel"]\n', 3, "is given to title and abstract"),
        ('[columns]\ntitle = ["Ein Titel", "ein_titel"]\n', 2, "is given twice to title"),
        ('[columns]\ntitle = ["Abstract"]\n', 2, "is the field abstract itself"),
        ('[columns]\ntitle = [" _ "]\n', 2, "is no name of a column. Take it out of title"),
        ('[colums]\ntitle = ["A"]\n', 1, "there is no setting 'colums'"),
        ("columns = 3\n", 1, "columns is no table"),
        ('[columns]\ntitle = ["A"\nabstract = ["B"]\n', None, "is no TOML: "),
        ('[columns]\ntitle = ["A"]\ntitle = ["B"]\n', None, "(at line 3, column"),
        (b'[columns]\ntitle = ["\xe9"]\n', None, "is not UTF-8 (byte 20). Save"),
    ],
)
def test_what_cannot_be_followed_is_one_sentence_with_file_line_and_remedy(read, tmp_path, content, line, said):
    with pytest.raises(SettingsError) as caught:
        read(content)
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "warehouse.toml") + (f", line {line}: " if line else ""))
    assert said in message
    assert message.count("\n") == 0


def test_a_file_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / "warehouse.toml").mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        read_columns(tmp_path / "warehouse.toml")
