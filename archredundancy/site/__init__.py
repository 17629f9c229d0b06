"""The site file: named pairs of clusters, and all that is the same each time they are opened.

`parse_site` is a function of text alone; `load_site` finds the file. What the settings mean for requests is up to
`archredundancy.client`, `pair` and `commit`.
"""

from archredundancy.site.finding import FILE_NAME, VARIABLE, find_site_file, load_site, write_example
from archredundancy.site.reading import parse_site
from archredundancy.site.settings import (
    ClusterSettings,
    HeaderValue,
    MemberUrls,
    PairSettings,
    RelaySettings,
    Site,
    WaitSettings,
    nearest,
)

__all__ = [
    "FILE_NAME",
    "VARIABLE",
    "ClusterSettings",
    "HeaderValue",
    "MemberUrls",
    "PairSettings",
    "RelaySettings",
    "Site",
    "WaitSettings",
    "find_site_file",
    "load_site",
    "nearest",
    "parse_site",
    "write_example",
]
