// Messages as elements: who wrote, what, when, and whether it arrived.

import { h, icon, initial, place, setText } from "./dom.js";
import { richText } from "./markup.js";
import { clockTime, dayName } from "./strings.js";

const TOGETHER = 5 * 60 * 1000;

/** Keeps the elements of a thread and brings them in step with it. */
export class Bubbles {
  constructor({ strings, locale, onRetry }) {
    Object.assign(this, { strings, locale, onRetry });
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": strings.log });
    this.made = new Map();
    this.days = new Map();
  }

  draw(messages, { fresh }) {
    const nodes = [];
    const keys = new Set();
    messages.forEach((message, at) => {
      const before = messages[at - 1];
      const after = messages[at + 1];
      const newDay = !before || before.at.toDateString() !== message.at.toDateString();
      if (newDay) nodes.push(this.day(message.at));
      const first = newDay || !together(before, message);
      const last = !after || !together(message, after);
      keys.add(message.key);
      nodes.push(this.bubble(message, { first, last, final: !after, fresh }));
    });
    for (const key of this.made.keys()) if (!keys.has(key)) this.made.delete(key);
    place(this.log, nodes);
  }

  day(date) {
    const key = date.toDateString();
    if (!this.days.has(key)) this.days.set(key, h("div", { class: "day", role: "separator" }, h("span")));
    const made = this.days.get(key);
    setText(made.firstChild, dayName(date, this.locale));
    return made;
  }

  bubble(message, { first, last, final, fresh }) {
    let made = this.made.get(message.key);
    // A file of one's own can be fetched once the gateway has it.
    if (!made || made.linked !== linked(message)) {
      made = this.build(message);
      this.made.set(message.key, made);
      if (fresh) made.root.classList.add("new");
    }
    const mine = message.author === "customer";
    const { root, parts } = made;
    root.classList.toggle("first", first);
    root.classList.toggle("last", last);
    root.classList.toggle("sending", mine && message.state === "sending");
    root.classList.toggle("failed", message.state === "failed");
    const told = last || message.state !== "stored";
    const shown = `${told}|${final}|${message.state}|${message.reason ?? ""}|${this.online}`;
    if (made.shown !== shown) {
      made.shown = shown;
      parts.meta.replaceChildren(...(told ? this.meta(message, mine, final) : []));
      parts.meta.hidden = !told;
    }
    if (parts.who) parts.who.hidden = !first;
    if (parts.face) parts.face.hidden = !last;
    return root;
  }

  build(message) {
    const mine = message.author === "customer";
    const body = h("div", { class: "body", dir: "auto" });
    if (message.text) body.append(mine ? message.text : richText(message.html, message.text));
    body.append(...(message.attachments ?? []).map(fileLink));
    const parts = { meta: h("p", { class: "meta" }) };
    const root = h("div", { class: `message ${mine ? "mine" : message.author}` });
    if (mine) {
      root.append(h("span", { class: "quiet" }, `${this.strings.you}: `), body, parts.meta);
    } else {
      parts.who = this.who(message);
      parts.face = h("span", { class: "face", "aria-hidden": "true" }, face(message));
      root.append(parts.who, parts.face, body, parts.meta);
    }
    return { root, parts, shown: "", linked: linked(message) };
  }

  who({ author, name }) {
    if (author !== "agent") return h("p", { class: "who" }, this.strings.bot);
    return h("p", { class: "who" }, h("b", {}, name || this.strings.agent), name ? this.strings.agent : null);
  }

  meta(message, mine, final) {
    const time = h("time", { datetime: message.at.toISOString() }, clockTime(message.at, this.locale));
    if (!mine || (message.state === "stored" && !final)) return [time];
    if (message.state === "failed") {
      const retry = h("button", { class: "again", type: "button", onclick: () => this.onRetry(message.key) }, this.strings.retry);
      return [icon("alert"), h("span", { title: message.reason }, this.strings.failed), retry];
    }
    if (message.state === "stored") return [time, icon("check"), this.strings.sent];
    return [icon("clock"), this.online ? this.strings.sending : this.strings.waiting];
  }
}

const linked = ({ attachments }) => Boolean(attachments?.[0]?.url);

function fileLink({ name, size, url }) {
  return h(url ? "a" : "span", { class: "file", href: url, target: "_blank", rel: "noopener" }, icon("clip"), h("bdi", {}, `${name} (${Math.ceil(size / 1024)} kB)`));
}

function together(one, next) {
  return one.author === next.author && one.name === next.name && next.at - one.at < TOGETHER;
}

/** What stands for who writes: an initial for a person, a sign for the bot. */
export function face({ author, name }) {
  return author === "agent" && initial(name) ? initial(name) : icon("spark");
}
