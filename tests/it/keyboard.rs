//! The keyboard alone, in headless Chromium on the furnished site: the way to the
//! content, what has the focus is seen, order is that of the page, menus and questions
//! open and close, and the focus comes back to where it was.

use crate::{axe::Demo, browser::Driver, path::Window, server::wait_for};
use thirtyfour::Key;

const PASSWORD: &str = "a quiet harbour";

/// Presses keys wherever the focus is.
fn keys(window: &Window<'_>, keys: &str) {
    let driver = &window.driver;
    window.runtime.block_on(async {
        let chain = driver.action_chain().send_keys(keys);
        chain.perform().await.unwrap();
    });
}

fn key(window: &Window<'_>, one: Key) {
    keys(window, &char::from(one).to_string());
}

fn ask(window: &Window<'_>, script: &str) -> serde_json::Value {
    let answer = window.driver.execute(script, vec![]);
    window.runtime.block_on(answer).unwrap().json().clone()
}

fn number(window: &Window<'_>, script: &str) -> i64 {
    ask(window, script).as_i64().unwrap()
}

fn yes(window: &Window<'_>, script: &str) -> bool {
    ask(window, script).as_bool().unwrap()
}

fn words(window: &Window<'_>, script: &str) -> String {
    ask(window, script).as_str().unwrap().to_owned()
}

/// A name for what has the focus.
const FOCUSED: &str = "
    const one = document.activeElement;
    return !one || one === document.body ? '' :
      one.id || one.getAttribute('href') || one.getAttribute('aria-label') || one.textContent.trim();";

/// Whether what has the focus can be seen: on the screen, not below what stays on top,
/// and marked as having it.
const SEEN: &str = "
    const one = document.activeElement;
    const box = one.getBoundingClientRect();
    const top = document.querySelector('.top');
    const below = top.contains(one) || one.closest('.skip') ? 0 : top.getBoundingClientRect().bottom;
    const style = getComputedStyle(one);
    const marked = (at) => at.outlineStyle !== 'none' && parseFloat(at.outlineWidth) >= 1;
    const wrong = [];
    if (box.width < 4 || box.height < 4) wrong.push('too small');
    if (box.bottom <= below || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) wrong.push('out of sight');
    if (!marked(style)) wrong.push('not marked');
    return wrong.length ? one.outerHTML.slice(0, 160) + ': ' + wrong.join(', ') : '';";

/// Numbers everything the keyboard should reach, in the order of the page.
const REACHABLE: &str = "
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex=\"0\"]')];
    const shown = all.filter((one) => !one.disabled && one.type !== 'hidden' && one.checkVisibility({ visibilityProperty: true })
      && (one.type !== 'radio' || one.checked));
    shown.forEach((one, at) => { one.dataset.place = at; });
    return shown.length;";

/// From the beginning of the page, wherever its first field is.
const START: &str = "
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    scrollTo(0, 0);";

const PLACE: &str = "return Number(document.activeElement.dataset.place ?? -1)";

fn log_in(window: &Window<'_>, who: &str) {
    window.open("/ui/login");
    // The first field has the focus: nothing is clicked.
    assert_eq!(words(window, FOCUSED), "f-username");
    keys(window, who);
    key(window, Key::Tab);
    keys(window, PASSWORD);
    key(window, Key::Enter);
    window.find("body.in[data-page=landing]");
}

/// Walks through a page with the tab key; what is wrong.
fn walk(window: &Window<'_>, path: &str) -> Vec<String> {
    window.open(path);
    let mut wrong = Vec::new();
    let all = number(window, REACHABLE);
    ask(window, START);
    for place in 0..all {
        key(window, Key::Tab);
        let at = number(window, PLACE);
        if at != place {
            let name = words(window, FOCUSED);
            wrong.push(format!("{path}: at {at} ({name}) instead of {place}"));
            break;
        }
        let seen = words(window, SEEN);
        if !seen.is_empty() {
            wrong.push(format!("{path}: {seen}"));
        }
    }
    wrong
}

