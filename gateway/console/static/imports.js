// Customers and what they wrote before, from files: looked at first, then brought in, and taken back as one; and the
// export.

import { change, read, send } from "./api.js";
import { empty, fill, h, skeleton } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { decide } from "./sheets.js";
import { full } from "./time.js";

const SHOWN = 8;
const LOOK_AGAIN = 1500;
const CUSTOMERS = { path: "/imports", report: customersReport, levels: ["0: only suggests", "1: joins", "2: joins and shares the memory"] };
const HISTORY = { path: "/imports/history", report: historyReport, levels: ["0: for people alone", "1: recalled", "2: recalled, believed as the channel itself"] };
const FORMS = { jsonl: "jsonl", ndjson: "jsonl", mbox: "mbox" };

/** The imports there were, and a form for the next; returns the function that refreshes them. */
export function importList(element) {
  const rows = h("div", { class: "log" }, skeleton(4));
  let later = 0;
  const wrong = h("p", { class: "wrong", role: "alert" });
  const file = h("input", { type: "file", required: true, accept: ".csv,text/csv,.jsonl,.ndjson,.mbox", "aria-label": "File" });
  const what = h("select", { "aria-label": "What is in it" }, h("option", { value: "customers" }, "Customers"), h("option", { value: "history" }, "What they wrote before"));
  const source = h("input", { type: "text", required: true, maxlength: "200", placeholder: "From which system?", "aria-label": "From which system" });
  const reason = h("input", { type: "text", required: true, maxlength: "200", placeholder: "Why may it be believed?", "aria-label": "Why it may be believed" });
  const level = h("select", { "aria-label": "How far it is believed" });
  const kind = () => (what.value === "history" ? HISTORY : CUSTOMERS);
  const showLevels = () => fill(level, kind().levels.map((words, at) => h("option", { value: String(at), selected: at === 1 }, words)));
  what.addEventListener("change", showLevels);
  showLevels();
  const button = h("button", { class: "button primary", type: "submit" }, "Look at it …");
  const form = h("form", { class: "log-filters" }, file, what, source, reason, level, button, h("a", { class: "button", href: "/api/v1/export", download: "" }, "Export all"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    button.disabled = true;
    const query = new URLSearchParams({ source: source.value.trim(), reason: reason.value.trim(), level: level.value });
    const [chosen] = file.files;
    if (kind() === HISTORY) query.set("form", FORMS[chosen.name.split(".").pop().toLowerCase()] ?? "csv");
    const content = new File([chosen], "import", { type: "application/octet-stream" });
    try {
      openReport(kind(), await send(`${kind().path}?${query}&dry_run=1`, content), query, content, refresh);
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
        : empty(threadPicture(), "No imports yet", "Choose a file: you see what it would do before anything is changed."));
    } catch (problem) {
      if (problem.status !== 0) fill(rows, failure(problem, refresh));
    }
  }
  fill(element, form, wrong, rows);
  refresh();
  return refresh;
}

/** What the file would do, and the button that lets it. */
function openReport(kind, report, query, content, done) {
  const faulty = report.fault_count > 0;
  decide({
    title: "What this import will do",
    content: h("div", {}, kind.report(report),
      some("Faults; these rows are left out", report.faults.map((one) => `Line ${one.line}${one.column ? `, ${one.column}` : ""}: ${one.wrong} ${one.mend}`), report.fault_count)),
    confirm: faulty ? "Bring in the others" : "Bring in",
    ready: report.rows > 0,
    act: async () => {
      const made = await send(`${kind.path}?${query}${faulty ? "&skip_faults=1" : ""}`, content);
      return made.under_way ? "It is brought in from now on; how far it is stands in the list." : `${count(made.joined, "link")} made.`;
    },
    told: "",
    done,
  });
}

function customersReport(report) {
  return [
    h("p", {}, `${count(report.rows, "row")}: ${count(report.new, "new address", "es")}, ${report.known} known, ${count(report.joined, "link")}, ${count(report.attributes, "attribute")}.`),
    some("Would join", report.pairs.map((one) => `Line ${one.line}: ${one.handle} joins ${one.other} at level ${one.level}`), report.joined),
    some("Not joined", report.conflicts.map((one) => `Line ${one.line}: ${one.handle} and ${one.other}: ${one.words}`), report.conflict_count),
  ];
}

function historyReport(report) {
  const channels = Object.entries(report.channels).map(([name, number]) => `${number} ${name}`).join(", ");
  const noted = report.handles.filter((one) => one.notes.length);
  return [
    h("p", {}, `${count(report.rows, "message")}: ${report.messages} new, ${report.repeated} here already, ${report.left_out} left out; of ${count(report.new, "new address", "es")} and ${report.known} known.`),
    report.oldest && h("p", {}, `From ${full(report.oldest)} to ${full(report.newest)}: ${channels}. A secret is taken out of ${report.secrets}.`),
    some("To know", noted.map((one) => `${one.handle}: ${one.notes.join("; ")}`), noted.length),
    some("Whose", report.handles.map((one) => `${one.handle}: ${count(one.messages, "message")}${one.customer_id ? "" : ", a new customer"}`), report.new + report.known),
    some("Left out", report.left_out_lines.map((one) => `Line ${one.line}: ${one.handle}: ${one.words}`), report.left_out),
  ];
}

function some(title, lines, all) {
  if (!all) return null;
  const more = all - Math.min(SHOWN, lines.length);
  return h("section", { class: "report-part" }, h("h3", {}, `${title}: ${all}`),
    h("ul", { class: "effect" }, lines.slice(0, SHOWN).map((one) => h("li", {}, one)), more > 0 && h("li", { class: "muted" }, `and ${more} more`)));
}

function row(one, done) {
  const made = one.kind === "history" ? count(one.counts.messages, "message") : count(one.counts.joined, "link");
  const counts = `${count(one.counts.rows, "row")}, ${made}, ${count(one.counts.new, "new address", "es")}`;
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
    content: h("p", {}, `${one.source}: ${counts}. ${one.kind === "history" ? "Its messages and all that was made of them go." : "Its links end and what it told is taken back."} What people did since stays.`),
    confirm: "Undo",
    danger: true,
    act: () => change(`/imports/${one.id}/undo`),
    told: "The import is undone.",
    done,
  });
}

const count = (number, what, plural = "s") => `${number} ${number === 1 ? what : `${what}${plural}`}`;
