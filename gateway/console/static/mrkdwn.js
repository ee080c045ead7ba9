// Slack's marks as elements, as its programs show them
// (https://docs.slack.dev/messaging/formatting-message-text).

import { h } from "./dom.js";
import { link } from "./rich_text.js";

const ENTITIES = { amp: "&", lt: "<", gt: ">" };
const EDGE = { before: "(?<![\\p{L}\\p{N}])", after: "(?![\\p{L}\\p{N}])" };
const marked = (mark) => `${EDGE.before}${mark}(?=\\S)([^${mark}\\n]*[^${mark}\\s])${mark}${EDGE.after}`;
const SPAN = new RegExp(["<([^<>\\n]*)>", "`([^`\\n]+)`", marked("\\*"), marked("_"), marked("~")].join("|"), "gu");
const TAGS = [null, null, "strong", "em", "s"];

/** The elements of one text of a section. */
export function mrkdwn(text) {
  return text.split(/```\n?([\s\S]*?)\n?```/).map((piece, at) => at % 2 ? h("pre", {}, unescaped(piece)) : lines(piece));
}

/** Lines that begin with ">" are quoted together. */
function lines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = line.startsWith(">");
    if (groups.at(-1)?.quoted !== quoted) groups.push({ quoted, lines: [] });
    groups.at(-1).lines.push(quoted ? line.slice(1) : line);
  }
  return groups.map((group) => {
    const words = group.lines.join("\n");
    if (!words.trim()) return null;
    const paragraph = h("p", {}, spans(words));
    return group.quoted ? h("blockquote", {}, paragraph) : paragraph;
  });
}

function spans(text) {
  const made = [];
  let place = 0;
  for (const found of text.matchAll(SPAN)) {
    made.push(unescaped(text.slice(place, found.index)), span(found));
    place = found.index + found[0].length;
  }
  made.push(unescaped(text.slice(place)));
  return made;
}

function span([, token, code, ...inner]) {
  if (token !== undefined) return tokenWords(token);
  if (code !== undefined) return h("code", {}, unescaped(code));
  const at = inner.findIndex((one) => one !== undefined);
  return h(TAGS[at + 2], {}, spans(inner[at]));
}

/** `<address|label>`; a mention or a call to a channel, which we never send, stays as it is. */
function tokenWords(token) {
  const [target, label] = token.split("|").map(unescaped);
  return /^[@#!]/.test(target) ? `<${target}>` : link(target, label ?? target);
}

const unescaped = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => ENTITIES[name]);
