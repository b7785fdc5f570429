"""The client's side of a conversation against a model: whatever happens to its frames, it shows every change once and in order,
and what was written arrives once and in the order of writing."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Route, sync_playwright

from tests.messaging.test_browser import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.once,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
ROOT = Path(__file__).resolve().parents[2]
MODEL = Path(__file__).with_name("line_model.js").read_text()
HAPPENS = "say say other edit serve serve serve give give give again lose cut opens opens wait wait http".split()
STEPS = st.tuples(st.sampled_from(HAPPENS), st.integers(0, 1), st.integers(0, 11))


def served(route: Route) -> None:
    """Our scripts alone: no server is needed."""
    path = ROOT / route.request.url.removeprefix("http://peyvand.test/")
    if path.is_file():
        route.fulfill(path=path)
    else:
        route.fulfill(body="<title>A room</title>", content_type="text/html")


@pytest.fixture(scope="module")
def page():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.route("**/*", served)
        opened.goto("http://peyvand.test/")
        yield opened
        browser.close()


@given(st.lists(STEPS, max_size=60))
@settings(max_examples=150)
def test_whatever_happens_to_frames_every_change_is_shown_once_in_order_and_every_word_arrives_once(page, scenario):
    end = page.evaluate(MODEL, scenario)

    assert end["logs"] == [end["changes"]] * 2
    assert end["waiting"] == [0, 0]
    assert sorted(end["kept"]) == sorted(sum(end["written"], []))
    for own in end["written"]:
        assert [cid for cid in end["kept"] if cid in own] == own


CROWD = """async () => {
  const { Line } = await import("/static/js/talk/line.js");
  const kept = { WebSocket, setTimeout };
  const timers = [];
  let opened = 0;
  let seen = "visible";
  Object.defineProperty(document, "visibilityState", { get: () => seen, configurable: true });
  window.WebSocket = Object.assign(class { constructor() { opened += 1; } }, { CLOSING: 2, OPEN: 1 });
  window.setTimeout = (act) => timers.push(act);
  const line = new Line({ room: 1, me: 7, head: 0, epoch: "1", outbox: { next: () => null } });
  const states = [];
  line.on("state", (state) => states.push(state));
  const driven = (code) => {
    timers.length = 0;
    const { socket } = line;
    socket.readyState = 3;
    socket.onclose({ code });
    timers.forEach((act) => act());
    return opened;
  };
  const look = (state) => {
    seen = state;
    document.dispatchEvent(new Event("visibilitychange"));
    return opened;
  };
  line.connect();
  const steps = [opened, driven(4009), look("hidden"), driven(4009), look("visible"), look("hidden"), driven(1006)];
  Object.assign(window, kept);
  delete document.visibilityState;
  return { steps, states };
}"""


def test_a_page_that_was_driven_away_comes_again_only_where_somebody_looks(page):
    end = page.evaluate(CROWD)

    assert end == {"steps": [1, 2, 2, 2, 3, 3, 4], "states": ["closed", "closed"]}


HEARTBEAT = """async (epoch) => {
  const { Line } = await import("/static/js/talk/line.js");
  const line = new Line({ room: 1, me: 7, head: 3, epoch: "1", outbox: { next: () => null } });
  line.hear({ t: "hb", heads: { 1: 3 }, ...(epoch && { epochs: { 1: epoch } }) });
}"""


def test_a_page_whose_room_is_of_another_time_is_read_anew_with_the_next_heartbeat(page):
    page.evaluate("window.before = true")
    for epoch in (None, "1"):
        page.evaluate(HEARTBEAT, epoch)
        assert page.evaluate("window.before")
    with page.expect_navigation():
        page.evaluate(HEARTBEAT, "2")
    assert not page.evaluate("window.before")
