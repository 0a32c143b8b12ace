"""One tab of a browser: it goes to pages, looks hard at them, and notes what went wrong.

By default each page is looked at once: in English light, in Arabic dark. ``E2E_FULL=1`` looks in
both colour schemes and takes pictures, into ``var/screenshots``.
"""

import gzip
import os
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Request, Response

from config.preflight import VAR

FULL = os.environ.get("E2E_FULL") == "1"
Scheme = Literal["light", "dark"]
BOTH: list[Scheme] = ["light", "dark"]
SCHEMES = {"en": BOTH if FULL else BOTH[:1], "ar": BOTH if FULL else BOTH[1:], "en-xa": BOTH[:1]}
# A language with or without scripts: each once, or each with each.
WAYS = [("en", False), ("ar", True), *([("en", True), ("ar", False)] if FULL else [])]
IDS = [f"{code} {'with' if scripts else 'without'} scripts" for code, scripts in WAYS]
PICTURES = VAR / "screenshots"
SIZES = {360: 740, 1280: 900}
STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg")

# Colours change over a quarter of a second, and would be looked at half way.
FINISH_TRANSITIONS = """() => document.getAnimations()
  .filter((motion) => motion instanceof CSSTransition).forEach((motion) => motion.finish())"""
# What still moves although the reader asked for rest.
RESTLESS = """() => document.getAnimations()
  .filter((motion) => motion.playState === "running").map((motion) => motion.effect.target.outerHTML)"""
# Where the page is wider than the screen, and by which elements.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 || e.getBoundingClientRect().left < -1)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
# Amounts that the text around them tore apart: their boxes do not touch, or lie on two lines.
TORN = """() => [...document.querySelectorAll(".amount")].filter((e) => {
  const boxes = [...e.getClientRects()].sort((a, b) => a.left - b.left);
  return boxes.some((box, n) => n && (box.left - boxes[n - 1].right > 1 || box.top !== boxes[0].top));
}).map((e) => e.outerHTML)"""
# How far the site's name lies from the edge where lines begin.
START_EDGE = """() => {
  const box = document.querySelector(".site-name").getBoundingClientRect();
  const width = document.documentElement.clientWidth;
  return document.dir === "rtl" ? width - box.right : box.left;
}"""


class Tab:
    def __init__(self, page: Page, url: str, code: str, *, scripts: bool = True) -> None:
        self.page, self.url, self.code, self.scripts = page, url, code, scripts
        self.complaints: list[str] = []
        self.expected_status = 200
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.on("requestfailed", self._note_failure)

    def _note_failure(self, request: Request) -> None:
        # A page that is left before its last picture has come lacks nothing.
        if request.failure != "net::ERR_ABORTED":
            self._note("error", f"failed: {request.url}: {request.failure}")

    def _note(self, kind: str, text: str) -> None:
        is_expected = self.expected_status != 200 and f"status of {self.expected_status}" in text
        if kind in ("error", "warning") and not is_expected:
            self.complaints.append(f"{self.page.url}: {kind}: {text}")

    def go(self, path: str = "", status: int = 200) -> None:
        """Open a page by its address below the language."""
        self.expected_status = status
        answer = self.page.goto(f"{self.url}/{self.code}/{path}")
        assert answer is not None
        assert answer.status == status, path

    def follow(self, path: str) -> None:
        """Click the first link of the page to an address below the language."""
        self.page.locator(f'a[href^="/{self.code}/{path}"]').first.click()

    def fill(self, **fields: str) -> None:
        """Type into the fields of these names."""
        for name, text in fields.items():
            field = self.page.locator(f'main [name="{name}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

    def typed(self, *names: str) -> dict[str, str]:
        """What stands in the fields of these names."""
        return {name: self.page.locator(f'main [name="{name}"]').input_value() for name in names}

    def send(self) -> None:
        """Press the first button of the page's form and wait for the answer."""
        button = self.page.locator('main form button[type="submit"]').first
        with self.page.expect_navigation():
            button.click()

    @property
    def path(self) -> str:
        """The address below the language."""
        return self.page.url.removeprefix(f"{self.url}/{self.code}/")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def look(self, name: str) -> None:
        """Check what can be seen of the page as it is."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.code
        assert page.locator("h1").count() == 1
        if not self.scripts:  # nor can ours run
            return
        for scheme in SCHEMES[self.code]:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(FINISH_TRANSITIONS)
            for width, height in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                self._check(f"{name} {width}", page.evaluate(OVERFLOW))
                self._check(f"{name} {width}", page.evaluate(TORN))
                self._check(f"{name} {width}", page.evaluate(RESTLESS))
                assert 0 <= page.evaluate(START_EDGE) <= 120
                if FULL:
                    picture = PICTURES / f"{self.code}-{scheme}-{width}" / f"{name}.png"
                    page.screenshot(path=picture, full_page=True)
            found = Axe().run(page, options=STANDARD).response["violations"]
            self._check(
                name, [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
            )

    def _check(self, name: str, found: list[str]) -> None:
        self.complaints += [f"{self.code} {name}: {one}" for one in found]


def weight(page: Page, address: str) -> int:
    """What a first visit to a page costs, as bytes on the wire from a production server."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    total = 0
    for answer in answers:
        kind, body = answer.header_value("content-type") or "", answer.body()
        total += len(gzip.compress(body, 9) if kind.startswith(COMPRESSED) else body)
    return total
