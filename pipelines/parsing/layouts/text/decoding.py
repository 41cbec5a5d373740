"""The likeliest sequence of labels by dynamic programming (Viterbi 1967), for many sequences at once.

What labels mean and what the scores rest on is the callers' business.
"""

import numpy as np
import numpy.typing as npt

#: The score of what cannot be.
NEVER = -1e6

Floats = npt.NDArray[np.float64]


def find_best_labels(
    lengths: npt.NDArray[np.int64], scores: Floats, steps: Floats, start: Floats, stop: Floats
) -> npt.NDArray[np.int8]:
    """Find the labels of each sequence that score highest together.

    Args: lengths (sequences,): of the sequences, which follow each other in scores (items, labels) and steps (items,
    label before, label: score of the step into the item); start and stop (labels,): scores of the first and last label.
    Returns: (items,) the label of each item. Sequences of like length are worked on together, so time goes with the
    longest, and memory with the items.
    """
    ends = np.cumsum(lengths)
    firsts = ends - lengths
    labels = np.zeros(len(scores), dtype=np.int8)
    sizes = np.ceil(np.log2(lengths)).astype(np.int64)
    for size in np.unique(sizes):
        chosen = np.flatnonzero(sizes == size)
        first, last = firsts[chosen], ends[chosen] - 1
        longest = int(lengths[chosen].max())
        best = start + scores[first]
        came_from = np.zeros((longest, *best.shape), dtype=np.int8)
        for place in range(1, longest):
            row = np.minimum(first + place, last)
            paths = best[:, :, None] + steps[row]
            came_from[place] = paths.argmax(axis=1)
            is_on = (first + place <= last)[:, None]
            best = np.where(is_on, paths.max(axis=1) + scores[row], best)
        label = (best + stop).argmax(axis=1)
        for place in range(longest - 1, -1, -1):
            is_on = first + place <= last
            labels[first[is_on] + place] = label[is_on]
            label = np.where(is_on, came_from[place, np.arange(len(chosen)), label], label)
    return labels
