// The parts of a playbook, kind by kind, each with the few values that people change most.

import { empty, fill, h, toast } from "./dom.js";
import { icon } from "./icons.js";
import { openSheet } from "./drawer.js";

const KINDS = { intent: "Intents", answer: "Answers", article: "Articles", flow: "Flows", slot: "Slots", rule: "Rules" };
const ABOUT = {
  intent: "What customers want, with examples of how they say it.",
  answer: "What is said, in variants: none is said twice in a case.",
  article: "What customers may be told about a matter, with its link.",
  flow: "What has to be known, and what is said in the end.",
  slot: "The details that flows ask for.",
  rule: "When a person takes over. The lowest priority comes first.",
};
let kind = "intent";
let words = "";
const opened = new Set();

export function partsView(place, book) {
  const counts = {};
  const tabs = Object.entries(KINDS).map(([key, name]) => h("button", { class: "book-kind", type: "button", "aria-pressed": String(key === kind), onclick: () => choose(key) }, name, (counts[key] = h("span", { class: "muted number" }))));
  const search = h("input", { type: "search", value: words, placeholder: "Find by name or words", "aria-label": "Find a part", oninput: () => { words = search.value; draw(); } });
  const list = h("div", { class: "book-parts" });
  const add = h("span", { class: "book-new" });
  fill(place,
    h("div", { class: "book-kinds", role: "group", "aria-label": "Kinds of parts" }, tabs),
    h("div", { class: "book-find" }, search, add),
    list);

  const parts = () => (book.checked?.parts.length ? book.checked.parts : book.shown.parts);

  function choose(key) {
    kind = key;
    tabs.forEach((tab, at) => tab.setAttribute("aria-pressed", String(Object.keys(KINDS)[at] === kind)));
    fill(add, book.edits && adding(kind, book));
    draw();
  }

  function draw() {
    const found = parts().filter((one) => matches(one, words));
    for (const key of Object.keys(KINDS)) counts[key].textContent = String(found.filter((one) => one.kind === key).length);
    const rows = found.filter((one) => one.kind === kind);
    fill(list, h("p", { class: "muted small" }, ABOUT[kind]), rows.length ? rows.map((one) => row(one, book)) : nothing(book));
  }

  choose(kind);
  const stop = () => {};
  // While somebody types in a form it is not drawn anew under their hands.
  stop.checked = () => !list.contains(document.activeElement) && draw();
  return stop;
}

function nothing(book) {
  if (words) return empty(null, `No ${KINDS[kind].toLowerCase()} with “${words}”`, "The numbers above tell where else these words stand.");
  if (book.shown.status.faults.length) return empty(null, "The files have faults", "Their parts are shown once what is told above is mended.");
  return empty(null, `No ${KINDS[kind].toLowerCase()} yet`, "");
}

