"""`archredundancy pairs`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json
from archredundancy.commit import Certificate, find_certificate, usual_run_dir
from archredundancy.pair import ClusterCheck, check_cluster
from archredundancy.site import FILE_NAME, VARIABLE, PairSettings, Site, load_site, write_example

__all__ = ["command"]

_SIDES = ("primary", "secondary")


@click.command("pairs")
@click.option("--check", is_flag=True, help="Ask each cluster whether it answers, and look for a certificate.")
@click.option("--init", is_flag=True, help="Write an example of a site file, with comments; never over another file.")
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    envvar=VARIABLE,
    help=f"The site file, or its folder; by default {FILE_NAME} here, else in your configuration folder.",
)
@as_json
def command(check: bool, init: bool, file: Path | None, as_json: bool) -> int:
    """List the pairs that the site file names, with their URLs."""
    if init:
        path = Path(FILE_NAME) if file is None else file / FILE_NAME if file.is_dir() else file
        write_example(path)
        echo_json({"file": str(path)}) if as_json else click.echo(f"{path}: written; now put your URLs in")
        return NOTHING_TO_DO
    site = load_site(file)
    checks = _check_all(site) if check else {}
    if as_json:
        echo_json({"file": str(site.path), "pairs": [_content(pair, checks) for pair in site.pairs.values()]})
    else:
        click.echo("\n".join([str(site.path), *(_text(pair, checks) for pair in site.pairs.values())]))
    return NOTHING_TO_DO if all(each.ok for each in checks.values()) else ERROR


def _check_all(site: Site) -> dict[tuple[str, str], ClusterCheck]:
    """Ask all clusters at once, since those that are silent cost their time-outs."""
    clusters = {(pair.name, side): getattr(pair, side) for pair in site.pairs.values() for side in _SIDES}
    with ThreadPoolExecutor(len(clusters)) as pool:
        return dict(zip(clusters, pool.map(check_cluster, clusters.values()), strict=True))


def _content(pair: PairSettings, checks: dict[tuple[str, str], ClusterCheck]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "name": pair.name,
        "timezone": pair.timezone,
        "run_dir": None if pair.run_dir is None else str(pair.run_dir),
        "allow_commit": pair.allow_commit,
    }
    if checks:
        certificate = _certificate(pair, checks)
        content["certificate"] = None if certificate is None else asdict(certificate)
    for side in _SIDES:
        cluster = getattr(pair, side)
        content[side] = {"management": cluster.management, "retrieval": cluster.retrieval}
        if check := checks.get((pair.name, side)):
            content[side]["check"] = {
                "ok": check.ok,
                "version": check.version,
                "members": check.members,
                "problems": check.problems,
            }
    return content


def _text(pair: PairSettings, checks: dict[tuple[str, str], ClusterCheck]) -> str:
    lines = [f"{pair.name}  {'may be changed' if pair.allow_commit else 'read only'}, times in {pair.timezone}"]
    if certificate := _certificate(pair, checks):
        lines.append(f"  {certificate}")
    elif len(_versions(pair, checks)) == len(_SIDES):
        lines.append(f"  not certified for these versions: archredundancy certify --pair {pair.name}")
    alone = "" if pair.run_dir else ", which other hosts do not see; name a run_dir"
    lines.append(f"  {'runs':<9}  {pair.run_dir or usual_run_dir()}{alone}")
    for side in _SIDES:
        check = checks.get((pair.name, side))
        answer = "" if check is None else f"  {_answer(check)}"
        lines.append(f"  {side:<9}  {getattr(pair, side).url}{answer}")
        lines += [f"    {problem}" for problem in (check.problems if check else ())]
    return "\n".join(lines)


def _certificate(pair: PairSettings, checks: dict[tuple[str, str], ClusterCheck]) -> Certificate | None:
    """Return the certificate for the versions that were found, if there is one."""
    versions = _versions(pair, checks)
    return find_certificate(versions, pair.run_dir) if len(versions) == len(_SIDES) else None


def _versions(pair: PairSettings, checks: dict[tuple[str, str], ClusterCheck]) -> list[str]:
    """Return what the clusters that tell their version are, as certificates have it."""
    found = [(side, checks.get((pair.name, side))) for side in _SIDES]
    return [f"{side} {check.version}" for side, check in found if check is not None and check.version]


def _answer(check: ClusterCheck) -> str:
    if not check.ok:
        return "does not answer as it should:"
    if not check.members:
        return "answers, with data only"
    return f"answers: {', '.join(check.members)}, {check.version}"
