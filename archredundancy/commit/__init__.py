"""Changing a primary as planned: change, record, prove, recover.

`commit_plan` starts a process of its own, which goes through the steps of `states.TABLE` PV by PV, writes each of them
into a journal, proves what came of it, and leaves every PV archived again, or says that a person must act.
"""

from archredundancy.commit.certificate import Certificate, find_certificate
from archredundancy.commit.certification import Certification, Check
from archredundancy.commit.certify import certify, clean_up, is_certification
from archredundancy.commit.journal import Entry, read_journal
from archredundancy.commit.launch import check_approval, commit_plan, follow, rollback, start_run
from archredundancy.commit.lock import unfinished_run
from archredundancy.commit.pause import Pause
from archredundancy.commit.pauses import pause_holes
from archredundancy.commit.progress import Progress
from archredundancy.commit.reach import is_relay_reached
from archredundancy.commit.recovery import recover, verify
from archredundancy.commit.report import PVReport, Report
from archredundancy.commit.restore import Restored, RestoredFile, restore
from archredundancy.commit.run import run_commit
from archredundancy.commit.run_folder import RunFolder, default_run_dir, find_run, usual_run_dir
from archredundancy.commit.saved_copy import SavedCopy, open_saved_copy
from archredundancy.commit.settings import PairUrls, RunSettings
from archredundancy.commit.states import State, state_table
from archredundancy.commit.verification import Outcome, Result
from archredundancy.commit.watch import watch

__all__ = [
    "Certificate",
    "Certification",
    "Check",
    "Entry",
    "Outcome",
    "PVReport",
    "PairUrls",
    "Pause",
    "Progress",
    "Report",
    "Restored",
    "RestoredFile",
    "Result",
    "RunFolder",
    "RunSettings",
    "SavedCopy",
    "State",
    "certify",
    "check_approval",
    "clean_up",
    "commit_plan",
    "default_run_dir",
    "find_certificate",
    "find_run",
    "follow",
    "is_certification",
    "is_relay_reached",
    "open_saved_copy",
    "pause_holes",
    "read_journal",
    "recover",
    "restore",
    "rollback",
    "run_commit",
    "start_run",
    "state_table",
    "unfinished_run",
    "usual_run_dir",
    "verify",
    "watch",
]
