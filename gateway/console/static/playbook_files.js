// The files of a playbook as text, with every faulty line marked.

import { fill, h, skeleton } from "./dom.js";
import { settled } from "./panes.js";

let last = "";

export function filesView(place, book, where) {
  const names = [...new Set([...book.shown.files.filter((one) => one.editable).map((one) => one.name), ...book.draft.files()])].sort();
  const known = names.includes(where?.name) ? where.name : names.includes(last) ? last : names[0];
  const chosen = h("select", { "aria-label": "File", onchange: () => show(chosen.value) }, names.map((one) => h("option", { value: one, selected: one === known }, one)));
  const host = h("div", { class: "book-file" });
  let stop = () => {};
  fill(place, h("div", { class: "book-find" }, chosen), host);

  async function show(name, line) {
    last = name;
    fill(host, skeleton(8));
    const text = await book.draft.text(name);
    if (last !== name) return; // another was chosen while this one was on its way
    const editor = textEditor(text, name, book);
    fill(host, editor.element);
    stop.checked = editor.mark;
    editor.mark();
    if (line !== undefined) editor.go(line);
  }

  if (known) show(known, where?.line);
  return (stop = Object.assign(() => {}, { checked: () => {} }));
}

function textEditor(text, name, book) {
  const numbers = h("ol", { class: "book-numbers", "aria-hidden": "true" });
  const area = h("textarea", { class: "book-text", value: text, spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", readonly: !book.edits, "aria-label": `Text of ${name}` });
  const keep = settled(() => book.draft.write(name, area.value), 300);
  let faulty = [];

  function number() {
    const count = area.value.split("\n").length;
    const marked = new Map(faulty.map((one) => [one.line, one]));
    fill(numbers, Array.from({ length: count }, (_, at) => h("li", { class: marked.has(at + 1) ? "bad" : null, title: marked.get(at + 1)?.wrong }, String(at + 1))));
    scroll();
  }

  const scroll = () => (numbers.style.transform = `translateY(${-area.scrollTop}px)`);

  area.addEventListener("input", () => {
    number();
    keep();
  });
  area.addEventListener("scroll", scroll);
  number();
  return {
    element: h("div", { class: "book-editor" }, h("div", { class: "book-gutter" }, numbers), area),
    mark() {
      faulty = (book.checked?.faults ?? book.shown.status.faults).filter((one) => one.file === name);
      number();
    },
    go,
  };

  /** Go to a line, with what stands there chosen; 0 is the file as a whole. */
  function go(line) {
    const lines = area.value.split("\n");
    const start = lines.slice(0, Math.max(0, line - 1)).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    area.scrollTop = Math.max(0, (line - 5) * (area.scrollHeight / lines.length));
    scroll();
  }
}
