"""Plans in files."""

from __future__ import annotations

from pathlib import Path

from archredundancy.errors import InputError
from archredundancy.plan import MergePlan

__all__ = ["read_plan"]


def read_plan(path: Path) -> MergePlan:
    """Return the plan that `archredundancy plan -o` has written to a file.

    Raises
    ------
    InputError
        If it is no plan, one of another version, or was changed since; it names the file.
    OSError
        If it cannot be read.
    """
    try:
        return MergePlan.from_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this is no saved plan; give what `archredundancy plan … -o FILE` wrote") from error
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
