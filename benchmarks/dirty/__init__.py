"""The dirty-dump generator: known entries under known damage, one function per row of the list of input quirks.

What is printed of the entries comes from the sample's layouts; what a reader should make of it is stated beside each
damage; nothing here reads a dump but `scoring`, which takes the same way as a build.
"""

from benchmarks.dirty import text_pages  # noqa: F401  # registers its quirks
