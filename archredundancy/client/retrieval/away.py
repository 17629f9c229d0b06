"""`AwayReader`: stands for a cluster that did not answer when it was looked for."""

from __future__ import annotations

from archredundancy.client.retrieval.failures import failure_kind
from archredundancy.errors import ArchRedundancyError
from archredundancy.model import DbrType, ReadFailure, Reading, Samples, TimeRange
from archredundancy.segments import Segments

__all__ = ["AwayReader"]


class AwayReader:
    """Reads nothing, and says why.

    It asks nobody: where a cluster has its data was not told, and a guess that a server answers with 404 would look
    like a PV that is not known.

    Parameters
    ----------
    name : str
        What readings call the cluster.
    error : ArchRedundancyError
        Why it did not answer.
    """

    def __init__(self, name: str, error: ArchRedundancyError) -> None:
        self.name = name
        self.error = error

    def __repr__(self) -> str:
        return f"<AwayReader {self.name}: {self.error}>"

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return a reading of which nothing is known."""
        nothing = Samples.empty(DbrType.SCALAR_DOUBLE)
        message = f"it did not answer when the pair was opened ({self.error}); open the pair again"
        return Reading(
            pv=pv,
            cluster=self.name,
            asked=asked,
            samples=nothing,
            before=nothing,
            known=Segments.empty(),
            failures=(ReadFailure(range=asked, kind=failure_kind(self.error), message=message),),
        )

    def search(self, pattern: str) -> list[str]:
        """Raise why nobody can be asked for names.

        Raises
        ------
        ArchRedundancyError
            The one that it was made with.
        """
        raise self.error
