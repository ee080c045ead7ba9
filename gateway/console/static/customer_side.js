// What stands beside a thread: how the customer can be reached and why we think it is them.

import { change, read } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { handleWords } from "./handles.js";
import { handleIcon, icon } from "./icons.js";
import { settled } from "./panes.js";
import { full } from "./time.js";

const LEVELS = ["not proved", "claimed", "vouched for by the channel", "proved", "logged in"];

const sides = new WeakMap();

/** Fill the side pane with a customer's handles, facts and cases. */
export function customerSide(element, customer, refresh) {
  // What is being typed survives news from the server.
  if (!sides.has(element)) sides.set(element, { form: linkForm(), shown: "" });
  const side = sides.get(element);
  const { form } = side;
  form.show(customer, refresh);
  const state = JSON.stringify([customer.id, customer.handles, customer.facts, customer.cases]);
  if (side.shown === state) return;
  side.shown = state;
  const held = form.element.contains(document.activeElement) ? document.activeElement : null;
  fill(element,
    part("Reached at", h("div", { class: "card" }, customer.handles.map((handle) => handleCard(handle, customer, refresh)))),
    part("Link another address", form.element),
    customer.facts.length > 0 && part("Remembered", factList(customer.facts)),
    customer.cases.length > 0 && part("Cases", h("ul", { class: "cases" }, customer.cases.map(caseLine))),
  );
  held?.focus();
}

function part(title, ...content) {
  return h("section", { class: "side-part" }, h("h2", { class: "eyebrow" }, title), content);
}

function handleCard(handle, customer, refresh) {
  return h("div", { class: "handle" },
    h("span", { class: "disc" }, handleIcon(handle.kind)),
    h("strong", {}, handleWords(handle.key)),
    level(handle.level),
    handle.links.map((link) => h("p", { title: full(link.created_at) }, link.words)),
    handle.opted_out && h("p", {}, h("span", { class: "tag red" }, "opted out")),
    customer.handles.length > 1 && handle.links.map((link) => link.can_end && h("button",
      { class: "button small danger", type: "button", onclick: () => unlink(link.id, refresh) },
      icon("unlink"), "Unlink")),
  );
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
    return true;
  } catch (problem) {
    toast(problem.message, "error");
    return false;
  }
}

/** Find somebody else's handle, say why it is the same person, link. */
function linkForm() {
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

/** Each thing once, however many addresses it was told from. */
function factList(facts) {
  const once = [...new Map(facts.map((fact) => [`${fact.key}:${fact.value}`, fact])).values()];
  return h("dl", { class: "facts" }, once.map((fact) => [
    h("dt", {}, capital(fact.key.replaceAll("_", " "))),
    h("dd", { title: `Source: ${fact.source}` }, fact.secret ? "provided" : fact.value),
  ]));
}

function caseLine(one) {
  const [look, words] = { open: ["tag accent", "open"], handed: ["tag amber", "with people"], closed: ["tag", "closed"] }[one.status] ?? ["tag", one.status];
  return h("li", {}, h("span", {}, capital((one.intent ?? "not understood yet").replaceAll("_", " "))), h("span", { class: look }, words));
}

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
