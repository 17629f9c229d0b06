"""The process of a run: ``python -m archredundancy.commit RUN_FOLDER``."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

from archredundancy.commit.run.batches import request_stop
from archredundancy.commit.run.run import run_commit

logger = logging.getLogger(__name__)


def main(arguments: list[str]) -> int:
    """Commit the plan in a run folder; return 0 if all went as planned."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    run = Path(arguments[0])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop_soon(run))
    return 0 if run_commit(run).ok else 1


def _stop_soon(run: Path) -> None:
    """End after the PV that is being merged; raising, a handler would end it in the middle of anything."""
    try:
        request_stop(run)
    except OSError as error:
        logger.error("the run %s cannot be asked to stop: %s", run, error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
