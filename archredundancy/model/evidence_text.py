"""What was learned of one side, but for its samples, as text: an attribute that goes where the samples go.

A Dataset of samples does not say since when the PV is archived, how long samples are kept or what could not be read.
With this text beside them a comparison can be made from a saved file as exactly as from the clusters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from archredundancy.errors import DatasetError
from archredundancy.model.evidence import SideEvidence
from archredundancy.model.reading import Reading
from archredundancy.model.samples import Samples
from archredundancy.model.type_info import TypeInfo
from archredundancy.segments import Segments

__all__ = ["side_from_text", "side_to_text"]

#: Raised when old readers would misunderstand what is written.
_VERSION = 1
#: Held by the Dataset itself, or needed by plans alone.
_LEFT_OUT = {"samples", "before", "layout"}


def side_to_text(side: SideEvidence, now: int) -> str:
    """Return what was learned of a side, but for its samples, and when it was asked (ns since 1970 UTC)."""
    return json.dumps({"version": _VERSION, "now": now, "side": _plain(side)}, ensure_ascii=False)


def side_from_text(text: str, samples: Samples, before: Samples) -> tuple[SideEvidence, int]:
    """Return what `side_to_text` was given, with these samples.

    Parameters
    ----------
    text : str
    samples, before : Samples
        See `Reading`.

    Returns
    -------
    side : SideEvidence
    now : int, ns since 1970 UTC

    Raises
    ------
    DatasetError
        If it is no such text, or one of another version.
    """
    try:
        content = json.loads(text)
        version, now = content["version"], int(content["now"])
        side: SideEvidence = _made(SideEvidence, content["side"], {"samples": samples, "before": before})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(
            f"the attribute 'evidence' cannot be read ({error!r}); load the PV again, or delete the attribute"
        ) from error
    if version != _VERSION:
        raise DatasetError(f"the attribute 'evidence' has version {version!r}; this archredundancy reads {_VERSION}")
    return side, now


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, TypeInfo):
        return value.reply
    if isinstance(value, Segments):
        return [list(pair) for pair in value]
    if isinstance(value, Enum):
        return value.name
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in _LEFT_OUT}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _made(hint: Any, content: Any, given: Mapping[str, Any]) -> Any:
    """Return a value of the annotated type; fields in `given` are taken from there."""
    arguments = get_args(hint)
    if get_origin(hint) in (Union, UnionType):
        return (
            None if content is None else _made(next(each for each in arguments if each is not NoneType), content, given)
        )
    if hint in _MAKERS:
        return _MAKERS[hint](content)
    if get_origin(hint) is tuple:
        kinds = [arguments[0]] * len(content) if arguments[-1] is Ellipsis else arguments
        return tuple(_made(kind, each, given) for kind, each in zip(kinds, content, strict=True))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint[content]
    return _dataclass(hint, content, given) if is_dataclass(hint) else content


def _dataclass(kind: Any, content: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    own = given if kind is Reading else {}
    told = {name: _made(hints[name], each, given) for name, each in content.items() if name in hints}
    return kind(**told, **own)


_MAKERS: Mapping[Any, Callable[[Any], Any]] = {
    TypeInfo: TypeInfo.from_reply,
    Segments: lambda pairs: Segments.of(*map(tuple, pairs)),
}
