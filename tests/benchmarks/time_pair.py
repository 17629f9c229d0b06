"""Time a pair: P alone, S alone, both with the union, and what S itself merges, in turn, in one run; only reads.

    python tests/benchmarks/time_pair.py --primary URL --secondary URL PV START END
    python tests/benchmarks/time_pair.py --embedded 5000000

The second form starts an embedded pair, each appliance in a process of its own, with so many samples a side at 1 Hz, of
which the two share 99 %.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from archredundancy.client import HttpTransport
from archredundancy.client.windows import query_times, whole_seconds
from archredundancy.coverage import compare_evidence
from archredundancy.model import DbrType, Samples, TimeRange, format_time, parse_time
from archredundancy.pair import ClusterPair
from archredundancy.plan.forecast.hashing import sample_hashes
from archredundancy.testing.embedded.apart import appliance_apart, merge_into_answers, type_info, write_years
from archredundancy.wire import ChunkReader, SampleBlock

PV = "B:PAIR"
START = parse_time("2024-01-01", now=0)
ALONE, BOTH, MERGED = ("primary alone", "secondary alone"), "both, with the union", "the secondary's merged view"


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Median seconds of one way to read, by the clock and of this process, and how many samples it gave."""

    way: str
    wall: float
    cpu: float
    count: int


@dataclass(frozen=True, kw_only=True)
class Result:
    """What was timed, and how many samples the merged view lacks of the union, and has beyond it.

    Both are None where the merged view was not read.
    """

    timings: tuple[Timing, ...]
    lacking: int | None = None
    surplus: int | None = None

    def wall(self, way: str) -> float:
        """Return the seconds of a way."""
        return next(timing.wall for timing in self.timings if timing.way == way)

    @property
    def ratio_to_slower(self) -> float:
        """Both with the union, in times of the slower side alone."""
        return self.wall(BOTH) / max(map(self.wall, ALONE))

    @property
    def ratio_of_merged(self) -> float | None:
        """The merged view, in times of both with the union."""
        return None if self.lacking is None else self.wall(MERGED) / self.wall(BOTH)


def time_pair(
    primary: str, secondary: str, pv: str, start: object, end: object, *, rounds: int = 3, merged: bool = True
) -> Result:
    """Read a range in each way, in turn, `rounds` times; the merged view once."""
    with ClusterPair(primary, secondary) as pair, HttpTransport() as transport:
        asked = TimeRange.parse(start, end, now=pair.clock())
        reads: dict[str, Callable[[], int]] = {
            ALONE[0]: lambda: pair.primary.load(pv, start, end).sizes["time"],
            ALONE[1]: lambda: pair.secondary.load(pv, start, end).sizes["time"],
            BOTH: lambda: pair.load(pv, start, end)["merged"].sizes["time"],
        }
        timings = time_in_turn(reads, rounds)
        if not merged:
            return Result(timings=timings)
        view: list[Samples] = []
        url = pair.secondary.retrieval.url
        last = time_in_turn({MERGED: lambda: len(keep(view, read_merged_view(transport, url, pv, asked)))}, 1)
        union = sample_hashes(compare_evidence(pair.survey(pv, start, end)).union.samples)
        given = sample_hashes(view[0])
    return Result(
        timings=(*timings, *last),
        lacking=int((~np.isin(union, given)).sum()),
        surplus=int((~np.isin(given, union)).sum()),
    )


def time_in_turn(reads: dict[str, Callable[[], int]], rounds: int) -> tuple[Timing, ...]:
    """Return the medians; where there are several rounds there is one more before them, which is not counted."""
    walls, cpus, counts = ({way: [] for way in reads} for _ in range(3))
    for _ in range(rounds + (rounds > 1)):
        for way, read in reads.items():
            wall, cpu = time.perf_counter(), time.process_time()
            counts[way].append(read())
            walls[way].append(time.perf_counter() - wall)
            cpus[way].append(time.process_time() - cpu)
    return tuple(
        Timing(
            way=way,
            wall=statistics.median(walls[way][-rounds:]),
            cpu=statistics.median(cpus[way][-rounds:]),
            count=counts[way][-1],
        )
        for way in reads
    )


