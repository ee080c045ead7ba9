// Building the page: elements from data, never from markup in strings, so that nothing a customer
// wrote can become code.

const PROPERTIES = new Set(["value", "disabled", "hidden", "checked", "open", "selected"]);

/** An element: `h("p", {class: "muted", onclick: f}, "text", child, [more])`. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    parent.append(child);
  }
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Draw a part of the page anew; the focus stays on the link that had it. */
export function redraw(host, draw) {
  const held = host.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  draw();
  if (held) focusLink(host, held);
}

/** Put the focus on the link to `href`, if it is there. */
export function focusLink(host, href) {
  for (const link of host.querySelectorAll("a[href]")) if (link.getAttribute("href") === href) return link.focus();
}

/** Placeholder lines while something loads. */
export function skeleton(lines = 4) {
  const rows = Array.from({ length: lines }, (_, row) =>
    h("div", { class: "skeleton-row" }, h("span", { class: `skeleton w${(row % 3) + 1}` })),
  );
  return h("div", { class: "loading", "aria-busy": "true", "aria-label": "Loading" }, rows);
}

/** What a view shows when there is nothing to show. */
export function empty(picture, title, text) {
  return h("div", { class: "empty" }, picture, h("h2", {}, title), text && h("p", { class: "muted" }, text));
}

/** A short notice at the edge of the screen; errors stay longer. */
export function toast(text, kind = "done") {
  const host = document.getElementById("toasts");
  const note = h("div", { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" }, text);
  host.append(note);
  setTimeout(() => note.remove(), kind === "error" ? 9000 : 4000);
}
