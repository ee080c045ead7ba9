// Joining one more address to a customer: find it, say why it is the same person, link.

import { change, read } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { handleWords } from "./handles.js";
import { icon } from "./icons.js";
import { settled } from "./panes.js";

/** Find somebody else's handle, say why it is the same person, link. */
export function linkForm() {
  let customer;
  let refresh;
  const search = h("input", { type: "search", placeholder: "Find by phone, mail or name", "aria-label": "Find an address to link" });
  const nobody = h("p", { class: "muted small", role: "status", hidden: true }, "Nobody else matches that.");
  const found = h("select", { "aria-label": "Which address" });
  const evidence = h("input", { type: "text", placeholder: "How do you know it is them?", "aria-label": "Evidence", maxlength: "200", required: true });
  const rest = h("div", { class: "stack tight", hidden: true }, found, evidence, h("button", { class: "button small", type: "submit" }, icon("link"), "Link"));
  const element = h("form", { class: "stack tight" }, search, nobody, rest);

  async function find() {
    const words = search.value.trim();
    const others = words ? (await read(`/customers?q=${encodeURIComponent(words)}`)).filter((one) => one.id !== customer.id) : [];
    if (words !== search.value.trim()) return; // what is asked now is on its way
    const handles = others.flatMap((one) => one.handles);
    fill(found, handles.map((handle) => h("option", { value: handle.key }, handleWords(handle.key))));
    rest.hidden = handles.length === 0;
    nobody.hidden = !words || handles.length > 0;
  }

  search.addEventListener("input", settled(() => find().catch((problem) => toast(problem.message, "error"))));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (rest.hidden) return;
    if (!evidence.value.trim()) return evidence.focus();
    const body = { handle: found.value, customer_id: customer.id, evidence: evidence.value.trim() };
    if (!(await tryChange("/identities/link", body, "Linked.", refresh))) return;
    element.reset();
    rest.hidden = true;
  });
  return {
    element,
    show(now, again) {
      customer = now;
      refresh = again;
    },
  };
}

async function tryChange(path, body, done, refresh) {
  try {
    await change(path, body);
    toast(done);
    refresh();
    return true;
  } catch (problem) {
    toast(problem.message, "error");
    return false;
  }
}