function matches(one, wanted) {
  const text = `${one.name} ${one.title} ${one.about} ${one.fields.map((field) => [field.value].flat().join(" ")).join(" ")}`.toLowerCase();
  return wanted.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function row(one, book) {
  const key = `${one.kind}:${one.name}`;
  const body = h("div", { class: "book-form" });
  const element = h("details", { class: one.off ? "card book-part off" : "card book-part", open: opened.has(key), ontoggle: () => {
    element.open ? opened.add(key) : opened.delete(key);
    if (element.open && !body.hasChildNodes()) fill(body, form(one, book));
  } },
  h("summary", {},
    h("span", { class: "book-name" }, h("strong", {}, one.title), one.title !== one.name && h("code", {}, one.name)),
    one.off && h("span", { class: "tag amber" }, "off"),
    one.uses > 0 && h("span", { class: "tag" }, one.uses === 1 ? "used once" : `used ${one.uses} times`),
    h("span", { class: "muted small book-about" }, one.about)),
  body);
  return element;
}

function form(one, book) {
  const fields = one.fields.map((field) => control(one, field, book));
  return [
    fields.length ? fields : h("p", { class: "muted" }, "Built in. A rule of yours with the same id takes its place."),
    one.file && h("p", { class: "book-source" }, h("button", { class: "link", type: "button", onclick: () => book.open(one.file, 0, one.name) }, icon("source"), one.file)),
  ];
}

/** One value; what is left when it is put into the draft. */
function control(one, field, book) {
  const told = h("span", { class: "small book-told", role: "status" });
  const save = async (value) => {
    told.className = "small book-told";
    told.textContent = "…";
    try {
      await book.draft.set(one.file, field.path, value);
      told.textContent = "In the draft";
    } catch (problem) {
      told.className = "small book-told wrong";
      told.textContent = problem.message;
    }
  };
  const wide = field.kind === "lines" && field.value.some((text) => text.includes("\n"));
  const input = { line, text, lines, number, flag }[field.kind](field, save, !book.edits || wide);
  return h("label", { class: field.kind === "flag" ? "book-flag" : "field" }, h("span", {}, field.label, " ", told), input, wide && h("span", { class: "muted small" }, "Some of these have several lines; change them in the file."));
}

const line = ({ value }, save, fixed) => h("input", { type: "text", value, readonly: fixed, onchange: (event) => save(event.target.value.trim()) });

const text = ({ value }, save, fixed) => h("textarea", { rows: String(Math.min(24, value.split("\n").length + 2)), value, readonly: fixed, onchange: (event) => save(event.target.value) });

const lines = ({ value }, save, fixed) =>
  h("textarea", { rows: String(Math.min(16, value.length + 1)), value: value.join("\n"), readonly: fixed, onchange: (event) => save(event.target.value.split("\n").map((one) => one.trim()).filter(Boolean)) });

const number = ({ value }, save, fixed) =>
  h("input", { type: "text", inputmode: "numeric", pattern: "-?[0-9]{1,4}", value: String(value), readonly: fixed, onchange: (event) => event.target.reportValidity() && save(Number(event.target.value)) });

const flag = ({ value }, save, fixed) => h("input", { type: "checkbox", checked: value, disabled: fixed, onchange: (event) => save(event.target.checked ? true : null) });

/** The button that adds a part, where a form can. */
function adding(what, book) {
  if (what !== "intent" && what !== "article") return null;
  return h("button", { class: "button", type: "button", onclick: () => (what === "intent" ? newIntent : newArticle)(book) }, what === "intent" ? "New intent …" : "New article …");
}

function newIntent(book) {
  ask(book, "New intent", [
    ["name", "Its name, in small letters", "line", "[a-z][a-z0-9_]*"],
    ["title", "What people call it, such as “the price of a repair”", "line"],
    ["examples", "Examples, one a line; ten or more are understood best", "lines"],
  ], async ({ name, title, examples }) => {
    await book.draft.set("intents.toml", [name, "title"], title);
    await book.draft.set("intents.toml", [name, "examples"], examples.split("\n").map((one) => one.trim()).filter(Boolean));
    opened.add(`intent:${name}`);
  });
}

function newArticle(book) {
  ask(book, "New article", [
    ["name", "Its name, in small letters", "line", "[a-z][a-z0-9-]*"],
    ["title", "Title", "line"],
    ["url", "Its public link", "line"],
    ["body", "Text: short sentences that can stand alone", "lines"],
  ], async ({ name, title, url, body }) => {
    const file = `articles/${name}.md`;
    await book.draft.write(file, `+++\ntitle = ${JSON.stringify(title)}\nurl = ${JSON.stringify(url)}\n+++\n\n${body.trim()}\n`);
    opened.add(`article:${name}`);
  });
}

function ask(book, title, fields, act) {
  const inputs = fields.map(([, , how, pattern]) => (how === "lines" ? h("textarea", { rows: "6", required: true }) : h("input", { type: "text", required: true, pattern, title: pattern && "Small letters and digits, beginning with a letter; no spaces.", maxlength: "120" })));
  const wrong = h("p", { class: "wrong", role: "alert" });
  const form = h("form", { class: "sheet-content", onsubmit: async (event) => {
    event.preventDefault();
    try {
      const given = Object.fromEntries(fields.map(([name], at) => [name, inputs[at].value.trim()]));
      if (book.shown.parts.some((one) => one.kind === kind && one.name === given.name)) throw new Error(`There is one called ${given.name} already. Change that one, or choose another name.`);
      await act(given);
      sheet.close();
      toast("It is in the draft.");
    } catch (problem) {
      wrong.textContent = problem.message;
    }
  } }, fields.map(([, label], at) => h("label", { class: "field" }, h("span", {}, label), inputs[at])), wrong, h("div", { class: "book-actions" }, h("button", { class: "button primary", type: "submit" }, "Add to the draft")));
  const sheet = openSheet(title, form);
  inputs[0].focus();
}
