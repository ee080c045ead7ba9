// Two customers side by side, before or after a change: what each has, and what each would read.

import { h } from "./dom.js";
import { handleWords } from "./handles.js";
import { handleIcon } from "./icons.js";

/** One customer as a column. `then` is a heading for what would be read afterwards. */
export function sideColumn(side, then) {
  return h("section", { class: "side card", "aria-label": side.name },
    h("header", {}, h("h3", {}, side.name), h("p", { class: "muted small number" }, `Customer ${side.id}`)),
    h("dl", { class: "counts" },
      count(side.handles.length, "address", "addresses"), count(side.conversations, "conversation"), count(side.messages, "message"),
      count(side.cases, "case"), count(side.facts, "fact")),
    side.open_cases > 0 && h("p", {}, h("span", { class: "tag amber" }, side.open_cases === 1 ? "1 case is open" : `${side.open_cases} cases are open`)),
    h("ul", { class: "side-handles" }, side.handles.map((handle) => sideHandle(handle, then))));
}

function count(number, one, many = `${one}s`) {
  return h("div", {}, h("dt", {}, number === 1 ? one : many), h("dd", { class: "number" }, String(number)));
}

function sideHandle(handle, then) {
  const gains = handle.reads_then.filter((key) => !handle.reads_now.includes(key));
  const loses = handle.reads_now.filter((key) => !handle.reads_then.includes(key));
  return h("li", {},
    h("span", { class: "disc" }, handleIcon(handle.kind)),
    h("div", {},
      h("strong", {}, handleWords(plain(handle.key))), " ",
      handle.retired && h("span", { class: "tag" }, "retired"), handle.shared && h("span", { class: "tag amber" }, "shared"),
      handle.blocked && h("span", { class: "tag red" }, "blocked"), handle.opted_out && h("span", { class: "tag red" }, "opted out"),
      h("p", { class: "muted small" }, then, " ", reads(handle.reads_then)),
      gains.length > 0 && h("p", { class: "small gains" }, `Gains: ${gains.map(plainWords).join(", ")}`),
      loses.length > 0 && h("p", { class: "small loses" }, `Loses: ${loses.map(plainWords).join(", ")}`)));
}

function reads(keys) {
  if (!keys.length) return "only its own conversation.";
  return keys.length === 1 ? "what came from itself." : `what came from ${keys.length} addresses.`;
}

/** A key without what stands behind that of a retired handle. */
const plain = (key) => key.replace(/#\d+$/, "");
const plainWords = (key) => handleWords(plain(key));
