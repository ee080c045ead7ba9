// Telling something of a customer by hand, and noting what was promised to them.

import { change } from "./api.js";
import { h } from "./dom.js";
import { handleWords } from "./handles.js";
import { undoable } from "./memory_undo.js";
import { decide } from "./sheets.js";

const KINDS = [
  ["note", "Note"],
  ["preference:language", "Language they write in"],
  ["preference:channel", "Channel they like best"],
  ["preference:name", "How they are called"],
  ["preference:form", "Form of address"],
  ["address", "Address"],
  ["order_number", "Order number"],
];

/** Open the sheet to tell something of whom `memory` is about. */
export function openTell(memory, refresh) {
  const kind = h("select", {}, KINDS.map(([key, words]) => h("option", { value: key }, words)));
  const value = h("input", { type: "text", maxlength: "500", required: true });
  const handle = handles(memory);
  const verified = h("input", { type: "checkbox" });
  const personal = h("input", { type: "checkbox" });
  kind.addEventListener("change", () => (personal.checked = kind.value === "address"));
  opened(memory, {
    title: `Tell something of ${memory.name}`,
    content: [field("What", kind), field("Value", value), field("Whose", handle), 
      h("label", { class: "check" }, verified, "It is verified: I have seen what shows it"),
      h("label", { class: "check" }, personal, "Personal: only for whoever has proved who they are")],
    reason: "How do you know?",
    confirm: "Remember",
    path: "facts",
    body: (because) => ({ key: kind.value, value: value.value.trim(), handle: handle.value, verified: verified.checked, personal: personal.checked, because }),
    told: "Remembered.",
    refresh,
  });
  value.focus();
}

/** Open the sheet for something that we promise them. */
export function openPromise(memory, refresh) {
  const text = h("input", { type: "text", maxlength: "500", required: true });
  const due = h("input", { type: "date" });
  const handle = handles(memory);
  opened(memory, {
    title: `What do we promise ${memory.name}?`,
    content: [field("We will …", text), field("By (if there is a day)", due), field("To whom", handle)],
    confirm: "Promise",
    path: "promises",
    // The end of that day, where whoever promises sits.
    body: () => ({ text: text.value.trim(), handle: handle.value, ...(due.value ? { due_at: new Date(`${due.value}T23:59:59`).toISOString() } : {}) }),
    told: "The promise is kept here until it is settled.",
    refresh,
  });
  text.focus();
}

function opened(memory, { path, body, told, refresh, content, ...sheet }) {
  decide({
    ...sheet,
    content: h("div", { class: "stack" }, content),
    act: async (because) => {
      undoable(told, await change(`/customers/${memory.id}/${path}`, body(because)), refresh);
      return null;
    },
    done: refresh,
  });
}

/** A field under its name. A label's own text would take in all choices, so that it has it, too. */
function field(words, input) {
  input.setAttribute("aria-label", words);
  return h("label", { class: "field" }, h("span", {}, words), input);
}

const handles = (memory) => h("select", {}, memory.contact.filter((one) => !one.retired).map((one) => h("option", { value: one.handle }, handleWords(one.handle))));
