"""A small read-only server that has exactly the planned samples and nothing else, as the `other` of a merge.

With it a merge knows limits that `mergeInData` by itself does not, and can be ended: once the relay is closed, the
appliance gets no further answer and gives up, with its files untouched.
"""

from archredundancy.relay.relay import Relay, RelayRequest, serve_relay

__all__ = ["Relay", "RelayRequest", "serve_relay"]
