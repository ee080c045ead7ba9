// The dialog: head, messages, suggested answers, composer. It shows what it is told and says what
// the visitor does; it knows nothing of sockets.

import { Bubbles, face } from "./bubbles.js";
import { h, icon, initial, setText } from "./dom.js";
import { fill } from "./strings.js";

const LONGEST = 4000;
const WARN_AT = 400;
const NEAR = 60;
const TYPING_EVERY = 700; // the gateway waits for the end of a thought by these
const TYPING_OVER = 4000;

export class Panel {
  constructor({ strings, locale, title, modal, on }) {
    Object.assign(this, { strings, on });
    this.typingSent = 0;
    this.bubbles = new Bubbles({ strings, locale, onRetry: on.retry });
    this.mark = h("span", { class: "mark", "aria-hidden": "true" });
    this.intro = h("div", { class: "intro", dir: "auto", hidden: true }, h("b"), h("p"));
    this.title = h("h2", { class: "title", id: "title" });
    this.status = h("p", { class: "status away" }, h("span"));
    this.banner = h("div", { class: "banner", role: "status", hidden: true });
    this.typing = h("div", { class: "typing", hidden: true }, h("span", { class: "face", "aria-hidden": "true" }), h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), h("span", { class: "quiet" }, strings.typing));
    this.choices = h("div", { class: "choices", role: "group", "aria-label": strings.choices, hidden: true });
    this.scroll = h("div", { class: "scroll", tabindex: "0", "aria-label": strings.log, role: "region" }, this.intro, this.bubbles.log, this.typing, this.choices);
    this.newer = h("button", { class: "newer", type: "button", hidden: true, onclick: () => this.toEnd(true) }, icon("down"), strings.newer);
    this.text = h("textarea", { rows: "1", maxlength: LONGEST, placeholder: strings.write, "aria-label": strings.write, enterkeyhint: "send", dir: "auto" });
    this.picker = h("input", { type: "file", hidden: true, onchange: () => this.picked() });
    this.clip = h("button", { class: "ghost clip", type: "button", "aria-label": strings.attach, hidden: true, onclick: () => this.picker.click() }, icon("clip"));
    this.button = h("button", { class: "send", type: "submit", "aria-label": strings.send, disabled: true }, icon("send"));
    this.left = h("p", { class: "left", role: "status", hidden: true });
    this.close = modal ? h("button", { class: "ghost", type: "button", "aria-label": strings.close, onclick: on.close }, icon("close")) : null;
    this.root = h("section", { class: "panel", role: modal ? "dialog" : "region", "aria-labelledby": "title", tabindex: "-1" },
      h("div", { class: "head" }, this.mark, h("div", { class: "names" }, this.title, this.status), this.close),
      this.banner,
      h("div", { class: "middle" }, this.scroll, this.newer),
      h("form", { class: "composer", onsubmit: (event) => this.submit(event) }, h("div", { class: "box" }, this.clip, this.picker, this.text, this.button), this.left));
    this.name(title);
    this.listen();
  }

  /** What this visitor may do: send files up to so many megabytes, or nothing but read. */
  allow({ uploads, readOnly }) {
    this.limit = uploads;
    this.clip.hidden = !uploads;
    this.root.lastChild.hidden = readOnly;
  }

  picked() {
    const [file] = this.picker.files;
    if (!file) return;
    if (file.size > this.limit * 1048576) this.hint(fill(this.strings.tooLarge, { n: this.limit }));
    else this.on.attach(file);
    this.picker.value = "";
    this.text.focus();
  }

  /** A word under the composer, until something else is typed. */
  hint(words) {
    this.left.hidden = false;
    setText(this.left, words);
  }

  name(title) {
    setText(this.title, title);
    setText(this.mark, initial(title));
  }

  /** The first words, above everything: the first sentence large. */
  greet(text) {
    const [, first, rest] = /^(.{1,60}?[.!?。！？؟])\s+(.+)$/s.exec(text) ?? [null, text, ""];
    this.intro.hidden = !text;
    setText(this.intro.firstChild, first);
    setText(this.intro.lastChild, rest);
    this.intro.lastChild.hidden = !rest;
  }

  listen() {
    this.text.addEventListener("input", () => this.edited());
    this.text.addEventListener("blur", () => this.stopTyping());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.submit(event);
    });
    this.scroll.addEventListener("scroll", () => {
      if (!this.atEnd) return;
      this.newer.hidden = true;
      this.on.seen();
    });
    // Whatever changes the height, a keyboard, a longer text: the end stays in view.
    this.sticky = true;
    this.scroll.addEventListener("scroll", () => {
      // An event from before a change of height says nothing about what the visitor wants.
      if (this.scroll.clientHeight === this.height) this.sticky = this.atEnd;
    }, { passive: true });
    new ResizeObserver(() => {
      this.height = this.scroll.clientHeight;
      if (this.sticky) this.toEnd();
    }).observe(this.scroll);
  }

  get atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd(smooth = false) {
    this.newer.hidden = true;
    const behavior = smooth && !matchMedia("(prefers-reduced-motion: reduce)").matches ? "smooth" : "instant";
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior });
  }

  /** Bring the log in step. `fresh` is false while the past is told, which is not announced. */
  show(messages, { fresh, online }) {
    const follow = this.atEnd || !fresh || messages.at(-1)?.state === "sending";
    const grew = messages.length > (this.count ?? 0);
    this.count = messages.length;
    this.bubbles.online = online;
    this.bubbles.log.setAttribute("aria-live", fresh ? "polite" : "off");
    this.bubbles.draw(messages, { fresh });
    this.offer(messages.at(-1));
    if (follow) this.toEnd();
    else if (grew) this.newer.hidden = false;
  }

  /** Suggested answers stand under the last message only. */
  offer(last) {
    const replies = last && last.author !== "customer" ? (last.quick_replies ?? []) : [];
    const key = replies.length ? last.key : "";
    if (this.offered === key) return;
    this.offered = key;
    const focused = this.choices.matches(":focus-within");
    this.choices.replaceChildren(...replies.map(({ label, value }) =>
      h("button", { type: "button", dir: "auto", onclick: () => this.on.choose(label, value) }, label)));
    this.choices.hidden = !replies.length;
    if (focused) this.text.focus();
  }

  /** Who answers, and whether we are connected. */
  tell({ status, away, banner, busy }) {
    setText(this.status.firstChild, status);
    this.status.classList.toggle("away", away);
    this.banner.hidden = !banner;
    this.banner.classList.toggle("busy", Boolean(busy));
    setText(this.banner, banner ?? "");
  }

  /** Somebody is writing: the bot, or a person whose messages were the last. */
  think(active, by = null) {
    if (this.typing.hidden === !active) return;
    this.typing.classList.toggle("agent", by?.author === "agent");
    this.typing.firstChild.replaceChildren(face(by ?? {}));
    const follow = this.atEnd;
    this.typing.hidden = !active;
    if (follow) this.toEnd();
  }

  edited() {
    const { text } = this;
    text.style.setProperty("height", "auto");
    text.style.setProperty("height", `${Math.min(132, text.scrollHeight)}px`);
    text.style.setProperty("overflow-y", text.scrollHeight > 132 ? "auto" : "hidden");
    this.button.disabled = !text.value.trim();
    const left = LONGEST - text.value.length;
    this.left.hidden = left > WARN_AT;
    if (left <= WARN_AT) this.hint(fill(this.strings.left, { n: left }));
    if (!text.value.trim()) return this.stopTyping();
    const now = Date.now();
    if (now - this.typingSent > TYPING_EVERY) {
      this.typingSent = now;
      this.on.typing(true);
    }
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.stopTyping(), TYPING_OVER);
  }

  stopTyping() {
    clearTimeout(this.typingTimer);
    if (this.typingSent) this.on.typing(false);
    this.typingSent = 0;
  }

  submit(event) {
    event.preventDefault();
    const text = this.text.value.trim();
    if (!text || !this.on.say(text)) return;
    this.text.value = "";
    this.typingSent = 0; // the message itself ends it
    this.edited();
  }
}
