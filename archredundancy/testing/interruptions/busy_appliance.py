"""A process that keeps an embedded pair busy until it is killed: it archives, moves, consolidates and merges.

Run it as `python -m archredundancy.testing.interruptions.busy_appliance ROOT NOW`; it writes a line with the time of
its clock, ns since 1970 UTC, whenever all samples that are older than `BUFFER` are in files.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from archredundancy.appliance import Appliance, AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.model import NS_PER_SECOND

__all__ = ["BUFFER", "PERIOD", "PV", "work"]

PV = "X:Y"
#: Of the samples, seconds.
PERIOD = 5
#: How long the engines hold samples in memory, seconds.
BUFFER = 10
#: How much time passes between two lines, seconds.
_STEP = 120
_STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_5MIN&consolidateOnShutdown=true",
    "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_15MIN&hold=2&gather=1",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
]


def work(root: Path, now: int) -> None:
    """Keep a pair busy for ever.

    Parameters
    ----------
    root : Path
        Where its files are, perhaps those of a pair that was killed.
    now : int, ns since 1970 UTC
        What its clock begins with.
    """
    clock = SettableClock(now)
    ioc = SimulatedIoc([SimulatedPv(name=PV, series=Periodic(value=float, period=PERIOD))], clock=clock)
    with AppliancePair(root, clock=clock, lag=0.0, source=ioc, seconds_to_buffer=BUFFER) as pair:
        for appliance in (pair.primary, pair.secondary):
            appliance.add_pv({"pvName": PV, "dataStores": _STORES, "paused": "false"})
        for step in count():
            clock.advance(_STEP)
            sys.stdout.write(f"{clock()}\n")
            sys.stdout.flush()
            if step % 3 == 2:
                _merge(pair, step)


def _merge(pair: AppliancePair, step: int) -> None:
    """Merge the other side's samples, and change the configuration."""
    _ask(pair.primary, "pauseArchivingPV")
    _ask(pair.primary, "consolidateDataForPV", storage="LTS")
    _ask(pair.primary, "mergeInData", storage="LTS", other=pair.secondary.retrieval_url)
    _ask(pair.primary, "addAlias", aliasname=f"X:ALIAS{step % 5}")
    _ask(pair.primary, "resumeArchivingPV")


def _ask(appliance: Appliance, call: str, **parameters: str) -> None:
    connection = HTTPConnection(urlsplit(appliance.url).netloc)
    connection.request("GET", f"/mgmt/bpl/{call}?{urlencode({'pv': PV} | parameters)}")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{call} answered {answer.status}")


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]) // NS_PER_SECOND * NS_PER_SECOND)
