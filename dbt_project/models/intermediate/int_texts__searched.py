"""Where every form of every keyword stands in the texts of papers: kept, so that nothing is looked for twice.

Work on one text at a time, which is done outside of SQL; `paperhouse.loading.mentions` says what is new.
"""

from paperhouse.loading.mentions import forget_searched, search_texts
from paperhouse.warehouse.folder import Warehouse


def model(dbt, session):
    """Rows to be added: new texts meet all keys, the others the new ones."""
    dbt.config(materialized="incremental", incremental_strategy="append")
    texts, keys = (relation.sql_query() for relation in (dbt.ref("int_texts__read"), dbt.ref("int_keys__sought")))
    searched = str(dbt.this) if dbt.is_incremental else None
    if searched:
        forget_searched(session, texts, searched)
    return search_texts(session.cursor(), texts, keys, searched, Warehouse.from_environment().folder)
