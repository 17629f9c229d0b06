"""Which post-processor a request, or a store, means (`PostProcessors`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archredundancy.appliance.processors.arguments import Arguments
from archredundancy.appliance.processors.bins import DEFAULT_SECONDS, Bins
from archredundancy.appliance.processors.counting import NCount, Nth
from archredundancy.appliance.processors.dead_band import DEFAULT_WIDTH, DeadBand
from archredundancy.appliance.processors.first_sample import FirstSample
from archredundancy.appliance.processors.one_of_bin import FIRST_FILL, LAST_FILL, LAST_SAMPLE, OneOfBin, Which
from archredundancy.appliance.processors.optimized import DEFAULT_POINTS, Optimized
from archredundancy.appliance.processors.optimized_last import OptimizedLast
from archredundancy.appliance.processors.outliers import DEFAULT_DEVIATIONS, Flyers
from archredundancy.appliance.processors.plot_binning import PlotBinning
from archredundancy.appliance.processors.processor import Processor, Window
from archredundancy.appliance.processors.statistic import STATISTICS
from archredundancy.appliance.processors.summary import Summary
from archredundancy.appliance.server.replies import Refused

__all__ = ["cache_extension", "find_processor", "find_reducer"]


@dataclass(frozen=True, kw_only=True)
class _Order:
    """What a post-processor is made from."""

    arguments: Arguments
    window: Window
    pv: str
    fills: bool

    @property
    def bins(self) -> Bins:
        """Bins of the length that the argument names."""
        return Bins.of(self.arguments.integer(DEFAULT_SECONDS), self.window)


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A name, and how to make what it stands for.

    Attributes
    ----------
    identity : str
    make : callable
    has_sample : bool
        Whether the name with `Sample` behind it stands for the same without filling empty bins (`FillNoFillSupport`).
    """

    identity: str
    make: Callable[[_Order], Processor]
    has_sample: bool = False


def _statistic(identity: str) -> _Known:
    def make(order: _Order) -> Processor:
        return Summary(identity, STATISTICS[identity], order.bins, order.window, fills=order.fills)

    return _Known(identity=identity, make=make, has_sample=True)


def _one_of_bin(which: Which) -> _Known:
    return _Known(identity=which.identity, make=lambda order: OneOfBin(which, order.bins))


def _flyers(identity: str, *, are_kept: bool) -> _Known:
    def make(order: _Order) -> Processor:
        seconds = order.arguments.integer(DEFAULT_SECONDS)
        return Flyers(seconds, order.arguments.single(2, DEFAULT_DEVIATIONS), are_kept=are_kept)

    return _Known(identity=identity, make=make)


def _optimized(order: _Order) -> Processor:
    return Optimized(order.arguments.integer(DEFAULT_POINTS), order.window, fills=order.fills)


def _optimized_last(order: _Order) -> Processor:
    return OptimizedLast(order.arguments.integer(DEFAULT_POINTS), order.window)


# In the order of registration: the first name that an argument starts with is meant.
_KNOWN = (
    _Known(identity="firstSample", make=lambda order: FirstSample(order.bins)),
    *map(_statistic, ("mean", "jitter", "std")),
    _flyers("ignoreflyers", are_kept=False),
    _flyers("flyers", are_kept=True),
    *map(_statistic, ("linear", "loess", "median", "variance", "popvariance", "kurtosis", "skewness")),
    *map(_one_of_bin, (FIRST_FILL, LAST_FILL, LAST_SAMPLE)),
    *map(_statistic, ("max", "min", "count")),
    _Known(identity="ncount", make=lambda order: NCount(order.window, order.pv)),
    _Known(identity="nth", make=lambda order: Nth(order.arguments.integer(DEFAULT_SECONDS), order.window)),
    _Known(identity="caplotbinning", make=lambda order: PlotBinning(order.bins)),
    _Known(identity="deadBand", make=lambda order: DeadBand(order.arguments.decimal(1, DEFAULT_WIDTH))),
    _Known(identity="optimized", make=_optimized, has_sample=True),
    _Known(identity="optimLastSample", make=_optimized_last, has_sample=True),
    *map(_statistic, ("errorbar", "stats")),
)


def find_processor(argument: str, start: int, end: int, pv: str = "") -> Processor | None:
    """Return the post-processor that an argument such as `firstSample_3600` names; None if it names none.

    Parameters
    ----------
    argument : str
        Unknown names, `statistics` among them, are taken for no post-processor at all, and raw samples are sent.
    start, end : int, ns since 1970 UTC
        Of the whole request.
    pv : str
        What the PV is called where there is nothing of it.

    Raises
    ------
    Refused
        With 404 if the number behind the name is none.
    AnswerLost
        If it is zero: a length of time cannot be cut into that.
    """
    known = _find(argument)
    return None if known is None else _make(known, argument, (start, end), pv)


def find_reducer(argument: str) -> Processor | None:
    """Return the post-processor with which ETL processes whole files; None if an argument names none.

    Raises
    ------
    Refused
        If the number behind the name is none.
    """
    known = _find(argument)
    return None if known is None else _make(known, argument, None, "")


def cache_extension(argument: str) -> str:
    """Return the extension of the files that `mergeInData` takes for the cache of a store's `pp=` argument.

    It leaves the number out (`PlainStoragePlugin.getPPExtensions`), so caches of other intervals are not merged into.

    Raises
    ------
    Refused
        With 500 if it names no post-processor.
    """
    known = _find(argument)
    if known is None:
        raise Refused(500, f"no post-processor is called {argument}")
    return f".{known.identity}"


def _make(known: _Known, argument: str, window: Window, pv: str) -> Processor:
    fills = not (known.has_sample and argument.startswith(f"{known.identity}Sample"))
    return known.make(_Order(arguments=Arguments(argument), window=window, pv=pv, fills=fills))


def _find(argument: str) -> _Known | None:
    return next((known for known in _KNOWN if argument.startswith(known.identity)), None)
