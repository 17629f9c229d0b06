"""Requests of the management's BPL: their parameters and the PVs they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, parse_qsl

from starlette.requests import Request

from archredundancy.appliance.configuration.names import expand, matching
from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.server.replies import Refused
from archredundancy.appliance.state import ApplianceState

__all__ = ["BplRequest", "first_of_each"]


def first_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the first value of each name, as a servlet's `getParameter` does.

    Examples
    --------
    >>> first_of_each([("pv", "A"), ("pv", "B")])
    {'pv': 'A'}
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


@dataclass(frozen=True, kw_only=True)
class BplRequest:
    """One call of the management.

    Attributes
    ----------
    method : str
        GET or POST; what else is let through counts as GET.
    parameters : mapping of str to str
        Of the URL.
    body : bytes
    content_type : str
    """

    method: str
    parameters: Mapping[str, str]
    body: bytes = b""
    content_type: str = ""

    @classmethod
    async def read(cls, request: Request) -> Self:
        """Return what a request of the web server asks for."""
        return cls(
            method="POST" if request.method == "POST" else "GET",
            parameters=first_of_each(request.query_params.multi_items()),
            body=await request.body(),
            content_type=request.headers.get("content-type", ""),
        )

    def needed(self, name: str, status: int) -> str:
        """Return a parameter that must be there and not be empty.

        Raises
        ------
        Refused
            With `status` if it is not.
        """
        value = self.parameters.get(name)
        if not value:
            raise Refused(status)
        return value

    def with_form(self) -> dict[str, str]:
        """Return the parameters of the URL and, for a POST of a form, those of its body (`getParameter`)."""
        text = self.body.decode(errors="replace") if "form" in self.content_type else ""
        return first_of_each([*self.parameters.items(), *parse_qsl(text, keep_blank_values=True)])

    def known_pv(self, state: ApplianceState, status: int) -> PvTypeInfo:
        """Return the type info of the PV that the parameter `pv` names.

        Raises
        ------
        Refused
            With `status` if none is named or it is not known.
        """
        info = state.configuration.type_info(self.needed("pv", status))
        if info is None:
            raise Refused(status)
        return info

    def pvs(self, state: ApplianceState) -> list[str]:
        """Return the PVs that are named, globs expanded; unknown names stay (`PVsMatchingParameter`).

        A POST names them as a JSON list, as `pv=a,b`, or one a line; a GET as `pv=a,b`, or else by `regex` and `limit`.
        A GET with none of these means all.

        Raises
        ------
        Refused
            With 500 if what is said cannot be read.
        """
        names = state.configuration.names
        if self.method == "POST":
            return expand(names, self.posted())
        return expand(names, self.parameters["pv"].split(",")) if "pv" in self.parameters else self.matching(names, -1)

    def matching(self, names: list[str], limit: int = 500) -> list[str]:
        """Return those of some names that the parameters `pv` (globs), `regex` and `limit` choose.

        Parameters
        ----------
        names : list of str
        limit : int
            If none is given; -1 for all.

        Raises
        ------
        Refused
            With 500 if the expression or the limit cannot be read.
        """
        pv, expression, said = (self.parameters.get(key) for key in ("pv", "regex", "limit"))
        try:
            return matching(names, pv, expression, said or str(limit))
        except (ValueError, re.error) as damage:
            raise Refused(500, str(damage)) from None

    def posted(self) -> list[str]:
        """Return the names in the body of a POST.

        Raises
        ------
        Refused
            With 500 if the body is not what its type says.
        """
        text = self.body.decode(errors="replace")
        if "json" in self.content_type:
            try:
                return [str(name) for name in json.loads(text)]
            except (ValueError, TypeError, RecursionError) as damage:
                raise Refused(500, str(damage)) from None
        if "form" in self.content_type:
            return parse_qs(text).get("pv", [""])[0].split(",")
        return [line.strip() for line in text.splitlines() if line.strip()]
