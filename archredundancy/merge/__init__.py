"""Two sample sets to one: their exact union, with the origin of each sample and every conflict listed."""

from archredundancy.merge.conflicts import Conflicts
from archredundancy.merge.datasets import merge_samples, merged_to_dataset
from archredundancy.merge.disorder import Disorder, Irregularities
from archredundancy.merge.origin import Origin
from archredundancy.merge.union import Merged, Policy, unite

__all__ = [
    "Conflicts",
    "Disorder",
    "Irregularities",
    "Merged",
    "Origin",
    "Policy",
    "merge_samples",
    "merged_to_dataset",
    "unite",
]
