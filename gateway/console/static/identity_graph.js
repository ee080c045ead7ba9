// Who a customer is, drawn: handles around the ids they are joined to, every link with its reason.
// Positions are computed here and given as attributes; the look is in identity_graph.css.

import { h } from "./dom.js";
import { handleWords } from "./handles.js";
import { handleIcon, icon } from "./icons.js";
import { level as bars, SHORT } from "./levels.js";

const SVG = "http://www.w3.org/2000/svg";
const ROW = 64;
const TIGHT = 46;
const MANY = 16;
const PILL = 30;
const GAP = 6;
const WORDS = 30; // what stands below the circle of an id

/** The picture of a graph in an element that follows its width. `onEdge(edge)` opens a link. */
export function identityGraph(graph, onEdge) {
  const host = h("div", { class: "graph" });
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now === width || now === 0) return;
    width = now;
    host.replaceChildren(drawing(graph, width, onEdge));
  }).observe(host);
  return host;
}

function drawing(graph, width, onEdge) {
  const wide = width >= 700;
  const sizes = wide
    ? { handle: Math.round(Math.min(270, Math.max(196, width * 0.275))), pill: 98 }
    : { handle: Math.round(Math.max(150, width * 0.47)), pill: 92 };
  const rows = placeHandles(graph, wide);
  const used = Math.max(...rows.map((one) => one.top + one.height));
  const { hubs, needed } = placeHubs(graph, width, Math.max(used, 180), wide);
  const height = Math.max(used, needed, 180) + 8;
  if (height - 8 > used) for (const row of rows) row.top += (height - 8 - used) / 2;
  const svg = s("svg", { class: "graph-picture", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": `How ${graph.name} is known` });
  const edges = s("g", { class: "graph-edges", "aria-hidden": "true" });
  const nodes = s("g", {});
  svg.append(edges, nodes);
  for (const hub of hubs.values()) nodes.append(hubNode(hub, graph, wide));
  for (const row of rows) {
    const left = row.side === "left";
    nodes.append(box(left ? 0 : width - sizes.handle, row.top, sizes.handle, row.height, handleNode(row)));
    row.edges.forEach((edge, at) => {
      const y = row.top + row.height / 2 + (at - (row.edges.length - 1) / 2) * PILL;
      const x = left ? sizes.handle + GAP : width - sizes.handle - GAP - sizes.pill;
      const hub = hubs.get(edge.customer_id) ?? hubs.get(graph.id);
      const path = s("path", { d: curve(left ? x + sizes.pill : x, y, left ? hub.x - hub.r : hub.x + hub.r, hub.y), class: edgeLook(edge) });
      path.addEventListener("click", () => onEdge(edge));
      edges.append(s("path", { d: `M${left ? sizes.handle : width - sizes.handle} ${y}H${left ? x : x + sizes.pill}`, class: edgeLook(edge) }), path);
      nodes.append(box(x, y - PILL / 2, sizes.pill, PILL, pill(edge, row.handle, onEdge)));
    });
  }
  return svg;
}

/** One row for each handle: on both sides where there is room, else all on the right. */
function placeHandles(graph, wide) {
  const hubs = hubIds(graph);
  const tight = graph.handles.length > MANY;
  const rows = graph.handles.map((handle) => {
    const edges = drawnEdges(graph, handle);
    return { handle, edges, tight, height: Math.max(tight ? TIGHT : ROW, edges.length * PILL + 12) };
  });
  rows.sort((one, other) => hubs.indexOf(one.edges[0]?.customer_id) - hubs.indexOf(other.edges[0]?.customer_id));
  const tops = { left: 4, right: 4 };
  for (const row of rows) {
    row.side = wide && tops.left <= tops.right ? "left" : "right";
    row.top = tops[row.side];
    tops[row.side] += row.height + (tight ? 4 : 8);
  }
  if (wide) centre(rows, tops);
  return rows;
}

/** A handle's links. Its own first contact says nothing new where it was joined to somebody. */
function drawnEdges(graph, handle) {
  const all = graph.edges.filter((edge) => edge.handle_id === handle.id);
  const joined = all.some((edge) => !edge.first_contact && !edge.ended_at);
  return all.filter((edge) => !edge.first_contact || edge.customer_id === graph.id || !joined);
}

/** The shorter side stands in the middle of the longer one. */
function centre(rows, tops) {
  const [shorter, by] = tops.left < tops.right ? ["left", (tops.right - tops.left) / 2] : ["right", (tops.left - tops.right) / 2];
  for (const row of rows) if (row.side === shorter) row.top += by;
}

/** The ids that are drawn: the customer, and others that some link was made with. */
function hubIds(graph) {
  const linked = new Set(graph.edges.filter((edge) => !edge.first_contact).map((edge) => edge.customer_id));
  return graph.customers.filter((one) => one.place === "root" || linked.has(one.id)).map((one) => one.id);
}

/** The ids from top to bottom, each with room for its circle and its words; what is left over is shared out. */
function placeHubs(graph, width, height, wide) {
  const ids = hubIds(graph).map((id) => {
    const customer = graph.customers.find((one) => one.id === id);
    return { id, customer, r: customer.place === "root" ? (wide ? 32 : 24) : wide ? 20 : 16 };
  });
  const needed = ids.reduce((sum, one) => sum + 2 * one.r + WORDS, 0);
  const spare = Math.max(0, height - needed) / ids.length;
  let top = 0;
  const hubs = new Map(ids.map((one) => {
    const y = top + spare / 2 + one.r + 2;
    top += 2 * one.r + WORDS + spare;
    return [one.id, { ...one, x: wide ? width / 2 : one.r + 6, y }];
  }));
  return { hubs, needed };
}

function hubNode(hub, graph, wide) {
  const { customer, x, y, r } = hub;
  const group = s("g", { class: `hub ${customer.place}` });
  group.append(s("circle", { cx: x, cy: y, r }));
  const initials = s("text", { x, y, class: "hub-initials", "text-anchor": "middle", "dominant-baseline": "central" });
  initials.textContent = initialsOf(customer.name);
  group.append(initials);
  const words = customer.place === "root" ? graph.name : customer.place === "merged" ? wide ? `old id …${customer.id.slice(-4)}` : "old id" : customer.name;
  group.append(box(wide ? x - 54 : 0, y + r + 3, wide ? 108 : 70, 22, h("div", { class: `hub-words ${wide ? "" : "narrow"}`, title: `Customer ${customer.id}` },
    h("strong", {}, words))));
  return group;
}

const initialsOf = (name) => {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word));
  return words.length ? words.slice(0, 2).map((word) => word[0].toUpperCase()).join("") : "?";
};

