"""A browser whose line goes away: conversations are read and written in all the same, nothing is lost or doubled, and nothing
stays for the next person at that device."""

from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.flows import until
from tests.messaging.test_browser import WRITE, browser, conversations, opened, pytestmark, say, site  # noqa: F401

LEFT = """async () => ({
  words: (await indexedDB.databases()).map(({ name }) => name).sort(),
  pages: (await caches.keys()).filter((name) => name !== "shell").sort(),
  drafts: Object.keys(localStorage).filter((key) => key.startsWith("draft:")),
})"""
READY = """async () => {
  await navigator.serviceWorker.ready;
  return (await (await caches.open("shell")).match("/offline/")) !== undefined && localStorage.getItem("offline") !== null;
}"""
WAITS = """async (name) => {
  const asked = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const shelf = await asked(indexedDB.open(name));
  const many = await asked(shelf.transaction("rows").objectStore("rows").count());
  shelf.close();
  return many;
}"""
NOTHING = {"words": [], "pages": [], "drafts": []}


def with_worker(browser, address, path, cookie, faults):  # noqa: F811
    """A page whose device keeps conversations: the worker is there before the page that is kept."""
    page = opened(browser, address, path, cookie, faults, workers="allow")
    page.wait_for_function(READY)
    page.reload()
    page.wait_for_function("async () => (await caches.keys()).some((name) => name.startsWith('kept:'))")
    return page


def lines(page):
    return page.locator(".say .body")


