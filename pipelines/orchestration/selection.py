"""Which tables a part of a build makes: stages and tables by name, with what they need or what follows.

What belongs here: reading the words. A part never publishes a mixture, whatever it is: the release asks for itself
whether all that it would show has been judged as it stands.
"""

import difflib
from collections.abc import Sequence, Set

import dagster as dg

from ..warehouse.errors import UnknownSelectionError

#: The stages of a build in their order; each is a group of assets.
STAGES = ("raw", "extracted", "staging", "intermediate", "marts", "search", "release")


def select_assets(assets: Sequence[dg.AssetsDefinition], words: str) -> set[dg.AssetKey]:
    """The assets that words between commas name: stages, tables (`papers`, `marts.papers`), or `release`.

    A `+` before a word adds all that it needs, one behind it all that follows. What follows a stage are the stages
    after it, so that the seeds among them are made, too. Raises UnknownSelectionError.
    """
    chosen: set[dg.AssetKey] = set()
    for word in filter(None, (part.strip() for part in words.split(","))):
        found = _find(assets, word.strip("+"), follows=word.endswith("+"))
        chosen |= dg.AssetSelection.assets(*found).upstream().resolve(assets) if word.startswith("+") else found
    if not chosen:
        raise UnknownSelectionError(f"Nothing is selected. Name a stage ({', '.join(STAGES)}) or a table.")
    return chosen


def _find(assets: Sequence[dg.AssetsDefinition], name: str, follows: bool) -> Set[dg.AssetKey]:
    if name in STAGES:
        stages = STAGES[STAGES.index(name) :] if follows else (name,)
        return dg.AssetSelection.groups(*stages).resolve(assets)
    # Of two tables of one name the published one is meant.
    keys = sorted(dg.AssetSelection.all().resolve(assets), key=lambda key: (key.path[0] == "marts", key.path))
    names = {key.path[-1]: key for key in keys} | {".".join(key.path): key for key in keys}
    if name not in names:
        near = difflib.get_close_matches(name, [*STAGES, *sorted(names)], n=3)
        raise UnknownSelectionError(
            f"There is no stage and no table {name!r}"
            + (f"; near it is {', '.join(near)}." if near else f". The stages are {', '.join(STAGES)}.")
        )
    selection = dg.AssetSelection.assets(names[name])
    return (selection.downstream() if follows else selection).resolve(assets)
