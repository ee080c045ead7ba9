// "Memory": what is remembered of a customer, as a person would want to read it. Each thing leads to
// the message that told it.

import { read } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { handleWords } from "./handles.js";
import { channelIcon, channelName, icon, threadPicture } from "./icons.js";
import { factRow, sourceLink } from "./memory_fact.js";
import { openPromise, openTell } from "./memory_tell.js";
import { tryForm } from "./memory_try.js";
import { failure } from "./panes.js";
import { may } from "./rights.js";
import { day, dayWords, full } from "./time.js";

const GROUPS = [
  ["about", "About them", null],
  ["number", "Orders and numbers", null],
  ["promise", "What we promised", "Promises that people made are kept here until they are settled."],
];

/** The view of customer `id`; `openMessage(id)` shows a message in the thread. */
export function memoryOf(id, openMessage) {
  const element = h("div", { class: "memory" }, skeleton(8));
  const trial = tryForm(id, openMessage);
  const kept = { opened: new Set(), revealed: new Map(), chip: null };
  let shown = "";

  async function refresh() {
    // What somebody is typing survives news from the server.
    if (element.querySelector("form.correct")) return;
    try {
      const [memory, rights] = await Promise.all([read(`/customers/${id}/memory`), may()]);
      const state = JSON.stringify([memory, [...kept.revealed], kept.chip]);
      if (state === shown) return;
      shown = state;
      keepingFocus(element, () => draw(memory, rights));
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  function draw(memory, rights) {
    const page = { id, rights, kept, openMessage, refresh, mayChange: rights.has("remember") };
    const known = memory.preferences.length + memory.facts.length + memory.promises.length;
    trial.offer(memory.contact);
    fill(element,
      h("header", { class: "memory-head" },
        h("div", {}, h("h2", {}, `What we remember of ${memory.name}`), h("p", { class: "muted small" }, summary(memory))),
        h("div", { class: "actions" },
          page.mayChange && h("button", { class: "button small", type: "button", "data-key": "tell", onclick: () => openTell(memory, refresh) }, icon("pen"), "Tell …"),
          page.mayChange && h("button", { class: "button small", type: "button", "data-key": "promise", onclick: () => openPromise(memory, refresh) }, icon("clock"), "Promise …"),
          rights.has("link") && h("a", { class: "button small", href: `/api/v1/customers/${id}/export`, download: "", title: "Everything held of them, as a file for them" }, icon("out"), "Export"))),
      memory.preferences.length > 0 && preferences(memory.preferences, page, () => { shown = ""; refresh(); }),
      memory.case && openCase(memory.case, page),
      known === 0 && !memory.case && empty(threadPicture(), "Nothing is known of them yet", "What they tell, and what people note here, is kept with where it came from."),
      GROUPS.map(([key, title, words]) => group(key, title, words, memory, page)),
      memory.episodes.length > 0 && part("What there was", h("ol", { class: "episodes" }, memory.episodes.map((one) => episode(one, page)))),
      part("May we write to them?", h("ul", { class: "contact" }, memory.contact.map(contact))),
      part("Try: what would be remembered for this message?", trial.element),
      memory.past.length > 0 && folded("past", `No longer so (${memory.past.length})`, h("ul", { class: "memory-facts" }, memory.past.map((one) => factRow(one, page))), kept),
      memory.retired.length > 0 && folded("retired", `Taken off as wrong (${memory.retired.length})`, h("ul", { class: "memory-facts" }, memory.retired.map((one) => factRow(one, page))), kept),
    );
  }

  refresh();
  return { element, refresh };
}

function part(title, ...content) {
  return h("section", { class: "memory-part" }, h("h3", { class: "eyebrow" }, title), content);
}

function group(key, title, words, memory, page) {
  const found = key === "promise" ? memory.promises : memory.facts.filter((one) => one.group === key);
  if (!found.length) return null;
  return part(title, words && h("p", { class: "muted small" }, words), h("ul", { class: "memory-facts", "aria-label": title }, found.map((one) => factRow(one, page))));
}

function summary(memory) {
  const all = [...memory.preferences, ...memory.facts, ...memory.promises];
  const { messages, conversations } = memory.counts;
  const words = [`${many(all.length, "thing")} known`];
  const verified = all.filter((one) => one.verified).length;
  if (all.length) words.push(verified === all.length ? "all verified" : `${verified} verified`);
  words.push(`out of ${many(messages, "message")} in ${many(conversations, "conversation")}`);
  return `${words.join(", ")}.`;
}

/** How they like it: chips, of which the chosen one is told in full below. */
function preferences(found, page, again) {
  const chosen = found.find((one) => one.id === page.kept.chip);
  return part("How they like it",
    h("ul", { class: "chips" }, found.map((one) => h("li", {}, h("button", {
      class: "chip", type: "button", "data-key": `chip-${one.id}`, "aria-expanded": String(one === chosen),
      onclick: () => {
        page.kept.chip = one === chosen ? null : one.id;
        again();
      },
    }, h("span", {}, one.label), h("strong", {}, one.hidden ? "hidden" : one.value), one.verified && icon("check", "verified"))))),
    chosen && h("ul", { class: "memory-facts", "aria-label": "How they like it" }, factRow(chosen, page)));
}

function openCase(one, page) {
  return part("What is going on",
    h("div", { class: "card going-on" },
      h("p", {}, channelIcon(one.channel), h("strong", {}, words(one.intent ?? "not understood yet")), h("span", { class: one.status === "handed" ? "tag amber" : "tag accent" }, one.status === "handed" ? "with people" : "open"),
        h("time", { class: "muted small", datetime: one.opened_at, title: full(one.opened_at) }, `since ${dayWords(one.opened_at)}`)),
      one.withheld && h("p", { class: "muted small" }, "What was told in it is withheld: it drew on another customer’s memory."),
      one.slots.length > 0 && h("dl", { class: "facts" }, one.slots.map((slot) => [
        h("dt", {}, slot.label),
        h("dd", {}, slot.hidden ? h("span", { class: "muted" }, "hidden") : slot.value, " ", sourceLink(slot, page)),
      ]))));
}

function episode(one, page) {
  return h("li", { class: "episode" },
    h("span", { class: "disc" }, one.channels.slice(0, 1).map((channel) => channelIcon(channel))),
    h("div", {},
      h("p", { class: "episode-line" }, h("time", { datetime: one.started_at, title: full(one.started_at) }, day(one.started_at)),
        h("span", { class: "muted" }, one.channels.map(channelName).join(", ")), one.outcome && h("span", { class: "tag" }, words(one.outcome))),
      one.first_words && h("p", { class: "quote" }, one.first_words),
      about(one) && h("p", { class: "muted small" }, words(about(one))),
      one.summary && h("p", { class: "small" }, one.summary, " ", h("span", { class: "tag amber" }, `summed up by ${one.summary_by.replace("model:", "the model ")}`)),
      one.message && h("button", { class: "link", type: "button", "data-key": `episode-${one.id}`, onclick: () => page.openMessage(one.message) }, "Read it")));
}

/** What it was about and how it ended, without what stands beside it already. */
function about(one) {
  const told = one.line.slice(one.line.indexOf(": ") + 2);
  if (!told.startsWith("“")) return told;
  const end = told.indexOf("”; ");
  return end < 0 ? "" : told.slice(end + 3);
}

function contact(one) {
  const marks = [
    one.opted_out && ["red", "wants no messages"],
    one.dead && ["red", "not in use any more"],
    one.blocked && ["amber", "joins nobody"],
    one.shared && ["amber", "several people use it"],
    one.retired && ["", "somebody else has it now"],
  ].filter(Boolean);
  return h("li", {}, h("span", {}, handleWords(one.handle)), marks.length ? marks.map(([look, said]) => h("span", { class: `tag ${look}` }, said)) : h("span", { class: "tag accent" }, icon("check"), "yes"));
}

function folded(key, title, content, kept) {
  const details = h("details", { class: "memory-fold", open: kept.opened.has(key), ontoggle: (event) => (event.currentTarget.open ? kept.opened.add(key) : kept.opened.delete(key)) }, h("summary", { "data-key": key }, title), content);
  return details;
}

/** Draw anew; the focus stays on what had it. */
function keepingFocus(element, draw) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  draw();
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
const words = (text) => text.slice(0, 1).toUpperCase() + text.slice(1).replaceAll("_", " ");
