// What stands beside a thread: how the customer can be reached, and what is remembered of them.

import { change } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { handleWords } from "./handles.js";
import { handleIcon, icon } from "./icons.js";
import { handleTags } from "./identity_graph.js";
import { level } from "./levels.js";
import { linkForm } from "./link_form.js";
import { may } from "./rights.js";
import { full } from "./time.js";
import { openUnmergeOf } from "./unmerge.js";

const sides = new WeakMap();
/** How many facts stand beside a thread; all of them are on the page of what is remembered. */
const SHOWN = 12;

/** Fill the side pane with a customer's handles, facts and cases. */
export async function customerSide(element, customer, refresh) {
  // What is being typed survives news from the server, and what was revealed stays for this view.
  if (!sides.has(element)) sides.set(element, { form: linkForm(), shown: "", revealed: new Map() });
  const side = sides.get(element);
  const { form } = side;
  form.show(customer, refresh);
  const rights = await may();
  const state = JSON.stringify([customer.id, customer.handles, customer.facts, customer.cases, [...side.revealed]]);
  if (side.shown === state) return;
  side.shown = state;
  const held = form.element.contains(document.activeElement) ? document.activeElement : null;
  const again = () => customerSide(element, customer, refresh);
  fill(element,
    part("Reached at", h("div", { class: "card" }, customer.handles.map((handle) => handleCard(handle, customer, rights, refresh)))),
    rights.has("link") && part("Link another address", form.element),
    customer.facts.length > 0 && part("Remembered", factList(customer.facts, side.revealed, rights, again),
      h("p", { class: "small" }, h("a", { href: `/console/customers/${customer.id}#memory` }, "All that is remembered"))),
    customer.cases.length > 0 && part("Cases", h("ul", { class: "cases" }, customer.cases.map(caseLine))),
  );
  held?.focus();
}

function part(title, ...content) {
  return h("section", { class: "side-part" }, h("h2", { class: "eyebrow" }, title), content);
}

function handleCard(handle, customer, rights, refresh) {
  const mayPart = customer.handles.length > 1 && rights.has("link");
  const tags = handleTags({ ...handle, retired_at: handle.retired }).filter(Boolean);
  return h("div", { class: "handle" },
    h("span", { class: "disc" }, handleIcon(handle.kind)),
    h("strong", {}, handleWords(`${handle.kind}:${handle.address}`)),
    level(handle.level),
    handle.links.map((link) => h("p", { title: full(link.created_at) }, link.words)),
    tags.length > 0 && h("p", {}, tags),
    mayPart && handle.links.map((link) => link.can_end && h("button",
      { class: "button small danger", type: "button", onclick: () => openUnmergeOf(customer.id, link.id, refresh) },
      icon("unlink"), "Unmerge …")),
  );
}

/** Each thing once, however many addresses it was told from. */
function factList(facts, revealed, rights, again) {
  const once = [...new Map(facts.filter((fact) => !fact.key.startsWith("identifier:")).slice(0, SHOWN).map((fact) => [`${fact.key}:${fact.hidden ? fact.id : fact.value}`, fact])).values()];
  return h("dl", { class: "facts" }, once.map((fact) => [
    h("dt", {}, fact.label),
    h("dd", { title: `Source: ${fact.source}` }, factWords(fact, revealed, rights, again)),
  ]));
}

function factWords(fact, revealed, rights, again) {
  if (fact.secret) return "provided";
  if (!fact.hidden) return fact.value;
  if (revealed.has(fact.id)) return [revealed.get(fact.id), h("span", { class: "tag amber" }, icon("eye"), "shown to you")];
  return [
    h("span", { class: "muted", title: "Personal: it is shown once the customer has proved who they are." }, "hidden"),
    rights.has("reveal") && h("button", { class: "button small quiet", type: "button", onclick: (click) => reveal(click.currentTarget, fact, revealed, again) }, icon("eye"), "Reveal"),
  ];
}

async function reveal(button, fact, revealed, again) {
  button.disabled = true;
  try {
    revealed.set(fact.id, (await change(`/facts/${fact.id}/reveal`)).value);
    again();
  } catch (problem) {
    toast(problem.message, "error");
    button.disabled = false;
  }
}

function caseLine(one) {
  const [look, words] = { open: ["tag accent", "open"], handed: ["tag amber", "with people"], closed: ["tag", "closed"] }[one.status] ?? ["tag", one.status];
  return h("li", {}, h("span", {}, capital((one.intent ?? "not understood yet").replaceAll("_", " "))), h("span", { class: look }, words));
}

const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
