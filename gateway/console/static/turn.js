// "Why this answer?": the seven steps of one turn in sentences, with the data folded away.

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
      h("p", { class: "muted small" }, full(turn.at)),
      h("ol", { class: "steps" }, turn.steps.map(step)),
      h("details", {}, h("summary", {}, "Everything that was recorded"), h("pre", {}, JSON.stringify(turn.record, null, 2))),
    );
  } catch (problem) {
    fill(body, h("p", {}, problem.message));
  }
}

function step(one) {
  return h("li", {},
    h("h3", {}, one.name),
    h("p", {}, one.sentence),
    one.lines.length ? h("ul", { class: "small" }, one.lines.map((line) => h("li", {}, line))) : null,
    h("details", {}, h("summary", {}, "Data"), h("pre", {}, JSON.stringify(one.data, null, 2))),
  );
}
