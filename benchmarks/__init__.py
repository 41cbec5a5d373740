"""Benchmarks: what Paperhouse costs beside what a user would write instead, measured in one run on the same files.

They print, and write what they printed to `benchmarks/data/`; they never assert on time. Tests of what the code does
are in `tests/`.
"""
