"""The merge panel in a real browser: JupyterLab on loopback, Debian's chromium, the notebook as users get it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
LACKING = [name for name in ("jupyterlab", "pytest_playwright") if find_spec(name) is None]
LACKING += [] if CHROMIUM else ["chromium"]
REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"
NOTEBOOK = "02-plan-and-merge.ipynb"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    # pytest-base-url, which pytest-playwright brings, is older than pytest 9.
    pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined as:pytest.PytestRemovedIn10Warning"),
    pytest.mark.skipif(bool(LACKING) and not REQUIRED, reason=f"there is no {' and no '.join(LACKING)}"),
]

IS_ROOT = os.geteuid() == 0
# Where it looks up hosts and asks for updates all the same, it finds nobody.
CHROMIUM_FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    *(["--no-sandbox"] if IS_ROOT else []),
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser: the system's own, which asks no outside host."""
    return browser_type_launch_args | {"executable_path": CHROMIUM, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """How large the page is: as on a small laptop, on which the hazards have to be in sight."""
    return browser_context_args | {"viewport": {"width": 1366, "height": 768}}


@pytest.fixture(scope="module")
def lab(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """URL and token of a JupyterLab on loopback that holds a copy of the notebook and leaves the home folder alone."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "root").mkdir()
    shutil.copy(checkout / "notebooks" / NOTEBOOK, folder / "root")
    settings = folder / "config" / "labconfig"
    settings.mkdir(parents=True)
    no_news = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    (settings / "page_config.json").write_text(json.dumps(no_news))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = uuid4().hex
    places = {
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": folder / "data",
        "JUPYTER_RUNTIME_DIR": folder / "runtime",
        "IPYTHONDIR": folder / "ipython",
        # A kernel that is killed leaves its temporary files behind.
        "TMPDIR": folder / "tmp",
    }
    places["TMPDIR"].mkdir()
    log = folder / "lab.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder / 'root'}"),
                *("--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly"),
                *(["--ServerApp.allow_root=True"] if IS_ROOT else []),
            ],
            env={**os.environ, **{name: str(path) for name, path in places.items()}, "JUPYTER_TOKEN": token},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for_answer(f"{url}/api?token={token}", server, log)
        yield url, token
    finally:
        stop(server)


def wait_for_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers."""
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab does not answer; it wrote:\n{log.read_text()[-3000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server with its kernels."""
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@pytest.fixture
def notebook(page: Page, lab: tuple[str, str]) -> Page:
    """The page with the notebook open and its kernel idle."""
    url, token = lab
    page.goto(f"{url}/lab/workspaces/{uuid4().hex}/tree/{NOTEBOOK}?reset&token={token}")
    page.wait_for_selector(".jp-NotebookPanel:visible .jp-Notebook", timeout=60_000)
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    return page


def test_the_panel_commits_in_a_browser(notebook: Page, tmp_path: Path) -> None:
    """The notebook runs whole; a refusal is in sight; Compare, Plan, tick, typed id and Commit lead to the proof."""
    from playwright.sync_api import expect

    page = notebook
    shots = Path(os.environ.get("BROWSER_SCREENSHOTS", tmp_path))
    shots.mkdir(exist_ok=True)

    def button(name: str) -> Any:
        return page.get_by_role("button", name=name, exact=True)

    def shown(text: str) -> Any:
        return page.locator(".widget-html").get_by_text(text).first

    def shoot(name: str) -> None:
        page.screenshot(path=shots / f"{name}.png")

    page.set_default_timeout(120_000)
    assert page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    button("Compare").scroll_into_view_if_needed()
    shoot("1-run")
    picks = page.locator(".widget-select-multiple select")
    picks.select_option("DEMO:PRESSURE")
    button("Plan").click()
    expect(shown("REFUSED")).to_be_in_viewport(timeout=60_000)
    expect(page.get_by_label("I have read the plan")).to_be_disabled()
    shoot("2-refused")
    picks.select_option("DEMO:VALVE")
    expect(shown("REFUSED")).to_be_hidden()
    button("Compare").click()
    expect(shown("Gaps, those that expire first at the top")).to_be_visible(timeout=60_000)
    shoot("3-compared")
    button("Plan").click()
    title = shown("MergePlan")
    expect(title).to_be_in_viewport(timeout=60_000)
    shoot("4-planned")
    expect(button("Commit")).to_be_disabled()
    page.get_by_label("I have read the plan").check()
    expect(button("Commit")).to_be_disabled()
    plan_id = title.inner_text().removeprefix("MergePlan ").partition(":")[0]
    page.get_by_placeholder("the plan's id").press_sequentially(plan_id)
    expect(button("Commit")).to_be_enabled(timeout=15_000)
    shoot("5-approved")
    button("Commit").click()
    expect(shown("call=mergeInData")).to_be_visible(timeout=60_000)
    shoot("6-committing")
    expect(shown("done and proven")).to_be_visible(timeout=120_000)
    expect(button("Commit")).to_be_disabled()
    shown("done and proven").scroll_into_view_if_needed()
    shoot("7-proven")
