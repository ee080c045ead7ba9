// The playbooks that were in force: who put them there, when, why, what changed; and the way back.

import { change, read } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { icon } from "./icons.js";
import { failure } from "./panes.js";
import { decide } from "./sheets.js";
import { ageSince } from "./time.js";

const DID = { "publish playbook": "published", "roll back playbook": "put back", "take over playbook": "changed in its files" };

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
  return h("article", { class: "card book-version" },
    h("p", {},
      h("strong", {}, one.note || (one.before ? "Files were changed" : "The first")), " ",
      h("span", { class: "muted small" }, `${DID[one.action] ?? one.action}${one.actor.startsWith("files:") ? "" : ` by ${one.actor.replace(/^\w+:/, "")}`}, version ${one.version.slice(0, 8)}`), " ", ageSince(one.at)),
    one.changes.length > 0 && h("ul", { class: "book-changes small" }, one.changes.map((words) => h("li", {}, words))),
    one.in_force
      ? h("span", { class: "tag accent" }, "in force")
      : book.edits && (one.kept ? h("button", { class: "button small", type: "button", onclick: () => back(one, book) }, icon("retry"), "Put it back") : h("span", { class: "muted small" }, "Its files are no longer kept.")));
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
    done: book.refresh,
  });
}
