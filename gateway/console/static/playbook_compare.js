// What a draft would have answered otherwise, over the turns of the last days.

import { change } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { channelIcon, icon } from "./icons.js";
import { since } from "./time.js";

const CALLED = { intent: "Understood as", move: "Did", reply: "Answered", asked: "Asked for", sources: "Sources", escalated: "Handed over by", silent: "Silent because", slots: "Known" };

export function compareView(place, book) {
  const days = h("select", { "aria-label": "Over how long" }, [["1", "the last day"], ["7", "the last 7 days"], ["30", "the last 30 days"], ["90", "the last 90 days"]].map(([value, words]) => h("option", { value, selected: value === "30" }, words)));
  const out = h("div", { class: "book-compared" });
  const verdict = h("p", { class: "book-verdict", role: "status" });
  const button = h("button", { class: "button", type: "button", onclick: run }, icon("eye"), "Compare");
  if (!book.draft.dirty()) fill(out, empty(null, "There is no draft yet", "Change something under Parts or Files first; then see here what it would have changed."));
  fill(place,
    h("p", { class: "muted" }, "What customers wrote of late is answered anew by your draft, and what comes out otherwise is shown beside what was said. Nothing is sent, and nothing of it is kept."),
    h("div", { class: "book-find" }, days, button), verdict, out);

  async function run() {
    if (button.hasAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    verdict.textContent = "Answering anew …";
    fill(out, skeleton(5));
    try {
      const found = await change("/playbook/compare", book.draft.body({ days: Number(days.value) }));
      verdict.textContent = summary(found);
      fill(out, told(found));
    } catch (problem) {
      verdict.textContent = problem.message;
      fill(out);
    }
    button.removeAttribute("aria-disabled");
  }
}

function told(found) {
  const left = Object.entries(found.skipped);
  return [
    left.length > 0 && h("details", {}, h("summary", {}, "What was left out"), h("ul", { class: "book-hints small" }, left.map(([why, count]) => h("li", {}, `${count}: ${why}`)))),
    found.pairs.map(pair),
    found.pairs.length < found.differing && h("p", { class: "muted" }, `and ${found.differing - found.pairs.length} more`),
  ];
}

function summary({ same, differing, all_of_them: all }) {
  const every = same + differing;
  if (every === 0) return "Nothing was answered in this time, so there is nothing to compare with.";
  const told = differing === 0 ? `All of ${every} come out the same.` : `${differing} of ${every} come out otherwise.`;
  return `Answers: ${told}${all ? "" : " There are older ones that were not looked at."}`;
}

function pair(one) {
  const rows = one.differs.includes("reply") ? one.differs : [...one.differs, "reply"];
  return h("article", { class: "card book-pair" },
    h("p", { class: "book-line" }, channelIcon(one.channel), h("q", {}, one.text), h("span", { class: "muted small" }, since(one.at))),
    h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, "What was said"), h("th", { scope: "col" }, "With your draft"))),
      h("tbody", {}, rows.map((name) => h("tr", {}, h("th", { scope: "row" }, CALLED[name] ?? name), h("td", {}, shownAs(name, one.was[name])), h("td", {}, one.differs.includes(name) ? shownAs(name, one.now[name]) : h("span", { class: "muted" }, "the same")))))));
}

/** The names of intents and of what was done are words. */
const NAMES = ["intent", "move", "asked", "escalated"];

function words(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.join(", ") || "–";
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}: ${one}`).join(", ") || "–";
  return String(value);
}

const shownAs = (name, value) => (NAMES.includes(name) ? words(value).replace(/[_-]/g, " ") : words(value));
