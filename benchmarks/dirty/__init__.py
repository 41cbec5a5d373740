"""The dirty-dump generator: known entries under known damage, one function per row of the list of input quirks.

What is printed of the entries comes from the sample's layouts; what a reader should make of it is stated beside each
damage; nothing here reads a dump but `scoring`, which takes the same way as a build.
"""

from benchmarks.dirty import containers, text_pages, wording  # noqa: F401  # each registers its quirks
