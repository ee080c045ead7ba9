// The playbook: what is in force, a draft of it in forms and files, trying it, and publishing it.

import { change, read } from "./api.js";
import { fill, h, skeleton, toast } from "./dom.js";
import { icon } from "./icons.js";
import { failure, settled } from "./panes.js";
import { draftBar } from "./playbook_bar.js";
import { clashCard } from "./playbook_clash.js";
import { compareView } from "./playbook_compare.js";
import { openDraft } from "./playbook_draft.js";
import { faultList } from "./playbook_faults.js";
import { filesView } from "./playbook_files.js";
import { partsView } from "./playbook_parts.js";
import { publish } from "./playbook_publish.js";
import { tryView } from "./playbook_try.js";
import { versionsView } from "./playbook_versions.js";
import { may } from "./rights.js";
import { decide } from "./sheets.js";
import { since } from "./time.js";

/** What is shown in the middle, and whether only those who may change something are shown it. */
const PAGES = {
  parts: { name: "Parts", show: partsView },
  files: { name: "Files", show: filesView },
  compare: { name: "Compare", show: compareView, edits: true },
  versions: { name: "Versions", show: versionsView },
};
const TRY = "try";

export function playbookView(main) {
  const state = h("div", { class: "book-state", tabindex: "-1" }, skeleton(2));
  const clash = h("div", { class: "book-clashes", "aria-live": "polite" });
  const place = h("div", { class: "book-place" });
  const aside = h("aside", { class: "book-aside", "aria-label": "Try it", hidden: true });
  const tabs = Object.fromEntries(Object.entries({ ...PAGES, [TRY]: { name: "Try it" } }).map(([key, { name }]) => [key, h("button", { type: "button", class: key === TRY ? "book-try-tab" : null, "aria-pressed": "false", onclick: () => turn(key) }, name)]));
  const bar = draftBar({ open: openLine, publish: () => publish(book), discard });
  const draft = openDraft(() => {
    drawBar();
    look();
  });
  const book = { draft, shown: null, checked: null, edits: false, open: openLine, refresh };
  const element = h("div", { class: "book alone" },
    h("section", { class: "book-main" },
      h("header", { class: "page-head" },
        h("h1", {}, "Playbook"),
        h("p", { class: "muted" }, "What customers ask for, what is said to them, and when a person takes over. A draft touches nobody until you publish it.")),
      state, clash,
      h("div", { class: "switch book-tabs", role: "group", "aria-label": "What is shown" }, Object.values(tabs)),
      place),
    bar.element, aside);
  let page = "parts";
  let leave = () => {};
  let refused = "";
  let asked = 0;

  fill(main, element);
  const look = settled(check, 350);

  async function check() {
    const number = (asked += 1);
    let found = null;
    refused = "";
    if (draft.dirty() && book.edits) {
      try {
        found = await change("/playbook/check", draft.body());
      } catch (problem) {
        if (problem.status === 409) return refresh();
        refused = problem.message;
      }
    }
    // Whoever wrote on meanwhile is told of what they wrote last.
    if (number !== asked) return;
    book.checked = found;
    drawBar();
    leave.checked?.();
  }

  /** Read anew what is in force; `arrive` puts the focus there, where its place is gone. */
  async function refresh(arrive = false) {
    try {
      const rights = await may();
      book.shown = await read("/playbook");
      book.edits = rights.has("playbook") && book.shown.writable;
      const moved = await draft.settle(book.shown.base);
      if (moved && !draft.clashes().length) toast("Somebody else changed the playbook meanwhile. Your draft goes on from what is there now.");
      fill(state, inForce(book));
      drawClashes();
      element.classList.toggle("alone", !book.edits);
      aside.hidden = !book.edits;
      for (const [key, { edits }] of Object.entries(PAGES)) tabs[key].hidden = Boolean(edits) && !book.edits;
      tabs[TRY].hidden = !book.edits;
      if (book.edits && !aside.hasChildNodes()) fill(aside, tryView(book));
      turn(page);
      if (draft.dirty()) look();
      drawBar();
      if (arrive) state.focus();
    } catch (problem) {
      if (problem.status !== 0) fill(state, failure(problem, refresh));
    }
  }

  function turn(next, where) {
    page = next;
    element.dataset.page = page;
    for (const [key, tab] of Object.entries(tabs)) tab.setAttribute("aria-pressed", String(key === page));
    // On a wide screen it stands beside whatever was shown before.
    if (!book.shown || page === TRY) return;
    place.replaceChildren();
    leave = PAGES[page].show(place, book, where) ?? (() => {});
  }

  function openLine(name, line) {
    turn("files", { name, line });
  }

  function drawBar() {
    const open = draft.clashes().length;
    bar.draw({
      files: book.edits ? draft.files() : [],
      checked: book.checked,
      refused,
      undecided: open > 0 && "Somebody else changed the same file: say above which of the two is to stay.",
    });
  }

  function drawClashes() {
    fill(clash, draft.clashes().map((one) => clashCard(one, (which) => {
      draft.decide(one.name, which);
      drawClashes();
      turn(page);
      (clash.querySelector("button") ?? state).focus();
    })));
  }

  function discard() {
    decide({
      title: "Discard the draft?",
      content: h("p", {}, "Everything that was not published is gone then."),
      confirm: "Discard",
      danger: true,
      act: async () => draft.forget(),
      told: "The draft is gone.",
      done: () => {
        book.checked = null;
        drawClashes();
        turn(page);
        state.focus();
      },
    });
  }

  refresh();
  return () => {};
}

function inForce({ shown, edits, open }) {
  const { status } = shown;
  return h("article", { class: "card book-now" },
    h("p", { class: "book-line" },
      h("span", { class: "tag accent" }, icon("check"), "In force"), h("strong", {}, shown.business),
      h("span", { class: "muted" }, `since ${since(status.since)}${by(shown.changed_by)}, version ${status.version.slice(0, 8)}`)),
    shown.note && h("p", { class: "muted" }, `“${shown.note}”`),
    status.learning && h("p", { class: "muted" }, "Examples that were changed are being learned; until then the older version answers."),
    status.faults.length > 0 && h("div", { class: "book-refused" },
      h("p", {}, h("span", { class: "tag red" }, icon("failed"), "Not taken over"), " The files were changed and have faults. What was in force before still answers."),
      faultList(status.faults, open)),
    !edits && h("p", { class: "muted small" }, shown.writable ? "You may look, and not change it. Owners and editors may." : "The folder cannot be written here, so it is only shown."));
}

/** Who put it there, where that was a person and not the files alone. */
const by = (actor) => (actor && !actor.startsWith("files:") ? `, by ${actor.replace(/^\w+:/, "")}` : "");
