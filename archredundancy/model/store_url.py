"""URLs that say where a PV's samples are stored, such as `pb://localhost?name=LTS&rootFolder=…`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from archredundancy.errors import InputError
from archredundancy.model.partition import Granularity

__all__ = ["StoreUrl"]


@dataclass(frozen=True, kw_only=True)
class StoreUrl:
    """One entry of a PV's `dataStores`, read.

    Attributes
    ----------
    text : str
        The URL as the appliance gave it.
    scheme : str
        `pb`, `parquet`, `blackhole`, `pbraw`, `merge`, ...
    name : str
        Name of the store, such as `STS`.
    root_folder : str
        Folder below which the files lie; empty where the scheme has none.
    granularity : Granularity or None
        Length of a partition; None where the scheme has none.
    hold, gather : int
        How many partitions stay, and how many move at once (`ETLStage`); 0 means that each leaves as soon as it is
        over.
    options : tuple of (str, str)
        All parameters in order, repeated ones included.

    Examples
    --------
    >>> StoreUrl.parse("pb://localhost?name=MTS&rootFolder=/mts&partitionGranularity=PARTITION_DAY&hold=184&gather=1").hold
    184
    """

    text: str
    scheme: str
    name: str
    root_folder: str
    granularity: Granularity | None
    hold: int
    gather: int
    options: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> StoreUrl:
        """Read a store URL.

        Raises
        ------
        InputError
            If it is no URL, or a number or granularity in it is not one.
        """
        parts = urlsplit(text)
        if not parts.scheme or parts.scheme not in text.split("://", maxsplit=1)[0]:
            raise InputError(
                f"{text!r} is not a store URL; expected something like pb://localhost?name=LTS&rootFolder=…"
            )
        options = tuple(parse_qsl(parts.query, keep_blank_values=True))
        named = dict(options)
        granularity = named.get("partitionGranularity")
        return cls(
            text=text,
            scheme=parts.scheme,
            name=named.get("name", parts.scheme if parts.scheme == "blackhole" else ""),
            root_folder=named.get("rootFolder", ""),
            granularity=None if granularity is None else Granularity.parse(granularity),
            hold=_whole_number(text, named, "hold"),
            gather=_whole_number(text, named, "gather"),
            options=options,
        )

    @property
    def guaranteed_partitions(self) -> int:
        """Partitions, its own included, for which a sample is sure to stay before it moves on (`ETLStage`)."""
        return self.hold - self.gather + 1

    def values_of(self, option: str) -> tuple[str, ...]:
        """Return what the URL says of an option, such as `pp`, each time it occurs."""
        return tuple(value for name, value in self.options if name == option)


def _whole_number(text: str, named: dict[str, str], key: str) -> int:
    value = named.get(key, "0")
    if not value.isdecimal():
        raise InputError(f"{key}={value!r} in store URL {text!r} is not a whole number")
    return int(value)
