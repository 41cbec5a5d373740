"""The operator's words on a release: what may be said, and what is said of what may not."""

import pytest

from paperhouse.release.imprint import Imprint, read_imprint
from paperhouse.warehouse.settings_file import SettingsError, read_columns


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        path = tmp_path / "warehouse.toml"
        path.write_text(content, encoding="utf-8")
        read_columns(path)  # knows the table, too
        return read_imprint(path)

    return write_and_read


def test_what_is_said_is_read_and_kept_without_what_is_not(read):
    imprint = read(
        '[release]\ntitle = " Our papers "\nlicense = "CC-BY-4.0"\ncreators = ["Ada", "Büro"]\n'
        'citation = """\n@misc{a,\r\n title = {x}}\n"""\nurl = "example.org/papers"\n'
    )
    assert imprint == Imprint(
        title="Our papers",
        license="CC-BY-4.0",
        creators=("Ada", "Büro"),
        citation="@misc{a,\n title = {x}}",
        url="https://example.org/papers",
    )
    assert list(imprint.to_facts()) == ["title", "license", "creators", "citation", "url"]


@pytest.mark.parametrize("content", ["", "[release]\n", '[columns]\ntitle = ["A"]\n', '[release]\ntitle = ""\n'])
def test_a_file_that_says_nothing_is_as_none(read, content, tmp_path):
    assert read(content) == Imprint() == read_imprint(tmp_path / "none.toml")
    assert read(content).to_facts() == {}


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("release = 3\n", 1, "release is no table. Write [release]"),
        ('[release]\nlicence = "MIT"\n', 2, "there is no setting 'licence' of release. They are title, "),
        ("[release]\ntitle = 3\n", 2, 'title = 3 is no text. Write it in quotes: title = "..."'),
        ('[release]\ncreators = "Ada"\n', 2, 'Write creators = ["Ada Example"]'),
        ("[release]\ncreators = [1]\n", 2, "creators = 1 is no text"),
        ('[release]\nlicense = "free to use"\n', 2, "is no identifier of a licence. Write one of https://spdx.org/"),
        ('[release]\nlicense_url = "https://example.org"\n', 2, "license_url stands without a license"),
        ('[release]\nurl = "javascript:alert(1)"\n', 2, "leads to no place on the web"),
        ('[release]\nurl = "http://localhost/"\n', 2, "leads to no place on the web"),
        ('[release]\ntitle = "two\\nlines"\n', 2, "title has more than one line"),
        ('[release]\ntitle = "turned \\u202e"\n', 2, "characters that act where they are shown"),
        (f'[release]\ndescription = "{"x" * 10_001}"\n', 2, "longer than 10,000 characters"),
    ],
)
def test_what_cannot_be_followed_is_one_sentence_with_file_line_and_remedy(read, tmp_path, content, line, said):
    with pytest.raises(SettingsError) as caught:
        read(content)
    assert str(caught.value).startswith(f"{tmp_path / 'warehouse.toml'}, line {line}: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
