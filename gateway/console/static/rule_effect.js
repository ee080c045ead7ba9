// What other rules would do: the customers that would join or part, and what joins nobody.

import { h } from "./dom.js";

const HANDLES = 6;

/** The answer of a try, for people. */
export function foreseen(effect) {
  const nothing = !effect.pairs_that_join && !effect.pairs_that_part && !effect.links_that_change_level;
  return h("div", { class: "rules-effect" },
    h("p", {}, nothing ? "Nobody would join or part. " : "", `Customers: ${effect.customers_before} now, ${effect.customers_after} then.`,
      effect.links_that_change_level > 0 && ` Links that get another level: ${effect.links_that_change_level}.`),
    pairs("Would join", effect.joins, effect.pairs_that_join),
    pairs("Would part", effect.parts, effect.pairs_that_part),
    refused(effect.refused ?? {}),
  );
}

function pairs(title, shown, count) {
  if (!count) return null;
  return h("section", {},
    h("h3", {}, `${title}: ${count}`),
    h("ol", { class: "rules-pairs" }, shown.map((one) =>
      h("li", {},
        h("div", { class: "rules-pair" }, side(one.one_id, one.one_handles), h("span", { class: "muted" }, "and"), side(one.other_id, one.other_handles)),
        one.reasons.map((words) => h("p", { class: "muted small" }, words))))),
    count > shown.length && h("p", { class: "muted" }, `and ${count - shown.length} more`),
  );
}

function side(id, handles) {
  const more = handles.length - HANDLES;
  return h("a", { class: "rules-side", href: `/console/customers/${id}` },
    handles.slice(0, HANDLES).map((key) => h("code", {}, key)), more > 0 && h("span", { class: "muted small" }, `and ${more} more`));
}

function refused(counts) {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (!rows.length) return null;
  return h("details", {}, h("summary", {}, `Seen, and not joined: ${rows.reduce((sum, [, count]) => sum + count, 0)}`),
    h("ul", {}, rows.slice(0, 50).map(([why, count]) => h("li", {}, `${count}: ${why}`))));
}
