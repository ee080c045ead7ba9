// Who changed what, with a way back: the append-only log, filtered, and undo where there is one.

import { change, read } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { failure, settled } from "./panes.js";
import { may } from "./rights.js";
import { decide } from "./sheets.js";
import { ageSince } from "./time.js";

const wanted = { actor: "", action: "", subject: "" };

/** The log; returns the function that refreshes it. */
export function auditLog(element) {
  const rows = h("div", { class: "log" }, skeleton(6));
  const more = h("button", { class: "button small", type: "button", hidden: true, onclick: () => load(last) }, "Older changes");
  let last;
  let loads = 0;

  async function load(before) {
    const asked = ++loads;
    try {
      const query = new URLSearchParams(Object.entries({ ...wanted, before: before ?? "" }).filter(([, value]) => value));
      const [changes, rights] = [await read(`/changes?${query}`), await may()];
      if (asked !== loads) return; // what is wanted now is on its way
      const items = changes.map((one) => row(one, rights.has("link"), refresh));
      if (before) rows.append(...items);
      else fill(rows, changes.length ? items : empty(threadPicture(), "No such change", ""));
      last = changes.at(-1)?.id;
      more.hidden = changes.length < 50;
    } catch (problem) {
      if (problem.status !== 0) fill(rows, failure(problem, refresh));
    }
  }
  const refresh = () => load();
  const fields = [["actor", "Who, such as person:ada"], ["action", "What, such as link"], ["subject", "About, such as login:ada"]].map(([name, words]) => {
    const input = h("input", { type: "search", placeholder: words, "aria-label": words, value: wanted[name] });
    input.addEventListener("input", settled(() => {
      wanted[name] = input.value.trim();
      refresh();
    }));
    return input;
  });
  fill(element, h("div", { class: "log-filters" }, fields), rows, more);
  refresh();
  return refresh;
}

function row(one, mayUndo, done) {
  return h("article", { class: one.undone ? "log-row undone" : "log-row" },
    h("span", { class: "tag" }, one.action),
    h("strong", {}, one.subject),
    h("span", { class: "muted small" }, `by ${one.actor}`),
    ageSince(one.at),
    one.undone && h("span", { class: "tag" }, "undone"),
    mayUndo && one.can_undo && h("button", { class: "button small", type: "button", onclick: () => undo(one, done) }, icon("retry"), "Undo"),
    h("details", {}, h("summary", {}, "Details"), h("pre", {}, JSON.stringify(one.detail, null, 2))),
  );
}

function undo(one, done) {
  decide({
    title: `Undo “${one.action}”?`,
    content: h("p", {}, `${one.subject}, by ${one.actor}. It is undone by a new change, which stands in the log like any other.`),
    confirm: "Undo",
    act: () => change(`/changes/${one.id}/undo`),
    told: "Undone.",
    done,
  });
}
