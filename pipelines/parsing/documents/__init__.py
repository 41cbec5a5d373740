"""Documents: what Markdown and HTML say, told apart from how they say it.

`commonmark` and `hypertext` turn a page into one list of blocks (headings, paragraphs, items, rows of tables), by a
real parser of each grammar; `cards` and `tables` find papers among blocks, whatever they were written in. A finding is
a record of named values, as `columns` reads it.
"""
