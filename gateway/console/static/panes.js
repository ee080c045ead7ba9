// A list beside what is chosen from it: loading, refreshing on live notices, and the small rows.

import { empty, fill, focusLink, h, redraw, skeleton } from "./dom.js";
import { channelIcon, icon, threadPicture } from "./icons.js";
import { listen } from "./live.js";

/**
 * Show a list pane and a detail pane. `load()` gives the rows, `draw(row)` one row's element, and
 * `detail(element, id)` fills the other pane and returns a function that refreshes it. `arrange`
 * puts the rows in groups. Returns a function that stops everything.
 */
export function panes(main, { title, tools, load, draw, arrange = (found) => listed(found.map(draw)), nothing, detail, id, refreshOn }) {
  const held = document.activeElement?.getAttribute("href");
  const rows = h("div", { class: "rows" }, skeleton(6));
  const list = h("section", { class: "pane-list", "aria-label": title },
    h("header", { class: "pane-head" }, h("h1", {}, title)),
    tools,
    rows,
  );
  const chosen = h("section", { class: "pane-detail" });
  fill(main, h("div", { class: id ? "panes chosen" : "panes" }, list, chosen));
  const refreshDetail = id ? detail(chosen, id) : () => {};
  let first = true;
  let loads = 0;

  async function refresh() {
    const asked = ++loads;
    try {
      const found = await load();
      if (asked === loads) show(found); // else what is wanted now is on its way
    } catch (problem) {
      if (problem.status !== 0) fill(rows, failure(problem, refresh));
    }
  }

  function show(found) {
    redraw(rows, () => fill(rows, found.length ? arrange(found) : empty(null, nothing().title, nothing().text)));
    if (!id) fill(chosen, empty(threadPicture(), found.length ? nothing().choose : "", ""));
    // The row that was clicked is a new element now.
    if (first && held && document.activeElement === document.body) focusLink(rows, held);
    first = false;
  }

  refresh();
  const stop = onChanges(refreshOn, () => {
    refresh();
    refreshDetail();
  });
  return { stop, refresh };
}

/** Rows as a list for whoever hears the page; `label` tells it from another one beside it. */
export function listed(rows, label) {
  return h("div", { role: "list", "aria-label": label }, rows.map((one) => h("div", { role: "listitem" }, one)));
}

/** Call `act` shortly after notices of these kinds; many at once count as one. */
export function onChanges(kinds, act) {
  let waiting;
  const forget = listen((event) => {
    if (!kinds.includes(event.kind) && event.kind !== "reconnected") return;
    clearTimeout(waiting);
    waiting = setTimeout(act, 120);
  });
  return () => {
    clearTimeout(waiting);
    forget();
  };
}

/** What is shown in place of something that could not be loaded. */
export function failure(problem, again) {
  return h("div", { class: "empty", role: "alert" },
    h("h2", {}, "This could not be loaded"),
    h("p", { class: "muted" }, problem.message),
    h("button", { class: "button", type: "button", onclick: again }, "Try again"),
  );
}

/** Initials, or a figure for who has no name, with the icon of the channel. */
export function avatar(name, channel) {
  const words = (name ?? "").replace(/^\W+/, "").split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  const initials = words.length ? words.slice(0, 2).map((word) => word[0].toUpperCase()).join("") : icon("person");
  const badge = channel && h("span", { class: "badge" }, channelIcon(channel));
  return h("span", { class: "avatar" }, initials, badge);
}

/** The same call, at most once while the user is still typing. */
export function settled(act, wait = 220) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), wait);
  };
}
