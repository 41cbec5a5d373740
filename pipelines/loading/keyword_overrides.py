"""What users decide about keywords by hand: `<warehouse>/overrides/keywords.csv`; merge, rename, split or stop a line.

What belongs here: reading that file and judging it whole. What a decision does to keywords is SQL (`dbt_project/`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from ..text.folding import close_key, fold_phrase
from ..warehouse.tables import TABLES
from .override_lines import OverrideError, OverrideLine, read_override_lines

KEYWORDS_FILE = "keywords.csv"
#: Column -> whether every line needs a value.
_KEYWORD_COLUMNS = {"action": True, "keyword": True, "target": False, "reason": True}
#: Action -> whether it needs a target.
_ACTIONS = {"merge": True, "rename": True, "split": False, "stop": False}


def read_keyword_overrides(path: Path) -> pl.DataFrame:
    """The keyword overrides of a file, with merges into merged keywords followed to their end.

    Returns: the columns of raw.keyword_overrides in the order of the file; keyword_key is closed, target_key is not.

    Raises:
        OverrideError: the file is no such file, or its lines contradict each other.
    """
    lines = read_override_lines(path, _KEYWORD_COLUMNS)
    for line in lines:
        _check_line(path, line)
    by_action = {action: _by_keyword(path, [line for line in lines if line["action"] == action]) for action in _ACTIONS}
    _check_conflicts(path, by_action)
    ends = {key: _follow(path, key, by_action["merge"]) for key in by_action["merge"]}
    rows = []
    for action, found in by_action.items():
        for key, line in found.items():
            target = fold_phrase(ends[key]["target"] if action == "merge" else line["target"])
            cells = [line["action"], line["keyword"], line["target"] or None, line["reason"], key, target or None]
            rows.append([line.number, *cells])
    return pl.DataFrame(rows, schema=TABLES["raw.keyword_overrides"], orient="row").sort("line_number")


def _check_line(path: Path, line: OverrideLine) -> None:
    where, action = f"{path}, line {line.number}", line["action"]
    if action not in _ACTIONS:
        raise OverrideError(f"{where}: no action is called {action!r}. Use one of {', '.join(_ACTIONS)}.")
    if _ACTIONS[action] and not line["target"]:
        raise OverrideError(f"{where}: {action} needs a target. Name the keyword to {action} {line['keyword']!r} into.")
    if line["target"] and not _ACTIONS[action]:
        raise OverrideError(f"{where}: {action} takes no target. Leave {line['target']!r} out.")
    for column in ("keyword", "target"):
        if line[column] and not fold_phrase(line[column]):
            raise OverrideError(f"{where}: {line[column]!r} holds no word. Write the {column} as it is read in a text.")
    if action == "merge" and _key(line) == close_key(fold_phrase(line["target"])):
        raise OverrideError(
            f"{where}: {line['keyword']!r} and {line['target']!r} are one keyword already. Remove the line, or use "
            "rename to choose how it is shown."
        )


def _key(line: OverrideLine) -> str:
    """What a line speaks of: a keyword in any form; the written form alone where a form is split off."""
    return line["keyword"] if line["action"] == "split" else close_key(fold_phrase(line["keyword"]))


def _by_keyword(path: Path, lines: Sequence[OverrideLine]) -> dict[str, OverrideLine]:
    """Lines of one action by keyword; of equal lines the first one counts."""
    found: dict[str, OverrideLine] = {}
    for line in lines:
        first = found.setdefault(_key(line), line)
        if first["target"] != line["target"]:
            raise OverrideError(
                f"{path}, line {line.number}: {line['action']} {line['keyword']!r} into {line['target']!r}, which line "
                f"{first.number} does into {first['target']!r}. Keep one of the two lines."
            )
    return found


def _check_conflicts(path: Path, by_action: Mapping[str, Mapping[str, OverrideLine]]) -> None:
    """No line undoes another one."""

    def refuse(line: OverrideLine, other: OverrideLine, problem: str, remedy: str) -> None:
        raise OverrideError(f"{path}, line {line.number}: {problem} on line {other.number}. {remedy}")

    stops, merges, renames = by_action["stop"], by_action["merge"], by_action["rename"]
    for key, line in merges.items():
        target = close_key(fold_phrase(line["target"]))
        if key in stops:
            refuse(line, stops[key], f"{line['keyword']!r} is merged here and stopped", "Keep one of the two lines.")
        if target in stops:
            refuse(line, stops[target], f"{line['target']!r} is stopped", "Stop the merged keyword too, or neither.")
    for key, line in renames.items():
        if key in stops:
            refuse(line, stops[key], f"{line['keyword']!r} is renamed here and stopped", "Keep one of the two lines.")
        if key in merges:
            refuse(line, merges[key], f"{line['keyword']!r} is merged", f"Rename {merges[key]['target']!r} instead.")
    for line in by_action["split"].values():
        for other in merges.values():
            if line["keyword"] == other["keyword"]:
                refuse(line, other, f"{line['keyword']!r} is split off here and merged", "Keep one of the two lines.")


def _follow(path: Path, start: str, merges: Mapping[str, OverrideLine]) -> OverrideLine:
    """The last merge of a chain that starts with a keyword."""
    passed = [start]
    while True:
        line = merges[passed[-1]]
        following = close_key(fold_phrase(line["target"]))
        if following not in merges:
            return line
        if following in passed:
            circle = [merges[key] for key in passed[passed.index(following) :]]
            names = " -> ".join([*(line["keyword"] for line in circle), circle[0]["keyword"]])
            numbers = ", ".join(str(line.number) for line in sorted(circle, key=lambda line: line.number))
            raise OverrideError(
                f"{path}, line {circle[0].number}: merges go in a circle: {names} (lines {numbers}). "
                "Remove one of them."
            )
        passed.append(following)
