"""The tab notices what it is there to notice."""

import pytest

from tests.browser.tab import Tab

pytestmark = pytest.mark.browser

PLANTED = """<!DOCTYPE html>
<html lang="en" dir="ltr">
  <head>
    <title>Planted</title>
    <style>
      @keyframes wander { to { opacity: 0.5 } }
      .restless { animation: wander 1s infinite }
      .wide { inline-size: 2000px }
      .narrow { inline-size: 1px }
    </style>
  </head>
  <body>
    <header><a class="site-name" href="/">Commonpurse</a></header>
    <main>
      <h1>Planted</h1>
      <img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">
      <p class="wide">Wide</p>
      <p class="restless">Restless</p>
      <p class="narrow"><bdi class="amount">12 500</bdi></p>
    </main>
  </body>
</html>
"""


def test_a_page_with_planted_faults_is_noticed(browser):
    page = browser.new_page()
    tab = Tab(page, "about:blank", "en")
    page.set_content(PLANTED)
    page.evaluate("console.error('a planted error')")
    tab.look("planted")
    complaints = "\n".join(tab.complaints)
    for fault in ("image-alt", "wide", "restless", "amount", "a planted error"):
        assert fault in complaints
    page.close()
