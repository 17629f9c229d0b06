"""What stands beside restored files: where each belongs, and how to put it there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import quote as url_quote

from archredundancy.commit.backup.restored import RestoredFile
from archredundancy.commit.journal.history import PVHistory
from archredundancy.display.texts import plural
from archredundancy.plan import PVPlan

if TYPE_CHECKING:
    from archredundancy.commit.run_folder.run_folder import RunFolder

__all__ = ["SUMS", "readme", "sums"]

#: Name of the file with the sums of all others.
SUMS = "SHA256SUMS"
_ROOT = "the folder of the store on the primary"
_ROLLED_BACK = "This run is a rollback, so these are the files of the rebuild that it undoes."


def sums(files: Iterable[RestoredFile]) -> str:
    """Return the lines that `sha256sum --check` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files if file.sha256)


def readme(run: RunFolder, saved: Sequence[tuple[PVPlan, PVHistory]], files: Sequence[RestoredFile]) -> str:
    """Return what an operator has to know and to type, in Markdown."""
    when = "before the pause; the run itself never came to changing a file"
    if any(history.before for _, history in saved):
        when = "right before their files were changed"
    elif any(history.verified for _, history in saved):
        when = "before the pause, in which the primary lost samples while it moved them between its stores"
    pvs = plural(len(saved), "PV")
    lines = [
        f"# Backup of the run {run.path.name}",
        "",
        f"These are the affected partitions of {pvs} as the primary {run.urls.primary} had them {when}.",
        "Lines of samples are the primary's own, byte for byte. Files of other partitions were not touched by the run.",
        "",
        "Putting a file back takes away what the run added to it, and what has been stored in that partition since.",
        _ROLLED_BACK if run.undoes else "After a rebuild, use `archredundancy rollback` instead.",
        "Do it PV by PV, and copy nothing before this says OK:",
        "",
        f"    sha256sum --check {SUMS}",
    ]
    for plan, history in saved:
        lines += _of_pv(run, plan, history, [file for file in files if file.pv == plan.pv])
    return "\n".join(lines) + "\n"


def _of_pv(run: RunFolder, plan: PVPlan, history: PVHistory, files: Sequence[RestoredFile]) -> list[str]:
    store = history.store
    root, host = store.get("root_folder") or "", store.get("host") or "the primary's host"
    bpl = f"{store.get('management') or run.urls.primary}".rstrip("/")
    named = url_quote(plan.pv, safe="")
    where = root or _ROOT
    lines = [
        "",
        f"## {plan.pv}",
        "",
        f"Store {plan.storage}, host {host}, member {store.get('member') or 'not known'}:",
    ]
    lines += [
        f"folder `{where}`. On that host a folder like `${{ARCHAPPL_…}}` is what the appliance's environment says."
    ]
    lines += ["", "| File below that folder | Samples | SHA-256 |", "| --- | --- | --- |"]
    lines += [
        f"| `{file.path}` | {file.samples:,} | `{file.sha256 or 'was not there: take it away'}` |" for file in files
    ]
    if run.undoes and history.is_changed:
        return [
            *lines,
            "",
            "The rollback has come to its end, so the PV is not stored in that folder any more: put back there, these",
            "files change nothing of what the primary answers. Where samples are missed, this plans to merge them:",
            "",
            f"    archredundancy plan {quote(plan.pv)} --source .",
        ]
    lines += ["", f"    curl '{bpl}/pauseArchivingPV?pv={named}'      # wait until getPVStatus says Paused"]
    target = root if root.startswith("/") else "$STORE"
    if target == "$STORE":
        lines.append(f"    STORE=...                                # {where}")
    for file in files:
        there = f'"{target}"/{quote(file.path)}'
        lines.append(f"    mv {there} {there}.replaced")
        if file.sha256:
            lines.append(f"    cp --preserve=timestamps {quote(file.path)} {there}")
    lines += [f"    curl '{bpl}/resumeArchivingPV?pv={named}'", ""]
    lines.append(f"Compare afterwards: `archredundancy fetch {quote(plan.pv)} …`. Then delete the `.replaced` files.")
    return lines
