"""An embedded appliance asked over HTTP, by hand: whatever is sent, and whatever comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from archredundancy.appliance import Appliance

__all__ = ["ask"]


def ask(
    appliance: Appliance,
    path: str,
    /,
    method: str = "GET",
    body: bytes | Iterable[bytes] | str | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    timeout: float = 30.0,
    **parameters: object,
) -> tuple[int, bytes]:
    r"""Return status and body of an answer, read whole.

    Parameters
    ----------
    appliance : Appliance
    path : str
        Sent as it is; it may have a query.
    method : str
    body : bytes, str or iterable of bytes, optional
    headers : mapping of str to str, optional
    timeout : float, seconds
    **parameters : object
        Of the query; encoded, and put behind the path.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root, Appliance("primary0", root) as appliance:
    ...     ask(appliance, "/retrieval/ping")
    (200, b'Pong\n')
    """
    query = f"{'&' if '?' in path else '?'}{urlencode(parameters)}" if parameters else ""
    connection = HTTPConnection(urlsplit(appliance.url).netloc, timeout=timeout)
    try:
        connection.request(method, path + query, body, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
