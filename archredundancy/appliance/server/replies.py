"""HTTP answers as Tomcat and the appliance give them."""

from __future__ import annotations

import html
from http import HTTPStatus

from starlette.responses import Response

from archredundancy.appliance.java.text import json_text

__all__ = ["Refused", "error_reply", "json_reply", "text_reply"]


class Refused(Exception):
    """A request that ends with an error page.

    Parameters
    ----------
    status : int
        HTTP status.
    message : str
        What the page says beside it; the appliance often says nothing.
    charset : str
        Of the page: another than the usual one where a call has begun its reply before it refuses.
    """

    def __init__(self, status: int, message: str = "", charset: str = "utf-8") -> None:
        super().__init__(message or HTTPStatus(status).phrase)
        self.status = status
        self.message = message
        self.charset = charset


def error_reply(status: int, message: str = "", charset: str = "utf-8") -> Response:
    """Return an error page with its message where Tomcat has it, and `?` for what its character set cannot hold."""
    title = f"HTTP Status {status} \u2013 {HTTPStatus(status).phrase}"
    said = f"<p><b>Message</b> {html.escape(message).replace('&#x27;', '&#39;')}</p>" if message else ""
    page = (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><h1>{title}</h1><hr class="line" />'
        f"<p><b>Type</b> Status Report</p>{said}<p><b>Description</b> {HTTPStatus(status).description}</p>"
        '<hr class="line" /><h3>archredundancy embedded appliance</h3></body></html>'
    )
    return Response(page.encode(charset, "replace"), status, {"Content-Type": f"text/html;charset={charset}"})


def json_reply(value: object) -> Response:
    """Return a value as the appliance's management writes it: ISO-8859-1, with `?` for what that cannot hold."""
    return text_reply(json_text(value) + "\n", "application/json")


def text_reply(text: str, media_type: str | None = "text/plain") -> Response:
    """Return text in ISO-8859-1, with `?` for what that cannot hold; some calls of the management say no type."""
    headers = {"Content-Type": f"{media_type};charset=ISO-8859-1"} if media_type else {}
    return Response(text.encode("latin-1", "replace"), headers=headers)