/// The way past the navigation.
fn skip(window: &Window<'_>) {
    window.open("/ui/profile");
    key(window, Key::Tab);
    assert_eq!(words(window, FOCUSED), "#content");
    assert_eq!(words(window, SEEN), "");
    key(window, Key::Enter);
    key(window, Key::Tab);
    let inside = "return document.querySelector('main').contains(document.activeElement)";
    assert!(yes(window, inside), "{}", words(window, FOCUSED));
}

/// The menu of the account: opened, left, closed, the focus back on it.
fn menu(window: &Window<'_>) {
    window.open("/ui/landing");
    ask(
        window,
        "document.querySelector('.top .menu summary').focus()",
    );
    let open = "return document.querySelector('.top .menu').open";
    key(window, Key::Enter);
    assert!(yes(window, open));
    key(window, Key::Tab);
    assert_eq!(words(window, FOCUSED), "/ui");
    assert_eq!(words(window, SEEN), "");
    key(window, Key::Escape);
    assert!(!yes(window, open));
    let back = "return document.activeElement === document.querySelector('.top .menu summary')";
    assert!(yes(window, back));
    // Leaving it closes it: it covers nothing that has the focus.
    key(window, Key::Enter);
    for _ in 0..6 {
        key(window, Key::Tab);
    }
    assert!(!yes(window, open), "the menu stays open behind the focus");
}

/// Holds back what the search box sends and what it waits for, until `go` lets it; what
/// is sent cannot be taken back.
const HOLD: &str = "
    const { send, abort } = XMLHttpRequest.prototype;
    const held = window.held = { sent: [], later: [], ended: 0, send, abort, timer: setTimeout };
    XMLHttpRequest.prototype.abort = () => {};
    XMLHttpRequest.prototype.send = function (...all) {
      this.addEventListener('loadend', () => { held.ended += 1; });
      held.sent.push(() => held.send.apply(this, all));
    };
    window.setTimeout = (then, ...more) => held.later.push(then) && held.timer(() => {}, ...more);
    held.go = (which) => held[which].splice(0).forEach((one) => one());";

/// No longer.
const LET_GO: &str = "
    Object.assign(XMLHttpRequest.prototype, { send: held.send, abort: held.abort });
    window.setTimeout = held.timer;";

/// What the search says of itself: what is typed, what the list answers, whether it is open.
const SEARCH: &str = "
    const list = document.querySelector('#found');
    return [document.querySelector('#search').value, list.dataset.query ?? '-', list.hidden ? 'closed' : 'open'].join(' ');";

/// Waits for what a page says.
fn until(window: &Window<'_>, script: &str, wanted: &str) {
    wait_for(wanted, || (words(window, script) == wanted).then_some(()));
}

/// The search: `/` leads to it, arrows through what was found, Escape back.
fn search(window: &Window<'_>) {
    window.open("/ui/landing");
    keys(window, "/");
    assert_eq!(words(window, FOCUSED), "search");
    keys(window, "machines");
    until(window, SEARCH, "machines machines open");
    let heard = "return /^(One thing|[0-9]+ things) found/.test(document.querySelector('#said').textContent)";
    assert!(yes(window, heard), "how many is said aloud");
    key(window, Key::Down);
    let inside = "return document.querySelector('#found').contains(document.activeElement)";
    assert!(yes(window, inside));
    key(window, Key::Escape);
    assert_eq!(words(window, FOCUSED), "search");
    assert_eq!(words(window, SEARCH), "machines machines closed");
    // Arrows open it again, and Escape twice empties the field.
    key(window, Key::Down);
    assert_eq!(words(window, SEARCH), "machines machines open");
    key(window, Key::Escape);
    assert_eq!(words(window, SEARCH), "machines machines closed");
    key(window, Key::Escape);
    assert_eq!(words(window, SEARCH), " machines closed");
    assert_eq!(words(window, FOCUSED), "search");
    keys(window, "machines");
    until(window, SEARCH, "machines machines open");
}

