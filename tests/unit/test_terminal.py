"""Text from dumps is harmless where it is shown."""

import pytest
from rich.text import Text

from pipelines.terminal import plain, spreadsheet_safe


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
