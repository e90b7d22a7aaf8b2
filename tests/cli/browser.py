"""Opens a page in a headless Chromium: its DOM after the scripts, or a picture of it."""

import html
import pathlib
import re
import shutil
import subprocess
import tempfile

NAMES = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 90
BUDGET = 5000  # virtual milliseconds that the page's scripts may take

# A window is never narrower than 500 pixels, a frame can be: pages are opened in one. What its
# document has become is put into the outer one as text, which --dump-dom then writes.
FRAME = """<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<style>body {{ margin: 0 }} iframe {{ display: block; border: 0 }}</style>
<iframe width="{width}" height="{height}" srcdoc="{page}" onload="
  const dom = this.contentDocument.documentElement;
  dom.dataset.scrollWidth = dom.scrollWidth;
  document.getElementById('dom').textContent = dom.outerHTML"></iframe>
<script type="text/plain" id="dom"></script>
"""


def find():
    """The browser's path, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def visit(page, flags, width, height, dark):
    """Runs the browser on a page's text. Returns what it wrote, or None where there is none."""
    browser = find()
    if browser is None:
        return None
    with tempfile.TemporaryDirectory(prefix="sounder-browser-", ignore_cleanup_errors=True) as folder:
        frame = pathlib.Path(folder, "frame.html")
        frame.write_text(FRAME.format(page=html.escape(page), width=width, height=height),
                         encoding="utf-8")
        return subprocess.run(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-background-networking", f"--user-data-dir={folder}/profile",
             f"--virtual-time-budget={BUDGET}", f"--window-size={width},{height}",
             f"--blink-settings=preferredColorScheme={0 if dark else 1}", *flags, frame.as_uri()],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=True).stdout


def dom(path, width=1280, height=900, dark=False):
    """The page's HTML after its scripts, or None without a browser.

    The root element's data-scroll-width says how wide the page is in a window of this width.
    """
    page = pathlib.Path(path).read_text(encoding="utf-8")
    answer = visit(page, ["--dump-dom"], width, height, dark)
    if answer is None:
        return None
    found = re.search(r'<script type="text/plain" id="dom">(.*)</script>', answer.decode(), re.S)
    return found.group(1)


def screenshot(path, picture, width=1280, height=900, dark=False):
    """Writes a PNG of the page's first `height` pixels. Returns its path, or None without a browser."""
    page = pathlib.Path(path).read_text(encoding="utf-8")
    picture = pathlib.Path(picture).resolve()
    answer = visit(page, [f"--screenshot={picture}"], width, height, dark)
    return None if answer is None else picture
