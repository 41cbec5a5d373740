"""The layouts: one module per family, registered here.

A layout module has `recognise(source) -> (score 0 to 1, reason)`, judged from content alone, and
`parse([(number, source, reason), ...]) -> Findings`. The highest score wins; a new layout is one module, one line in
LAYOUTS and one fixture pair in tests/pages. What a layout finds is described in `findings`.
"""

from importlib import import_module
from types import ModuleType

from ..files import Source

#: The modules beside this one, in the order they are asked.
LAYOUTS: tuple[ModuleType, ...] = tuple(
    import_module(f"{__name__}.{name}")
    for name in (
        "records",
        "api_json",
        "feed",
        "xml_records",
        "html_page",
        "outlines",
        "markdown",
        "references",
        "bibtex",
        "data_files",
        "labelled",
        "structured",
        "text",
    )
)


#: A claim as strong as this ends the search: layouts are asked in the order of LAYOUTS.
CERTAIN = 0.9


def recognise(source: Source) -> tuple[ModuleType | None, str]:
    """Choose the layout that claims the source most; (None, why) where none does."""
    best: tuple[float, ModuleType | None, str] = (0.0, None, "no content")
    for layout in LAYOUTS:
        score, reason = layout.recognise(source)
        if score > best[0] or best[1] is None:
            best = (score, layout if score > 0 else None, reason)
        if score >= CERTAIN:
            break
    return best[1], best[2]
