// "Why this answer?": what was written, what was said and why, and then the seven steps of the turn.

import { read } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { openDrawer } from "./drawer.js";
import { full } from "./time.js";

/** Open the drawer for a turn. */
export async function openTurn(id) {
  const { body } = openDrawer("Why this answer?", skeleton(7));
  try {
    const turn = await read(`/turns/${id}`);
    fill(body,
      answer(turn),
      h("h3", {}, "What happened, step by step"),
      h("ol", { class: "steps" }, turn.steps.map(step)),
      h("details", {}, h("summary", {}, "For engineers: figures and the whole record"),
        h("ul", { class: "small muted" }, turn.steps.flatMap((one) => one.figures).map((line) => h("li", {}, line))),
        h("pre", { tabindex: "0", "aria-label": "The whole record" }, JSON.stringify(turn.record, null, 2))),
    );
  } catch (problem) {
    fill(body, h("p", { role: "alert" }, problem.message));
  }
}

/** What people come for: both messages, and the reasons of the answer. */
function answer({ at, steps }) {
  const data = Object.fromEntries(steps.map((one) => [one.name, one.data]));
  const decided = steps.find((one) => one.name === "decided");
  return [
    h("p", { class: "muted small" }, full(at)),
    quote("The customer wrote", data.admitted?.text),
    quote("The answer", data.decided?.reply),
    decided && h("section", { class: "turn-why" }, h("h3", {}, "Why"), h("p", {}, decided.sentence), list(decided.lines)),
  ];
}

const quote = (title, words) => words && h("section", { class: "turn-quote" }, h("h3", {}, title), h("blockquote", {}, words));

const list = (lines) => lines.length > 0 && h("ul", { class: "small" }, lines.map((line) => h("li", {}, line)));

function step(one) {
  const told = one.name === "decided" ? h("p", {}, "It was decided what to say, for the reasons above.") : [h("p", {}, one.sentence), list(one.lines)];
  return h("li", {}, h("h4", {}, one.name), told);
}
