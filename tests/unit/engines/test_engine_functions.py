"""Functions of the engine's workers say what DuckDB's of the same name say."""

import duckdb

from paperhouse.engines.functions import strip_accents


def test_accents_are_stripped_as_duckdb_strips_them():
    said = [
        "",
        "Plain",
        "Šćepanović, Éloïse",
        "ﬁne ½ Å ½",
        "한글",
        "Ελληνικά",
        "й",
        "नमस्ते",
        "e\u0301",
        "İıß",
        "C\u0327",
    ]
    with duckdb.connect() as database:
        rows = [(text, database.execute("select strip_accents(?)", [text]).fetchone()[0]) for text in said]
    assert [(text, strip_accents(text)) for text in said] == rows
    assert strip_accents(None) is None
