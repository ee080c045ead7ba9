// "Why this answer?": the seven steps of one turn in sentences, with the data folded away.

import { read } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { icon } from "./icons.js";
import { full } from "./time.js";

/** Open the drawer for a turn; Escape and the shade close it, and the focus goes back. */
export async function openTurn(id) {
  const host = document.getElementById("drawer-host");
  const before = document.activeElement;
  const body = h("div", { class: "drawer-body" }, skeleton(7));
  const close = () => {
    removeEventListener("keydown", onKey, true);
    fill(host);
    before?.focus();
  };
  const closing = h("button", { class: "button quiet", type: "button", onclick: close, "aria-label": "Close" }, icon("close"));
  const drawer = h("aside", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-label": "Why this answer?" },
    h("header", {}, h("h2", {}, "Why this answer?"), closing),
    body,
  );
  function onKey(key) {
    if (key.key === "Escape") close();
    if (key.key === "Tab") keepFocus(key, drawer);
  }
  addEventListener("keydown", onKey, true);
  fill(host, h("div", { class: "drawer-shade", onclick: close }), drawer);
  closing.focus();
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
    h("details", {}, h("summary", {}, "Data"), h("pre", {}, JSON.stringify(one.data, null, 2))),
  );
}

function keepFocus(key, drawer) {
  const reachable = [...drawer.querySelectorAll("button, summary, a[href]")].filter((one) => one.offsetParent);
  const edge = key.shiftKey ? reachable[0] : reachable.at(-1);
  if (document.activeElement !== edge) return;
  key.preventDefault();
  (key.shiftKey ? reachable.at(-1) : reachable[0])?.focus();
}
