"""`StoreFolder`: a folder of PB files, asked like a cluster."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from archredundancy.client.files.ordered_file import OrderedFiles
from archredundancy.client.files.store_files import StoredFile, find_files, read_answer, read_start, walk_first_files
from archredundancy.client.retrieval.answer import Answer
from archredundancy.client.retrieval.reading import Piece, build_reading
from archredundancy.errors import StoreError
from archredundancy.model import FailureKind, ReadFailure, Reading, TimeRange, chunk_key, year_of
from archredundancy.segments import Segments

__all__ = ["StoreFolder"]

logger = logging.getLogger(__name__)


class StoreFolder:
    """Read-only access to the PB files below a folder; nothing is locked or changed.

    Parameters
    ----------
    root : str or Path
        Root folder of one store, or a folder with the roots of several stores in it, such as `sts`, `mts` and `lts`.
    name : str, optional
        What readings call it; the folder itself if not given.
    separators, terminator : str
        How names of PVs become paths at this site; see `archredundancy.model.chunk_key`.

    Raises
    ------
    StoreError
        If there is no such folder.

    Notes
    -----
    Only plain folders of `.pb` files: Parquet files count as what could not be read, packs (`.zip`, `.tar`) are not
    seen.
    """

    def __init__(self, root: str | Path, name: str = "", *, separators: str = r"[\:\-]", terminator: str = ":") -> None:
        self.root = Path(root)
        if not self.root.is_dir():
            raise StoreError(f"there is no folder {str(root)!r}; give the root folder of a store", path=str(root))
        self.name = name or str(root)
        self._naming = (separators, terminator)
        self._pvs: list[str] | None = None
        self._ordered = OrderedFiles()

    def __repr__(self) -> str:
        return f"<StoreFolder {self.root}>"

    def search(self, pattern: str = "*") -> list[str]:
        """Return the names of PVs that match a glob pattern of `*` and `?`, sorted.

        Raises
        ------
        StoreError
            If there are PB files, but all of them deeper than `read` looks for them.

        Notes
        -----
        Cost: the first search walks the folder and reads one line for each PV, since paths cannot be turned back into
        names. Later ones use what it found.
        """
        if self._pvs is None:
            self._pvs = self._find_names()
        parts = (
            ".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern)
        )
        wanted = re.compile("".join(parts), re.DOTALL)
        return [pv for pv in self._pvs if wanted.fullmatch(pv)]

    def _find_names(self) -> list[str]:
        names: set[str] = set()
        astray: list[Path] = []
        for paths in walk_first_files(self.root):
            name = _first_name(paths)
            if name is not None and self._holds(paths[0], name):
                names.add(name)
            elif name is not None:
                astray.append(paths[0])
        if astray and not names:
            raise StoreError(
                f"no store is in {self.root} or in a folder right in it, but there is {astray[0]}; "
                "give the root folder of that store, the folder above it, or the separators by which it was written",
                path=str(self.root),
            )
        if astray:
            logger.warning("%d PVs below %s lie where no store is, such as %s", len(astray), self.root, astray[0])
        return sorted(names)

    def _holds(self, path: Path, pv: str) -> bool:
        """Return whether a file lies where those of a PV are looked for; see `find_files`."""
        key, inside = chunk_key(pv, *self._naming), path.relative_to(self.root)
        return inside.as_posix().startswith(key) or Path(*inside.parts[1:]).as_posix().startswith(key)

    def read(self, pv: str, asked: TimeRange) -> Reading:
        """Return what the files hold of a PV in a range.

        Parameters
        ----------
        pv : str
        asked : TimeRange

        Returns
        -------
        Reading
            `known` reaches from the start of the PV's first partition to its last sample, without what `failures`
            tells. Samples of several stores come in order of partition and may repeat.

        Raises
        ------
        StoreError
            If the folder is gone.

        Notes
        -----
        Cost: one pass over the files whose partitions touch the range, and a look into a few before and after. Of a
        file that reaches beyond the range, and has been found in order and undamaged, only a part is kept; and only
        that part is read when the same folder is asked once more.
        """
        try:
            files = find_files(self.root, pv, *self._naming)
        except OSError as error:
            raise StoreError(f"cannot list {self.root}: {error}; is the disk mounted?", path=str(self.root)) from error
        if not files:
            missing = ReadFailure(
                range=asked, kind=FailureKind.UNKNOWN_PV, message=f"no file of {pv} below {self.root}"
            )
            return build_reading(pv, self.name, asked, [], [missing])
        reader = _PVFiles(pv, files, asked, self._ordered)
        pieces = reader.read()
        return build_reading(pv, self.name, asked, pieces, reader.failures, reader.vouched(pieces))


class _PVFiles:
    """The files of one PV while a range of them is read: what cannot be read is written down."""

    def __init__(self, pv: str, files: Sequence[StoredFile], asked: TimeRange, ordered: OrderedFiles) -> None:
        self._pv = pv
        self._files = files
        self._asked = asked
        self._ordered = ordered
        self.failures: list[ReadFailure] = []

    def read(self) -> list[Piece]:
        """Return what the files that touch the range hold, and those that hold the sample before it."""
        asked = self._asked
        found = [(file, answer) for file in self._files if _touches(file, asked) and (answer := self._answer(file))]
        earlier = [file for file in self._files if file.partition.end <= asked.start]
        for store in sorted({file.store for file in earlier}):
            found.extend(self._newest([file for file in earlier if file.store == store]))
        found.sort(key=lambda pair: (pair[0].partition.start, _first(pair[1])))
        return [
            # Those before the range are not part of the answer's layout.
            Piece(span=file.span, answer=answer if _touches(file, asked) else replace(answer, headers=(), chunks=()))
            for file, answer in found
        ]

    def vouched(self, pieces: Iterable[Piece]) -> Segments:
        """Return where the files tell anything: from the start of the first partition to the last sample."""
        asked = self._asked
        first = next((file.partition.start for file in self._files if self._has_sample(file)), None)
        if first is None:
            return Segments.empty()
        if any(file.partition.start >= asked.end and self._has_sample(file) for file in reversed(self._files)):
            return Segments.of((first, max(first, asked.end)))
        stamps = [piece.answer.newest(piece.span.end - 1) for piece in pieces]
        last = max((stamp for stamp in stamps if stamp is not None), default=first - 1)
        return Segments.of((first, max(first, last + 1)))

    def _newest(self, files: Sequence[StoredFile]) -> list[tuple[StoredFile, Answer]]:
        """Return the newest of the files that has a sample."""
        for file in reversed(files):
            answer = self._answer(file)
            if answer is not None and len(answer.time):
                return [(file, answer)]
        return []

    def _has_sample(self, file: StoredFile) -> bool:
        try:
            return file.is_pb and read_start(file.path) == (self._pv, True)
        except OSError:
            return False

    def _answer(self, file: StoredFile) -> Answer | None:
        """Return what a file of the PV holds, or None; whatever cannot be read of it becomes a failure."""
        answer = None
        try:
            if file.is_pb:
                if read_start(file.path)[0] not in (None, self._pv):
                    return None  # in a folder that is itself one store's root, a PV with a longer name
                answer = self._part(file) or read_answer(file.path)
            problem = _problem(file, answer)
        except OSError as error:
            problem = FailureKind.UNREACHABLE, str(error)
        if answer is None or problem:
            kind, reason = problem or (FailureKind.REPLY, "only .pb files can be read")
            self.failures.append(ReadFailure(range=file.span, kind=kind, message=f"{file.path}: {reason}"))
            return None
        for failure in answer.failures(file.span):
            self.failures.append(replace(failure, message=f"{file.path}: {failure.message}"))
        return answer

    def _part(self, file: StoredFile) -> Answer | None:
        """Return what is wanted of a file that holds more than that; None where it has to be read as a whole.

        Raises
        ------
        OSError
            If the file cannot be read.
        """
        if self._asked.start <= file.partition.start and file.partition.end <= self._asked.end:
            return None
        return self._ordered.read(file.path, file.span, self._asked)


def _problem(file: StoredFile, answer: Answer | None) -> tuple[FailureKind, str] | None:
    """Return what makes a whole file useless."""
    if answer is None:
        return None
    if not answer.headers:
        kind, what = (FailureKind.DAMAGED, "has no header") if answer.wounds else (FailureKind.EMPTY, "is empty")
        return kind, f"the file {what}"
    year = answer.headers[0].year
    if year != year_of(file.partition.start):
        return FailureKind.DAMAGED, f"its header says {year}, unlike its name"
    return None


def _touches(file: StoredFile, asked: TimeRange) -> bool:
    return file.partition.start < asked.end and file.partition.end > asked.start


def _first(answer: Answer) -> int:
    """Return the first stamp in a file, also where only a part of it was read."""
    return next((chunk.first for chunk in answer.chunks if chunk.first is not None), 0)


def _first_name(paths: Iterable[Path]) -> str | None:
    for path in paths:
        try:
            if pv := read_start(path)[0]:
                return pv
        except OSError as error:
            logger.warning("skipping %s: %s", path, error)
    return None
