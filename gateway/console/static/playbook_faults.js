// What is wrong with a playbook, as ways to the lines where it is mended.

import { h } from "./dom.js";

/** The faults as a list; `open(file, line)` goes to one. */
export function faultList(faults, open) {
  return h("ul", { class: "book-faults", "aria-label": "Faults" }, faults.map((one) => fault(one, open)));
}

function fault(one, open) {
  const key = one.key && !one.key.startsWith("line ") ? `${one.key}: ` : "";
  return h("li", {},
    h("button", { class: "link", type: "button", onclick: () => open(one.file, one.line) }, where(one)),
    ` ${key}${ended(one.wrong)} `, h("span", { class: "muted" }, ended(one.mend)));
}

/** The faults in one sentence, for whoever hears the page. */
export function faultWords(faults) {
  if (!faults.length) return "";
  return `${faults.length === 1 ? "One fault keeps" : `${faults.length} faults keep`} it from being published.`;
}

const where = (one) => (one.line ? `${one.file}, line ${one.line}` : one.file);

const ended = (words) => (/[.?!]$/.test(words) ? words : `${words}.`);
