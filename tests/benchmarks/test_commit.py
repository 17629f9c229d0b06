"""For how long a commit keeps a PV paused, against the bare calls that an operator would make by hand."""

import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from archredundancy.client import Committer, HttpTransport
from archredundancy.commit import read_journal, run_commit
from archredundancy.model import DbrType, Granularity, Partition, Samples, chunk_key, parse_time, year_of
from archredundancy.relay import serve_relay
from archredundancy.testing.embedded.bench import PV, QUICK, open_bench
from archredundancy.wire import ChunkHeader, encode_chunk

MONTHS = [
    Partition.from_name(f"{year}_{month:02d}", Granularity.MONTH) for year in (2022, 2023) for month in range(1, 13)
]
EACH = 40_000
GAP = MONTHS[20]


@pytest.mark.timeout(300)
def test_a_pv_is_paused_little_longer_than_by_hand(goal, tmp_path):
    """Its whole history is read twice, proven and backed up meanwhile: a million samples, of which one file gains."""
    with opened(tmp_path / "bare") as bench:
        bare = pause_by_hand(bench)
    with opened(tmp_path / "whole") as bench:
        run = bench.make_run(bench.plan("relay"), replace(QUICK, flush=0.0, consolidate=600, merge=600))
        report = run_commit(run.path)
        assert report.ok, report
        whole = pause_in(run.journal)
    remark = f"1 M samples, 24 files, one rewritten: {whole:.2f} s, by hand {bare:.2f} s"
    goal("commit: pause to that of the bare calls", whole / bare, at_most=2.0, remark=remark)


@contextmanager
def opened(folder):
    """Give a bench with a long history, whose primary lacks a tenth of a month, while the context lasts."""
    with open_bench(folder, {"LTS": ["2024-02-03"]}, {"LTS": ["2024-02-03"]}) as bench:
        for month in MONTHS:
            samples = samples_of(month)
            lacking = samples.take(np.flatnonzero(np.arange(EACH) // (EACH // 10) != 5)) if month == GAP else samples
            for appliance, held in ((bench.pair.primary, lacking), (bench.pair.secondary, samples)):
                appliance.put_file("LTS", f"{chunk_key(PV)}{month.name}.pb", file_of(month, held))
        yield bench


def samples_of(month):
    times = np.linspace(month.start + 10**9, month.end - 2 * 10**9, EACH).astype(np.int64)
    return Samples.build(DbrType.SCALAR_DOUBLE, times, np.arange(EACH) * 0.5)


def file_of(month, samples):
    return encode_chunk(ChunkHeader(dbr_type=samples.dbr_type, pv=PV, year=year_of(month.start)), samples)


class Unrecorded:
    """A record of nothing."""

    def intent(self, call, **facts):
        """Forget it."""

    def outcome(self, call, **facts):
        """Forget it."""


def pause_by_hand(bench):
    """Return for how many seconds the PV is paused by pause, consolidation, merge and resumption alone."""
    gained = samples_of(GAP).slice(EACH // 2, EACH // 2 + EACH // 10)
    with HttpTransport() as transport, serve_relay({PV: gained}, on_request=lambda _request: None) as relay:
        committer = Committer(f"{bench.urls.primary}/mgmt/bpl", transport, Unrecorded())
        begun = time.perf_counter()
        committer.pause(PV).require()
        while bench.status() != "Paused":
            time.sleep(0.01)
        committer.consolidate(PV, "LTS").require()
        committer.merge_in_data(PV, relay.url, "LTS", timeout=600).require()
        committer.resume(PV).require()
        return time.perf_counter() - begun


def pause_in(journal):
    """Return the seconds from the call that paused the PV to the answer of the one that resumed it."""
    calls = [(entry.kind, entry.facts.get("call"), parse_time(entry.time, now=0)) for entry in read_journal(journal)]
    (start,) = (time for kind, call, time in calls if (kind, call) == ("intent", "pauseArchivingPV"))
    (end,) = (time for kind, call, time in calls if (kind, call) == ("outcome", "resumeArchivingPV"))
    return (end - start) / 1e9
