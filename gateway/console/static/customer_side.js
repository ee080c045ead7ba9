// What stands beside a thread: how the customer can be reached and why we think it is them.

import { change, read } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { handleIcon, icon } from "./icons.js";
import { handleWords } from "./timeline.js";
import { full } from "./time.js";

const LEVELS = ["not proved", "claimed", "vouched for by the channel", "proved", "logged in"];

/** Fill the side pane with a customer's handles, facts and cases. */
export function customerSide(element, customer, refresh) {
  if (element.contains(document.activeElement) && document.activeElement.matches("input, select")) return;
  fill(element,
    part("Reached at", h("div", { class: "card" }, customer.handles.map((handle) => handleCard(handle, customer, refresh)))),
    part("Join another handle", linkForm(customer, refresh)),
    customer.facts.length && part("Remembered", factList(customer.facts)),
    customer.cases.length && part("Cases", h("div", { class: "stack small" }, customer.cases.map(caseLine))),
  );
}

function part(title, ...content) {
  return h("section", { class: "side-part" }, h("h3", { class: "eyebrow" }, title), content);
}

function handleCard(handle, customer, refresh) {
  return h("div", { class: "handle" },
    h("span", { class: "disc" }, handleIcon(handle.kind)),
    h("strong", {}, handleWords(handle.key)),
    level(handle.level),
    handle.links.map((link) => h("p", { title: full(link.created_at) }, evidence(link))),
    handle.opted_out && h("p", {}, h("span", { class: "tag red" }, "opted out")),
    customer.handles.length > 1 && handle.links.map((link) => link.can_end && h("button",
      { class: "button small danger", type: "button", onclick: () => unlink(link.id, refresh) },
      icon("unlink"), "Unlink")),
  );
}

function evidence(link) {
  return link.words;
}

/** Five bars, filled up to the level. */
export function level(number) {
  const label = `Level ${number}: ${LEVELS[number]}`;
  return h("span", { class: "level", role: "img", "aria-label": label, title: label },
    [1, 2, 3, 4].map((step) => h("i", { class: step <= number ? "on" : "" })));
}

async function unlink(id, refresh) {
  await tryChange("/identities/unlink", { link_id: id, reason: "Unlinked in the console" }, "Unlinked.", refresh);
}

async function tryChange(path, body, done, refresh) {
  try {
    await change(path, body);
    toast(done);
    refresh();
  } catch (problem) {
    toast(problem.message, "error");
  }
}

function linkForm(customer, refresh) {
  const found = h("select", { "aria-label": "Which handle", hidden: true });
  const evidenceBox = h("input", { type: "text", placeholder: "How do you know it is them?", "aria-label": "Evidence", maxlength: "200", hidden: true });
  const button = h("button", { class: "button small", type: "submit", hidden: true }, icon("link"), "Link");
  const search = h("input", { type: "search", placeholder: "Phone, login or name", "aria-label": "Find a handle to link" });
  const form = h("form", { class: "stack" }, search, found, evidenceBox, button);
  search.addEventListener("change", async () => {
    if (!search.value.trim()) return;
    const others = (await read(`/customers?q=${encodeURIComponent(search.value.trim())}`)).filter((one) => one.id !== customer.id);
    const handles = others.flatMap((one) => one.handles);
    fill(found, handles.map((handle) => h("option", { value: handle.key }, handleWords(handle.key))));
    for (const part of [found, evidenceBox, button]) part.hidden = handles.length === 0;
    if (!handles.length) toast("Nobody else matches that.");
    else evidenceBox.focus();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!found.value || !evidenceBox.value.trim()) return evidenceBox.focus();
    const body = { handle: found.value, customer_id: customer.id, evidence: evidenceBox.value.trim() };
    document.activeElement.blur();
    await tryChange("/identities/link", body, "Linked.", refresh);
  });
  return form;
}

function factList(facts) {
  return h("dl", { class: "facts" }, facts.map((fact) => [
    h("dt", {}, fact.key.replaceAll("_", " ")),
    h("dd", { title: `Source: ${fact.source}` }, fact.secret ? "provided" : fact.value),
  ]));
}

function caseLine(one) {
  const tags = { open: "tag accent", handed: "tag amber", closed: "tag" };
  return h("div", {}, h("span", { class: tags[one.status] ?? "tag" }, one.status), " ", (one.intent ?? "not understood yet").replaceAll("_", " "));
}
