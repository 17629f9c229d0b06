"""Recordings under other names, so that they can be replayed where real PVs live."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from archredundancy.errors import WireError
from archredundancy.testing.recorded.golden import Recording
from archredundancy.wire import ChunkHeader

__all__ = ["ScratchNames"]

#: What all names of recorded PVs begin with, and what follows it: a separator, perhaps percent-encoded, even
#: repeatedly, or escaped as in JSON; or a star.
_RECORDED = re.compile(r"(?:\b|(?<=%[0-9A-F]{2}))(G\d\d|LIVE|MEMB)(:|\\?/|%(?:25)*3A|%(?:25)*2F|(?=\.?\*))")


@dataclass(frozen=True, kw_only=True)
class ScratchNames:
    """New names for what a recording is about.

    Attributes
    ----------
    prefix : str
        Goes before the name of each PV, with a colon between them; it may hold colons itself.
    identities : mapping of str to str
        What the recorded appliances called themselves, and what those call themselves that are asked now.

    Examples
    --------
    >>> names = ScratchNames(prefix="A:B", identities={"primary0": "archiver1"})
    >>> names.text("primary0 has G08:basic in G08/basic: and was asked for pv=G08%3Abasic")
    'archiver1 has A:B:G08:basic in A/B/G08/basic: and was asked for pv=A%3AB%3AG08%3Abasic'
    """

    prefix: str
    identities: Mapping[str, str]

    def text(self, text: str) -> str:
        """Return a text with the new names."""
        for recorded, present in self.identities.items():
            text = re.sub(rf"\b{recorded}\b", present, text)
        return _RECORDED.sub(lambda match: (self.prefix + ":").replace(":", match[2] or ":") + match[0], text)

    def lines(self, data: bytes) -> bytes:
        """Return a PB file or raw answer with the new names in its headers; lines that are none stay as they are."""
        lines = data.split(b"\n")
        places = [0, *(number + 1 for number, line in enumerate(lines[:-1]) if not line)]
        for place in places:
            lines[place] = self._header(lines[place])
        return b"\n".join(lines)

    def recording(self, recording: Recording) -> Recording:
        """Return a recording with the new names in PVs, files, requests and answers; its manifest keeps the old ones.

        Cost: each body is read once.
        """
        scenario = dict(recording.scenario)
        samples = scenario.pop("samples")
        renamed = json.loads(self.text(json.dumps(scenario, ensure_ascii=False))) | {"samples": samples}
        bodies = {name: self._body(name, data) for name, data in recording.data.items() if name != "scenario.json"}
        return replace(recording, data=bodies | {"scenario.json": json.dumps(renamed).encode()})

    def _body(self, name: str, data: bytes) -> bytes:
        if name.endswith((".raw", ".pb")):
            return self.lines(data)
        return self.text(data.decode("latin-1")).encode("latin-1")

    def _header(self, line: bytes) -> bytes:
        try:
            header = ChunkHeader.parse(line)
        except WireError:
            return line
        return replace(header, pv=self.text(header.pv)).encode().removesuffix(b"\n")
