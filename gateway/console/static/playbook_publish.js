// Publishing a draft: what it changes in words, why it is done, and the way back.

import { change } from "./api.js";
import { h } from "./dom.js";
import { decide } from "./sheets.js";

/** Ask for the reason, then put the draft in force. */
export function publish(book) {
  const { changes, hints } = book.checked;
  decide({
    title: "Publish this draft?",
    content: [
      h("p", {}, "It answers the next message. What is in force now is kept, and can be put back under Versions."),
      changes.length ? h("ul", { class: "book-changes" }, changes.map((words) => h("li", {}, words))) : h("p", { class: "muted" }, "Only comments change, or how it is written down."),
      hints.length > 0 && h("details", {}, h("summary", {}, hints.length === 1 ? "One thing could be better" : `${hints.length} things could be better`), h("ul", { class: "book-hints" }, hints.map((words) => h("li", {}, words)))),
    ],
    reason: "Why, such as “the new return address”",
    confirm: "Publish",
    act: (reason) => put(book, reason),
    told: "Published. It answers the next message.",
    done: () => {
      book.draft.forget();
      book.checked = null;
      book.refresh(true);
    },
  });
}

async function put(book, reason) {
  try {
    await change("/playbook/publish", book.draft.body({ reason }));
  } catch (problem) {
    // Somebody was faster: what is new is shown below the sheet.
    if (problem.status === 409) await book.refresh();
    throw problem;
  }
}
