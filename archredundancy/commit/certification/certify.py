"""`certify`: the whole path of a merge walked on scratch PVs, before it is walked on anything that matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archredundancy.client.commands.scratch_calls import PREFIX
from archredundancy.commit.certification.certification import Certification
from archredundancy.commit.certification.checks import Check, Checks
from archredundancy.commit.certification.scratch_folder import open_scratch
from archredundancy.commit.certification.trial import Trial
from archredundancy.commit.run_folder.run_folder import default_run_dir
from archredundancy.commit.settings import PairUrls, RunSettings

__all__ = ["certify"]


def certify(
    urls: PairUrls,
    run_dir: Path | None = None,
    *,
    settings: RunSettings | None = None,
    like: str | None = None,
    prefix: str = PREFIX,
    on_check: Callable[[Check], None] | None = None,
) -> Certification:
    """Make scratch PVs at both clusters, fill them, merge them by each strategy, prove the outcome, delete them.

    They are deleted whatever happens; if this process dies, `clean_up` does it. Nothing else is touched.

    Parameters
    ----------
    urls : PairUrls
    run_dir : Path, optional
        Where the certificate, the journal and the runs are kept; by default a folder of this user on this host.
    settings : RunSettings, optional
    like : str, optional
        A PV whose stores the scratch PVs are to have; by default the first one that both clusters archive.
    prefix : str
        What their names begin with; `:SCRATCH:` and a number of their own follow.
    on_check : callable, optional
        Told of each check once it is made.

    Raises
    ------
    InputError
        If names cannot begin with the prefix.
    StoreError
        If the run folder cannot be written.
    ArchRedundancyError
        If a cluster cannot be asked to begin with.

    Notes
    -----
    Cost: some seconds for each strategy, and the waits of the settings, twelve times; a few kilobytes at each cluster.
    """
    kept, waits = run_dir or default_run_dir(), settings or RunSettings()
    with open_scratch(urls, kept, waits, prefix=prefix) as scratch:
        found = Trial(urls, waits, scratch, Checks(scratch.journal, on_check or _ignore)).run(like)
    if found.certificate is not None:
        found.certificate.save(kept)
    return found


def _ignore(_check: Check) -> None:
    """Tell nobody."""
