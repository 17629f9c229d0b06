"""Asking one side for what its server makes of samples."""

from __future__ import annotations

from archredundancy.client import AwayReader, OperatedAnswer, Operation, RetrievalClient
from archredundancy.errors import InputError
from archredundancy.survey.survey import Source, owner_of, reader_of

__all__ = ["operate"]


def operate(source: Source, pv: str, operation: Operation) -> OperatedAnswer:
    """Return what the member that owns a PV makes of its samples.

    Raises
    ------
    InputError
        If the side is a folder of files, or the owner is not in the cluster now.
    ArchRedundancyError
        If it cannot be asked, or does not know the PV.
    """
    owner = owner_of(source, pv)
    reader = reader_of(source, owner)
    if reader is None:
        raise InputError(f"{pv} belongs to the member {owner!r}, which is not in the cluster now; ask again when it is")
    if isinstance(reader, AwayReader):
        raise reader.error
    if not isinstance(reader, RetrievalClient):
        raise InputError(f"{source.name} is a folder of files, which has no operators; load it without operator")
    return reader.operate(pv, operation)
