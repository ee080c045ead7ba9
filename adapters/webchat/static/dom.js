// Making elements without ever parsing a string: no inline style, no inline script, any strict CSP.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const ICONS = {
  chat: ["M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6v3.3l3.4-1.9c.7.2 1.5.3 2.3.3 5 0 9-3.4 9-7.7s-4-7.7-9-7.7z"],
  down: ["M6 9.5l6 6 6-6"],
  close: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  send: ["M12 19V5.5", "M6 11l6-6 6 6"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  clock: ["M12 7.5V12l3 2", "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"],
  clip: ["M19.5 11.5l-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8-8a3 3 0 0 1 4.3 4.3l-8 8a1.5 1.5 0 0 1-2.1-2.1l7.2-7.2"],
  alert: ["M12 8v5", "M12 16.2v.1", "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z"],
  spark: ["M12 4.5l1.7 4.8 4.8 1.7-4.8 1.7L12 17.5l-1.7-4.8L5.5 11l4.8-1.7z", "M18.5 16v4", "M16.5 18h4"],
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}

/** Make `nodes` the children of `parent`, moving only what is out of place: a live region then
    announces what is new, and nothing twice. */
export function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** The colour that is readable on `colour` (#rrggbb), by its relative luminance (WCAG 2.2). */
export function readableOn(colour) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = parts.map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.056 ? "#ffffff" : "#14181a";
}

export const initial = (name) => [...(name || "").trim()][0]?.toLocaleUpperCase() ?? "";
