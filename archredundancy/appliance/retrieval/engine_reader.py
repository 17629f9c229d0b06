"""The engine's memory as the last place that samples are read from (`RetrievalState.getDataSources`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.engine.engine import Engine
from archredundancy.appliance.processors.processor import Processor
from archredundancy.appliance.remote.readers import processed
from archredundancy.appliance.state import ApplianceState
from archredundancy.appliance.storage.streams import SampleStream
from archredundancy.model import NS_PER_SECOND

__all__ = ["EngineReader", "engine_readers"]


@dataclass(frozen=True, kw_only=True)
class EngineReader:
    """Reads what the engine has not written yet, and what it wrote last."""

    engine: Engine
    pv: str
    name: str = "engine"

    def first_time(self) -> None:
        """Return None: the engine is not asked for that."""

    def streams(self, start: int, end: int, processor: Processor | None) -> Iterator[SampleStream] | None:
        """Return the streams of a window; None for a PV that the engine does not archive, as of a paused one."""
        found = self.engine.streams(self.pv, start, end)
        if not found:
            return None
        return iter(found) if processor is None else processed(found, processor)


def engine_readers(state: ApplianceState, info: PvTypeInfo, end: int) -> list[EngineReader]:
    """Return the engine if a window that ends at a time, ns since 1970 UTC, may need what it has in memory (B.2)."""
    age = state.clock() // NS_PER_SECOND - end // NS_PER_SECOND
    if age >= 2 * state.engine.seconds_to_buffer or info.info["samplingMethod"] == "DONT_ARCHIVE":
        return []
    return [EngineReader(engine=state.engine, pv=info.pv)]
