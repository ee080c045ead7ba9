// People: who may sign in and with which role, and the tokens of programs.

import { alter, change, read, remove } from "./api.js";
import { decide } from "./sheets.js";
import { openSheet } from "./drawer.js";
import { empty, fill, h, skeleton, toast } from "./dom.js";
import { icon, threadPicture } from "./icons.js";
import { failure } from "./panes.js";
import { ageSince, full } from "./time.js";

const ROLES = {
  viewer: "Viewer: reads, and changes nothing",
  agent: "Agent: takes cases and answers customers",
  integrator: "Integrator: sees to channels and brings in customers, reads no conversation",
  "identity-admin": "Identity admin: says who is who, and by which rules",
  editor: "Editor: writes the playbook, and reads conversations",
  owner: "Owner: everything, and lets others in",
};
const RIGHTS = {
  channels: "see the channels",
  see: "read conversations and customers",
  answer: "answer customers",
  remember: "tell, correct and take off what is known of customers",
  reveal: "see hidden personal fields",
  operate: "see to what got stuck",
  link: "join and part customers",
  rules: "change the identity rules",
  provision: "bring in customers",
  audit: "read who changed what",
  people: "let others in",
};

export function peopleView(main) {
  const people = h("div", {}, skeleton(4));
  const tokens = h("div", {}, skeleton(3));
  fill(main, h("section", { class: "page people" },
    h("header", { class: "page-head" }, h("h1", {}, "People"), h("p", { class: "muted" }, "Who may come in, and what they may do here. Everything is written down under their name.")),
    part("Who may sign in", people, inviteForm(refresh)),
    part("Programs", tokens, tokenForm(refresh))));

  async function refresh() {
    try {
      const [persons, programs] = [await read("/people"), await read("/tokens")];
      fill(people, personTable(persons, refresh));
      fill(tokens, tokenTable(programs, refresh));
    } catch (problem) {
      if (problem.status !== 0) fill(people, failure(problem, refresh));
    }
  }

  refresh();
  return () => {};
}

const part = (title, ...content) => h("section", { class: "people-part", "aria-label": title }, h("h2", {}, title), content);

const table = (heads, rows) => h("div", { class: "table-scroll" }, h("table", {},
  h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one)))),
  h("tbody", {}, rows)));

function personTable(persons, refresh) {
  if (!persons.length) return empty(threadPicture(), "Nobody yet", "Whoever you invite below appears here.");
  return table(["Name", "Role", "Last seen", ""], persons.map((one) => h("tr", { class: one.disabled ? "ended" : false },
    h("th", { scope: "row" }, one.name, h("span", { class: "muted block" }, one.login)),
    h("td", {}, roleChoice(one, refresh)),
    h("td", {}, one.seen_at ? ageSince(one.seen_at, "number") : h("span", { class: "muted" }, "never"), " ", states(one)),
    h("td", {}, h("div", { class: "people-actions" },
      !one.disabled && button("New link", () => linked(`/people/${one.id}/link`, one.name)),
      button(one.disabled ? "Enable" : "Disable", () => setDisabled(one, refresh)))))));
}

const states = (one) => [
  one.waits && !one.disabled && h("span", { class: "tag amber" }, "has to come by a link"),
  one.locked && h("span", { class: "tag amber" }, "locked for a while"),
  one.disabled && h("span", { class: "tag" }, "disabled"),
];

function roleChoice(one, refresh) {
  const choice = h("select", { "aria-label": `Role of ${one.name}`, disabled: one.disabled }, options(one.role));
  choice.addEventListener("change", () => {
    const role = choice.value;
    choice.value = one.role;
    decide({
      title: `Another role for ${one.name}`,
      content: h("p", {}, `${ROLES[role]}. ${one.name} has to sign in again.`),
      confirm: "Change the role",
      act: () => alter(`/people/${one.id}`, { role }),
      told: "The role is changed.",
      done: refresh,
    });
  });
  return choice;
}

/** One option for each role; `chosen` is what the form goes back to when it is emptied. */
const options = (chosen) => Object.keys(ROLES).map((role) => {
  const option = h("option", { value: role, title: ROLES[role] }, role);
  option.defaultSelected = role === chosen;
  return option;
});

function setDisabled(one, refresh) {
  decide({
    title: one.disabled ? `Let ${one.name} in again` : `Keep ${one.name} out`,
    content: h("p", {}, one.disabled ? "The password and the role are as they were." : "All sessions end at once. What was done stays written down under this name."),
    confirm: one.disabled ? "Enable" : "Disable",
    danger: !one.disabled,
    act: () => alter(`/people/${one.id}`, { disabled: !one.disabled }),
    told: one.disabled ? "Enabled." : "Disabled.",
    done: refresh,
  });
}

