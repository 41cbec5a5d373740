"""The warehouse on disk: its folder and lock, how its files are opened, the pipeline's own tables, quality records.

What belongs here: what every room above needs in order to store and find something. Nothing here knows what a dump
looks like, what is published, or that Dagster and dbt exist but for the folders and variables they are given.
"""
