"""The page of a count under way, in a real browser with its scripts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from jobs.actions import report_progress, take_job
from jobs.models import Job
from tests.factories import make_hub, make_round
from tests.hubs.races import alone
from tests.voting.makers import bring_in
from voting.actions import count_election

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def watch(chromium: str, address: str, job: Job) -> None:
    """Look at the page while a worker would take the job, count and store."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        screen = browser.new_page()
        screen.goto(address)
        how_far = screen.locator("#count-progress-text")
        expect(how_far).to_have_text("Waiting for a worker")

        taken = take_job(job_id=job.pk, now=timezone.now())
        for done in (3, 6):
            report_progress(job=taken, done=done, total=12, now=timezone.now())
            expect(how_far).to_have_text(f"{done} of 12", timeout=15_000)
            expect(screen.locator("#count")).to_have_count(1)
            expect(screen.get_by_text("You can leave this page")).to_have_count(1)

        count_election(job=taken, progress=lambda done, total: None, clock=timezone.now)
        expect(screen.get_by_text("Funded, number 1")).to_be_visible(timeout=15_000)
        browser.close()


def test_a_waiting_page_moves_on_by_itself_and_piles_nothing_up(live_server, chromium):
    election, job = bring_in(make_round(make_hub("west")))
    address = live_server.url + reverse("voting:election", args=[election.pk])
    with ThreadPoolExecutor(1) as pool:  # other tests may have a browser open in this thread
        pool.submit(alone, lambda: watch(chromium, address, job)).result()
