"""What users hold: a pair of clusters, a cluster, a folder of files."""

from archredundancy.pair.cluster import Cluster, open_store
from archredundancy.pair.cluster_pair import ClusterPair

__all__ = ["Cluster", "ClusterPair", "open_store"]
