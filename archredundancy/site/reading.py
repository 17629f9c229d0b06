"""`parse_site`: from the text of a site file to its settings. Nothing is asked, and nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from archredundancy.errors import SiteError
from archredundancy.model import Granularity, Retention
from archredundancy.site.document import Table, open_document
from archredundancy.site.settings import (
    ClusterSettings,
    HeaderValue,
    MemberUrls,
    PairSettings,
    RelaySettings,
    Site,
    WaitSettings,
    nearest,
)

__all__ = ["parse_site"]

_LAST_PORT = 65535
_MOST_CONNECTIONS = 256
_MOST_PARTITIONS = 100_000
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: What the client itself has to say, since answers are read as they come.
_OWN_HEADERS = ("accept-encoding", "content-length", "transfer-encoding", "connection")
_RETENTION = re.compile(r"(\d{1,6}) (\w+?)s?")
_GRANULARITIES = {each.value.removeprefix("PARTITION_").lower(): each for each in Granularity}


def parse_site(text: str, source: Path) -> Site:
    """Return what a site file says.

    Parameters
    ----------
    text : str
        Its content, TOML.
    source : Path
        Where it lies: what relative paths in it start from, and what messages name.

    Returns
    -------
    Site

    Raises
    ------
    SiteError
        If it is no TOML; if a key is unknown or missing, or its value cannot be used. The message names line, key, what
        is allowed and, for a mistyped key, the nearest one.

    Examples
    --------
    >>> text = '''
    ... [pairs.sr]
    ... primary.management = "http://archiver:17665"
    ... secondary.retrieval = "https://proxy.example.org/spare/retrieval"
    ... '''
    >>> parse_site(text, Path("archredundancy.toml")).pair("sr").primary.url
    'http://archiver:17665'
    """
    root = open_document(text, source)
    pairs = root.table("pairs")
    root.refuse_others()
    found = {name: _pair(name, pairs.table(name)) for name in pairs}
    if not found:
        raise SiteError("it names no pair; begin with a section such as [pairs.sr]", path=str(source))
    return Site(path=source, pairs=found)


def _pair(name: str, table: Table) -> PairSettings:
    settings = PairSettings(
        name=name,
        source=table.source,
        primary=_cluster(table.table("primary"), is_secondary=False),
        secondary=_cluster(table.table("secondary"), is_secondary=True),
        relay=_relay(table.table("relay")),
        waits=_waits(table.table("waits")),
        timezone=_timezone(table),
        run_dir=_path(table, "run_dir"),
        allow_commit=table.flag("allow_commit", default=False),
        parallelism=table.whole("parallelism", 8, least=1, most=_MOST_CONNECTIONS),
    )
    table.refuse_others()
    if settings.primary.url.rstrip("/") == settings.secondary.url.rstrip("/"):
        raise table.error(f"it has the URL of the primary, {settings.primary.url}; give that of the spare", "secondary")
    return settings


def _cluster(table: Table, *, is_secondary: bool) -> ClusterSettings:
    members = table.table("members")
    settings = ClusterSettings(
        management=_url(table, "management"),
        retrieval=_url(table, "retrieval"),
        seen_by_primary=_url(table, "seen_by_primary") if is_secondary else None,
        members={identity: _member(members.table(identity), is_secondary=is_secondary) for identity in members},
        headers=_headers(table.table("headers")),
        ca_file=_path(table, "ca_file"),
        timeout=table.seconds("timeout", 60.0),
        connect_timeout=table.seconds("connect_timeout", 10.0),
        retention=_retention(table) if is_secondary else None,
    )
    table.refuse_others()
    if not settings.has_url:
        raise table.error('there is no URL; give management = "http://host:17665", or at least retrieval = "…"')
    return settings


def _member(table: Table, *, is_secondary: bool) -> MemberUrls:
    urls = MemberUrls(
        management=_url(table, "management"),
        retrieval=_url(table, "retrieval"),
        seen_by_primary=_url(table, "seen_by_primary") if is_secondary else None,
    )
    table.refuse_others()
    if urls == MemberUrls():
        raise table.error("there is no URL; give management, retrieval, or both")
    return urls


def _relay(table: Table) -> RelaySettings:
    settings = RelaySettings(
        interface=table.text("interface") or RelaySettings.interface,
        port=table.whole("port", 0, least=0, most=_LAST_PORT),
        url=_url(table, "url"),
    )
    table.refuse_others()
    if settings.url and not settings.port:
        raise table.error("what lies behind a URL of its own must not change; give a port", "url")
    return settings


def _waits(table: Table) -> WaitSettings:
    usual = WaitSettings()
    settings = WaitSettings(
        **{each.name: table.seconds(each.name, getattr(usual, each.name)) for each in fields(WaitSettings)}
    )
    table.refuse_others()
    return settings


def _url(table: Table, key: str) -> str | None:
    url = table.text(key)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not url.isprintable() or " " in url or parts.query or parts.fragment:
        raise table.error("this is not a URL such as http://host:17665 or https://proxy.example.org/archiver", key)
    if "@" in parts.netloc:
        raise table.error("a user name or password in a URL gets into logs; send it as a header from a variable", key)
    return url.rstrip("/")


def _path(table: Table, key: str) -> Path | None:
    text = table.text(key)
    if text is None:
        return None
    if not text or text.startswith("~"):
        raise table.error("write the path out, from the folder of this file or from the root", key)
    return table.source.parent / text


def _headers(table: Table) -> dict[str, HeaderValue]:
    return {name: _header(table, name) for name in table}


def _header(table: Table, name: str) -> HeaderValue:
    if not _HEADER_NAME.fullmatch(name):
        raise table.error("this is not the name of a header, such as X-Site", name)
    if name.lower() in _OWN_HEADERS:
        raise table.error("this header is not for the site file to set", name)
    value = table.text_or_table(name)
    if isinstance(value, Table):
        variable = value.text("env")
        value.refuse_others()
        if not variable:
            raise table.error('name the environment variable that holds it: { env = "ARCHIVER_TOKEN" }', name)
        return HeaderValue(variable=variable)
    if not (value.isascii() and value.isprintable()):
        raise table.error("a header holds printable ASCII characters only, without a line break", name)
    return HeaderValue(literal=value)


def _timezone(table: Table) -> str:
    name = table.text("timezone") or "UTC"
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        hint = nearest(name, available_timezones())
        raise table.error(
            f'{name!r} is not a time zone{hint}; allowed: IANA names such as "Europe/Berlin"', "timezone"
        ) from None
    return name


def _retention(table: Table) -> Retention | None:
    text = table.text("retention")
    if text is None:
        return None
    match = _RETENTION.fullmatch(text)
    granularity = _GRANULARITIES.get(match[2].lower()) if match else None
    if match is None or granularity is None or not 0 < int(match[1]) <= _MOST_PARTITIONS:
        allowed = ", ".join(_GRANULARITIES)
        raise table.error(f'{text!r} is not a number of partitions, such as "6 months"; units: {allowed}', "retention")
    return Retention(granularity=granularity, partitions=int(match[1]))
