"""Whether who answers is the primary that a run has changed: by its address, or else by a person's word."""

from __future__ import annotations

from dataclasses import asdict, replace
from urllib.parse import urlsplit

from archredundancy.commit.identity import differences, key_of, marks_of
from archredundancy.commit.steps.context import Context
from archredundancy.errors import CommitError, ReplyError, UnknownPVError
from archredundancy.model import StoreUrl

__all__ = ["check_primary"]


def check_primary(context: Context, *, has_moved: bool = False) -> None:
    """Make sure that who answers is the cluster whose PV the run has locked, before anything is done to it.

    URLs in a run's folder may be old, and in a site file may have been changed.

    Parameters
    ----------
    context : Context
    has_moved : bool
        Whether a person says that the primary has another address now. It is believed if all is the same that does not
        depend on the address, and is written down then.

    Raises
    ------
    CommitError
        If it is another one, or the PV's owner is down.
    LockedError
        If another run has the PV under the new address.
    """
    held = context.locks.primaries_of(context.pv) or _noted(context)
    if not held:  # nothing was begun at any primary
        return
    try:
        found = [] if context.primary_key in held else [f"is {context.primary.key(context.pv)}"]
        others = _differences(context) if found and has_moved else []
    except UnknownPVError:
        found, others = ["does not know the PV"], ["so it is another one"]
    except ReplyError:  # its PVTypeInfo is broken, which is for recovery to mend; but the PV is known
        if not has_moved:
            return
        found, others = ["does not tell its PVTypeInfo"], ["so nobody can compare it"]
    if others or (found and not has_moved):
        was, asked = context.history.store.get("management") or "another one", context.primary.manager.url
        raise CommitError(
            f"the run has changed {context.pv} of the primary {was}, but who answers at {asked} "
            f"{', and '.join([*found, *others])}. Nothing was done. Put the right URLs into "
            f"{context.run.path / 'run.json'} and the site file, and recover the run again. If it is the same primary "
            f"under another address: `archredundancy recover {context.run.path} --primary-moved URL`"
        )
    if has_moved:
        _note_move(context, held)


def _noted(context: Context) -> set[str]:
    """Return what tells the primary from others by the journal, of a PV that is not locked any more."""
    management = context.history.store.get("management")
    return {key_of(str(management))} if management else set()


def _differences(context: Context) -> list[str]:
    """Return in words what tells the PV from that of the run, apart from the address of its cluster."""
    history = context.history
    now = marks_of(context.primary.manager.type_info(context.pv), context.plan.storage)
    if not history.store and not history.was_paused:  # nothing was done to it
        return []
    urls = () if history.roots is None else (history.roots.old, history.roots.refuge, history.roots.goal)
    return differences(history.store, now, [StoreUrl.parse(url).root_folder for url in urls])


def _note_move(context: Context, held: set[str]) -> None:
    """Write down that the primary has moved, and go by its new address from now on, with locks and marks as well."""
    history, pv, now = context.history, context.pv, context.primary.key(context.pv)
    was = history.store.get("management") or "at another address"
    context.note_warning(
        f"a person has said that the primary has another address: it was {was}, and is {now} now, asked at "
        f"{context.primary.manager.url}"
    )
    if history.store:
        moved = {"management": now, "host": urlsplit(now).hostname or ""}
        context.journal.write("store", pv, **{**history.store, **moved})
    if history.roots is not None:
        context.journal.write("roots", pv, **asdict(replace(history.roots, owner=context.primary.owner_url(pv))))
    for key in sorted(held):
        context.run.carry_mark(key, context.primary_key)
    context.locks.take(context.primary_key, pv)
    context.locks.release(pv, but=context.primary_key)
    context.run.remember_urls()
