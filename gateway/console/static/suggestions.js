// Customers that may be one, with the reasons. Nothing is joined until a person says so.

import { change, read } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { openMerge } from "./merge.js";
import { failure } from "./panes.js";
import { may } from "./rights.js";
import { decide } from "./sheets.js";

/** The queue; returns the function that refreshes it. */
export function suggestionList(element) {
  fill(element, skeleton(5));
  async function refresh() {
    try {
      const [found, rights] = [await read("/suggestions"), await may()];
      fill(element, found.length
        ? found.map((one) => card(one, rights.has("link"), refresh))
        : empty(threadPicture(), "Nothing to decide", "When two customers look like one person, they are shown here side by side with the reasons."));
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }
  refresh();
  return refresh;
}

function card(one, mayDecide, done) {
  return h("article", { class: "card letter suggestion" },
    h("header", { class: "letter-head" },
      h("span", { class: "tag accent number" }, `${one.score} of 100`),
      h("a", { href: `/console/customers/${one.one.customer_id}#who` }, one.one.name), h("span", { class: "muted" }, "and"),
      h("a", { href: `/console/customers/${one.other.customer_id}#who` }, one.other.name)),
    h("ul", { class: "effect" }, one.reasons.map((reason) => h("li", {}, reason.words))),
    mayDecide && h("footer", { class: "letter-foot" },
      h("button", { class: "button primary small", type: "button", onclick: () => openMerge({ id: one.one.customer_id, name: one.one.name }, done, one.other.customer_id, one.id) }, icon("link"), "Compare and join …"),
      h("button", { class: "button small", type: "button", onclick: () => apart(one, done) }, icon("unlink"), "Two people")));
}

function apart(one, done) {
  decide({
    title: "Two different people?",
    content: h("p", {}, `${one.one.name} and ${one.other.name} will never be suggested again.`),
    reason: "How do you know?",
    confirm: "Two people",
    act: (reason) => change(`/suggestions/${one.id}/apart`, { reason }),
    told: "They stay apart.",
    done,
  });
}
