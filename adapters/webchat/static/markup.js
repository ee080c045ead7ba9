// The gateway's HTML, rebuilt element by element from a short list. What is not on it becomes text.

const PLAIN = new Set(["P", "BR", "STRONG", "EM", "UL", "OL", "LI", "CODE", "PRE", "BLOCKQUOTE", "H3", "HR"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "SVG", "MATH", "TITLE", "NOSCRIPT"]);
const SCHEMES = /^(https?|mailto|tel):/i;
const DEEPEST = 20;

/** Nodes for `html`, or for `text` where the page forbids parsing. Never runs or loads anything. */
export function richText(html, text) {
  if (!html) return plainText(text);
  let parsed;
  try {
    parsed = new DOMParser().parseFromString(html, "text/html");
  } catch {
    return plainText(text); // trusted types are enforced on this page
  }
  const made = document.createDocumentFragment();
  rebuild(parsed.body, made, 0);
  return made;
}

function plainText(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

function rebuild(from, to, depth) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
    else if (node.nodeType === Node.ELEMENT_NODE) element(node, to, depth);
  }
}

function element(node, to, depth) {
  const name = node.tagName.toUpperCase();
  if (DROPPED.has(name)) return;
  let made = to;
  if (depth < DEEPEST && PLAIN.has(name)) made = document.createElement(name);
  else if (depth < DEEPEST && name === "A" && SCHEMES.test(node.getAttribute("href") ?? "")) made = link(node);
  rebuild(node, made, depth + 1);
  if (made !== to) to.append(made);
}

function link(node) {
  const made = document.createElement("a");
  made.href = node.getAttribute("href");
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  return made;
}
