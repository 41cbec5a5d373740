"""Notices in titles: what says something of its paper, what is a record about another one, and what is neither."""

import polars as pl
import pytest

from paperhouse.text.notices import read_notices


@pytest.mark.parametrize(
    ("title", "notice", "bare"),
    [
        ("RETRACTED: Looms that Count", "retracted", "Looms that Count"),
        ("Retracted Article: Looms that Count", "retracted", "Looms that Count"),
        ("[RETRACTED] Looms that Count", "retracted", "Looms that Count"),
        ("Looms that Count (retracted)", "retracted", "Looms that Count"),
        ("WITHDRAWN: Looms that Count", "withdrawn", "Looms that Count"),
        ("Erratum to: Looms that Count", "erratum", "Looms that Count"),
        ("erratum-looms that count", "erratum", "looms that count"),
        ("Author Correction: Looms that Count", "erratum", "Looms that Count"),
        ("Corrigendum to Looms that Count", "erratum", "Looms that Count"),
        ("Retraction Note: Looms that Count", "retraction", "Looms that Count"),
        ("Retraction notice to Looms that Count", "retraction", "Looms that Count"),
        ("Translation of: Looms that Count", "translation", "Looms that Count"),
        ("Correction of Errors in Cloth", None, "Correction of Errors in Cloth"),
        ("Correction-based Weaving", None, "Correction-based Weaving"),
        ("Retracted Papers among Weavers", None, "Retracted Papers among Weavers"),
        ("Translation of Idioms", None, "Translation of Idioms"),
        ("Withdrawn Threads in Old Cloth", None, "Withdrawn Threads in Old Cloth"),
        ("Errata", None, "Errata"),
        ("Looms that Count", None, "Looms that Count"),
    ],
)
def test_notices(title, notice, bare):
    assert read_notices(pl.Series([title])).rows() == [(notice, bare)]


def test_each_title_keeps_its_row():
    found = read_notices(pl.Series(["Looms", "RETRACTED: Mills", "Kites"]))
    assert found["notice"].to_list() == [None, "retracted", None]
    assert found["title"].to_list() == ["Looms", "Mills", "Kites"]