function inviteForm(refresh) {
  const name = input("Name", { maxlength: "100", autocomplete: "off" });
  const login = input("Login", { maxlength: "64", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const role = h("select", { "aria-label": "Role" }, options("agent"));
  return form([name, login, role], "Invite", async () => {
    const made = await change("/people", { name: name.value.trim(), login: login.value.trim(), role: role.value });
    showLink(made, name.value.trim());
    refresh();
  });
}

async function linked(path, name) {
  try {
    showLink(await change(path), name);
  } catch (problem) {
    toast(problem.message, "error");
  }
}

function showLink(made, name) {
  once(`A link for ${name}`, `Give this to ${name} alone: whoever opens it sets the password. It works once, until ${full(made.until)}.`, `${location.origin}${made.path}`);
}

/** Something that is shown now and never again. */
function once(title, words, secret) {
  const field = h("input", { type: "text", readonly: true, value: secret, "aria-label": title, class: "once", onfocus: () => field.select() });
  openSheet(title, h("div", { class: "sheet-content stack" }, h("p", {}, words), field,
    h("button", { class: "button primary", type: "button", onclick: async () => {
      field.select();
      await navigator.clipboard.writeText(secret).then(() => toast("Copied."), () => toast("Copy it from the field.", "error"));
    } }, "Copy")));
  field.focus();
}

function tokenTable(tokens, refresh) {
  if (!tokens.length) return h("p", { class: "muted" }, "No program may use the API yet.");
  return table(["Name", "May", "Last used", ""], tokens.map((one) => h("tr", { class: one.state === "active" ? false : "ended" },
    h("th", { scope: "row" }, one.name, h("span", { class: "muted block" }, until(one))),
    h("td", {}, one.rights.filter((right) => right !== "self").map((right) => h("span", { class: "tag", title: RIGHTS[right] }, right))),
    h("td", {}, one.used_at ? ageSince(one.used_at, "number") : h("span", { class: "muted" }, "never")),
    h("td", {}, one.state === "active" ? button("Revoke", () => revoke(one, refresh)) : h("span", { class: "tag" }, one.state)))));
}

const until = (one) => (one.expires_at ? `until ${full(one.expires_at)}` : "until it is revoked");

function revoke(one, refresh) {
  decide({
    title: `Revoke “${one.name}”`,
    content: h("p", {}, "Whatever uses this token stops working at once. There is no way back; make another one instead."),
    confirm: "Revoke",
    danger: true,
    act: () => remove(`/tokens/${one.id}`),
    told: "Revoked.",
    done: refresh,
  });
}

function tokenForm(refresh) {
  const name = input("What it is for", { maxlength: "60", pattern: "[^\\s:]+", title: "One word, such as shop", autocomplete: "off" });
  const days = h("input", { type: "number", min: "1", max: "3650", "aria-label": "Days until it expires", class: "days" });
  days.defaultValue = "90";
  const boxes = Object.entries(RIGHTS).map(([right, words]) => h("label", { class: "check" }, h("input", { type: "checkbox", value: right }), h("span", {}, right, h("span", { class: "muted block" }, words))));
  const rights = h("fieldset", { class: "rights" }, h("legend", {}, "What may it do?"), boxes);
  const made = form([name, h("label", { class: "for-days" }, "for", days, "days")], "Make a token", async () => {
    const chosen = boxes.map((box) => box.firstChild).filter((box) => box.checked).map((box) => box.value);
    if (!chosen.length) throw new Error("Choose at least one thing that it may do.");
    const token = await change("/tokens", { name: name.value.trim(), rights: chosen, ...(days.value && { expires_days: Number(days.value) }) });
    once(`The token “${name.value.trim()}”`, "It is shown only now. Keep it where the program keeps its secrets.", token.token);
    refresh();
  });
  made.prepend(rights);
  return made;
}

const input = (label, more) => h("input", { type: "text", required: true, placeholder: label, "aria-label": label, ...more });

const button = (words, onclick) => h("button", { class: "button small", type: "button", onclick }, words);

function form(fields, confirm, act) {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const send = h("button", { class: "button primary", type: "submit" }, icon("check"), confirm);
  const element = h("form", { class: "people-form" }, h("div", { class: "log-filters" }, fields, send), wrong);
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    send.disabled = true;
    try {
      await act();
      element.reset();
    } catch (problem) {
      wrong.textContent = problem.message;
    }
    send.disabled = false;
  });
  return element;
}
