"""What is made of the union of both clusters: values on given times, values at one, statistics of bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archredundancy.coverage import UnionHistory, union_statistics
from archredundancy.model import NS_PER_SECOND, Bins, parse_bin, parse_time, parse_times
from archredundancy.pair.aligning import align_each, range_around
from archredundancy.pair.asked_pair import AskedPair
from archredundancy.pair.value_at_time import held_table
from archredundancy.survey import Names, Where

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["UnionValues"]


class UnionValues(AskedPair):
    """The methods of a `ClusterPair` that give what the union of both clusters holds."""

    def align(
        self,
        pvs: Names,
        times: object,
        *,
        where: Where = "both",
        around: object = "1d",
        parallel: int | None = None,
    ) -> xr.Dataset:
        """Return the values that the union of both clusters holds at given times, masked where none is held.

        A sample holds until the next one, but not over a hole: where neither cluster was archiving, and from there to
        the next sample, nothing is held. The first times are served by the sample before them, however old.

        Parameters
        ----------
        pvs : str, re.Pattern or iterable of str
            As for `load_many`.
        times : array of datetime64, pandas.DatetimeIndex or iterable of times
            In any order; see `archredundancy.model.parse_times`.
        where : {"both", "primary", "secondary", "any"}
            For patterns: which cluster has to know a PV.
        around : str, float or timedelta
            How much before the first and after the last time is read, too. Holes at the ends show in it; of one that
            reaches beyond it on both sides, and that no archiver tells of, nobody knows.
        parallel : int, optional
            How many PVs are asked for at a time; by default as many as the pair may.

        Returns
        -------
        xarray.Dataset
            - one variable for each PV, under its name, dim "time": float32 for float, float64 for all other numbers,
              NaN where masked; `StringDType` for strings, empty where masked. Waveforms: dims ("time", "NAME.element"),
              padded, with `NAME.length`, 0 where masked; V4 likewise, in uint8.
            - `quality` : int8, dims ("pv", "time"): 1 held, 2 not covered, 0 unknown (CF flags).
            - `sample_time` : datetime64[ns], of the sample that is held; NaT where masked.
            - `severity`, `status` : int32, of that sample; -1 where masked.

            A PV that cannot be loaded is unknown everywhere, and its attribute `failure` tells why. The attribute
            `not_read` lists all that could not be read.

        Raises
        ------
        InputError
            If a time or `where` cannot be understood, `parallel` is not positive, or a PV is named like one of the
            variables above.
        ConnectionFailed
            If names are to be found and a cluster cannot be asked for them.

        Notes
        -----
        Cost: all samples from the first to the last time, and around them, are read; `parallel` PVs are in memory at a
        time.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     aligned = pair.align(["DEMO:CURRENT", "DEMO:VALVE"], ["2026-10-02T06:00", "2026-10-03T00:00"])
        >>> aligned.quality.values
        array([[1, 1],
               [1, 1]], dtype=int8)
        """
        at_a_time = self._at_a_time(parallel)
        instants = parse_times(times, now=self.clock(), timezone=self.timezone)
        names = self._names(pvs, where)
        margin, now = parse_bin(around) * NS_PER_SECOND, self.clock()
        return align_each(self._survey, names, instants, around=margin, now=now, parallel=at_a_time)

    def at(
        self,
        pvs: Names,
        when: object,
        *,
        where: Where = "both",
        around: object = "1d",
        parallel: int | None = None,
    ) -> pd.DataFrame:
        """Return what each cluster, and their union, held at one instant.

        Parameters
        ----------
        pvs : str, re.Pattern or iterable of str
            As for `load_many`.
        when : str, datetime, numpy.datetime64 or pandas.Timestamp
        where : {"both", "primary", "secondary", "any"}
            For patterns: which cluster has to know a PV.
        around : str, float or timedelta
            How much before and after is read to see whether archivers were there; as for `align`.
        parallel : int, optional
            How many PVs are asked for at a time; by default as many as the pair may.

        Returns
        -------
        pandas.DataFrame
            Three rows a PV, indexed by `pv` and `cluster`: primary, secondary, merged. Columns `value` (number, text,
            array or bytes; None where none is held), `time` (datetime64[ns] UTC, of the sample that is held),
            `severity`, `status` (-1 where none is held), `quality` (`held`, `not covered`, `unknown`), and `failure`:
            what could not be read, and why.

        Raises
        ------
        InputError
            If a time or `where` cannot be understood, or `parallel` is not positive.
        ConnectionFailed
            If names are to be found and a cluster cannot be asked for them.

        Notes
        -----
        The server's own `getDataAtTime` is not asked: it takes the first of its stores that has any sample, even an old
        one, knows nothing of holes, and passes the other cluster's value on as its own.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     pair.at("DEMO:CURRENT", "2026-10-02T06:00").quality.tolist()
        ['not covered', 'held', 'held']
        """
        at_a_time = self._at_a_time(parallel)
        now = self.clock()
        instant = parse_time(when, now=now, timezone=self.timezone)
        asked = range_around(instant, instant, parse_bin(around) * NS_PER_SECOND, now)
        names = self._names(pvs, where)
        return held_table(self._survey, names, instant, asked, parallel=at_a_time)

    def statistics(
        self,
        pv: str,
        start: object,
        end: object = "now",
        *,
        bin: object,  # noqa: A002 - what everybody calls it
    ) -> xr.Dataset:
        """Return statistics of the union of both clusters, bin by bin, with what each bin is worth beside them.

        A cluster that passes on the other one's samples computes them wrongly; here they are those of the exact union.

        Parameters
        ----------
        pv : str
        start, end : str, datetime, numpy.datetime64 or pandas.Timestamp
            All bins that this half-open range reaches into are made, whole.
        bin : str, float or timedelta
            Length of a bin in whole seconds, such as `"1h"`.

        Returns
        -------
        xarray.Dataset
            Dim "time", the middle of each bin; bins lie at multiples of their length since 1970, as the server's do.

            - `samples`, `count` : int64, how many samples there are, and how many of them are numbers, not NaN.
            - `mean`, `std` (over one less than the count), `min`, `max`, of those; `first`, `last` of all samples;
              float64, NaN where there are none. Empty bins repeat nothing.
            - `covered_seconds` : float64, for how long at least one cluster was archiving.
            - `known_seconds` : float64, for how long it is known whether one was.

        Raises
        ------
        UnknownPVError
            If neither cluster knows the PV.
        InputError
            If a time or `bin` cannot be understood, the samples are not single numbers, or the two sides hold
            different types.

        Notes
        -----
        Samples count alike, however long each was held. Cost: all samples of the range are read.

        Examples
        --------
        >>> import archredundancy as ar
        >>> with ar.demo_pair() as pair:
        ...     hours = pair.statistics("DEMO:CURRENT", "2026-10-01", "2026-10-02", bin="6h")
        >>> hours["count"].values
        array([2160, 2160, 2160, 2160])
        """
        bins = Bins.around(self._range(start, end), bin)
        return union_statistics(UnionHistory.from_evidence(self._survey(pv, bins.range)), bins)
