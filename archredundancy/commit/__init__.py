"""Changing a primary as planned: change, record, prove, recover.

`commit_plan` starts a process of its own, which goes through the steps of `states.TABLE` PV by PV, writes each of them
into a journal, proves what came of it, and leaves every PV archived again, or says that a person must act.
"""

from archredundancy.commit.backup.restore import restore
from archredundancy.commit.backup.restored import Restored, RestoredFile
from archredundancy.commit.backup.saved_copy import SavedCopy, open_saved_copy
from archredundancy.commit.certification.certification import Certification
from archredundancy.commit.certification.certify import certify
from archredundancy.commit.certification.checks import Check
from archredundancy.commit.certification.scratch_folder import clean_up, clean_up_all, is_certification
from archredundancy.commit.journal.journal import Entry, read_journal
from archredundancy.commit.journal.pause import Pause
from archredundancy.commit.journal.states import State, state_table
from archredundancy.commit.launch.approval import check_approval
from archredundancy.commit.launch.follow import follow
from archredundancy.commit.launch.launch import commit_plan, start_run
from archredundancy.commit.launch.undo import MovedPV, RollbackPlan, plan_rollback, rollback
from archredundancy.commit.planning.planning import Grounds, plan_merges
from archredundancy.commit.planning.request import PlanRequest
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.reach import is_relay_reached
from archredundancy.commit.recovery.recovery import recover, verify
from archredundancy.commit.recovery.watch import watch
from archredundancy.commit.report.at_work import who_is_at_work
from archredundancy.commit.report.progress import Progress
from archredundancy.commit.report.report import PVReport, Report
from archredundancy.commit.run.pauses import pause_holes
from archredundancy.commit.run.run import run_commit
from archredundancy.commit.run.undone import rollbacks_of
from archredundancy.commit.run_folder.certificate import Certificate, find_certificate
from archredundancy.commit.run_folder.lock import unfinished_run
from archredundancy.commit.run_folder.run_folder import RunFolder, default_run_dir, find_run, usual_run_dir
from archredundancy.commit.settings import PairUrls, RunSettings

__all__ = [
    "Certificate",
    "Certification",
    "Check",
    "Entry",
    "Grounds",
    "MovedPV",
    "Outcome",
    "PVReport",
    "PairUrls",
    "Pause",
    "PlanRequest",
    "Progress",
    "Report",
    "Restored",
    "RestoredFile",
    "Result",
    "RollbackPlan",
    "RunFolder",
    "RunSettings",
    "SavedCopy",
    "State",
    "certify",
    "check_approval",
    "clean_up",
    "clean_up_all",
    "commit_plan",
    "default_run_dir",
    "find_certificate",
    "find_run",
    "follow",
    "is_certification",
    "is_relay_reached",
    "open_saved_copy",
    "pause_holes",
    "plan_merges",
    "plan_rollback",
    "read_journal",
    "recover",
    "restore",
    "rollback",
    "rollbacks_of",
    "run_commit",
    "start_run",
    "state_table",
    "unfinished_run",
    "usual_run_dir",
    "verify",
    "watch",
    "who_is_at_work",
]
