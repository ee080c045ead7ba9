// Sentences that can be said with one click.

import { fill, h } from "/console/static/dom.js";

/** A button for each; one that is more than its words has a `text` to be shown. */
export function chips(host, sentences, act) {
  fill(host, sentences.map((one) =>
    h("button", { class: "chip", type: "button", onclick: () => act(one) }, one.label ?? one.text ?? one)));
}
