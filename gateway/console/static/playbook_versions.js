// The playbooks that were in force: who put them there, when, why, what changed; and the way back.

import { change, read } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { icon } from "./icons.js";
import { failure } from "./panes.js";
import { decide } from "./sheets.js";
import { since } from "./time.js";

const DID = { "publish playbook": "Published", "roll back playbook": "Put back", "take over playbook": "Taken over from its files" };

export function versionsView(place, book) {
  const list = h("div", { class: "book-versions" }, skeleton(5));
  fill(place, list);

  async function load() {
    try {
      fill(list, (await read("/playbook/versions")).map((one) => row(one, book)));
    } catch (problem) {
      if (problem.status !== 0) fill(list, failure(problem, load));
    }
  }

  load();
}

function row(one, book) {
  const who = one.actor.startsWith("files:") ? "" : ` by ${one.actor.replace(/^\w+:/, "")}`;
  return h("article", { class: "card book-version" },
    h("div", { class: "book-line" },
      h("h2", {}, one.note || (one.before ? "Files were changed" : "The first playbook")),
      one.in_force && h("span", { class: "tag accent" }, icon("check"), "In force"),
      one.version !== book.shown.status.version && book.edits && one.kept && h("button", { class: "button small", type: "button", "aria-label": `Put back “${one.note || one.version.slice(0, 8)}”`, onclick: () => back(one, book) }, icon("retry"), "Put it back …")),
    h("p", { class: "muted small" }, `${DID[one.action] ?? one.action}${who}, ${since(one.at)}, version ${one.version.slice(0, 8)}`, !one.kept && "; its files are no longer kept"),
    one.changes.length > 0 && h("ul", { class: "book-changes small" }, one.changes.map((words) => h("li", {}, words))));
}

function back(one, book) {
  decide({
    title: "Put this version back?",
    content: [
      h("p", {}, "Its files take the place of those in the folder, and it answers the next message. What is in force now is kept."),
      book.draft.dirty() && h("p", { class: "muted" }, "Your draft stays as it is; you are asked about files that are changed in both."),
    ],
    reason: "Why it is put back",
    confirm: "Put it back",
    act: (reason) => change("/playbook/roll-back", { base: book.shown.base, version: one.version, reason }),
    told: "The older version is in force again.",
    done: () => book.refresh(true),
  });
}
