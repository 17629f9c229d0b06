"""Claims: of two hosts one gets a run, a silent one loses it, and it cannot go on after that."""

import json
import threading
from pathlib import Path

import pytest

from archredundancy.commit.disk import claims
from archredundancy.commit.disk.claims import Life, Silence, look_at, take_claim
from archredundancy.errors import LockedError


def test_a_claim_says_whose_it_is(tmp_path: Path) -> None:
    """Host, owner, process and time are in the file; it counts as of this host, and not as let go of."""
    take_claim(tmp_path, look_at(tmp_path))
    life = look_at(tmp_path)
    assert life.number == 1 and life.is_of_this_host and not life.is_released
    assert {"host", "owner", "boot", "pid", "since", "beat"} == set(life.facts)
    assert life.facts["host"] in life.holder


def test_of_many_that_try_at_once_one_gets_it(tmp_path: Path) -> None:
    """All have seen the same; the others are told who was faster."""
    seen, got, refused = look_at(tmp_path), [], []

    def attempt() -> None:
        try:
            got.append(take_claim(tmp_path, seen))
        except LockedError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1 and len(refused) == 11
    assert "was just taken by" in refused[0]
    assert [path.name for path in (tmp_path / "claims").iterdir()] == ["000001"]


def test_a_beat_is_a_sign_of_life_that_takes_no_room(tmp_path: Path) -> None:
    """What is seen changes with each beat; the length of the file does not."""
    claim = take_claim(tmp_path, look_at(tmp_path))
    seen = [look_at(tmp_path)]
    for _ in range(12):
        claim.beat()
        seen.append(look_at(tmp_path))
    assert len({life.claim for life in seen}) == 13
    assert {len(life.claim) for life in seen} == {512}


def test_a_line_in_the_journal_is_a_sign_of_life(tmp_path: Path) -> None:
    """So is a claim of somebody else."""
    (tmp_path / "journal.jsonl").write_bytes(b"")
    first = look_at(tmp_path)
    (tmp_path / "journal.jsonl").write_bytes(b"x\n")
    second = look_at(tmp_path)
    assert first != second
    take_claim(tmp_path, second)
    assert look_at(tmp_path) != second


def test_silence_is_counted_from_the_last_change_seen_here() -> None:
    """No clock but that of the one who looks has a part in it."""
    silence, life = Silence(), Life(number=1, claim=b"{}", journal=1)
    assert [silence.seconds(life, now) for now in (100.0, 130.0, 159.0)] == [0.0, 30.0, 59.0]
    assert silence.seconds(Life(number=1, claim=b"{ }", journal=1), 160.0) == 0.0


def test_a_run_that_was_taken_over_is_lost_to_its_holder(tmp_path: Path) -> None:
    """Whoever was suspended for long may neither beat nor write again, and does not undo that by letting go."""
    mine = take_claim(tmp_path, look_at(tmp_path))
    mine.check()
    take_claim(tmp_path, look_at(tmp_path))
    for attempt in (mine.check, mine.beat, mine.check):
        with pytest.raises(LockedError, match="was taken over"):
            attempt()
    mine.release()
    with pytest.raises(LockedError, match="was taken over"):
        mine.check()
    assert look_at(tmp_path).number == 2


def test_who_was_not_told_is_told_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever takes a run over may die before the holder is told; who takes it from the dead tells both."""
    mine = take_claim(tmp_path, look_at(tmp_path))
    with monkeypatch.context() as dying:
        dying.setattr(claims, "_revoke", lambda claim: None)
        second = take_claim(tmp_path, look_at(tmp_path))
    mine.check()
    take_claim(tmp_path, look_at(tmp_path))
    for each in (mine, second):
        with pytest.raises(LockedError, match="was taken over"):
            each.check()


def test_a_claim_that_is_gone_is_no_right_to_go_on(tmp_path: Path) -> None:
    """Without its folder nobody can tell whether the run was taken over."""
    mine = take_claim(tmp_path, look_at(tmp_path))
    (tmp_path / "claims" / "000001").unlink()
    with pytest.raises(FileNotFoundError):
        mine.check()


def test_a_claim_let_go_of_is_free(tmp_path: Path) -> None:
    """The next one gets it, and the one before is not told off."""
    first = take_claim(tmp_path, look_at(tmp_path))
    first.release()
    assert look_at(tmp_path).is_released
    take_claim(tmp_path, look_at(tmp_path))
    first.check()


def test_a_host_of_the_same_name_is_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of hosts may be the same; what the system made up when it was started is not."""
    take_claim(tmp_path, look_at(tmp_path))
    life = look_at(tmp_path)
    monkeypatch.setattr(claims, "boot_of_host", lambda: "other-boot")
    assert not life.is_of_this_host


@pytest.mark.parametrize("content", [b"", b"{", json.dumps([]).encode()])
def test_a_claim_that_was_not_written_whole_is_somebodys(content: bytes, tmp_path: Path) -> None:
    """It is neither let go of nor of this host, so the run is watched first."""
    life = Life(number=1, claim=content, journal=5)
    assert not life.is_released and not life.is_of_this_host
    assert life.holder == "somebody on an unknown host"


def test_permissions_are_the_owners(tmp_path: Path) -> None:
    """Nobody else can read or take it."""
    take_claim(tmp_path, look_at(tmp_path))
    assert (tmp_path / "claims").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "claims" / "000001").stat().st_mode & 0o777 == 0o600
