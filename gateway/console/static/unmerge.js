// Parting what was joined: choose links, look at who there would be and who saw what, say why.

import { change, read } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { handleWords } from "./handles.js";
import { level } from "./levels.js";
import { decide } from "./sheets.js";
import { sideColumn } from "./sides.js";
import { full } from "./time.js";

/** Open the sheet for customer `graph` with these links chosen. */
export function openUnmerge(graph, chosenIds, done) {
  const edges = graph.edges.filter((edge) => edge.can_end);
  const chosen = new Set(chosenIds.length || edges.length > 1 ? chosenIds : [edges[0].id]);
  const sheet = decide({
    title: `Unmerge ${graph.name}`,
    content: [],
    reason: "Why are they not one?",
    confirm: "Unmerge",
    act: async (reason) => {
      const parted = await change("/identities/unmerge", { link_ids: [...chosen], reason });
      return parted.customer_ids.length > 1 ? `Parted into ${parted.customer_ids.length} customers.` : "The links were ended; other links still join them.";
    },
    done,
    danger: true,
    ready: false,
  });
  const preview = h("div", { class: "preview-of", "aria-live": "polite" });
  const handles = new Map(graph.handles.map((one) => [one.id, one]));
  const boxes = edges.map((edge) => {
    const handle = handles.get(edge.handle_id);
    const box = h("input", { type: "checkbox", checked: chosen.has(edge.id), onchange: (event) => {
      if (event.currentTarget.checked) chosen.add(edge.id);
      else chosen.delete(edge.id);
      look();
    } });
    return h("label", { class: "edge-choice" }, box, level(edge.level), h("span", {}, h("strong", {}, handleWords(`${handle.kind}:${handle.address}`)), h("span", { class: "muted small" }, `${edge.rule_words}, ${full(edge.created_at)}`)));
  });
  sheet.show(h("fieldset", { class: "edge-choices" }, h("legend", {}, "Which links are wrong?"), boxes), preview);

  async function look() {
    const wanted = [...chosen].join(",");
    sheet.allow(false);
    if (!wanted) return fill(preview, h("p", { class: "muted" }, "Choose one link or several to see who there would be."));
    try {
      const seen = await read(`/identities/unmerge-preview?links=${wanted}`);
      if (wanted !== [...chosen].join(",")) return;
      fill(preview, unmergePreview(seen));
      sheet.allow(true);
    } catch (problem) {
      fill(preview, h("p", { class: "wrong", role: "alert" }, problem.message));
    }
  }
  look();
}

/** The same where only the customer's id is known. */
export async function openUnmergeOf(customerId, linkId, done) {
  try {
    openUnmerge(await read(`/customers/${customerId}/graph`), [linkId], done);
  } catch (problem) {
    toast(problem.message, "error");
  }
}

function unmergePreview(seen) {
  return [
    h("h3", {}, seen.preview.parts ? `There would be ${seen.preview.sides.length} customers` : "They would still be one"),
    h("ul", { class: "effect" }, seen.preview.effect.map((one) => h("li", {}, one))),
    seen.preview.parts && h("div", { class: "side-by-side" }, seen.preview.sides.map((side) => sideColumn(side, "Will read"))),
    h("h3", {}, "Who saw what while they were one"),
    seenList(seen.seen),
  ];
}

function seenList(report) {
  if (!report) return null;
  const entries = [...report.turns, ...report.people].sort((one, other) => (one.at < other.at ? -1 : 1));
  return [
    h("p", { class: entries.length ? "" : "muted" }, report.words, report.more && " More is not shown here."),
    entries.length > 0 && h("ul", { class: "seen-list" }, entries.map((one) => h("li", {}, one.words, h("span", { class: "muted small" }, ` ${full(one.at)}`)))),
  ];
}
