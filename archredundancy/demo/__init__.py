"""Something to try it on: an embedded pair with recorded and planted histories, and the story `./demo` tells."""

from archredundancy.demo.pair import DEMO_NOW, demo_pair

__all__ = ["DEMO_NOW", "demo_pair"]
