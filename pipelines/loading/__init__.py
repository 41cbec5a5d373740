"""Files and overrides into the raw tables, and texts into the extracted ones: what a build knows before dbt starts.

What belongs here: choosing and recognising files, loading what the parser and the text stage make of them, reading it
again, taking it out. Neither Dagster nor dbt: assets and commands call these functions.
"""
