// What slides in over the page: the drawer at the edge, and the sheet in the middle for a decision.

import { fill, h } from "./dom.js";
import { icon } from "./icons.js";

/** Open the drawer; Escape and the shade close it, and the focus goes back. Returns its body and
 * the function that closes it. */
export function openDrawer(title, content) {
  const host = document.getElementById("drawer-host");
  const before = document.activeElement;
  const body = h("div", { class: "drawer-body" }, content);
  const close = () => {
    removeEventListener("keydown", onKey, true);
    fill(host);
    before?.focus();
  };
  const closing = h("button", { class: "button quiet", type: "button", onclick: close, "aria-label": "Close" }, icon("close"));
  const drawer = h("div", { class: "drawer", role: "dialog", "aria-modal": "true", "aria-label": title },
    h("div", { class: "drawer-head" }, h("h2", {}, title), closing),
    body,
  );
  function onKey(key) {
    if (key.key === "Escape") close();
    if (key.key === "Tab") keepFocus(key, drawer);
  }
  addEventListener("keydown", onKey, true);
  fill(host, h("div", { class: "drawer-shade", onclick: close }), drawer);
  closing.focus();
  return { body, close };
}

/** Open a sheet for something that is looked at first and then confirmed. */
export function openSheet(title, content) {
  const close = () => dialog.close();
  const closing = h("button", { class: "button quiet", type: "button", onclick: close, "aria-label": "Close" }, icon("close"));
  const body = h("div", { class: "sheet-body" }, content);
  const dialog = h("dialog", { class: "sheet", "aria-label": title }, h("div", { class: "sheet-head" }, h("h2", {}, title), closing), body);
  addEventListener("popstate", close);
  dialog.addEventListener("close", () => {
    removeEventListener("popstate", close);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { body, close };
}

function keepFocus(key, drawer) {
  const reachable = [...drawer.querySelectorAll("button, summary, a[href], [tabindex='0']")].filter((one) => one.offsetParent);
  const edge = key.shiftKey ? reachable[0] : reachable.at(-1);
  if (document.activeElement !== edge) return;
  key.preventDefault();
  (key.shiftKey ? reachable.at(-1) : reachable[0])?.focus();
}
