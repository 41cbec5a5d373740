"""Repairs that are certain: control characters taken out, mojibake turned back. Each is counted or flagged.

Both are looked for in a pass that costs next to nothing, and worked on only where something was found. What a text
means is not looked at: cleaning is `text/`.
"""

import re

import ftfy
import numpy as np
import polars as pl

#: Zero and control bytes no text needs: all but tab and the line ends (among them \x1c to \x1e).
CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1c\x1d\x1e")) + b"\x7f"
#: A terminal code, or one control character of ASCII.
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0e-\x1b\x1f\x7f]")
#: The same in a text, and U+0080 to U+009F: those may be bytes of mojibake, and are taken out after that is repaired.
_CONTROL_TEXT = "\x1b\\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"
#: U+0080 to U+009F in UTF-8.
_HIGH_CONTROL = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")
_PIECE = 1 << 18
#: What UTF-8 read as another code page looks like; a text without it is not looked at.
_BEHIND = r"[\u{80}-\u{bf}ƒŠšŸŒœŽž‚„…†‡ˆ‰‹›€™˜–—“”‘’•]"
_MOJIBAKE = rf"[ÂÃÄÅÎÏÐÑØÙ]{_BEHIND}|[à-ð]{_BEHIND}{{2}}"
#: Steps of ftfy that only undo what was done; others guess at bytes that are lost.
_CERTAIN_STEPS = {"encode", "decode"}
_CERTAIN_FUNCTIONS = {"decode_inconsistent_utf8"}
_TEXT_COLUMNS = ("title", "abstract", "submitter", "organization", "ai_summary")
MOJIBAKE_FLAG = "mojibake_repaired"


def strip_controls(data: bytes) -> tuple[bytes, int]:
    """UTF-8 content without control characters and terminal codes, and how many there were."""
    if not _has_controls(data):
        return data, 0
    return _CONTROL.subn(b"", data)


def _has_controls(data: bytes | memoryview) -> bool:
    """Whether there may be any; in pieces that stay in the cache, several times faster than a pattern."""
    octets = np.frombuffer(data, dtype=np.uint8)
    for start in range(0, len(octets), _PIECE):
        piece = octets[start : start + _PIECE]
        # Wrapping round, what is 14 to 31 becomes 0 to 17, and everything else is more.
        if piece.min() < 9 or (piece - np.uint8(14)).min() < 18:
            return True
        if piece.max() >= 127 and (piece == 127).any():
            return True
    return False


def repair_texts(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries whose texts are free of control characters and reversible mojibake.

    Escapes in JSON and entities in HTML can spell control characters that were not in the content. Adds
    control_character_count, how many were taken out of the entry, and the flag `mojibake_repaired`.
    """
    counts = pl.zeros(entries.height, dtype=pl.Int64, eager=True)
    is_repaired = pl.Series([False]).new_from_index(0, entries.height)
    for name in _TEXT_COLUMNS:
        column = entries[name]
        # Nearly every text is ASCII, and that is known without looking at its characters.
        wide = (column.str.len_bytes() != column.str.len_chars()).fill_null(False).arg_true()
        turned, is_turned = _turn_back(column, wide)
        stripped, count = _strip_column(turned, len(wide) > 0)
        if stripped is not column:
            entries = entries.with_columns(stripped.alias(name))
            counts, is_repaired = counts + count, is_repaired | is_turned
    return entries.with_columns(
        flags=pl.when(is_repaired)
        .then(pl.col("flags").list.concat(pl.lit([MOJIBAKE_FLAG])).list.sort())
        .otherwise("flags"),
        control_character_count=counts,
    )


def _strip_column(column: pl.Series, is_wide: bool) -> tuple[pl.Series, pl.Series]:
    none = pl.zeros(len(column), dtype=pl.Int64, eager=True)
    content = column.to_arrow().buffers()[2]
    data = memoryview(content or b"")
    if not (_has_controls(data) or (is_wide and _HIGH_CONTROL.search(data))):
        return column, none
    count = column.str.count_matches(_CONTROL_TEXT).fill_null(0).cast(pl.Int64)
    if not count.sum():
        return column, none
    return column.str.replace_all(_CONTROL_TEXT, "").replace("", None), count


def _turn_back(column: pl.Series, wide: pl.Series) -> tuple[pl.Series, pl.Series]:
    at = wide.filter(column.gather(wide).str.contains(_MOJIBAKE))
    if not len(at):
        return column, pl.Series([False]).new_from_index(0, len(column))
    before = column.gather(at)
    after = pl.Series([turn_back(text) for text in before.to_list()], dtype=pl.String)
    is_turned = pl.Series([False]).new_from_index(0, len(column)).scatter(at, before != after)
    return column.clone().scatter(at, after), is_turned


def turn_back(text: str) -> str:
    """The text with mojibake turned back where that is certain; else the text as it is.

    Certain is what was only decoded by the wrong code page, once or more: every byte is still there. A text that has
    also lost bytes (a no-break space turned into a space) is left.
    """
    fixed, plan = ftfy.fix_encoding_and_explain(text)
    steps = plan or []
    is_certain = all(
        step.action in _CERTAIN_STEPS or (step.action == "apply" and step.parameter in _CERTAIN_FUNCTIONS)
        for step in steps
    )
    return fixed if is_certain else text
