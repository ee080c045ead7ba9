// One thing that is remembered: its value, how well it is known, who told it where, what it was
// before; and correcting it, pinning it, taking it off.

import { change } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { channelIcon, channelWords, icon } from "./icons.js";
import { openRollBack, undoable } from "./memory_undo.js";
import { decide } from "./sheets.js";
import { dayWords, full } from "./time.js";

const STATES = {
  open: ["tag accent", "open"],
  overdue: ["tag amber", "overdue"],
  kept: ["tag accent", "kept"],
  broken: ["tag red", "not kept"],
};

/** The row of a fact; `page` knows the rights, what is opened, and how to refresh. */
export function factRow(fact, page) {
  const row = h("li", { class: `memory-fact ${fact.pinned ? "pinned" : ""}`, "data-fact": fact.id });
  fill(row,
    h("div", { class: "memory-what" },
      h("span", { class: "memory-label" }, fact.label),
      value(fact, page),
      h("p", { class: "memory-where" }, marks(fact), told(fact), sourceLink(fact, page))),
    page.mayChange && !fact.retired_at && (!fact.until || fact.state) && tools(fact, row, page),
    more(fact, page));
  return row;
}

/** A link to the message that told it; nothing when it was no message of theirs. */
export function sourceLink(one, page) {
  return one.message && h("button", { class: "link", type: "button", "data-key": `source-${one.id ?? one.name}`, onclick: () => page.openMessage(one.message) }, "said here");
}

function value(fact, page) {
  if (fact.secret) return h("strong", { class: "memory-value" }, "provided");
  if (!fact.hidden) return h("strong", { class: "memory-value" }, fact.value);
  const revealed = page.kept.revealed.get(fact.id);
  if (revealed) return h("strong", { class: "memory-value" }, revealed, " ", h("span", { class: "tag amber" }, icon("eye"), "shown to you"));
  return h("span", { class: "memory-value" },
    h("span", { class: "muted", title: "Personal: it is shown once the customer has proved who they are." }, "hidden"),
    page.rights.has("reveal") && !fact.retired_at && h("button", { class: "button small quiet", type: "button", "data-key": `reveal-${fact.id}`, onclick: (click) => reveal(click.currentTarget, fact, page) }, icon("eye"), "Reveal"));
}

async function reveal(button, fact, page) {
  button.disabled = true;
  try {
    page.kept.revealed.set(fact.id, (await change(`/facts/${fact.id}/reveal`)).value);
    page.refresh();
  } catch (problem) {
    toast(problem.message, "error");
    button.disabled = false;
  }
}

function marks(fact) {
  const [look, state] = STATES[fact.state] ?? [];
  return [
    fact.group !== "promise" && (fact.verified ? h("span", { class: "tag accent" }, icon("check"), "verified") : h("span", { class: "tag" }, "claimed")),
    state && h("span", { class: look }, state),
    fact.due_at && h("span", { class: "tag", title: full(fact.due_at) }, icon("clock"), `by ${dayWords(fact.due_at)}`),
    fact.pinned && h("span", { class: "tag" }, icon("pin"), "pinned"),
    fact.until && !fact.retired_at && !fact.state && h("span", { class: "tag", title: full(fact.until) }, `until ${dayWords(fact.until)}`),
    fact.retired_at && h("span", { class: "tag red", title: full(fact.retired_at) }, "taken off"),
  ];
}

function told(fact) {
  return h("span", { class: "memory-told", title: full(fact.recorded_at) },
    fact.channel && channelIcon(fact.channel), fact.teller, fact.channel && `, by ${channelWords(fact.channel)}`, ", ",
    h("time", { datetime: fact.since }, dayWords(fact.since)));
}

function tools(fact, row, page) {
  const name = `${fact.label}${fact.hidden ? "" : ` ${fact.value}`}`;
  const tool = (key, picture, words, act, label = `${words} ${name}`) =>
    h("button", { class: "button small quiet", type: "button", "data-key": `${key}-${fact.id}`, "aria-label": label, title: words, onclick: act }, icon(picture), h("span", { class: key === "kept" || key === "broken" ? "always" : "" }, words));
  const open = fact.state === "open" || fact.state === "overdue";
  return h("div", { class: "memory-tools" },
    open && tool("kept", "check", "Kept", () => settle(fact, true, page)),
    open && tool("broken", "close", "Not kept", () => settle(fact, false, page)),
    !fact.secret && fact.group !== "promise" && !fact.key.startsWith("identifier:") && tool("correct", "pen", "Correct", () => correct(fact, row, page)),
    tool("pin", "pin", fact.pinned ? "Unpin" : "Pin", () => act(`/facts/${fact.id}/${fact.pinned ? "unpin" : "pin"}`, {}, fact.pinned ? "Unpinned." : "Pinned: it is always loaded.", page)),
    tool("retire", "gone", "Take off", () => retire(fact, page)));
}

