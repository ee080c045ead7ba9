// The playbook: what is in force, a draft of it in forms and files, trying it, and publishing it.

import { change, read } from "./api.js";
import { fill, h, skeleton, toast } from "./dom.js";
import { icon } from "./icons.js";
import { failure, settled } from "./panes.js";
import { compareView } from "./playbook_compare.js";
import { openDraft } from "./playbook_draft.js";
import { filesView } from "./playbook_files.js";
import { partsView } from "./playbook_parts.js";
import { publish } from "./playbook_publish.js";
import { tryView } from "./playbook_try.js";
import { versionsView } from "./playbook_versions.js";
import { may } from "./rights.js";
import { decide } from "./sheets.js";
import { ageSince } from "./time.js";

const PAGES = { parts: "Parts", files: "Files", compare: "Compare", versions: "Versions" };

export function playbookView(main) {
  const state = h("div", { class: "book-state", "aria-live": "polite" }, skeleton(2));
  const clash = h("div", {});
  const place = h("div", { class: "book-place" });
  const bar = h("div", { class: "book-bar", role: "status", hidden: true });
  const aside = h("aside", { class: "book-aside", "aria-label": "Try it" });
  const tabs = Object.entries(PAGES).map(([key, name]) => h("button", { type: "button", "aria-pressed": "false", onclick: () => turn(key) }, name));
  const draft = openDraft(() => {
    drawBar();
    look();
  });
  const book = { draft, shown: null, checked: null, edits: false, open: (name, line) => turn("files", { name, line }), refresh };
  let page = "parts";
  let leave = () => {};

  fill(main, h("div", { class: "book" },
    h("section", { class: "book-main" },
      h("header", { class: "page-head" },
        h("h1", {}, "Playbook"),
        h("p", { class: "muted" }, "What customers ask for, what is said to them, and when a person takes over. A draft touches nobody until you publish it.")),
      state, clash,
      h("div", { class: "switch book-tabs", role: "group", "aria-label": "What is shown" }, tabs),
      place, bar),
    aside));

  const look = settled(check, 350);

  async function check() {
    if (!draft.dirty() || !book.edits) book.checked = null;
    else {
      try {
        book.checked = await change("/playbook/check", draft.body());
      } catch (problem) {
        if (problem.status === 409) await refresh();
        else toast(problem.message, "error");
        return;
      }
    }
    drawBar();
    leave.checked?.();
  }

  async function refresh() {
    try {
      const rights = await may();
      book.shown = await read("/playbook");
      book.edits = rights.has("playbook") && book.shown.writable;
      const both = await draft.settle(book.shown.base);
      fill(state, inForce(book));
      fill(clash, both.map((name) => clashing(book, name, clash)));
      aside.hidden = !book.edits;
      if (book.edits && !aside.hasChildNodes()) fill(aside, tryView(book));
      turn(page);
      if (draft.dirty()) look();
      drawBar();
    } catch (problem) {
      if (problem.status !== 0) fill(state, failure(problem, refresh));
    }
  }

  function turn(next, where) {
    page = next;
    Object.keys(PAGES).forEach((key, at) => tabs[at].setAttribute("aria-pressed", String(key === page)));
    if (book.shown) leave = { parts: partsView, files: filesView, compare: compareView, versions: versionsView }[page](place, book, where) ?? (() => {});
  }

  function drawBar() {
    const files = draft.files();
    bar.hidden = files.length === 0 || !book.edits;
    const faults = book.checked?.faults ?? [];
    fill(bar,
      h("p", {}, h("strong", {}, files.length === 1 ? "One file changed" : `${files.length} files changed`), h("span", { class: "muted small" }, files.join(", "))),
      faults.length > 0 && h("ul", { class: "book-faults", "aria-label": "Faults" }, faults.map((one) => fault(one, book))),
      h("div", { class: "book-actions" },
        h("button", { class: "button quiet", type: "button", onclick: discard }, "Discard"),
        h("button", { class: "button primary", type: "button", disabled: faults.length > 0 || !book.checked, onclick: () => publish(book) }, "Publish")));
  }

  function discard() {
    decide({
      title: "Discard the draft?",
      content: h("p", {}, "Everything that was not published is gone then."),
      confirm: "Discard",
      danger: true,
      act: async () => draft.forget(),
      done: () => {
        book.checked = null;
        turn(page);
      },
    });
  }

  refresh();
  return () => {};
}

/** One fault as a way to its line. */
export function fault(one, book) {
  const where = one.line ? `${one.file}, line ${one.line}` : one.file;
  return h("li", {},
    h("button", { class: "link", type: "button", onclick: () => book.open(one.file, one.line) }, where),
    ` ${one.key && !one.key.startsWith("line ") ? `${one.key}: ` : ""}${one.wrong}. `, h("span", { class: "muted" }, `${one.mend}.`));
}

function inForce({ shown, edits, open }) {
  const { status } = shown;
  return h("article", { class: "card book-now" },
    h("p", {}, h("span", { class: "tag accent" }, icon("check"), "In force"), " ", h("strong", {}, shown.business), " ",
      h("span", { class: "muted" }, `version ${status.version.slice(0, 8)}${by(shown.changed_by)}`), " ", ageSince(status.since)),
    shown.note && h("p", { class: "muted" }, `“${shown.note}”`),
    status.learning && h("p", { class: "muted" }, "Examples that were changed are being learned; until then the older version answers."),
    status.faults.length > 0 && h("div", { class: "book-refused" },
      h("p", {}, h("span", { class: "tag red" }, icon("failed"), "Not taken over"), " The files were changed and have faults. What was in force before still answers."),
      h("ul", { class: "book-faults" }, status.faults.map((one) => fault(one, { open })))),
    !edits && h("p", { class: "muted small" }, shown.writable ? "You may look, and not change it." : "The folder cannot be written here, so it is only shown."));
}

/** Who put it there, where that was a person and not the files alone. */
const by = (actor) => (actor && !actor.startsWith("files:") ? `, by ${actor.replace(/^\w+:/, "")}` : "");

/** Somebody else has changed a file that is changed here, too. */
function clashing(book, name, host) {
  const row = h("article", { class: "card book-clash" },
    h("p", {}, h("span", { class: "tag amber" }, "Changed twice"), " ", h("code", {}, name), " was changed by somebody else while you changed it, too. Which of the two is to stay?"),
    h("div", { class: "book-actions" },
      h("button", { class: "button small", type: "button", onclick: () => { book.draft.drop(name); row.remove(); book.refresh(); } }, "Theirs"),
      h("button", { class: "button small", type: "button", onclick: () => row.remove() }, "Mine")));
  host.scrollIntoView?.({ block: "nearest" });
  return row;
}
