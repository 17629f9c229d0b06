"""`open_pair`: a pair by its name in the site file."""

from __future__ import annotations

import os
from pathlib import Path

from archredundancy.pair.cluster_pair import ClusterPair
from archredundancy.site import load_site

__all__ = ["open_pair"]


def open_pair(name_or_path: str | Path | None = None, *, site_file: str | Path | None = None) -> ClusterPair:
    """Return a pair that the site file describes, asked as it says.

    Parameters
    ----------
    name_or_path : str or Path, optional
        Name of the pair, as in ``[pairs.sr]``; not needed where there is one pair only. Or the path of a site file with
        one pair: a `Path`, or text that has a `/` or ends in `.toml`.
    site_file : str or Path, optional
        The site file, or its folder; by default the one that `ARCHREDUNDANCY_CONFIG` names, else `archredundancy.toml`
        in the working folder, else in the user's configuration folder.

    Returns
    -------
    ClusterPair
        A context manager.

    Raises
    ------
    SiteError
        If there is no site file, it cannot be used, or it does not name the pair.
    InputError
        If something is at a URL that is no appliance, or a header's environment variable is not set.
    ConnectionFailed
        If neither the primary nor the secondary answers; where one does, there is a warning.

    Examples
    --------
    >>> text = '''
    ... [pairs.demo]
    ... primary.management = "{primary}"
    ... secondary.management = "{secondary}"
    ... '''
    >>> import archredundancy as ar
    >>> from tempfile import TemporaryDirectory
    >>> with ar.demo_pair() as demo, TemporaryDirectory() as folder:
    ...     file = Path(folder, "archredundancy.toml")
    ...     size = file.write_text(text.format(primary=demo.primary.url, secondary=demo.secondary.url))
    ...     with open_pair("demo", site_file=file) as pair:
    ...         len(pair.search("LIVE:*"))
    8
    """
    name: str | None = None
    if name_or_path is not None and _is_path(name_or_path):
        site_file = name_or_path
    elif name_or_path is not None:
        name = str(name_or_path)
    return ClusterPair.from_settings(load_site(site_file).pair(name))


def _is_path(text: str | Path) -> bool:
    return isinstance(text, Path) or text.endswith(".toml") or "/" in text or os.sep in text
