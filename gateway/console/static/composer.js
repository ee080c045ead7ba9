// The box in which a person answers: the text, the name it goes out under, where it goes, and how
// it will look there.

import { change, read } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { filePicker } from "./files.js";
import { channelIcon, channelName, channelWords, icon } from "./icons.js";
import { preview } from "./preview.js";

const NAME = "onethread-agent-name";
const drafts = new Map();
let channels;

/** The box for one case; `show(handoff)` brings it in step. A draft is kept while the page lives. */
export function composer(id) {
  const text = h("textarea", { rows: "3", "aria-label": "Your answer", placeholder: "Write your answer …", maxlength: "4000" });
  text.value = drafts.get(id) ?? "";
  const where = h("span", { class: "where" });
  const name = h("input", { type: "text", class: "agent-name", "aria-label": "Your name, shown to the customer", placeholder: "your name", maxlength: "60", autocomplete: "given-name", value: localStorage.getItem(NAME) ?? "" });
  const send = h("button", { class: "button primary", type: "submit", title: "Ctrl + Enter" }, icon("send"), "Send");
  const picker = filePicker(() => shown.changed());
  const shown = preview(() => message(text, name, picker.seen(), { author: "agent" }));
  const element = h("form", { class: "composer" },
    shown.element,
    h("div", { class: "composer-box" }, text, picker.elements.list, h("div", { class: "composer-foot" }, h("label", { class: "where-as" }, where, name), shown.button, picker.elements.button, send)),
  );
  text.addEventListener("input", () => {
    drafts.set(id, text.value);
    shown.changed();
  });
  name.addEventListener("input", shown.changed);
  text.addEventListener("keydown", (key) => {
    if (key.key === "Enter" && (key.ctrlKey || key.metaKey)) element.requestSubmit();
  });
  name.addEventListener("change", () => localStorage.setItem(NAME, name.value.trim()));
  name.addEventListener("keydown", (key) => {
    if (key.key !== "Enter") return;
    key.preventDefault();
    text.focus();
  });
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = message(text, name, picker.taken());
    if (!answer || send.disabled) return text.focus();
    send.disabled = true;
    if (await answered(id, answer)) {
      text.value = "";
      picker.clear();
      drafts.delete(id);
    }
    send.disabled = false;
    text.focus();
  });
  return {
    element,
    show(handoff) {
      element.hidden = handoff.status === "closed";
      shown.show(handoff);
      fill(where, channelIcon(handoff.channel), h("span", {}, `By ${channelWords(handoff.channel)}, as`));
      carries(handoff.account).then((can) => picker.allow(can, channelName(handoff.channel)));
    },
  };
}

/** What is in the box, as the API takes it; nothing while there is neither text nor file. */
function message(text, name, files, more = {}) {
  const [words, called] = [text.value.trim(), name.value.trim()];
  if (!words && !files.length) return null;
  return { ...more, text: words, ...(called && { name: called }), ...(files.length && { files }) };
}

/** Whether an answer through this account can carry files. */
async function carries(account) {
  try {
    channels ??= await read("/channels");
  } catch {
    return true; // The server says so when it is sent.
  }
  return channels.find((one) => one.account === account)?.carries_files ?? false;
}

async function answered(id, body) {
  try {
    await change(`/handoffs/${id}/answer`, body);
    toast("Sent.");
    return true;
  } catch (problem) {
    toast(problem.message, "error");
    return false;
  }
}