async function act(path, body, words, page) {
  try {
    undoable(words, await change(path, body), page.refresh);
    page.refresh();
  } catch (problem) {
    toast(problem.message, "error");
  }
}

const settle = (fact, kept, page) => act(`/facts/${fact.id}/settle`, { kept }, kept ? "Marked as kept." : "Marked as not kept.", page);

function retire(fact, page) {
  decide({
    title: `Take off: ${fact.label}`,
    content: [
      h("p", {}, fact.hidden ? "What is known here is wrong?" : [h("strong", {}, fact.value), " is wrong?"]),
      h("p", { class: "muted" }, "It is told to nobody any more, and what they write does not bring it back. People still see that it was there."),
    ],
    reason: "Why is it wrong?",
    confirm: "Take off",
    danger: true,
    act: async (because) => {
      const done = await change(`/facts/${fact.id}/retire`, { because });
      undoable("Taken off.", done, page.refresh);
      return null;
    },
    told: null,
    done: page.refresh,
  });
}

/** The value becomes a field, in its place. */
function correct(fact, row, page) {
  if (row.querySelector("form")) return;
  const known = fact.hidden ? (page.kept.revealed.get(fact.id) ?? "") : fact.value;
  const field = h("input", { type: "text", value: known, maxlength: "500", required: true, "aria-label": fact.label });
  const why = h("input", { type: "text", maxlength: "200", required: true, placeholder: "How do you know?", "aria-label": "How do you know?" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const save = h("button", { class: "button small primary", type: "submit" }, "Save");
  const close = () => {
    form.remove();
    row.classList.remove("correcting");
    row.querySelector('[data-key^="correct-"]')?.focus();
    page.refresh();
  };
  const form = h("form", { class: "correct", onkeydown: (key) => key.key === "Escape" && close(), onsubmit: async (event) => {
    event.preventDefault();
    save.disabled = true;
    try {
      const done = await change(`/facts/${fact.id}/correct`, { value: field.value.trim(), because: why.value.trim() });
      close();
      undoable("Corrected. What it was stays in its history.", done, page.refresh);
    } catch (problem) {
      wrong.textContent = problem.message;
      save.disabled = false;
    }
  } }, field, why, h("div", { class: "actions" }, save, h("button", { class: "button small quiet", type: "button", onclick: close }, "Cancel")), wrong);
  row.classList.add("correcting");
  row.querySelector(".memory-what").after(form);
  field.focus();
  field.select();
}

/** What it was, what else was told, and where it came from: folded under the value. */
function more(fact, page) {
  const { opened } = page.kept;
  const words = [
    fact.history.length > 0 && `was different ${fact.history.length === 1 ? "once" : `${fact.history.length} times`}`,
    fact.also.length > 0 && `also told: ${fact.also.length}`,
  ].filter(Boolean).join(", ");
  return h("details", { class: "memory-more", open: opened.has(fact.id), ontoggle: (event) => (event.currentTarget.open ? opened.add(fact.id) : opened.delete(fact.id)) },
    h("summary", { "data-key": `more-${fact.id}`, "aria-label": `More about ${fact.label}` }, words || "More"),
    fact.also.length > 0 && h("ul", { class: "was" }, fact.also.map((one) => h("li", {}, "also told: ", h("b", {}, shown(one)), h("span", { class: "muted" }, `, ${one.teller}, ${dayWords(one.since)} `), sourceLink(one, page)))),
    fact.history.length > 0 && h("ul", { class: "was" }, fact.history.map((one) => h("li", {}, "was ", h("b", {}, shown(one)), h("span", { class: "muted" }, ` until ${dayWords(one.until)}, ${one.teller} `), sourceLink(one, page)))),
    fact.retired_because && h("p", { class: "small" }, `Taken off by ${fact.retired_by}: ${fact.retired_because}`),
    h("p", { class: "muted small" }, `Known since ${full(fact.recorded_at)}, last told ${full(fact.touched_at)}, at level ${fact.level}. Source: ${fact.source}`),
    page.rights.has("link") && h("button", { class: "button small danger", type: "button", "data-key": `source-back-${fact.id}`, onclick: () => openRollBack(fact.source, page.refresh) }, icon("retry"), "Take back all from this source …"));
}

const shown = (one) => (one.hidden ? "hidden" : one.value);
