"""Terms planted in the sample: what a trend detector should find, and what it should leave alone.

It says which paper carries which planted term; how the term gets into the text is the grammar's business.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from . import draws

#: Shares are counted in ten-thousandths, so that they are exact on every machine.
WHOLE = 10_000


@dataclass(frozen=True)
class PlantedTerm:
    """A term and how the share of papers that carry it moves over the days of the sample.

    `low` and `high` are shares in ten-thousandths. From `begin` to `end` (hundredths of all days) `rise` goes from low
    to high in a straight line and stays there, and `fall` from high to low; `burst` is high between them and low
    elsewhere. `steady` and `rare` are always high, which for a rare one is little.
    """

    term: str
    kind: str
    low: int
    high: int
    begin: int = 0
    end: int = 100

    def shares(self, days: int) -> npt.NDArray[np.int64]:
        """Return the planned share of each day, in ten-thousandths."""
        day = np.arange(days, dtype=np.int64)
        first, last = self.window(days)
        climbed = (self.high - self.low) * np.clip(day - first, 0, last - first) // max(last - first, 1)
        if self.kind == "rise":
            return self.low + climbed
        if self.kind == "fall":
            return self.high - climbed
        if self.kind == "burst":
            return np.where((day >= first) & (day <= last), self.high, self.low)
        return np.full(days, self.high, dtype=np.int64)

    def window(self, days: int) -> tuple[int, int]:
        """Return the first and last day the term moves or stands out in."""
        return days * self.begin // 100, max(days * self.end // 100 - 1, days * self.begin // 100)


#: The strong ones move fast enough to be found in the default sample's 600 papers, the weak ones in larger samples
#: only. The rare one is a keyword there, and in too few papers for a verdict.
PLANTED = (
    PlantedTerm("lookahead distillation", "rise", 50, 2_800, begin=76, end=90),
    PlantedTerm("sparse rehearsal", "rise", 50, 1_200),
    PlantedTerm("prompt stitching", "fall", 50, 2_400, begin=72, end=86),
    PlantedTerm("gradient pooling", "fall", 50, 1_200),
    PlantedTerm("verifier ensembles", "burst", 50, 3_000, begin=35, end=50),
    PlantedTerm("token foraging", "burst", 50, 3_000, begin=70, end=80),
    PlantedTerm("latent routing", "steady", 500, 500),
    PlantedTerm("kernel whispering", "rare", 180, 180),
)


def plant(keys: draws.Keys, day: npt.NDArray[np.int64], days: int) -> npt.NDArray[np.int64]:
    """Choose for each paper the planted term it carries.

    Args:
        keys: one per paper.
        day: index of the day each paper is listed on.
        days: days of the sample.

    Returns:
        index into PLANTED, or -1 for a paper without one. A paper carries one at most, so their shares add up.
    """
    bounds = np.cumsum(np.stack([term.shares(days) for term in PLANTED]), axis=0)
    drawn = draws.draw(keys, "planted", WHOLE)
    below = drawn[None, :] < bounds[:, day]
    return np.where(below.any(axis=0), below.argmax(axis=0), -1).astype(np.int64)


def describe(calendar: list[date]) -> list[dict[str, Any]]:
    """State each planted term with the days it moves between, for the truth file."""
    described = []
    for term in PLANTED:
        first, last = term.window(len(calendar))
        described.append(
            {
                **asdict(term),
                "low": term.low / WHOLE,
                "high": term.high / WHOLE,
                "from": calendar[first].isoformat(),
                "to": calendar[last].isoformat(),
            }
        )
    return [{name: value for name, value in one.items() if name not in ("begin", "end")} for one in described]
