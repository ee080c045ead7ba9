// A decision in a sheet: what would happen, why it is done, and a button that does it.

import { fill, h, toast } from "./dom.js";
import { openSheet } from "./drawer.js";

/**
 * Open a sheet with `content` above a field for the `reason`, where one is asked for. `act(reason)`
 * does it, and rejects with a problem in words; `told`, if anything, is said afterwards, and `done()`
 * called.
 */
export function decide({ title, content, reason, confirm, act, told, done, danger = false, ready = true }) {
  const field = reason && h("input", { type: "text", maxlength: "200", required: true, autofocus: true, "aria-label": reason, placeholder: reason });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const button = h("button", { class: danger ? "button danger" : "button primary", type: "submit", disabled: !ready }, confirm);
  const form = h("form", { class: "sheet-foot" }, wrong, h("div", { class: "sheet-confirm" }, field, button));
  const place = h("div", { class: "sheet-content" }, content);
  const sheet = openSheet(title, [place, form]);
  let allowed = ready;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field && !field.value.trim()) return field.focus();
    button.disabled = true;
    wrong.textContent = "";
    try {
      const words = await act(field ? field.value.trim() : "");
      sheet.close();
      const said = typeof words === "string" ? words : told;
      if (said) toast(said);
      done();
    } catch (problem) {
      wrong.textContent = problem.message;
      button.disabled = !allowed;
    }
  });
  return {
    place,
    close: sheet.close,
    show: (...now) => fill(place, ...now),
    allow(now) {
      allowed = now;
      button.disabled = !now;
    },
  };
}
