// The rules of who is who: what is in force, a draft and what it would do, and every version.

import { change, read } from "./api.js";
import { fill, h, skeleton, toast } from "./dom.js";
import { icon } from "./icons.js";
import { failure } from "./panes.js";
import { foreseen } from "./rule_effect.js";
import { decide } from "./sheets.js";
import { ageSince } from "./time.js";

const SOON = 1500;

export function rulesView(main) {
  const state = h("div", { class: "rules-state", "aria-live": "polite" }, skeleton(2));
  const versions = h("div", { class: "rules-versions" });
  const draft = editor(() => refresh());
  let looking;
  fill(main, h("section", { class: "page" },
    h("header", { class: "page-head" },
      h("h1", {}, "Rules"),
      h("p", { class: "muted" }, "What joins people over their channels, and what they may then read. A draft changes nothing until you publish it.")),
    state, draft.element, h("h2", {}, "Versions"), versions));

  async function refresh() {
    clearTimeout(looking);
    try {
      const [now, all] = await Promise.all([read("/identity-rules"), read("/identity-rules/versions")]);
      fill(state, inForce(now));
      fill(versions, all.map((one) => row(one, one.id === now.id, draft.put, refresh)));
      draft.base(now);
      if (!now.applied) looking = setTimeout(refresh, SOON);
    } catch (problem) {
      if (problem.status !== 0) fill(state, failure(problem, refresh));
    }
  }

  refresh();
  return () => clearTimeout(looking);
}

function inForce(now) {
  return h("article", { class: "card rules-now" },
    h("p", {}, h("span", { class: "tag accent" }, icon("shield"), "In force"), " ", h("strong", {}, now.note), " ", h("span", { class: "muted" }, `by ${now.actor}`), " ", ageSince(now.published_at)),
    !now.applied && h("p", { class: "muted", role: "status" }, "Customers are being joined and parted as these rules want it."),
    warned(now.warnings));
}

function warned(warnings) {
  return warnings.length > 0 && h("ul", { class: "rules-warnings" }, warnings.map((words) => h("li", {}, words)));
}

/** The draft: its text, what it would do, and publishing what was just tried. */
function editor(published) {
  const text = h("textarea", { class: "rules-text", rows: "22", spellcheck: "false", autocapitalize: "off", "aria-label": "Draft of the rules" });
  const told = h("div", { class: "rules-told", role: "status" });
  const publish = h("button", { class: "button primary", type: "button", disabled: true, onclick: confirm }, "Publish");
  let base;
  let tried;

  async function attempt() {
    const now = text.value;
    publish.disabled = true;
    fill(told, skeleton(3));
    try {
      const effect = await change("/identity-rules/try", { text: now });
      if (now !== text.value) return fill(told);
      tried = now;
      fill(told, effect.faults.length ? faults(effect.faults) : [warned(effect.warnings), foreseen(effect)]);
      publish.disabled = effect.faults.length > 0;
    } catch (problem) {
      fill(told, h("p", { class: "wrong" }, problem.message));
    }
  }

  function confirm() {
    decide({
      title: "Publish these rules?",
      content: h("p", {}, "They hold for the next message. Customers are joined and parted in the background; going back to an older version undoes it."),
      reason: "Why, such as “no imports by phone”",
      confirm: "Publish",
      act: (note) => change("/identity-rules/publish", { text: tried, note, based_on_id: base }),
      told: "Published.",
      done: () => {
        fill(told);
        publish.disabled = true;
        published();
      },
    });
  }

  text.addEventListener("input", () => {
    publish.disabled = true;
    fill(told);
  });
  return {
    element: h("section", { class: "rules-draft", "aria-label": "Draft" },
      h("h2", {}, "Draft"), text,
      h("div", { class: "rules-actions" }, h("button", { class: "button", type: "button", onclick: attempt }, icon("eye"), "Try it"), publish,
        h("span", { class: "muted small" }, "Trying shows who would join and part. Nothing is changed.")),
      told),
    base(now) {
      if (base === undefined) text.value = now.text;
      base = now.id;
    },
    put(one) {
      text.value = one.text;
      publish.disabled = true;
      fill(told);
      text.focus();
      toast("It is in the draft now.");
    },
  };
}

function faults(found) {
  return h("ul", { class: "rules-faults" }, found.map((one) => h("li", {}, h("code", {}, one.key || "the text"), `: ${one.wrong}. `, h("span", { class: "muted" }, `${one.mend}.`))));
}

function row(one, current, put, done) {
  return h("article", { class: "rules-row" },
    h("strong", {}, one.note),
    h("span", { class: "muted small" }, `by ${one.actor}`),
    ageSince(one.published_at),
    current ? h("span", { class: "tag accent" }, "in force") : h("button", { class: "button small", type: "button", onclick: () => back(one, done) }, icon("retry"), "Go back to it"),
    h("button", { class: "button quiet small", type: "button", onclick: () => put(one) }, "Take as draft"),
    h("details", {}, h("summary", {}, `Version ${one.id}`), h("pre", {}, one.text)),
  );
}

async function back(one, done) {
  const sheet = decide({
    title: "Go back to this version?",
    content: skeleton(4),
    confirm: "Go back",
    ready: false,
    act: () => change("/identity-rules/roll-back", { version_id: one.id }),
    told: "The older rules are in force again.",
    done,
  });
  try {
    sheet.show(foreseen(await change("/identity-rules/try", { text: one.text })));
    sheet.allow(true);
  } catch (problem) {
    sheet.show(h("p", { class: "wrong" }, problem.message));
  }
}
