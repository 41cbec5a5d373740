"""How dumps get their dates, in words: the lines to copy.

What belongs here: that hint, which more than one answer ends with.
"""

from __future__ import annotations

import duckdb

from ..showing.terminal import out, plain


def print_dating_hint(connection: duckdb.DuckDBPyConnection) -> None:
    """The lines of a `dumps.csv` for a dump of this warehouse."""
    files = connection.execute(
        "select file_names[1] from marts.dumps where len(file_names) > 0 order by 1 limit 1"
    ).fetchall()
    out.print("Say when dumps were saved in a dumps.csv beside them, and build again:")
    out.print("  file_name,captured_on,source,note", soft_wrap=True)
    out.print(f"  {plain(files[0][0] if files else 'page.txt')},2025-03-11,,", soft_wrap=True)
