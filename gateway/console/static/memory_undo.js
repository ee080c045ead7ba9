// Taking back what was just done to the memory of a customer, and all that one source has told.

import { change } from "./api.js";
import { fill, h, skeleton, toast } from "./dom.js";
import { decide } from "./sheets.js";

const LONG_ENOUGH_MS = 12_000;

/** Say what was done, with a way back for whoever did it. */
export function undoable(words, done, refresh) {
  if (!done.change_id) return toast(words);
  const host = document.getElementById("toasts");
  const note = h("div", { class: "toast done undoable", role: "status" }, h("span", {}, words), h("button", { type: "button", onclick: undo }, "Undo"));
  for (const one of host.querySelectorAll(".undoable")) one.remove();
  host.append(note);
  setTimeout(() => note.remove(), LONG_ENOUGH_MS);

  async function undo() {
    note.remove();
    try {
      await change("/memory/undo", { change_id: done.change_id });
      toast("It is as it was before.");
      refresh();
    } catch (problem) {
      toast(problem.message, "error");
    }
  }
}

/** Look at all that came from a source, then take it back. */
export function openRollBack(source, refresh) {
  const sheet = decide({
    title: "Take back all from one source",
    content: skeleton(3),
    reason: "What is wrong with it?",
    confirm: "Take back",
    danger: true,
    ready: false,
    act: async (because) => {
      const done = await change("/memory/roll-back", { source, because, dry_run: false });
      return done.count === 1 ? "One thing was taken back." : `${done.count} things were taken back.`;
    },
    told: "Taken back.",
    done: refresh,
  });
  change("/memory/roll-back", { source, dry_run: true }).then((seen) => {
    sheet.allow(seen.facts.length > 0);
    sheet.show(
      h("p", {}, "All that was learned from ", h("code", {}, source), seen.facts.length ? " would be forgotten, and what it took the place of would hold again:" : " is taken back already."),
      h("ul", { class: "was" }, seen.facts.map((one) => h("li", {},
        h("b", {}, one.label), ": ", one.hidden ? "hidden" : one.value,
        h("span", { class: "muted" }, ` of ${one.customer_name}`, one.again === null ? "" : `; again: ${one.again}`)))),
      seen.more && h("p", { class: "muted small" }, "There is more than is shown here."));
  }, (problem) => sheet.show(h("p", { class: "wrong", role: "alert" }, problem.message)));
}

/** Replace what a place holds by what went wrong. */
export const wentWrong = (place, problem) => fill(place, h("p", { class: "wrong", role: "alert" }, problem.message));
