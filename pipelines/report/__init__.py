"""The report: one self-contained HTML page about a release, made from the release's own tables.

What belongs here: the named questions (`sql/`), the pictures (`charts`), the page (`templates/`, `page`). Every number
on the page comes from one of the questions, and the page shows them, so a reader can ask again. No rule of the
warehouse belongs here: whatever needs more than reading a mart is a mart.
"""
