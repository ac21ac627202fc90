// The bar of all services, for pages of other places. A page may set, before this
// script: CLOUDBAR_LOCATION, GET_SERVICES_URL, GET_MENU_URL, CLOUDBAR_ACTIVE_SERVICE,
// CLOUDBAR_EXTRA_CSS, CLOUDBAR_INCLUDE_FONTS (addresses of sheets) and
// SKIP_ADDITIONAL_CSS (neither of these two). CLOUDBAR_COOKIE_NAME is accepted as
// before; the feed itself knows who looks.
(function () {
  "use strict";

  var set = function (name) {
    return window[name] === undefined ? window.CLOUDBAR_DEFAULTS[name] : window[name];
  };
  var location = set("CLOUDBAR_LOCATION");

  var sheet = function (address) {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = address;
    document.head.appendChild(link);
  };
  sheet(location + "cloudbar.css");
  if (!set("SKIP_ADDITIONAL_CSS")) {
    [].concat(set("CLOUDBAR_INCLUDE_FONTS") || [], set("CLOUDBAR_EXTRA_CSS") || []).forEach(function (address) {
      if (typeof address === "string") sheet(address);
    });
  }

  // Asks a feed, which answers by calling the function it is told of.
  var calls = 0;
  var ask = function (address, then) {
    var name = "cloudbar_" + Date.now() + "_" + (calls += 1);
    var script = document.createElement("script");
    window[name] = function (answer) {
      delete window[name];
      script.remove();
      then(answer);
    };
    script.src = address + (address.indexOf("?") < 0 ? "?" : "&") + "callback=" + name;
    document.head.appendChild(script);
  };

  var make = function (name, kind, within) {
    var one = document.createElement(name);
    if (kind) one.className = kind;
    if (within) within.appendChild(one);
    return one;
  };
  // Only what leads somewhere, whatever a feed says.
  var safe = function (address) {
    var url = new URL(address, document.baseURI);
    return /^(https?|mailto):$/.test(url.protocol) ? url.href : "#";
  };
  var link = function (within, address, text) {
    var one = make("a", "", within);
    one.href = safe(address);
    if (text) one.textContent = text;
    return one;
  };
  var picture = function (within, address, text) {
    var one = make("img", "", within);
    one.src = safe(address);
    one.alt = text;
    return one;
  };

  var services = function (list, all) {
    all.forEach(function (one) {
      var shown = one.cloudbar || {};
      if (shown.show === false) return;
      var active = one.name === set("CLOUDBAR_ACTIVE_SERVICE");
      var item = make("li", "service-" + one.name + (active ? " active" : ""), list);
      var title = !shown.title || shown.title === one.name ? one.verbose_name || one.name : shown.title;
      var to = link(item, one.url, shown.icon ? "" : title);
      if (shown.icon) picture(to, /^(https?:)?\//.test(shown.icon) ? shown.icon : location + "../../" + shown.icon, title);
      if (active) to.setAttribute("aria-current", "true");
    });
  };

  var menu = function (box, items) {
    if (items.length < 2) {
      items.forEach(function (one) { link(box, one.url, one.name); });
      return;
    }
    var all = make("details", "user", box);
    make("span", "", make("summary", "", all)).textContent = items[0].name;
    var list = make("ul", "menu", all);
    items.forEach(function (one) { link(make("li", one.is_active ? "active" : "", list), one.url, one.name); });
    document.addEventListener("click", function (event) { if (!all.contains(event.target)) all.open = false; });
    all.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      all.open = false;
      all.querySelector("summary").focus();
    });
  };

  var start = function () {
    var bar = make("nav", "cloudbar");
    bar.setAttribute("aria-label", "Cloud");
    var home = link(bar, new URL("/", new URL(location, document.baseURI)).href);
    home.className = "home";
    picture(home, location + "home.png", "Home");
    var list = make("ul", "services", bar);
    var box = make("div", "profile", bar);
    document.body.insertBefore(bar, document.body.firstChild);
    ask(set("GET_SERVICES_URL"), function (all) { services(list, all); });
    ask(set("GET_MENU_URL"), function (items) { menu(box, items); });
  };
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();
