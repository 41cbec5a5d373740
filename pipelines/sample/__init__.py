"""A sample of invented papers, written as dumps of every supported layout at any size, with the truth beside it.

The grammar and its words are ours; no sentence is taken from a real dump. Reading dumps is what `parsing` does.
"""

from .layouts import LAYOUTS
from .writer import SampleTruth, write_sample

__all__ = ["LAYOUTS", "SampleTruth", "write_sample"]
