"""What users hold: a pair of clusters, named in the site file or by URLs; a cluster; a folder of files."""

from archredundancy.pair.checking import ClusterCheck, check_cluster
from archredundancy.pair.cluster import Cluster, open_store
from archredundancy.pair.cluster_pair import ClusterPair
from archredundancy.pair.opening import open_pair

__all__ = ["Cluster", "ClusterCheck", "ClusterPair", "check_cluster", "open_pair", "open_store"]
