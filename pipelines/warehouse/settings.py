"""The environment variables a warehouse heeds; the same names serve the command line, Dagster and dbt.

What belongs here: names, and what each one means. Reading one is the business of whoever heeds it.
"""

from __future__ import annotations

#: The warehouse folder.
WAREHOUSE_VARIABLE = "PAPERHOUSE_WAREHOUSE"
#: The keyword setting; dbt's macro keyword_setting says what each one means.
KEYWORDS_VARIABLE = "PAPERHOUSE_KEYWORDS"
#: DuckDB's memory limit, dbt's included; beyond it DuckDB spills to the warehouse folder.
MEMORY_VARIABLE = "PAPERHOUSE_MEMORY_LIMIT"
#: Whether links inside folders of dumps are followed: 1, true, yes or on. The inbox's sensor and schedule heed it, too.
LINKS_VARIABLE = "PAPERHOUSE_FOLLOW_LINKS"
#: What a build grants dbt, which takes its settings from the environment; by hand dbt takes the one above.
DBT_MEMORY_VARIABLE = "PAPERHOUSE_DBT_MEMORY_LIMIT"
#: The reject budget: the share of a dump's content that may be refused before it is held back.
BUDGET_VARIABLE = "PAPERHOUSE_REJECT_BUDGET"
