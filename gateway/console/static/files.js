// Files that go with an answer: chosen, sent to the server, and listed until the answer is sent.

import { send } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { sizeWords } from "./handles.js";
import { icon } from "./icons.js";

const LIMIT = 10 * 1024 * 1024;
const MOST = 10;

/**
 * A button to choose files with and the list of them; `taken()` gives what an answer names, and
 * `changed()` is called whenever that is something else.
 */
export function filePicker(changed) {
  let files = [];
  const input = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true" });
  const button = h("button", { class: "button quiet small attach", type: "button", onclick: () => input.click() }, icon("clip"), h("span", {}, "Attach"));
  const list = h("ul", { class: "files picked", "aria-label": "Files to send" });
  input.addEventListener("change", async () => {
    button.disabled = true;
    for (const one of [...input.files]) await keep(one);
    input.value = "";
    button.disabled = false;
    button.focus();
  });

  async function keep(one) {
    if (files.length >= MOST) return toast(`At most ${MOST} files go with one answer.`, "error");
    if (one.size > LIMIT) return toast(`“${one.name}” is larger than ${sizeWords(LIMIT)}.`, "error");
    try {
      files.push(await send(`/files?name=${encodeURIComponent(one.name.slice(0, 200))}`, one));
      draw();
    } catch (problem) {
      toast(problem.message, "error");
    }
  }

  function draw() {
    fill(list, files.map((one) => h("li", { class: "file" }, icon("file"), h("span", {}, one.name), h("small", {}, sizeWords(one.size)),
      h("button", { class: "button quiet small", type: "button", "aria-label": `Leave out ${one.name}`, onclick: () => drop(one) }, icon("close")))));
    changed();
  }

  function drop(one) {
    files = files.filter((other) => other !== one);
    draw();
    button.focus();
  }

  return {
    elements: { button: h("span", {}, input, button), list },
    taken: () => files.map(({ reference, name, media_type }) => ({ reference, name, media_type })),
    /** The same with their sizes, as a preview asks for them. */
    seen: () => files.map(({ reference, name, media_type, size }) => ({ reference, name, media_type, size })),
    clear() {
      files = [];
      draw();
    },
    /** Whether the channel can carry files; if not, the button says so and nothing can be chosen. */
    allow(can, channel) {
      button.disabled = !can;
      button.title = can ? `Attach files, ${sizeWords(LIMIT)} each at most` : `${channel} cannot carry files`;
    },
  };
}
