"""What the models ask of an engine and Spark's SQL does not have, as functions in its workers."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def register_functions(session: SparkSession) -> None:
    """Make the functions known to the SQL of a session, under the names that DuckDB has for them."""
    session.udf.register("strip_accents", strip_accents, "string")


def strip_accents(text: str | None) -> str | None:
    """A text without the marks on its letters (é is e), all else as it is; null for null, as DuckDB's strip_accents."""
    if text is None or text.isascii():
        return text
    letters = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in letters if unicodedata.category(sign)[0] != "M"))
