"""Text from dumps is harmless where it is shown."""

import pytest
from rich.text import Text

from paperhouse.showing import terminal
from paperhouse.showing.terminal import plain, spreadsheet_safe


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A title", "A title"),
        ("[bold red]not markup[/]", "[bold red]not markup[/]"),
        ("\x1b[2Jcleared", "\N{REPLACEMENT CHARACTER}[2Jcleared"),
        ("bell\x07 and csi\x9b31m", "bell\N{REPLACEMENT CHARACTER} and csi\N{REPLACEMENT CHARACTER}31m"),
        ("TÜLU 3: β-VAE", "TÜLU 3: β-VAE"),
    ],
)
def test_plain_is_shown_as_text(title, shown):
    assert Text.from_markup(plain(title)).plain == shown


@pytest.mark.parametrize(
    ("value", "written"),
    [('=HYPERLINK("x")', '\'=HYPERLINK("x")'), ("+1", "'+1"), ("@x", "'@x"), ("-x", "'-x"), (-1, -1), ("a=b", "a=b")],
)
def test_spreadsheets_get_no_formula(value, written):
    assert spreadsheet_safe(value) == written


@pytest.mark.parametrize(
    ("title", "width", "is_table"),
    [("Moss in the Shade", 200, True), ("Moss in the Shade", 40, False), ("Moss", 35, True), ("Moss", 34, False)],
)
def test_many_columns_in_a_narrow_terminal_become_blocks_where_they_do_not_fit(
    monkeypatch, capsys, title, width, is_table
):
    monkeypatch.setattr(terminal.out, "width", width)
    terminal.print_rows(["rank", "paper_id", "title", "score"], [(1, "p1", title, 0.5), (2, "p2", None, 0.25)])
    said = capsys.readouterr().out
    assert ("row 2" in said) != is_table
    assert title in said
    assert "p2" in said
    assert "2 rows" in said


def test_numbers_need_no_room_so_a_table_of_them_stays_one(monkeypatch, capsys):
    monkeypatch.setattr(terminal.out, "width", 80)
    names = ["table", "added", "changed", "in", "merged", "removed"]
    terminal.print_rows(names, [("keyword_trends_by_month", 12, 345, "moss_rank 300, fern_count 45, more 3", 0, 1)])
    said = capsys.readouterr().out
    assert "row 1" not in said
    assert all(name in said for name in names)


def test_long_names_are_kept_whole_and_text_is_no_markup(monkeypatch, capsys):
    monkeypatch.setattr(terminal.out, "width", 60)
    terminal.print_rows(["file", "text"], [("a" * 50 + ".json", "[red]Moss\x1b[0m[/]")])
    said = capsys.readouterr().out
    assert said.count("a") >= 50
    assert "[red]Moss" in said
    assert "\x1b" not in said


def test_lines_of_csv_end_without_a_carriage_return(capsys):
    terminal.write_csv([("paper_id",), ("p1",)])
    assert capsys.readouterr().out == "paper_id\np1\n"
