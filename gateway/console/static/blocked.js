// Addresses that never join anybody to anybody: made-up numbers, mailboxes nobody reads.

import { change, read, remove } from "./api.js";
import { empty, fill, h, skeleton, toast } from "./dom.js";
import { threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { may } from "./rights.js";
import { ageSince } from "./time.js";

/** The block list; returns the function that refreshes it. */
export function blockList(element) {
  const rows = h("div", { class: "log" }, skeleton(4));
  const wrong = h("p", { class: "wrong", role: "alert" });
  const pattern = h("input", { type: "text", required: true, maxlength: "200", placeholder: "phone:+440000000000 or email:noreply@*", "aria-label": "Address or pattern" });
  const reason = h("input", { type: "text", required: true, maxlength: "200", placeholder: "Why?", "aria-label": "Why it is blocked" });
  const form = h("form", { class: "log-filters" }, pattern, reason, h("button", { class: "button primary", type: "submit" }, "Block"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      await change("/blocked", { pattern: pattern.value.trim(), reason: reason.value.trim() });
      form.reset();
      refresh();
    } catch (problem) {
      wrong.textContent = problem.message;
    }
  });

  async function refresh() {
    try {
      const [found, rights] = [await read("/blocked"), await may()];
      form.hidden = !rights.has("link");
      fill(rows, found.length
        ? found.map((one) => row(one, rights.has("link"), refresh))
        : empty(threadPicture(), "Nothing is blocked", ""));
    } catch (problem) {
      if (problem.status !== 0) fill(rows, failure(problem, refresh));
    }
  }
  fill(element, form, wrong, rows);
  refresh();
  return refresh;
}

function row(one, mayChange, done) {
  return h("article", { class: "log-row" },
    h("strong", {}, one.pattern),
    h("span", { class: "muted small" }, one.ours ? one.reason : `${one.reason}, by ${one.actor}`),
    one.created_at && ageSince(one.created_at),
    one.joined.length > 0 && h("span", { class: "tag amber", title: one.joined.join(", ") }, one.joined.length === 1 ? "1 address is joined all the same" : `${one.joined.length} addresses are joined all the same`),
    mayChange && !one.ours && h("button", { class: "button small", type: "button", onclick: async () => {
      try {
        await remove(`/blocked?pattern=${encodeURIComponent(one.pattern)}`);
        toast("Not blocked any more.");
        done();
      } catch (problem) {
        toast(problem.message, "error");
      }
    } }, "Unblock"));
}
