// A file that two people changed at once: what only each of them wrote, and which is to stay.

import { h } from "./dom.js";
import { icon } from "./icons.js";

/** One such file; `stay("mine" | "theirs")` decides it. */
export function clashCard({ name, theirs, mine }, stay) {
  return h("article", { class: "card book-clash" },
    h("p", {}, h("span", { class: "tag amber" }, icon("trouble"), "Changed twice"), " ", h("code", {}, name), " was changed by somebody else while you changed it, too. Nothing is published before you say which of the two is to stay."),
    h("div", { class: "book-sides" }, side("Only in theirs", theirs, mine), side("Only in yours", mine, theirs)),
    h("div", { class: "book-actions" },
      h("button", { class: "button small", type: "button", onclick: () => stay("theirs") }, "Take theirs"),
      h("button", { class: "button small", type: "button", onclick: () => stay("mine") }, "Keep mine")));
}

function side(title, text, other) {
  const known = new Set((other ?? "").split("\n"));
  const own = (text ?? "").split("\n").filter((line) => line.trim() && !known.has(line));
  const words = text === null ? "The file is gone." : own.join("\n") || "Nothing but what both have.";
  return h("section", {}, h("h3", {}, title), h("pre", { tabindex: "0", "aria-label": title }, words));
}