def read_merged_view(transport: HttpTransport, url: str, pv: str, asked: TimeRange) -> Samples:
    """Return what a server answers when it may ask others, cut to the range, in one request."""
    reader = ChunkReader(strict=True)
    events = []
    with transport.stream(f"{url}/data/getData.raw", [("pv", pv), *query_times(whole_seconds(asked))]) as reply:
        if reply.status != 200:
            raise click.ClickException(f"{url} answers with {reply.status}")
        for block in reply.blocks:
            events += reader.feed(block)
    events += reader.close()
    blocks = [event.samples for event in events if isinstance(event, SampleBlock)]
    samples = Samples.concatenate(blocks or [Samples.empty(DbrType.SCALAR_DOUBLE)])
    return samples.take(np.flatnonzero((samples.time >= asked.start) & (samples.time < asked.end)))


def keep(view: list[Samples], samples: Samples) -> Samples:
    """Put samples into a list of one, and return them."""
    view[:] = [samples]
    return samples


@contextmanager
def embedded_pair(count: int) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the URLs of an embedded pair, a PV of `count` samples a side, and its start and end."""
    generator = np.random.default_rng(7)
    times = START + np.arange(count) * 10**9 + generator.integers(0, 10**8, count)
    history = Samples.build(DbrType.SCALAR_DOUBLE, times, np.cumsum(generator.standard_normal(count)))
    with TemporaryDirectory() as folder, ExitStack() as running:
        urls = []
        for number, identity in enumerate(("primary0", "secondary0")):
            root = Path(folder) / identity
            has = np.ones(count, bool)
            for gap in range(number, 20, 2):  # ten gaps a side, of half a percent together
                has[gap * count // 20 : gap * count // 20 + count // 2000] = False
            write_years(root, PV, history.take(np.flatnonzero(has)))
            urls.append(running.enter_context(appliance_apart(identity, root, [type_info(PV)])))
        merge_into_answers(urls[1], urls[0])
        yield urls[0], urls[1], PV, format_time(START), format_time(START + count * 10**9)


def report(result: Result) -> str:
    """Return the result as a table and a few sentences."""
    slower = max(map(result.wall, ALONE))
    lines = [f"{'':30}{'samples':>12}{'wall s':>9}{'CPU s':>9}{'to the slower side':>20}"]
    lines += [
        f"{each.way:30}{each.count:12}{each.wall:9.2f}{each.cpu:9.2f}{each.wall / slower:20.2f}"
        for each in result.timings
    ]
    lines.append(f"Both with the union take {result.ratio_to_slower:.2f} times the slower side alone.")
    if result.ratio_of_merged is not None:
        lines.append(f"The merged view takes {result.ratio_of_merged:.1f} times both with the union.")
        if result.lacking or result.surplus:
            lines.append(
                f"It differs: it lacks {result.lacking} samples of the union, and has {result.surplus} others."
            )
        else:
            lines.append("It has the same samples.")
    return "\n".join(lines)


@click.command(help=__doc__.partition("\n")[0], context_settings={"ignore_unknown_options": True})
@click.option("--primary", metavar="URL", help="Management URL of the primary.")
@click.option("--secondary", metavar="URL", help="Management URL of the secondary.")
@click.option("--embedded", type=click.IntRange(1000), metavar="N", help="Start a pair with N samples a side instead.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="How often each way but the last.")
@click.option("--no-merged", is_flag=True, help="Leave out the merged view, which may take minutes.")
@click.argument("asked", nargs=-1, metavar="[PV START END]")
def main(
    primary: str | None,
    secondary: str | None,
    embedded: int | None,
    rounds: int,
    no_merged: bool,
    asked: tuple[str, ...],
) -> None:
    """Time a pair and print the result."""
    with ExitStack() as running:
        if embedded is not None:
            pair = running.enter_context(embedded_pair(embedded))
        elif primary and secondary and len(asked) == 3:
            pair = (primary, secondary, *asked)
        else:
            raise click.UsageError("give --primary, --secondary, PV, START and END, or --embedded N")
        click.echo(report(time_pair(*pair, rounds=rounds, merged=not no_merged)))


if __name__ == "__main__":
    sys.exit(main())
