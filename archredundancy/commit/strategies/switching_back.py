"""Going back to the folder that has what a PV had, after a rebuild or rollback that did not come to its end.

If moving the files has left some of them behind, no folder has all. Then a new one is filled from the backup, which has
the PV's whole history; the folders that have parts of it stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from shlex import quote

import numpy as np

from archredundancy.commit.backup.copies import read_copies
from archredundancy.commit.journal.roots import Roots, beside
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.examine import without_attributes
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.relocation import (
    digests_by_name,
    holds_what_it_had,
    import_samples,
    point_at,
    read_whole,
    require_empty,
    stored_url,
)
from archredundancy.commit.strategies.served import serve
from archredundancy.display.texts import plural
from archredundancy.errors import ArchRedundancyError, ReplyError, VerificationError
from archredundancy.model import Partition, Samples, StoreUrl, chunk_key
from archredundancy.plan import Digest
from archredundancy.plan.forecast.hashing import attribute_hashes

__all__ = ["switch_back"]


def switch_back(context: Context) -> bool:
    """Point the PV at the folder that has what it had, prove it, and return whether that came about."""
    roots, wait = context.history.roots, context.run.settings.resume
    if context.state is not State.SWITCHING_BACK:
        context.move(State.SWITCHING_BACK)
    is_back = roots is not None and (
        context.wait_for(lambda: _find_refuge(context, roots), wait) or _rescue(context, roots)
    )
    if not is_back:
        context.note_failure(_failure(context, roots))
        context.move(State.NOT_SWITCHED_BACK)
        return False
    context.note_outcomes(_as_before(context))
    context.move(State.SWITCHED_BACK, stored_in=stored_url(context))
    return True


def _find_refuge(context: Context, roots: Roots) -> bool:
    _mend_type_info(context, roots)
    return any(_is_whole_at(context, url) for url in _refuges(context, roots))


def _refuges(context: Context, roots: Roots) -> tuple[str, ...]:
    """Return where all that the PV had may be, by how far its run has come."""
    history = context.history
    if not history.intended("changeStore"):
        return (roots.refuge,) if not roots.moves_files else (roots.old,)
    return (roots.refuge,) if history.reached(State.MOVED) else (roots.refuge, roots.old)


def _is_whole_at(context: Context, url: str) -> bool:
    with suppress(VerificationError):
        point_at(context, url)
        return holds_what_it_had(context)
    return False


def _mend_type_info(context: Context, roots: Roots) -> None:
    """Put the saved PVTypeInfo in place of one that cannot be read any more, as of a paused PV."""
    try:
        context.primary.manager.type_info(context.pv)
    except ReplyError:
        saved: Mapping[str, object] = json.loads((context.run.path / roots.type_info).read_bytes())
        context.store_committer.put_type_info(context.pv, {**saved, "paused": "true"}).require()


def _as_before(context: Context) -> list[Outcome]:
    """Return what became of a PV that was switched back: nothing, so that what it should gain is missing."""
    is_rebuild = not context.run.undoes
    before = context.history.before
    gains = {each.partition.name: each.gain for each in context.plan.partitions if each.gain and is_rebuild}
    outcomes = []
    for name in sorted({*before, *gains}):
        count = before.get(name, Digest()).n
        outcomes.append(
            Outcome(partition=name, result=Result.SAME, before=count, after=count, missing=gains.get(name, 0))
        )
    return outcomes


def _rescue(context: Context, roots: Roots) -> bool:
    """Fill a new folder with all that the PV had, from the backup, and return whether it is proven to be there."""
    history = context.history
    if context.run.undoes or not history.intended("changeStore") or history.reached(State.MOVED):
        return False
    tried = sum("rescue" in entry.facts for entry in history.entries)
    url = beside(roots.old, f"_rescued_{context.run.plan.id}{f'_{tried}' if tried else ''}")
    try:
        if any(_is_whole_at(context, each) for each in (roots.refuge, roots.old)):
            return True
        samples = _backed_up(context)
        context.journal.write(
            "note",
            context.pv,
            message=f"its files are whole in neither {roots.old} nor {roots.refuge}, which stay as they are; all that "
            f"it had is written from the backup into a new folder, {url}",
            rescue=url,
            warning=True,
        )
        with serve(context, Samples.empty(context.plan.dbr_type)) as relay:
            context.committer.probe_external_server(relay.url).require()
            point_at(context, url)
            require_empty(context)
            import_samples(context, samples, relay)
        return _holds(context, samples)
    except (ArchRedundancyError, OSError) as error:
        context.note_failure(error)
        return False


def _backed_up(context: Context) -> Samples:
    """Return the PV's whole history from the backup.

    Raises
    ------
    VerificationError
        If that is not what it had right before it was changed.
    StoreError
        If it cannot be read.
    """
    copies = context.history.copies("primary")
    names = {name: Partition.from_name(name, context.granularity) for name in sorted(copies)}
    samples = read_copies(context.run.path, copies, names, context.plan.dbr_type)
    if digests_by_name(context, samples) != context.history.before:
        raise VerificationError(f"the backup of {context.pv} is not all that it had", pv=context.pv)
    return samples


def _holds(context: Context, had: Samples) -> bool:
    """Return whether all samples that a PV had are where it is now, and tell where only what they carry besides is not.

    The PV is archived again then, rather than kept paused for that: the files that have all stay where they are.
    """
    has = read_whole(context).samples
    if digests_by_name(context, has) != context.history.before:
        return False
    first = int(has.time.min()) if len(has) else 0
    mine, theirs = (attribute_hashes(without_attributes(each, first)) for each in (had, has))
    if odd := int((~np.isin(mine, theirs)).sum()):
        context.note_warning(
            f"{plural(odd, 'sample')} of what was written anew came without the repeat count, field change or user tag "
            "that the old files have; values, alarms and fields are as they were"
        )
    return True


def _failure(context: Context, roots: Roots | None) -> VerificationError:
    """Return what says where the PV's files are, and what a person has to do."""
    pv = context.pv
    if roots is None:
        return VerificationError(f"nobody knows where the files of {pv} are; look into its PVTypeInfo", pv=pv)
    steps = "\n".join(_moves(context, roots))
    return VerificationError(
        f"what {pv} had was not found whole in {' or '.join(dict.fromkeys((roots.old, roots.refuge)))}. Let the "
        "primary answer, or bring its files together in the latter, on the primary's host, and recover the run"
        f"{f': {chr(10)}{steps}' if steps else ''}",
        pv=pv,
    )


def _moves(context: Context, roots: Roots) -> list[str]:
    """Return the commands that move what was left behind to where the other files are, as far as that can be seen."""
    if not roots.moves_files:
        return []
    before = context.history.before
    left, moved = (_digests_at(context, url) for url in (roots.old, roots.refuge))
    key = str(context.history.store.get("chunk_key") or "") or chunk_key(context.pv)
    source, target = (StoreUrl.parse(url).root_folder.rstrip("/") for url in (roots.old, roots.refuge))
    names = [name for name in before if moved.get(name) != before[name] and left.get(name) == before[name]]
    files = [quote(f"{key}{name}.pb") for name in names]
    return [f"mv -n {_shell(source)}/{file} {_shell(target)}/{file}" for file in files]


def _digests_at(context: Context, url: str) -> dict[str, Digest]:
    with suppress(ArchRedundancyError):
        point_at(context, url)
        return digests_by_name(context, read_whole(context).samples)
    return {}


def _shell(folder: str) -> str:
    """Return a folder as a shell takes it; what the appliance's environment says of it stays a variable."""
    return folder if folder.startswith("${") else quote(folder)
