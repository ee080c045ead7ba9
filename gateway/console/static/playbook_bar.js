// The bar below the playbook: which files the draft changes, what keeps it from being published, and
// the buttons that end it. It is made once, so that nothing is taken from under anybody's hands.

import { fill, h } from "./dom.js";
import { faultList, faultWords } from "./playbook_faults.js";

export function draftBar({ open, publish, discard }) {
  const count = h("strong", {});
  const names = h("span", { class: "muted small book-names" });
  const verdict = h("p", { class: "book-verdict small", role: "status" });
  const faults = h("div", { class: "book-bar-faults" });
  const button = h("button", { class: "button primary", type: "button", disabled: true, onclick: publish }, "Publish …");
  const element = h("section", { class: "book-bar", "aria-label": "Your draft", hidden: true },
    h("div", { class: "book-bar-head" },
      h("p", { class: "book-bar-files" }, count, " ", names),
      h("div", { class: "book-actions" }, h("button", { class: "button quiet", type: "button", onclick: discard }, "Discard …"), button)),
    verdict, faults);
  let shown = "";

  return {
    element,
    /** How the draft stands: `checked` by the gateway, `refused` in words, or not looked at yet. */
    draw({ files, checked, refused, undecided }) {
      const found = checked?.faults ?? [];
      element.hidden = files.length === 0;
      count.textContent = `${files.length} ${files.length === 1 ? "file" : "files"} changed`;
      names.textContent = files.join(", ");
      const words = refused || undecided || faultWords(found) || (checked ? "In order. It can be published." : "Being checked …");
      if (verdict.textContent !== words) verdict.textContent = words;
      verdict.classList.toggle("wrong", Boolean(refused || undecided || found.length));
      button.disabled = !checked || found.length > 0 || Boolean(undecided);
      const now = JSON.stringify(found);
      if (now !== shown) fill(faults, found.length > 0 && faultList(found, open));
      shown = now;
    },
  };
}
