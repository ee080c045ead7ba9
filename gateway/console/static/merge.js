// Joining two customers: find the other, look at both side by side, say what shows that they are one.

import { change, read } from "./api.js";
import { fill, h } from "./dom.js";
import { handleIcon, icon } from "./icons.js";
import { settled } from "./panes.js";
import { decide } from "./sheets.js";
import { sideColumn } from "./sides.js";

/**
 * Open the sheet for customer `graph`; with `other`, an id, the preview is there at once. With
 * `suggestion` it is that suggestion which is decided.
 */
export function openMerge(graph, done, other, suggestion) {
  let chosen = other;
  const sheet = decide({
    title: `Merge ${graph.name} with another customer`,
    content: [],
    reason: "What shows that they are the same person?",
    confirm: "Merge",
    act: (evidence) => suggestion
      ? change(`/suggestions/${suggestion}/join`, { evidence })
      : change("/identities/merge", { customer_id: graph.id, with_customer_id: chosen, evidence }),
    told: "Merged. It can be undone at any time.",
    done,
    ready: false,
  });
  const preview = h("div", { class: "preview-of", "aria-live": "polite" });
  const found = h("div", { class: "found", role: "list", "aria-label": "Found" });
  const search = h("input", { type: "search", placeholder: "Name, phone, mail, login or an old id", "aria-label": "Find the other customer" });
  sheet.show(!other && h("div", { class: "pane-search" }, icon("search"), search), !other && found, preview);

  async function choose(id) {
    chosen = id;
    sheet.allow(false);
    try {
      const seen = await read(`/customers/${graph.id}/merge-preview?with=${id}`);
      if (chosen !== id) return; // another was chosen meanwhile: what is seen is what is merged
      fill(preview, mergePreview(seen));
      fill(found);
      sheet.allow(seen.possible);
    } catch (problem) {
      fill(preview, h("p", { class: "wrong", role: "alert" }, problem.message));
    }
  }

  search.addEventListener("input", settled(async () => {
    const words = search.value.trim();
    try {
      const rows = words ? await read(`/customers?limit=8&q=${encodeURIComponent(words)}`) : [];
      if (words !== search.value.trim()) return;
      const others = rows.filter((one) => one.id !== graph.id);
      fill(found, words && !others.length ? h("p", { class: "muted small", role: "status" }, "Nobody else matches that.") : others.map((one) =>
        h("div", { role: "listitem" }, h("button", { class: "found-row", type: "button", onclick: () => choose(one.id) },
          h("strong", {}, one.name), h("span", { class: "icons" }, one.handles.slice(0, 6).map((handle) => handleIcon(handle.kind)))))));
    } catch (problem) {
      fill(found, h("p", { class: "wrong", role: "alert" }, problem.message));
    }
  }));
  if (other) choose(other);
  else search.focus();
}

/** What a merge would do. */
function mergePreview(seen) {
  return [
    seen.conflicts.length > 0 && h("ul", { class: "conflicts" }, seen.conflicts.map((one) => h("li", { class: one.stops ? "stops" : "" }, icon(one.stops ? "failed" : "trouble"), one.words))),
    h("div", { class: "side-by-side" }, sideColumn(seen.one, "Will read"), sideColumn(seen.other, "Will read")),
    seen.fields.length > 0 && h("table", { class: "fields" },
      h("caption", {}, "What both have told"),
      h("tbody", {}, seen.fields.map((one) => h("tr", {}, h("th", { scope: "row" }, one.name.replace("attribute:", "").replaceAll("_", " ")), h("td", {}, one.one), h("td", {}, one.other), h("td", {}, h("span", { class: one.match ? "tag accent" : "tag red" }, one.match ? "the same" : "different")))))),
    h("ul", { class: "effect" }, seen.effect.map((one) => h("li", {}, one))),
  ];
}
