// Customers from a file: looked at first, then brought in, and taken back as one; and the export.

import { change, read, send } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { decide } from "./sheets.js";
import { full } from "./time.js";

const SHOWN = 8;
const LOOK_AGAIN = 1500;
const LEVELS = ["0: only suggests", "1: joins", "2: joins and shares the memory"];

/** The imports there were, and a form for the next; returns the function that refreshes them. */
export function importList(element) {
  const rows = h("div", { class: "log" }, skeleton(4));
  let later = 0;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const file = h("input", { type: "file", required: true, accept: ".csv,text/csv", "aria-label": "CSV file" });
  const source = h("input", { type: "text", required: true, maxlength: "200", placeholder: "From which system?", "aria-label": "From which system" });
  const reason = h("input", { type: "text", required: true, maxlength: "200", placeholder: "Why may it be believed?", "aria-label": "Why it may be believed" });
  const level = h("select", { "aria-label": "How far it is believed" }, LEVELS.map((words, at) => h("option", { value: String(at), selected: at === 1 }, words)));
  const button = h("button", { class: "button primary", type: "submit" }, "Look at it …");
  const form = h("form", { class: "log-filters" }, file, source, reason, level, button, h("a", { class: "button", href: "/api/v1/export", download: "" }, "Export all"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    button.disabled = true;
    const query = new URLSearchParams({ source: source.value.trim(), reason: reason.value.trim(), level: level.value });
    const csv = new File([file.files[0]], "customers.csv", { type: "text/csv" });
    try {
      openReport(await send(`/imports?${query}&dry_run=1`, csv), query, csv, refresh);
    } catch (problem) {
      wrong.textContent = problem.message;
    }
    button.disabled = false;
  });

  async function refresh() {
    clearTimeout(later);
    try {
      const found = await read("/imports");
      if (found.some((one) => one.under_way) && rows.isConnected) later = setTimeout(refresh, LOOK_AGAIN);
      fill(rows, found.length
        ? found.map((one) => row(one, refresh))
        : empty(threadPicture(), "No imports yet", "Choose a CSV file: you see what it would do before anything is changed."));
    } catch (problem) {
      if (problem.status !== 0) fill(rows, failure(problem, refresh));
    }
  }
  fill(element, form, wrong, rows);
  refresh();
  return refresh;
}

/** What the file would do, and the button that lets it. */
function openReport(report, query, csv, done) {
  const faulty = report.fault_count > 0;
  decide({
    title: "What this import will do",
    content: h("div", {},
      h("p", {}, `${count(report.rows, "row")}: ${count(report.new, "new address", "es")}, ${report.known} known, ${count(report.joined, "link")}, ${count(report.attributes, "attribute")}.`),
      some("Would join", report.pairs.map((one) => `Line ${one.line}: ${one.handle} joins ${one.other} at level ${one.level}`), report.joined),
      some("Not joined", report.conflicts.map((one) => `Line ${one.line}: ${one.handle} and ${one.other}: ${one.words}`), report.conflict_count),
      some("Faults; these rows are left out", report.faults.map((one) => `Line ${one.line}${one.column ? `, ${one.column}` : ""}: ${one.wrong} ${one.mend}`), report.fault_count)),
    confirm: faulty ? "Bring in the others" : "Bring in",
    ready: report.rows > 0,
    act: async () => {
      const made = await send(`/imports?${query}${faulty ? "&skip_faults=1" : ""}`, csv);
      return made.under_way ? "It is brought in from now on; how far it is stands in the list." : `${count(made.joined, "link")} made.`;
    },
    told: "",
    done,
  });
}

function some(title, lines, all) {
  if (!all) return null;
  const more = all - Math.min(SHOWN, lines.length);
  return h("section", { class: "report-part" }, h("h3", {}, `${title}: ${all}`),
    h("ul", { class: "effect" }, lines.slice(0, SHOWN).map((one) => h("li", {}, one)), more > 0 && h("li", { class: "muted" }, `and ${more} more`)));
}

function row(one, done) {
  const counts = `${count(one.counts.rows, "row")}, ${count(one.counts.joined, "link")}, ${count(one.counts.new, "new address", "es")}`;
  return h("article", { class: "log-row" },
    h("strong", {}, `${one.source}, level ${one.level}`),
    h("span", { class: "muted small" }, `${counts}. ${one.reason}, by ${one.actor}, ${full(one.created_at)}`),
    one.under_way && !one.undone_at && h("progress", { value: String(one.counts.rows), max: String(one.counts.total), "aria-label": `Rows brought in of ${one.counts.total}` }),
    !one.complete && !one.under_way && !one.undone_at && h("span", { class: "tag amber" }, "broken off: give the same file again"),
    one.undone_at
      ? h("span", { class: "tag" }, `undone by ${one.undone_by}`)
      : h("button", { class: "button small", type: "button", onclick: () => undo(one, counts, done) }, icon("retry"), "Undo …"));
}

function undo(one, counts, done) {
  decide({
    title: "Undo this import?",
    content: h("p", {}, `${one.source}: ${counts}. Its links end and what it told is taken back. What people did since stays.`),
    confirm: "Undo",
    danger: true,
    act: () => change(`/imports/${one.id}/undo`),
    told: "The import is undone.",
    done,
  });
}

const count = (number, what, plural = "s") => `${number} ${number === 1 ? what : `${what}${plural}`}`;
