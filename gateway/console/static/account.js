// One's own account: who one is here, another password, and the end of all one's sessions.

import { change, leaveQuietly } from "./api.js";
import { fill, h } from "./dom.js";
import { failure } from "./panes.js";
import { me } from "./rights.js";

export function accountView(main) {
  const page = h("section", { class: "page people" });
  fill(main, page);
  me().then((one) => draw(page, one), (problem) => fill(page, failure(problem, () => accountView(main))));
  return () => {};
}

function draw(page, one) {
  fill(page,
    h("header", { class: "page-head" }, h("h1", {}, one.name), h("p", { class: "muted" }, `${one.actor.replace("person:", "")}, ${one.role}`)),
    h("section", { class: "people-part", "aria-label": "What you may do" }, h("h2", {}, "What you may do"),
      h("p", {}, one.rights.filter((right) => right !== "self").map((right) => h("span", { class: "tag" }, right)))),
    h("section", { class: "people-part", "aria-label": "Password" }, h("h2", {}, "Another password"), passwordForm()),
    h("section", { class: "people-part", "aria-label": "Sessions" }, h("h2", {}, "Sign out everywhere"),
      h("p", { class: "muted" }, "Ends all your sessions, on every machine, this one too."), leaving()));
}

function passwordForm() {
  const present = password("Present password", "current-password");
  const wanted = password("New password", "new-password", { minlength: "12" });
  const again = password("The new password again", "new-password", { minlength: "12" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const send = h("button", { class: "button primary", type: "submit" }, "Change the password");
  const form = h("form", { class: "stack narrow" }, [present, wanted, again].map((one) => one.label), wrong, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = wanted.input.value === again.input.value ? "" : "The two new passwords are not the same.";
    if (wrong.textContent) return;
    send.disabled = true;
    try {
      await change("/me/password", { present: present.input.value, wanted: wanted.input.value });
      leave("/console/sign-in?changed=1");
    } catch (problem) {
      wrong.textContent = problem.message;
    }
    send.disabled = false;
  });
  return form;
}

function password(words, kind, more = {}) {
  const input = h("input", { type: "password", autocomplete: kind, required: true, maxlength: "256", ...more });
  return { input, label: h("label", { class: "field" }, h("span", {}, words), input) };
}

function leaving() {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const act = async () => {
    try {
      await change("/me/sign-out");
      leave("/console/sign-in");
    } catch (problem) {
      wrong.textContent = problem.message;
    }
  };
  return [h("button", { class: "button danger", type: "button", onclick: act }, "Sign out everywhere"), wrong];
}

function leave(path) {
  leaveQuietly();
  location.assign(path);
}
