// "Who is this?": the graph of a customer, the same as a table, and what can be done about it.

import { read } from "./api.js";
import { fill, h, skeleton } from "./dom.js";
import { openDrawer } from "./drawer.js";
import { handleWords } from "./handles.js";
import { icon } from "./icons.js";
import { alarmCard } from "./alarms.js";
import { handleTags, identityGraph } from "./identity_graph.js";
import { level, SHORT } from "./levels.js";
import { openMerge } from "./merge.js";
import { failure } from "./panes.js";
import { may } from "./rights.js";
import { markShared, mayChangeHands, passOn } from "./shared_handles.js";
import { full } from "./time.js";
import { openUnmerge } from "./unmerge.js";

/** The view of customer `id`; `changed()` is called after something was done. */
export function whoIsWho(id, changed) {
  const element = h("div", { class: "who" }, skeleton(6));
  let ended = false;
  let shown = "";
  let asTable = false;

  async function refresh() {
    try {
      const graph = await read(`/customers/${id}/graph${ended ? "?ended=true" : ""}`);
      const rights = await may();
      const state = JSON.stringify([graph, ended]);
      if (state === shown) return;
      shown = state;
      draw(graph, rights);
    } catch (problem) {
      if (problem.status !== 0) fill(element, failure(problem, refresh));
    }
  }

  function done() {
    refresh();
    changed();
  }

  function draw(graph, rights) {
    const mayLink = rights.has("link");
    const open = (edge) => openEdge(edge, graph, mayLink, done);
    const box = h("input", { type: "checkbox", checked: ended, onchange: (event) => {
      ended = event.currentTarget.checked;
      refresh();
    } });
    fill(element,
      h("header", { class: "who-head" },
        h("div", {},
          h("h2", {}, `Why do we think this is ${graph.name}?`),
          h("p", { class: "muted small" }, summary(graph))),
        mayLink && h("div", { class: "actions" },
          h("button", { class: "button small", type: "button", onclick: () => openMerge(graph, done) }, icon("link"), "Merge …"),
          graph.edges.some((edge) => edge.can_end) && h("button", { class: "button small danger", type: "button", onclick: () => openUnmerge(graph, [], done) }, icon("unlink"), "Unmerge …"))),
      graph.alarms.map((alarm) => alarmCard(alarm, mayLink, done)),
      identityGraph(graph, open),
      h("div", { class: "who-foot" },
        h("ul", { class: "legend", "aria-label": "Legend" }, [1, 2, 3, 4].map((one) => h("li", {}, h("i", { class: `edge level-${one}` }), `${one} ${SHORT[one]}`))),
        graph.ended > 0 && h("label", { class: "check" }, box, graph.ended === 1 ? "Show the ended link" : `Show ${graph.ended} ended links`)),
      h("details", { class: "as-table", open: asTable, ontoggle: (event) => {
        asTable = event.currentTarget.open;
      } }, h("summary", {}, "The same as a table"), table(graph, open, mayLink, done)),
    );
  }

  refresh();
  return { element, refresh };
}

function summary(graph) {
  const own = graph.handles.filter((one) => !one.outside);
  const count = own.length === 1 ? "One address" : `${own.length} addresses`;
  const joined = graph.edges.filter((one) => !one.first_contact && !one.ended_at);
  if (!joined.length) return `${count}, joined to nobody. Customer ${graph.id}.`;
  const weakest = Math.min(...joined.map((one) => one.level));
  return `${count}, ${joined.length === 1 ? "one link" : `${joined.length} links`}, the weakest at level ${weakest}. Customer ${graph.id}.`;
}

/** Everything about one link, with what can be done about it. */
function openEdge(edge, graph, mayLink, done) {
  const handle = graph.handles.find((one) => one.id === edge.handle_id);
  const { body, close } = openDrawer(`Why do we think this is ${graph.name}?`, []);
  const bounded = graph.handles.filter((one) => one.weakest_id === edge.id);
  fill(body,
    h("div", { class: "edge-head" }, level(edge.level), h("strong", {}, `Level ${edge.level}: ${edge.level_words}`), edge.ended_at && h("span", { class: "tag" }, "ended"), handleTags(handle)),
    h("ol", { class: "sentences" }, edge.sentences.map((one) => h("li", {}, one))),
    bounded.length > 0 && h("p", { class: "muted small" }, `The weakest link on the way for ${bounded.map((one) => handleWords(`${one.kind}:${one.address}`)).join(", ")}.`),
    h("p", { class: "muted small" }, `Link ${edge.id}`),
    mayLink && edge.can_end && h("div", { class: "actions" }, h("button", { class: "button danger", type: "button", onclick: () => {
      close();
      openUnmerge(graph, [edge.id], done);
    } }, icon("unlink"), "Unmerge here …")),
  );
}

function table(graph, open, mayLink, done) {
  const handles = new Map(graph.handles.map((one) => [one.id, one]));
  return h("div", { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Links" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Address", "Customer", "Level", "Rule and evidence", "Who, when", "State", ""].map((one) => h("th", { scope: "col" }, one || h("span", { class: "visually-hidden" }, "What can be done"))))),
    h("tbody", {}, graph.edges.map((edge) => {
      const handle = handles.get(edge.handle_id);
      return h("tr", { class: edge.ended_at ? "ended" : "" },
        h("th", { scope: "row" }, handleWords(`${handle.kind}:${handle.address}`), " ", handleTags(handle)),
        h("td", { class: "number", title: edge.customer_id }, `…${edge.customer_id.slice(-6)}`),
        h("td", {}, `${edge.level} ${SHORT[edge.level]}`),
        h("td", {}, edge.rule_words, h("span", { class: "muted block" }, edge.evidence || "no evidence named")),
        h("td", {}, edge.actor, h("span", { class: "muted block" }, full(edge.created_at))),
        h("td", {}, state(edge)),
        h("td", {}, h("button", { class: "button small quiet", type: "button", onclick: () => open(edge) }, "Why?"),
          mayLink && edge.first_contact && !handle.outside && h("button", { class: "button small quiet", type: "button", onclick: () => markShared(handle, done) }, handle.shared ? "Not shared" : "Shared"),
          mayLink && edge.first_contact && !handle.outside && !handle.retired_at && mayChangeHands(handle) && h("button", { class: "button small quiet", type: "button", onclick: () => passOn(handle, done) }, "New owner …")));
    }))));
}

function state(edge) {
  if (edge.ended_at) return `ended ${full(edge.ended_at)}: ${edge.end_reason}`;
  if (edge.reads_from) return `cooling off until ${full(edge.reads_from)}`;
  return edge.expires_at ? `until ${full(edge.expires_at)}` : "active";
}
