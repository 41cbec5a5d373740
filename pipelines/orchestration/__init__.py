"""What Dagster runs: assets, gates, jobs, sensors, schedules, the dbt command, and the build from a Python process.

What belongs here: steps and the order of steps. An asset is short; what it does is a function of a room below, which
knows neither Dagster nor dbt.
"""
