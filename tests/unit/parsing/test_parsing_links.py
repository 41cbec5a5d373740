"""Symbolic links to dumps: which are followed, which are left, and what is said of those."""

import os
from pathlib import Path

import pytest

from paperhouse.parsing import MissingInputError, find_files, search


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder `in` with one file, and a folder `out` beside it with two."""
    for name in ("in/own.txt", "out/a.txt", "out/deep/b.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def _link(link: Path, target: str | Path) -> Path:
    link.symlink_to(target)
    return link


def _names(folder: Path, files: list[Path]) -> list[str]:
    return [str(path.relative_to(folder)) for path in files]


@pytest.mark.parametrize("is_relative", [True, False])
def test_a_link_named_outright_is_taken_under_its_own_name(tree, is_relative):
    link = _link(tree / "in" / "2025-03-11.txt", "../out/a.txt" if is_relative else tree / "out" / "a.txt")
    files, links = search([link])
    assert (files, links.taken, links.left) == ([link], {link}, ())
    assert find_files([link]) == [link]


def test_a_chain_of_links_is_followed_to_its_end(tree):
    _link(tree / "second.txt", "out/a.txt")
    first = _link(tree / "first.txt", "second.txt")
    assert search([first])[0] == [first]
    _link(tree / "in" / "third.txt", "../first.txt")
    assert _names(tree, search([tree / "in"], follow_links=True)[0]) == ["in/own.txt", "in/third.txt"]


def test_a_folder_named_by_a_link_is_walked(tree):
    link = _link(tree / "papers", "out")
    files, links = search([link])
    assert _names(tree, files) == ["papers/a.txt", "papers/deep/b.txt"]
    assert links.left == ()


def test_links_inside_folders_are_left_and_named_with_where_they_lead(tree):
    _link(tree / "in" / "a.txt", "../out/a.txt")
    _link(tree / "in" / "more", "../out")
    _link(tree / "in" / ".hidden", "../out/a.txt")
    files, links = search([tree / "in"])
    assert _names(tree, files) == ["in/own.txt"]
    assert [Path(left.path).name for left in links.left] == ["a.txt", "more"]
    assert "a link to ../out/a.txt" in links.left[0].reason
    assert all("--follow-links" in left.reason for left in links.left)


def test_a_link_both_inside_a_folder_and_named_outright_is_taken(tree):
    link = _link(tree / "in" / "a.txt", "../out/a.txt")
    for follow in (True, False):
        files, links = search([tree / "in", link], follow)
        assert _names(tree, files) == ["in/a.txt", "in/own.txt"]
        assert links.left == ()


def test_followed_links_lead_out_of_the_folder_and_keep_their_names(tree):
    _link(tree / "in" / "a.txt", "../out/a.txt")
    _link(tree / "in" / "2025-03-11", "../out/deep")
    files, links = search([tree / "in"], follow_links=True)
    assert _names(tree, files) == ["in/2025-03-11/b.txt", "in/a.txt", "in/own.txt"]
    assert (links.left, links.are_followed) == ((), True)
    assert links.taken == {tree / "in" / "a.txt"}


def test_each_folder_is_read_once_and_circles_end(tree):
    _link(tree / "in" / "up", "..")
    _link(tree / "in" / "again", "../out")
    _link(tree / "out" / "deep" / "top", tree / "out")
    _link(tree / "out" / "deep" / "self", ".")
    files, links = search([tree / "in"], follow_links=True)
    assert sorted(path.read_text() for path in files) == ["in/own.txt", "out/a.txt", "out/deep/b.txt"]
    assert "in/again/deep/b.txt" in _names(tree, files)
    assert all("read under another name" in left.reason for left in links.left)
    assert {Path(left.path).name for left in links.left} == {"top", "self"}


def test_a_folder_goes_by_its_own_name_where_it_is_among_those_walked(tree):
    _link(tree / "0-first-by-name", "out/deep")
    files, links = search([tree], follow_links=True)
    assert _names(tree, files) == ["in/own.txt", "out/a.txt", "out/deep/b.txt"]
    assert [Path(left.path).name for left in links.left] == ["0-first-by-name"]


def test_of_two_links_to_one_folder_the_first_by_name_is_taken_whatever_the_order_on_disk(tree, monkeypatch):
    for name in ("y", "x", "z"):
        _link(tree / "in" / name, "../out")
    expected = search([tree / "in"], follow_links=True)
    assert _names(tree, expected[0]) == ["in/own.txt", "in/x/a.txt", "in/x/deep/b.txt"]
    listed = os.scandir

    class Reversed(list):
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(os, "scandir", lambda path: Reversed(sorted(listed(path), key=lambda i: i.name, reverse=True)))
    assert search([tree / "in"], follow_links=True) == expected


@pytest.mark.parametrize(
    ("target", "said"),
    [("../gone.txt", "is not there"), ("loop.txt", "leads back to itself"), ("pipe", "is no regular file")],
)
def test_a_link_that_leads_to_no_file_is_named(tree, target, said):
    os.mkfifo(tree / "in" / "pipe")
    link = _link(tree / "in" / "loop.txt", target)
    files, links = search([tree / "in"], follow_links=True)
    assert _names(tree, files) == ["in/own.txt"]
    assert [(left.path, said in left.reason, target in left.reason) for left in links.left] == [(str(link), True, True)]


@pytest.mark.parametrize(
    ("target", "said"), [("gone.txt", "gone.txt, which is not there"), ("d.txt", "back to itself")]
)
def test_a_dangling_link_named_outright_says_where_it_leads(tree, target, said):
    with pytest.raises(MissingInputError, match=said):
        search([_link(tree / "d.txt", target)])


def test_names_that_are_no_utf8_are_shown_all_the_same(tree):
    _link(tree / "in" / os.fsdecode(b"caf\xe9"), os.fsdecode(b"caf\xe9.txt"))
    for follow in (True, False):
        (left,) = search([tree / "in"], follow)[1].left
        assert (left.path + left.reason).encode()
