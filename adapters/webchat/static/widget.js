// OneThread's web chat. `<script src=".../widget.js" data-endpoint="wss://..." defer>` shows the
// launcher; `OneThread.open({ endpoint, jwt, target, ... })` opens a chat from the page's own code.

import { h, readableOn } from "./dom.js";
import { Launcher } from "./launcher.js";
import { Line } from "./line.js";
import { Panel } from "./panel.js";
import { MOST_WAITING, Storage, uuid } from "./storage.js";
import { STRINGS, fill } from "./strings.js";
import { styleSheet } from "./style.js";
import { Thread } from "./thread.js";

const QUIET_AFTER_WELCOME = 600;
const TYPING_FORGOTTEN = 15000;
const READING_FORGOTTEN = 30000;
const SEEN_TOGETHER = 250;
const WAITING_FILE = 600000;

/** The one-time token that a link of ours brought to this page; it does not stay in the address. */
function brought() {
  const token = location.hash.split("#onethread=")[1];
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token?.slice(0, 99);
}

class Chat {
  constructor(options) {
    this.options = options;
    this.strings = { ...STRINGS, ...options.strings };
    this.storage = new Storage(`${options.endpoint}:${options.jwt ? "login" : "visitor"}`);
    this.thread = new Thread();
    this.closing = new AbortController();
    this.link = brought();
    this.titled = Boolean(options.title);
    this.fresh = false;
    this.welcomed = false;
    for (const waiting of this.storage.read().queue) this.thread.expect(waiting);
    this.build();
    this.line = new Line({
      endpoint: options.endpoint,
      hello: () => this.hello(),
      onFrame: (frame) => this.take(frame),
      onState: () => this.draw(),
    });
    const until = { signal: this.closing.signal };
    document.addEventListener("visibilitychange", () => this.seen(), until);
    // "storage": another tab has seen it.
    for (const name of ["online", "offline", "storage"]) window.addEventListener(name, () => this.draw(), until);
    this.draw();
    if (!this.launcher || this.storage.read().token || this.thread.pending.size) this.line.start();
  }