function handleNode({ handle, tight }) {
  const look = ["graph-handle", handle.outside && "outside", handle.retired_at && "retired", tight && "tight"];
  return h("div", { class: look.filter(Boolean).join(" ") },
    h("span", { class: "disc" }, handleIcon(handle.kind)),
    h("div", { class: "graph-handle-words" },
      h("strong", { title: handle.key }, handleWords(`${handle.kind}:${handle.address}`)),
      h("span", { class: "graph-tags" }, handle.outside ? h("span", { class: "tag" }, "somebody else now") : bars(handle.level), handleTags(handle)),
    ));
}

/** What is special about a handle, each in a word. */
export function handleTags(handle) {
  const cooling = handle.cooling_until && new Date(handle.cooling_until) > new Date();
  const proved = handle.proved_until && new Date(handle.proved_until) > new Date();
  return [
    handle.retired_at && h("span", { class: "tag", title: handle.retired_because ?? "" }, "retired"),
    handle.shared && h("span", { class: "tag amber", title: "Several people use it: it proves no person." }, "shared"),
    handle.blocked && h("span", { class: "tag red", title: "Its address is on the block list: it joins nobody." }, "blocked"),
    handle.dead && h("span", { class: "tag red", title: "What was sent there came back for good." }, "dead"),
    handle.opted_out && h("span", { class: "tag red" }, "opted out"),
    proved && h("span", { class: "tag accent", title: `Shown by a code; holds until ${new Date(handle.proved_until).toLocaleString()}` }, "proved now"),
    cooling && h("span", { class: "tag amber", title: `Nothing old is read before ${new Date(handle.cooling_until).toLocaleString()}` }, "cooling off"),
  ];
}

function pill(edge, handle, onEdge) {
  const words = edge.first_contact ? "first" : edge.ended_at ? "ended" : SHORT[edge.level];
  const label = `${handleWords(`${handle.kind}:${handle.address}`)}: ${edge.rule_words}, level ${edge.level}, ${edge.level_words}${edge.ended_at ? ", ended" : ""}. Why?`;
  return h("button", { class: `edge-pill ${edgeLook(edge)}`, type: "button", "aria-label": label, title: edge.rule_words, onclick: () => onEdge(edge) },
    edge.reads_from ? icon("clock") : h("span", { class: "edge-level" }, String(edge.level)),
    h("span", {}, words));
}

const edgeLook = (edge) => ["edge", `level-${edge.level}`, edge.ended_at && "ended", edge.first_contact && "first", edge.reads_from && "cooling"].filter(Boolean).join(" ");

function curve(x, y, toX, toY) {
  const bend = (toX - x) * 0.55;
  return `M${x} ${y}C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
}

function box(x, y, width, height, content) {
  const holder = s("foreignObject", { x, y, width, height });
  holder.append(content);
  return holder;
}

function s(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
