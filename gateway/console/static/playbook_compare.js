// What a draft would have answered otherwise, over the turns of the last days.

import { change } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { channelIcon, icon } from "./icons.js";
import { ageSince } from "./time.js";

const CALLED = { intent: "understood", move: "did", reply: "answered", asked: "asked for", sources: "sources", escalated: "handed over by", silent: "silent because", slots: "at hand" };

export function compareView(place, book) {
  const days = h("select", { "aria-label": "Over how long" }, [["1", "the last day"], ["7", "the last 7 days"], ["30", "the last 30 days"], ["90", "the last 90 days"]].map(([value, words]) => h("option", { value, selected: value === "30" }, words)));
  const out = h("div", { class: "book-compared", "aria-live": "polite" });
  const button = h("button", { class: "button", type: "button", disabled: !book.edits, onclick: run }, icon("eye"), "Compare");
  fill(place,
    h("p", { class: "muted small" }, "Turns that were answered are decided anew by the draft. Nothing is sent, and nothing of it is kept."),
    h("div", { class: "book-find" }, days, button), out);

  async function run() {
    button.disabled = true;
    fill(out, skeleton(5));
    try {
      fill(out, told(await change("/playbook/compare", book.draft.body({ days: Number(days.value) }))));
    } catch (problem) {
      fill(out, h("p", { class: "wrong" }, problem.message));
    }
    button.disabled = false;
  }
}

function told(found) {
  const every = found.same + found.differing;
  const left = Object.entries(found.skipped);
  return [
    h("p", {}, h("strong", {}, every === 0 ? "No turns to compare with." : `${every === 1 ? "One turn" : `${every} turns`} decided anew: ${found.same} the same, ${found.differing} otherwise.`), !found.all_of_them && " There are older ones that were not looked at."),
    left.length > 0 && h("details", {}, h("summary", {}, "What was left out"), h("ul", { class: "book-hints" }, left.map(([why, count]) => h("li", {}, `${count}: ${why}`)))),
    found.pairs.map(pair),
    found.pairs.length < found.differing && h("p", { class: "muted" }, `and ${found.differing - found.pairs.length} more`),
  ];
}

function pair(one) {
  const rows = one.differs.includes("reply") ? one.differs : [...one.differs, "reply"];
  return h("article", { class: "card book-pair" },
    h("p", {}, channelIcon(one.channel), " ", h("q", {}, one.text), " ", ageSince(one.at)),
    h("div", { class: "book-scroll", tabindex: "0", role: "region", "aria-label": "Then and now" }, h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, "then"), h("th", { scope: "col" }, "now"))),
      h("tbody", {}, rows.map((name) => h("tr", {}, h("th", { scope: "row" }, CALLED[name] ?? name), h("td", {}, words(one.was[name])), h("td", {}, one.differs.includes(name) ? words(one.now[name]) : h("span", { class: "muted" }, "the same"))))))));
}

function words(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (Array.isArray(value)) return value.join(", ") || "–";
  if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name}: ${one}`).join(", ") || "–";
  return String(value);
}
