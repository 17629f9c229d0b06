"""What users hold: a pair of clusters, named in the site file or by URLs; a cluster; a folder of files."""

from archredundancy.pair.checking import ClusterCheck, check_cluster
from archredundancy.pair.cluster import Cluster, open_store
from archredundancy.pair.cluster_pair import ClusterPair
from archredundancy.pair.opening import open_pair
from archredundancy.pair.union_values import UnionValues

__all__ = ["Cluster", "ClusterCheck", "ClusterPair", "UnionValues", "check_cluster", "open_pair", "open_store"]