  build() {
    const { target, title, locale } = this.options;
    this.panel = new Panel({
      strings: this.strings,
      locale: locale ?? (document.documentElement.lang || undefined),
      title: title || "Chat",
      modal: !target,
      on: {
        say: (text) => this.send(text),
        attach: (file) => this.attach(file),
        choose: (label, value) => this.send(label, value),
        typing: (active) => this.line.send({ type: "typing", active }),
        retry: (id) => this.retry(id),
        seen: () => this.seen(),
        close: () => this.launcher?.hide(),
      },
    });
    this.panel.greet(this.options.greeting ?? "");
    this.host = h("onethread-chat", { class: "onethread" });
    this.frame = h("div", { class: target ? "inline" : "floating", dir: this.options.dir ?? this.strings.dir ?? direction(target) });
    if (target) {
      this.host.style.setProperty("height", "100%");
    } else {
      const { strings, host, frame, panel } = this;
      this.launcher = new Launcher({ strings, host, frame, panel, onChange: () => this.toggled() });
    }
    this.frame.append(this.panel.root, ...(this.launcher ? [this.launcher.button] : []));
    const root = this.host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.frame);
    this.paint(this.options.colour || this.storage.read().colour);
    this.scheme(this.options.theme);
    (target ?? document.body).append(this.host);
  }

  paint(colour) {
    if (!/^#[0-9a-f]{6}$/i.test(colour ?? "")) return;
    this.host.style.setProperty("--onethread-accent", colour);
    this.host.style.setProperty("--onethread-on-accent", readableOn(colour));
  }

  /** "light" or "dark" regardless of the page, "auto" as the visitor's system; else as the page. */
  scheme(theme) {
    const known = { light: "light", dark: "dark", auto: "light dark" }[theme];
    if (known) this.host.style.setProperty("color-scheme", known);
  }

  async hello() {
    const { jwt } = this.options;
    const login = typeof jwt === "function" ? await jwt() : jwt;
    const { token } = this.storage.read();
    // Who signs in keeps what this browser said before.
    const visitor = new Storage(`${this.options.endpoint}:visitor`).read().token;
    return { token, jwt: login || null, visitor, link: this.link, last_seq: this.thread.last };
  }

  take(frame) {
    if (frame.type === "welcome") this.welcome(frame);
    else if (frame.type === "message") this.message(frame);
    else if (frame.type === "stored") this.thread.stored(frame.client_id, frame.seq) && this.forget(frame.client_id);
    else if (frame.type === "typing") this.think(frame.active, frame.author);
    else if (frame.type === "reading") this.reads(frame.active);
    else if (frame.type === "upload") this.upload(frame);
    else if (frame.type === "token") this.storage.write({ token: frame.token });
    else if (frame.type === "conflict") this.forgetWho();
    else if (frame.type === "refused") this.refuse(frame);
    this.draw();
  }

  welcome({ token, conversation, logged_in, resume, title, greeting, colour, uploads, read_only }) {
    this.readOnly = Boolean(read_only);
    this.link = null;
    this.panel.allow({ uploads, readOnly: this.readOnly });
    const before = this.storage.read();
    const other = before.conversation && before.conversation !== conversation;
    if (other) {
      // Somebody else is logged in now: what the one before had not sent is not theirs to send.
      if (logged_in) this.thread.clear();
      this.storage.write({ seen: 0, ...(logged_in ? { queue: [] } : {}) });
    }
    if (resume < this.thread.last) {
      this.thread.restart();
      this.storage.write({ seen: 0 });
    }
    this.storage.write({ token, conversation, colour });
    if (!this.titled && title) this.panel.name(title);
    if (!this.options.greeting) this.panel.greet(greeting ?? "");
    if (!this.options.colour) this.paint(colour);
    // What was told before is shown, not announced.
    this.fresh = this.welcomed;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), QUIET_AFTER_WELCOME);
    this.welcomed = true;
    queueMicrotask(() => this.flush());
    this.options.onopen?.({ conversation, logged_in });
  }

  /** From now on what comes is news; a screen reader has to know before it comes. */
  settle() {
    this.fresh = true;
    this.draw();
  }

  message(frame) {
    if (!this.thread.add(frame)) return;
    if (frame.client_id) this.forget(frame.client_id);
    if (frame.author !== "customer") {
      this.think(false);
      this.reads(false);
      if (this.fresh) this.options.onmessage?.(frame);
    }
  }

  think(active, author) {
    clearTimeout(this.thinking);
    const last = this.thread.answering;
    this.panel.think(active, last?.author === author ? last : { author });
    if (active) this.thinking = setTimeout(() => this.panel.think(false), TYPING_FORGOTTEN);
  }

  /** A person has the thread before them, and says so now and then for as long as they have. */
  reads(active) {
    clearTimeout(this.forgetting);
    this.reading = active;
    if (active) {
      this.forgetting = setTimeout(() => {
        this.reading = false;
        this.draw();
      }, READING_FORGOTTEN);
    }
  }

  /** Another login came onto this browser: nothing of the one before is theirs. */
  forgetWho() {
    this.thread.clear();
    this.storage.write({ token: null, conversation: null, seen: 0, queue: [] });
  }

  refuse({ client_id, status, reason }) {
    if (!client_id) return;
    if (status === 429 || status === 503) {
      setTimeout(() => this.transmit(this.thread.pending.get(client_id)), 2000 + Math.random() * 3000);
      return;
    }
    this.thread.failed(client_id, reason);
    this.forget(client_id);
  }

  /** Say something for the visitor. */
  send(text, quick_reply = null) {
    if (this.readOnly) return false;
    if (this.thread.pending.size >= MOST_WAITING) {
      this.panel.hint(this.strings.full);
      return false;
    }
    const said = { client_id: uuid(), text, quick_reply, at: new Date().toISOString() };
    this.storage.write(({ queue }) => ({ queue: [...queue, said] }));
    this.thread.expect(said);
    this.line.start();
    this.transmit(said);
    this.draw();
    return true;
  }

  /** Send a file; until it is there it is kept by this page alone. */
  attach(file) {
    const said = { client_id: uuid(), text: "", file, at: new Date().toISOString() };
    this.thread.expect(said);
    this.line.start();
    this.transmit(said);
    this.draw();
  }

  /** The gateway said where to. What became of it comes as a message, or not at all. */
  async upload({ client_id, url }) {
    const file = this.thread.pending.get(client_id)?.file;
    if (!file) return;
    let status = 0;
    let reason = "";
    try {
      const answer = await fetch(url, { method: "POST", body: file, credentials: "omit", signal: AbortSignal.timeout(WAITING_FILE) });
      if (answer.ok) return;
      ({ status } = answer);
      reason = await answer.text();
    } catch {
      if (!this.line.open) return; // asked for again on return
    }
    this.refuse({ client_id, status, reason });
    this.draw();
  }

  retry(client_id) {
    const failed = this.thread.pending.get(client_id);
    if (!failed) return;
    this.thread.pending.delete(client_id);
    if (failed.file) this.attach(failed.file);
    else this.send(failed.text, failed.quick_reply);
  }

  transmit(said) {
    if (!said) return;
    const { client_id, text, quick_reply, file } = said;
    if (file) this.line.send({ type: "upload", client_id, name: file.name, media_type: file.type, size: file.size });
    else this.line.send({ type: "say", client_id, text, ...(quick_reply ? { quick_reply } : {}) });
  }

  flush() {
    for (const said of this.thread.pending.values()) if (said.state === "sending") this.transmit(said);
  }

  forget(client_id) {
    this.storage.write(({ queue }) => ({ queue: queue.filter((one) => one.client_id !== client_id) }));
  }

  seen() {
    const visible = document.visibilityState === "visible" && (!this.launcher || this.launcher.opened);
    const { last } = this.thread;
    if (this.readOnly || !visible || !this.panel.atEnd || last <= this.storage.read().seen) return;
    if (!this.line.open) return;
    this.storage.write({ seen: last });
    // Of many that come together, the last is told.
    this.telling ??= setTimeout(() => {
      this.telling = null;
      this.line.send({ type: "seen", seq: this.storage.read().seen });
    }, SEEN_TOGETHER);
  }

  toggled() {
    if (this.launcher.opened) this.line.start();
    this.seen();
    this.draw();
  }

  draw() {
    if (!this.line) return;
    this.panel.show(this.thread.messages, { fresh: this.fresh, online: this.line.open });
    this.panel.tell(this.situation());
    this.seen();
    this.launcher?.count(this.launcher.opened ? 0 : this.thread.unread(this.storage.read().seen));
  }

  situation() {
    const { strings } = this;
    const { state } = this.line;
    const last = this.thread.answering;
    const person = last?.author === "agent";
    const status = this.reading ? strings.reading : person ? (last.name ? fill(strings.answering, { name: last.name }) : strings.person) : strings.automatic;
    if (this.readOnly && state === "open") return { status, away: false, banner: strings.readOnly };
    if (state === "open" || state === "idle") return { status, away: state === "idle" };
    if (state === "unavailable") return { status, away: true, banner: strings.unavailable };
    if (state === "sign-in") return { status, away: true, banner: strings.signInAgain };
    if (!navigator.onLine) return { status, away: true, banner: strings.offline };
    if (!this.welcomed && this.line.tries < 1) return { status: strings.connecting, away: true };
    return { status, away: true, banner: strings.reconnecting, busy: true };
  }

  show() {
    this.launcher?.show();
  }

  hide() {
    this.launcher?.hide();
  }

  /** Leave, and take the chat off the page. */
  close() {
    this.line.end();
    this.launcher?.release();
    clearTimeout(this.settling);
    clearTimeout(this.forgetting);
    clearTimeout(this.telling);
    this.closing.abort();
    this.host.remove();
  }
}

const direction = (target) => getComputedStyle(target ?? document.documentElement).direction;

/** Open a chat. Options are described in the documentation's page on web chat. */
function open(options) {
  if (!options?.endpoint) throw new Error("OneThread.open needs an endpoint");
  const chat = new Chat(options);
  return {
    element: chat.host,
    send: (text) => chat.send(text),
    show: () => chat.show(),
    hide: () => chat.hide(),
    close: () => chat.close(),
  };
}

window.OneThread = { open };

const script = document.currentScript;
if (script?.dataset.endpoint) {
  const { endpoint, title, greeting, colour, theme, jwt, locale } = script.dataset;
  const begin = () => (window.OneThread.chat = open({ endpoint, title, greeting, colour, theme, jwt, locale }));
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin, { once: true });
}
