"""`OperatedAnswer`: what a server sent when it was told to make something of the samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from archredundancy.client.retrieval.answer import Answer
from archredundancy.client.retrieval.operation import Operation
from archredundancy.model import DbrType, Samples

__all__ = ["OperatedAnswer"]


@dataclass(frozen=True, kw_only=True, eq=False)
class OperatedAnswer:
    """The answer to one request with an operator.

    Attributes
    ----------
    operation : Operation
    url : str
        Who answered.
    samples : Samples
        Those whose times lie in what the operation asked for; the server also sends the bin, or sample, before it.
    headers : mapping of str to str
        EGU, PREC and so on.
    not_read : tuple of str
        Where the answer is damaged or cut short. Of a damaged *file* behind it nothing tells.
    """

    operation: Operation
    url: str
    samples: Samples
    headers: Mapping[str, str]
    not_read: tuple[str, ...]

    @classmethod
    def build(cls, operation: Operation, url: str, answer: Answer) -> OperatedAnswer:
        """Return an answer, cut to what was asked for; of several types the last one's samples."""
        blocks = [block for block in answer.blocks if len(block)]
        types = [header.dbr_type for header in answer.headers]
        kept = blocks[-1].dbr_type if blocks else types[-1] if types else DbrType.SCALAR_DOUBLE
        samples = Samples.concatenate([Samples.empty(kept), *(block for block in blocks if block.dbr_type is kept)])
        others = sorted({block.dbr_type.name for block in blocks} - {kept.name})
        inside = (samples.time >= operation.asked.start) & (samples.time < operation.asked.end)
        return cls(
            operation=operation,
            url=url,
            samples=samples.take(np.flatnonzero(inside)),
            headers=answer.metadata,
            not_read=(
                *(wound.reason for wound in answer.wounds),
                *(f"samples of type {name} are left out beside those of type {kept.name}" for name in others),
            ),
        )
