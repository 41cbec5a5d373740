"""Override files of papers: what a line names, and what is refused with file, line and remedy."""

import pytest

from paperhouse.loading.override_lines import OverrideError
from paperhouse.loading.paper_overrides import name_handle, read_paper_overrides

HEADER = "verdict,first,second,reason\n"


@pytest.fixture
def read(tmp_path):
    def write_and_read(text):
        path = tmp_path / "papers.csv"
        path.write_text(HEADER + text, encoding="utf-8")
        return read_paper_overrides(path)

    return write_and_read


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("p0123456789abcdef", "paper p0123456789abcdef"),
        ("2502.01234v3", "arxiv 2502.01234"),
        ("arXiv:2502.01234", "arxiv 2502.01234"),
        ("cs/0112017", "arxiv cs/0112017"),
        ("TÜLU 3: Looms", "title tulu 3 looms"),
        ("!!!", ""),
    ],
)
def test_what_a_name_is_looked_up_by(name, handle):
    assert name_handle(name) == handle


def test_no_file_is_no_override(tmp_path):
    assert read_paper_overrides(tmp_path / "papers.csv").is_empty()


def test_lines_are_read(read):
    frame = read('same,2502.01234,"Looms, and More",renamed\n# a remark\ndifferent,One Loom,Two Looms,seen both\n')
    assert frame.rows() == [
        (2, "same", "arxiv 2502.01234", "title looms and more", "renamed"),
        (4, "different", "title one loom", "title two looms", "seen both"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("equal,a,b,x\n", "line 2: no verdict is called 'equal'"),
        ("same,a,A.,x\n", "line 2: both sides name one paper"),
        ("same,a,!!!,x\n", "line 2: '!!!' holds no word"),
        ("same,a,b,\n", "line 2: no reason"),
        ("same,a,b,x\ndifferent,b,a,x\n", "line 3: 'b' and 'a' are kept apart here and joined on line 2"),
        ("same,a,b,x\nsame,b,c,x\ndifferent,a,c,x\n", "joined on line 2 and 3"),
        ("different,a,d,x\nsame,a,b,x\nsame,b,c,x\nsame,c,a,x\nsame,c,d,x\n", "line 2: 'a' and 'd' are kept apart"),
    ],
)
def test_what_cannot_be_followed_is_refused(read, text, said):
    with pytest.raises(OverrideError, match=r"papers\.csv") as refused:
        read(text)
    assert said in str(refused.value)


def test_a_circle_of_same_is_no_contradiction(read):
    assert read("same,a,b,x\nsame,b,c,x\nsame,c,a,x\n").height == 3
