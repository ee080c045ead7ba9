// Formatted text as elements: the gateway's HTML, rebuilt from a short list, and links that can be
// followed. Nothing here runs or loads anything; what is not on the list becomes its text.

import { h } from "./dom.js";

const SHOWN = new Set(["P", "BR", "STRONG", "EM", "UL", "OL", "LI", "CODE", "PRE", "BLOCKQUOTE", "H3", "HR"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "TITLE", "NOSCRIPT"]);
const SCHEMES = /^(https?|mailto|tel):/i;
const DEEPEST = 20;

/** What a part says: its HTML as elements, or else its text. */
export function richText({ html, text }) {
  if (typeof html !== "string") return h("div", { class: "plain-text" }, String(text ?? ""));
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return h("div", { class: "rich-text" }, rebuilt(parsed.body, 0));
}

/** A link, or only its words when it leads nowhere that a customer's program would follow. */
export function link(address, words) {
  if (!SCHEMES.test(address)) return words;
  return h("a", { href: address, title: address, target: "_blank", rel: "noopener noreferrer" }, words);
}

function rebuilt(from, depth) {
  return [...from.childNodes].map((node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return null;
    const inner = rebuilt(node, depth + 1);
    if (depth >= DEEPEST) return inner;
    if (node.tagName === "A") return link(node.getAttribute("href") ?? "", inner);
    if (!SHOWN.has(node.tagName)) return inner;
    return h(node.tagName, { start: node.tagName === "OL" && node.getAttribute("start") }, inner);
  });
}