def test_without_a_line_a_conversation_is_opened_read_and_written_in_and_what_was_written_sends_itself(
    browser,  # noqa: F811
    site,  # noqa: F811
):
    address, path, cookies = site
    faults: list[str] = []
    theirs = opened(browser, address, path, cookies[1], faults)
    ours = with_worker(browser, address, path, cookies[0], faults)
    say(ours, "Shall we meet?")
    expect(lines(theirs)).to_have_text(["Shall we meet?"])
    say(theirs, "Gladly.")
    expect(lines(ours)).to_have_text(["Shall we meet?", "Gladly."])
    me = ours.locator("[data-talk]").get_attribute("data-me")
    ours.wait_for_function(f"async () => (await ({WAITS})('kept:{me}')) === 2")
    ours.fill(WRITE, "Half a sent")
    ours.context.set_offline(True)
    ours.locator(WRITE).press_sequentially("ence")
    ours.close()
    say(theirs, "Are you there?")

    page = ours.context.new_page()
    page.goto(address + reverse("home"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not connected")
    page.get_by_role("link", name="Gladly.").or_(page.locator(".thread-list a")).first.click()
    expect(lines(page)).to_have_text(["Shall we meet?", "Gladly."])
    expect(page.locator("[data-offline]")).to_be_visible()
    expect(page.locator(WRITE)).to_have_value("Half a sentence")
    page.press(WRITE, "Enter")
    expect(page.locator(".say.waiting .state")).to_contain_text("waiting for the connection")
    second = page.context.new_page()  # another tab of the same person
    second.goto(address + path)
    say(second, "And one more")
    expect(page.locator(".say.waiting .body")).to_have_text(["Half a sentence", "And one more"])
    page.close()
    second.close()

    elsewhere = ours.context.new_page()
    ours.context.set_offline(False)
    elsewhere.goto(address + reverse("profile"))  # any page carries what waits
    order = ["Shall we meet?", "Gladly.", "Are you there?", "Half a sentence", "And one more"]
    expect(lines(theirs)).to_have_text(order)
    one, other = ours.context.new_page(), ours.context.new_page()
    for tab in (one, other):
        tab.goto(address + path)
        expect(lines(tab)).to_have_text(order)
    one.context.set_offline(True)
    one.evaluate("dispatchEvent(new Event('offline'))")
    say(one, "From a tab that is closed")
    expect(other.locator(".say.waiting .body")).to_have_text(["From a tab that is closed"])
    one.close()
    other.context.set_offline(False)
    other.evaluate("dispatchEvent(new Event('online'))")
    for tab in (other, theirs):
        expect(lines(tab)).to_have_text([*order, "From a tab that is closed"])
    expect(other.locator(".say.waiting")).to_have_count(0)
    assert faults == []


def test_nothing_stays_at_a_device_for_the_next_person_and_unsent_words_are_asked_about(browser, site):  # noqa: F811
    address, path, cookies = site
    faults: list[str] = []
    page = with_worker(browser, address, path, cookies[0], faults)
    say(page, "For you alone")
    expect(page.locator(".say.mine .state")).to_contain_text("sent")
    page.fill(WRITE, "A draft")
    me = page.locator("[data-talk]").get_attribute("data-me")
    page.wait_for_function("async () => (await indexedDB.databases()).length === 2")

    page.context.add_cookies([{"name": "sessionid", "value": cookies[1], "url": address}])  # the other signs in here
    page.goto(address + reverse("profile"))
    page.wait_for_function(f"async () => !(await indexedDB.databases()).some(({{ name }}) => name.endsWith(':{me}'))")
    left = page.evaluate(LEFT)
    assert not [name for name in left["words"] + left["pages"] if name.endswith(f":{me}")]
    assert left["drafts"] == []

    page.goto(address + path)
    page.wait_for_function("async () => (await caches.keys()).some((name) => name.startsWith('kept:'))")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    say(page, "Not sent yet")
    expect(page.locator(".say.waiting")).to_have_count(1)
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Stay until they are sent").click()
    assert page.evaluate(LEFT)["words"] != []
    page.route("**/messages", lambda route: route.abort())
    page.route_web_socket("**/ws/talk", lambda socket: None)
    page.context.set_offline(False)
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out and delete them").click()
    until(page, lambda: page.evaluate(LEFT) == NOTHING)
    page.context.set_offline(True)
    page.goto(address + path)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not connected")
    expect(page.locator("[data-kept-rooms]")).to_be_hidden()
    assert faults == []


def test_a_topic_is_read_and_answered_alone_without_a_line_and_the_worker_sends_what_waits(browser, site):  # noqa: F811
    address, path, cookies = site
    faults: list[str] = []
    theirs = opened(browser, address, path, cookies[1], faults)
    ours = with_worker(browser, address, path, cookies[0], faults)
    say(ours, "Which journal?")
    say(ours, "Something else")
    expect(lines(theirs)).to_have_count(2)
    ours.locator(".say summary").first.click()
    ours.get_by_role("link", name="Open a topic from it").first.click()
    ours.fill("[name=title]", "The paper")
    ours.get_by_role("button", name="Open the topic").click()
    ours.wait_for_function(
        "async () => (await (await caches.open((await caches.keys()).find((n) => n.startsWith('kept:')))).keys()).length > 1"
    )
    alone = ours.url.partition("#")[0]
    plain = ours.context.new_page()
    plain.goto(address + reverse("healthz"))  # a page without our scripts: only the worker is there
    ours.context.set_offline(True)
    ours.goto(address + reverse("home"))
    expect(ours.get_by_role("link", name="The paper")).to_be_visible()
    ours.goto(alone)
    expect(lines(ours)).to_have_text(["Which journal?"])
    say(ours, "A small one")
    expect(ours.locator(".say.waiting")).to_have_count(1)
    name = plain.evaluate(
        "async () => (await indexedDB.databases()).find(({ name }) => name.startsWith('outbox:')).name"
    )
    plain.wait_for_function(f"async () => (await ({WAITS})('{name}')) === 1")  # a page that is shut asks nobody

    ours.close()
    told = plain.context.new_cdp_session(plain)
    workers: list[str] = []
    told.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda each: workers.append(each["registrations"][0]["registrationId"]),
    )
    told.send("ServiceWorker.enable")
    plain.wait_for_function("async () => (await navigator.serviceWorker.getRegistration('/'))?.active")
    assert plain.evaluate(WAITS, name) == 1
    plain.context.set_offline(False)  # the browser may call the worker by itself now
    now = {"origin": address, "registrationId": workers[0], "tag": name, "lastChance": True}
    told.send("ServiceWorker.dispatchSyncEvent", now)

    expect(lines(theirs)).to_have_text(["Which journal?", "Something else", "A small one"])
    expect(theirs.locator(".say .topic:not([hidden])")).to_have_count(2)
    plain.wait_for_function(f"async () => !(await ({WAITS})('{name}'))")
    assert faults == []
