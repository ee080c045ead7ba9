// "Try": what the next turn would be given for a message that is only imagined, and why.

import { change } from "./api.js";
import { fill, h } from "./dom.js";
import { handleWords } from "./handles.js";
import { wentWrong } from "./memory_undo.js";

/** A form that outlives redrawing; `offer(handles)` says from where one could write. */
export function tryForm(id, openMessage) {
  const text = h("textarea", { rows: "2", maxlength: "2000", required: true, "aria-label": "A message of theirs", placeholder: "Where is my order?" });
  const from = h("select", { "aria-label": "Written from" });
  const out = h("div", { class: "tried", "aria-live": "polite" });
  const button = h("button", { class: "button small", type: "submit" }, "Try");
  const element = h("form", { class: "try", onsubmit: async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    button.disabled = true;
    try {
      fill(out, result(await change(`/customers/${id}/context`, { text: text.value.trim(), handle: from.value }), openMessage));
    } catch (problem) {
      wentWrong(out, problem);
    }
    button.disabled = false;
  } }, text, h("div", { class: "try-foot" }, from, button), out);
  let offered = "";
  return {
    element,
    offer(contact) {
      const now = contact.filter((one) => !one.retired).map((one) => one.handle);
      if (JSON.stringify(now) === offered) return;
      offered = JSON.stringify(now);
      const chosen = from.value;
      fill(from, now.map((one) => h("option", { value: one, selected: one === chosen }, handleWords(one))));
    },
  };
}

function result(tried, openMessage) {
  return [
    h("p", { class: "small" }, h("strong", {}, `${tried.tokens} of ${tried.budget} tokens`), tried.lines.length ? `, in ${tried.lines.length === 1 ? "one line" : `${tried.lines.length} lines`}.` : ": nothing is remembered."),
    parts(tried.lines).map(([part, lines]) => h("section", { class: "tried-part" },
      h("h4", {}, part.slice(0, 1).toUpperCase() + part.slice(1), part !== "recalled" && h("span", { class: "muted" }, lines[0].why)),
      h("ol", { class: "was" }, lines.map((one) => h("li", {},
        one.text, " ", one.message && h("button", { class: "link", type: "button", onclick: () => openMessage(one.message) }, "see it"),
        part === "recalled" && h("span", { class: "muted block" }, one.why)))))),
    tried.trace.length + tried.left_out.length > 0 && h("details", {}, h("summary", {}, "Why these, and what was left out"), h("ul", { class: "was" }, [...tried.trace, ...tried.left_out].map((one) => h("li", {}, one)))),
    tried.block && h("details", {}, h("summary", {}, "As a language model would be given it"), h("pre", { tabindex: "0" }, tried.block)),
  ];
}

/** The lines by the parts that they stand in, in order. */
function parts(lines) {
  const found = new Map();
  for (const one of lines) found.set(one.part, [...(found.get(one.part) ?? []), one]);
  return [...found];
}