/// What is under way when the list is closed, by Escape or by leaving, does not open it.
fn search_closed_early(window: &Window<'_>) {
    for leave in [Key::Escape, Key::Tab] {
        window.open("/ui/landing");
        keys(window, "/");
        until(window, SEARCH, "  open");
        ask(window, HOLD);
        // The answer comes late.
        keys(window, "ma");
        ask(window, "held.go('later')");
        assert_eq!(number(window, "return held.sent.length"), 1);
        key(window, leave.clone());
        ask(window, "held.go('sent')");
        until(window, "return String(held.ended)", "1");
        let shut = words(window, SEARCH);
        assert!(shut.ends_with("closed"), "{shut}");
        // It still waits in its delay.
        ask(window, "document.querySelector('#search').focus()");
        keys(window, "c");
        key(window, leave.clone());
        ask(window, "held.sent = []; held.go('later')");
        assert_eq!(number(window, "return held.sent.length"), 0);
        let shut = words(window, SEARCH);
        assert!(shut.ends_with("closed"), "{shut}");
        // Typing opens it anew.
        ask(window, LET_GO);
        ask(window, "document.querySelector('#search').focus()");
        keys(window, "h");
        let typed = "return document.querySelector('#search').value";
        let typed = words(window, typed);
        until(window, SEARCH, &format!("{typed} {typed} open"));
    }
}

/// Only the answer to what stands in the field is followed by Enter.
fn search_entered_early(window: &Window<'_>) {
    window.open("/ui/landing");
    keys(window, "/");
    until(window, SEARCH, "  open");
    ask(window, HOLD);
    keys(window, "images");
    key(window, Key::Enter);
    window.find("body[data-page=search]");
    assert!(window.address().ends_with("/ui/search?q=images"));
}

/// A question before something is destroyed: the safe answer is reached first, and
/// leads back.
fn question(window: &Window<'_>) {
    window.open("/cyclades/ui/machines/1/destroy");
    let first =
        "return [...document.querySelectorAll('main button, main .actions a')][0].className";
    let first = words(window, first);
    assert!(!first.contains("danger"), "{first}");
}

/// Messages are shown and put away; what is open is closed.
fn administrators_keys(window: &Window<'_>) {
    let driver = &window.driver;
    window
        .runtime
        .block_on(driver.delete_all_cookies())
        .unwrap();
    log_in(window, "admin@example.org");
    window.open("/admin/user?view=compact");
    let box_is = "
        const one = document.querySelector('main > .top-msg');
        return !one || one.hidden ? 'away' : one.textContent.trim();";
    ask(window, START);
    assert_eq!(words(window, box_is), "away");
    keys(window, "i");
    assert_eq!(words(window, box_is), "No messages.");
    keys(window, "i");
    assert_eq!(words(window, box_is), "away");
    keys(window, "i");
    let tips = "return document.querySelector('.tips details').open";
    assert!(yes(window, tips));
    key(window, Key::Escape);
    assert_eq!(words(window, box_is), "away");
    assert!(!yes(window, tips));
    // Typed, it is a letter.
    ask(window, "document.querySelector('#q-users').focus()");
    keys(window, "i");
    assert_eq!(words(window, box_is), "away");
}

// ID-UI-09 ID-UI-05 ID-ADU-23
#[test]
fn everything_can_be_done_with_the_keyboard() {
    let (Some(driver), Some(demo)) = (Driver::start(), Demo::start()) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let window = Window {
        runtime: &runtime,
        driver: runtime.block_on(driver.window(true, 1280)),
        base: demo.url.clone(),
    };
    let mut wrong = Vec::new();
    for path in ["/", "/faq/", "/ui/login", "/ui/signup"] {
        wrong.append(&mut walk(&window, path));
    }
    log_in(&window, "maria@example.org");
    skip(&window);
    menu(&window);
    search(&window);
    search_closed_early(&window);
    search_entered_early(&window);
    question(&window);
    for path in [
        "/ui/landing",
        "/ui/profile",
        "/ui/sessions",
        "/ui/second_factor",
        "/ui/invite",
        "/ui/api_access",
        "/ui/feedback",
        "/cyclades/ui/machines",
        "/cyclades/ui/machines/create",
        "/cyclades/ui/machines/1",
        "/cyclades/ui/images",
        "/pithos/ui/containers",
        "/pithos/ui/containers/pithos",
        "/no/such/page",
    ] {
        wrong.append(&mut walk(&window, path));
    }
    administrators_keys(&window);
    window.close();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
