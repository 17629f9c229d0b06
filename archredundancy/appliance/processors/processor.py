"""What a post-processor does (`PostProcessor`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.storage.streams import SampleStream

__all__ = ["AnswerLost", "Describe", "NoNumber", "Processor", "Window"]

#: Adds to a header what the PV's type info says.
Describe = Callable[[Header], Header]

#: First and last instant of a request, both inside, ns since 1970 UTC; None when ETL processes whole files.
Window = tuple[int, int] | None


class NoNumber(Exception):
    """A sample that has no number, such as a text; the appliance leaves its whole stream out of the answer."""


class AnswerLost(Exception):
    """Where the appliance catches an exception round the whole answer: what was not sent before is never sent."""


class Processor(Protocol):
    """Makes other samples of those of each stream.

    Attributes
    ----------
    extension : str
        Of the files in which ETL may have kept what it makes.
    """

    extension: str

    def take(self, stream: SampleStream) -> SampleStream:
        """Read a stream and return what is sent in its place.

        Raises
        ------
        DamagedLine, DamagedFile
            If a sample cannot be read; the stream is then left out.
        NoNumber
            If a sample has no number; likewise.
        AnswerLost
            If a length is zero.
        """

    def result(self, describe: Describe) -> list[SampleStream] | None:
        """Return what is sent in the place of all streams; None if each has its own.

        Raises
        ------
        AnswerLost
            If there is nothing to make it of.
        """

    def rest(self) -> SampleStream | None:
        """Return what is sent after all streams, if anything."""
