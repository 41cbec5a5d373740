"""Numbers as plain text that can be pasted: aligned tables and the units in them."""

from collections.abc import Sequence


def format_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align rows under a header: the first column to the left, the others to the right.

    Raises:
        ValueError: a row is not as long as the header.
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells under {len(header)} headings: {row}")
    widths = [max(len(line[column]) for line in (header, *rows)) for column in range(len(header))]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (header, *rows)
    ]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join((lines[0], rule, *lines[1:]))


def format_seconds(seconds: float) -> str:
    """Write seconds with the precision they deserve: 0.043 s, 4.31 s, 43.1 s."""
    digits = 3 if seconds < 1 else 2 if seconds < 10 else 1
    return f"{seconds:.{digits}f} s"


def format_bytes(count: float) -> str:
    """Write bytes in mebibytes below a gibibyte, else in gibibytes."""
    mebibytes = count / 2**20
    return f"{mebibytes:,.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:.2f} GiB"


def format_ratio(ratio: float) -> str:
    """Write how many times one number is another: 0.23x, 12.5x."""
    return f"{ratio:.2f}x" if ratio < 10 else f"{ratio:.1f}x"
