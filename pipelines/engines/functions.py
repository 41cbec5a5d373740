"""What the models ask of an engine and Spark's SQL does not have, as functions in its workers.

What belongs here: functions of values, by nothing but the standard library. The engine is handed this module as it
stands, so that its workers need Python and not this package.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def register_functions(session: SparkSession) -> None:
    """Make the functions known to the SQL of a session, under the names that DuckDB has for them."""
    from pyspark import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    session.udf.register("strip_accents", strip_accents, "string")


def strip_accents(text: str | None) -> str | None:
    """A text without the marks on its letters (é is e), all else as it is; null for null, as DuckDB's strip_accents."""
    if text is None or text.isascii():
        return text
    letters = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in letters if unicodedata.category(sign)[0] != "M"))
