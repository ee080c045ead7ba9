/* OneThread web chat: a launcher and a dialog in a shadow root, or inline in an element of the page.
   No dependency, no cookie, no inline style. The thread is ordered by the server's numbers; what
   could not be sent waits in the browser and goes out under the same client id. */
(() => {
  "use strict";
  const script = document.currentScript;
  const HERE = script ? new URL(".", script.src).href : location.href;
  const PING_MS = 20_000;
  const QUIET_MS = 60_000;
  const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
  const SAFE_TAGS = new Set(["P", "BR", "STRONG", "EM", "A", "UL", "OL", "LI", "CODE", "PRE", "BLOCKQUOTE", "H3", "HR"]);
  const WORDS = {
    open: "Open chat", close: "Close chat", say: "Write a message", send: "Send",
    connecting: "Connecting…", lost: "Reconnecting…", offline: "You are offline. Messages wait here.",
    bot: "Automatic reply", agent: "Support", you: "You", typing: "Writing…", waiting: "Sending…",
    failed: "Not sent", retry: "Try again", unread: "unread", today: "Today", refused: "The chat is not available here.",
  };

  /** Storage that works where the browser blocks it: then the thread lasts as long as the page. */
  function openStore(prefix) {
    const memory = new Map();
    const real = (() => { try { localStorage.setItem(`${prefix}?`, "1"); localStorage.removeItem(`${prefix}?`); return localStorage; } catch { return null; } })();
    return {
      get(key) { try { const text = real ? real.getItem(prefix + key) : memory.get(key); return text ? JSON.parse(text) : null; } catch { return null; } },
      set(key, value) { const text = JSON.stringify(value); try { real ? real.setItem(prefix + key, text) : memory.set(key, text); } catch { memory.set(key, text); } },
      drop(key) { memory.delete(key); try { real?.removeItem(prefix + key); } catch { /* blocked: nothing was kept */ } },
    };
  }

  /** An element with properties and children; text never becomes markup. */
  function make(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(props)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (key === "class") node.className = value;
      else if (value !== false && value != null) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((one) => one != null));
    return node;
  }

  /** The server's HTML, rebuilt from an allow-list: what is not on it stays as its text. */
  function rebuild(html, into) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const copy = (from, to) => {
      for (const node of from.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) to.append(node.data);
        else if (node.nodeType === Node.ELEMENT_NODE) {
          if (!SAFE_TAGS.has(node.tagName)) { if (node.tagName !== "SCRIPT" && node.tagName !== "STYLE") copy(node, to); continue; }
          const clone = document.createElement(node.tagName);
          if (node.tagName === "A" && /^(https?:|mailto:|tel:)/i.test(node.getAttribute("href") || "")) {
            clone.href = node.getAttribute("href"); clone.target = "_blank"; clone.rel = "noopener noreferrer";
          }
          copy(node, clone);
          to.append(clone);
        }
      }
    };
    copy(parsed.body, into);
  }

  /** The connection: hello, resume, ping, retry with jitter. Calls `on` with frames and states. */
  class Line {
    constructor(endpoint, store, jwt, on) {
      Object.assign(this, { endpoint, store, jwt, on, tries: 0, ended: false, heard: 0 });
      this.wake = () => { if (document.visibilityState === "visible") this.check(); };
      document.addEventListener("visibilitychange", this.wake);
      addEventListener("online", this.wake);
      addEventListener("offline", this.wake);
      this.open();
    }
    async open() {
      if (this.ended || this.socket) return;
      this.on.state(navigator.onLine === false ? "offline" : this.tries ? "lost" : "connecting");
      let jwt = null;
      try { jwt = typeof this.jwt === "function" ? await this.jwt() : this.jwt || null; } catch { return this.later(); }
      if (this.ended || this.socket) return;
      const socket = (this.socket = new WebSocket(this.endpoint));
      socket.onopen = () => socket.send(JSON.stringify({
        type: "hello", token: this.store.get("token"), jwt, last_seq: this.on.lastSeq(), client: "onethread-widget/1",
      }));
      socket.onmessage = (event) => { this.heard = Date.now(); this.take(JSON.parse(event.data)); };
      socket.onclose = () => { if (this.socket === socket) { this.socket = null; this.ready = false; this.later(); } };
    }
    take(frame) {
      if (frame.type === "welcome") {
        this.store.set("token", frame.token);
        this.tries = 0;
        this.ready = true;
        clearInterval(this.pinger);
        this.pinger = setInterval(() => this.check(), PING_MS);
      } else if (frame.type === "refused" && !this.ready) this.fatal = frame.reason;
      this.on.frame(frame);
    }
    check() {
      if (this.socket && Date.now() - this.heard > QUIET_MS && this.heard) { const old = this.socket; this.socket = null; this.ready = false; old.close(); }
      if (!this.socket) { clearTimeout(this.timer); this.open(); } else this.send({ type: "ping", n: Date.now() });
    }
    later() {
      clearInterval(this.pinger);
      if (this.ended) return;
      this.on.state(navigator.onLine === false ? "offline" : "lost");
      const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.open(), wait * (0.75 + Math.random() / 2));
    }
    send(frame) {
      if (!this.ready || this.socket?.readyState !== WebSocket.OPEN) return false;
      this.socket.send(JSON.stringify(frame));
      return true;
    }
    end() {
      this.ended = true;
      clearTimeout(this.timer); clearInterval(this.pinger);
      document.removeEventListener("visibilitychange", this.wake);
      removeEventListener("online", this.wake); removeEventListener("offline", this.wake);
      this.socket?.close();
    }
  }

  class Chat {
    constructor(options) {
      this.options = options;
      this.words = { ...WORDS, ...options.words };
      this.inline = Boolean(options.target);
      this.store = openStore(`onethread:${options.endpoint}:${options.jwt ? "login" : "visitor"}:`);
      this.messages = new Map();
      this.waiting = new Map();
      this.unread = 0;
      this.shownAt = 0;
      this.draw();
      for (const one of this.store.get("waiting") || []) this.queue(one);
      this.line = new Line(options.endpoint, this.store, options.jwt, {
        frame: (frame) => this.take(frame), state: (state) => this.tell(state), lastSeq: () => this.known(),
      });
    }

    draw() {
      const { words, options } = this;
      this.host = make("div", { class: "onethread" });
      this.root = this.host.attachShadow({ mode: "open" });
      const title = make("h2", { id: "title", class: "title" }, options.title || "Chat with us");
      this.title = title;
      this.status = make("p", { class: "status", role: "status" }, words.connecting);
      this.log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-labelledby": "title", tabindex: "0" });
      this.typing = make("div", { class: "typing", hidden: true }, make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i")), make("span", { class: "sr" }, words.typing));
      this.choices = make("div", { class: "choices" });
      this.input = make("textarea", { rows: "1", maxlength: "4000", "aria-label": words.say, placeholder: words.say, enterkeyhint: "send", dir: "auto" });
      this.sendButton = make("button", { class: "send", type: "submit", "aria-label": words.send, disabled: true }, icon("M4 12l16-8-6 16-3-6z"));
      const form = make("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.submit(); } }, this.input, this.sendButton);
      const close = this.inline ? null : make("button", { class: "close", type: "button", "aria-label": words.close, onclick: () => this.toggle(false) }, icon("M6 6l12 12M18 6L6 18"));
      const head = make("header", {}, make("span", { class: "avatar", "aria-hidden": "true" }, icon("M5 6h14v9H11l-4 4v-4H5z")), make("div", { class: "names" }, title, this.status), close);
      this.panel = make("section", { class: this.inline ? "panel inline" : "panel", role: this.inline ? "region" : "dialog", "aria-labelledby": "title", hidden: !this.inline }, head, this.log, this.typing, this.choices, form);
      this.badge = make("span", { class: "badge", hidden: true });
      this.launcher = make("button", { class: "launcher", type: "button", "aria-label": words.open, "aria-expanded": "false", onclick: () => this.toggle(true) }, icon("M5 5h14v10H11l-4 4v-4H5z"), this.badge);
      const sheet = make("link", { rel: "stylesheet", href: `${options.files || HERE}widget.css` });
      this.root.append(sheet, this.panel, ...(this.inline ? [] : [this.launcher]));
      (options.target || document.body).append(this.host);
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
      });
      this.panel.addEventListener("keydown", (event) => { if (event.key === "Escape" && !this.inline) this.toggle(false); });
      if (!this.inline && window.visualViewport) {
        this.fit = () => { this.host.style.setProperty("--visible-height", `${visualViewport.height}px`); this.host.style.setProperty("--visible-top", `${visualViewport.offsetTop}px`); };
        visualViewport.addEventListener("resize", this.fit);
        visualViewport.addEventListener("scroll", this.fit);
        this.fit();
      }
    }

    toggle(open) {
      this.panel.hidden = !open;
      this.launcher.hidden = open;
      this.launcher.setAttribute("aria-expanded", String(open));
      if (open) { this.input.focus(); this.seen(); this.scroll(true); } else this.launcher.focus();
    }

    /** The number up to which this page has the thread without a gap. */
    known() {
      const numbers = [...this.messages.keys()].sort((a, b) => a - b);
      return numbers.find((seq, at) => numbers[at + 1] !== seq + 1) ?? 0;
    }

    get visible() { return !this.panel.hidden && document.visibilityState === "visible"; }

    tell(state) {
      this.panel.dataset.state = state;
      this.status.textContent = this.line?.fatal ? this.words.refused : this.words[state] || "";
    }

    take(frame) {
      const kinds = { welcome: () => this.welcome(frame), message: () => this.show(frame), stored: () => this.stored(frame), typing: () => this.showTyping(frame.active), refused: () => this.refused(frame) };
      kinds[frame.type]?.();
    }

    welcome(frame) {
      if (this.conversation && this.conversation !== frame.conversation) { this.messages.clear(); this.log.replaceChildren(); this.choices.replaceChildren(); }
      this.conversation = frame.conversation;
      if (!this.options.title && frame.title) this.title.textContent = frame.title;
      this.panel.dataset.state = "open";
      this.status.textContent = frame.logged_in && frame.name ? `${this.words.bot} · ${frame.name}` : this.words.bot;
      if (frame.greeting && !this.greeting) { this.greeting = make("p", { class: "greeting" }, frame.greeting); this.log.prepend(this.greeting); }
      this.options.onopen?.(frame);
      for (const one of this.waiting.values()) this.post(one);
      this.seen();
    }

    /** A message of the thread, in its place by number; our own is the bubble that was waiting. */
    show(frame) {
      if (this.messages.has(frame.seq)) return;
      const mine = frame.author === "customer";
      if (mine && frame.client_id && this.waiting.has(frame.client_id)) return this.stored(frame);
      const bubble = this.bubble(frame, mine);
      this.messages.set(frame.seq, bubble);
      const after = [...this.messages.keys()].filter((seq) => seq < frame.seq).sort((a, b) => b - a)[0];
      after === undefined ? this.place(bubble, this.greeting) : this.messages.get(after).after(bubble);
      if (mine) return this.scroll(true);
      this.showTyping(false);
      this.offer(frame.quick_replies);
      this.seen();
      this.scroll(false);
      this.options.onmessage?.(frame);
    }

    place(bubble, after) { after ? after.after(bubble) : this.log.prepend(bubble); }

    bubble(frame, mine) {
      const body = make("div", { class: "body", dir: "auto" });
      frame.html ? rebuild(frame.html, body) : body.append(frame.text);
      const who = mine ? this.words.you : frame.name || this.words[frame.author] || "";
      const at = frame.at ? new Date(frame.at) : new Date();
      const meta = make("div", { class: "meta" }, make("span", { class: mine ? "sr" : "who" }, who), make("time", { datetime: at.toISOString() }, at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })));
      return make("article", { class: `message ${mine ? "mine" : frame.author}` }, body, meta);
    }

    offer(replies) {
      this.choices.replaceChildren(...(replies || []).map((one) => make("button", { type: "button", onclick: () => this.say(one.label, one.value) }, one.label)));
    }

    submit() {
      const text = this.input.value.trim();
      if (!text) return;
      this.input.value = "";
      this.typed();
      this.say(text);
      this.input.focus();
    }

    say(text, quickReply) {
      this.choices.replaceChildren();
      const one = { client_id: newId(), text, quick_reply: quickReply ?? null, at: new Date().toISOString() };
      this.queue(one);
      this.keep();
      this.post(one);
      this.scroll(true);
    }

    queue(one) {
      const bubble = this.bubble({ ...one, author: "customer" }, true);
      bubble.dataset.state = "waiting";
      bubble.querySelector(".meta").append(make("span", { class: "state" }, this.words.waiting));
      this.waiting.set(one.client_id, { ...one, bubble });
      this.log.append(bubble);
    }

    post(one) {
      const entry = this.waiting.get(one.client_id);
      if (!entry) return;
      const sent = this.line?.send({ type: "say", client_id: one.client_id, text: one.text, quick_reply: one.quick_reply });
      if (sent) this.showTyping(false);
    }

    keep() { this.store.set("waiting", [...this.waiting.values()].map(({ bubble, ...one }) => one)); }

    stored(frame) {
      const entry = this.waiting.get(frame.client_id);
      if (!entry) return;
      this.waiting.delete(frame.client_id);
      this.keep();
      delete entry.bubble.dataset.state;
      entry.bubble.querySelector(".state")?.remove();
      if (this.messages.has(frame.seq)) entry.bubble.remove();
      else this.messages.set(frame.seq, entry.bubble);
    }

    refused(frame) {
      if (!frame.client_id) { if (!this.line?.ready) this.tell("lost"); return; }
      const entry = this.waiting.get(frame.client_id);
      if (!entry) return;
      entry.bubble.dataset.state = "failed";
      entry.bubble.querySelector(".state")?.replaceChildren(`${this.words.failed}: ${frame.reason} `, make("button", { type: "button", onclick: () => { entry.bubble.dataset.state = "waiting"; entry.bubble.querySelector(".state").textContent = this.words.waiting; this.post(entry); } }, this.words.retry));
    }

    showTyping(active) { this.typing.hidden = !active; if (active) this.scroll(false); clearTimeout(this.typingTimer); if (active) this.typingTimer = setTimeout(() => this.showTyping(false), 15_000); }

    typed() {
      const text = this.input.value;
      this.sendButton.disabled = !text.trim();
      this.input.rows = Math.min(5, Math.max(1, text.split("\n").length, Math.ceil(text.length / 38)));
      const now = Date.now();
      if (text && now - this.shownAt > 700) { this.shownAt = now; this.line?.send({ type: "typing", active: true }); }
      if (!text && this.shownAt) { this.shownAt = 0; this.line?.send({ type: "typing", active: false }); }
    }

    seen() {
      const last = Math.max(0, ...this.messages.keys());
      const read = this.store.get("seen") || 0;
      if (this.visible) { this.unread = 0; if (last > read) { this.store.set("seen", last); this.line?.send({ type: "seen", seq: last }); } }
      else this.unread = [...this.messages].filter(([seq, bubble]) => seq > read && !bubble.classList.contains("mine")).length;
      this.badge.hidden = !this.unread;
      this.badge.textContent = this.unread > 9 ? "9+" : String(this.unread);
      this.launcher.setAttribute("aria-label", this.unread ? `${this.words.open}, ${this.unread} ${this.words.unread}` : this.words.open);
    }

    scroll(force) {
      const far = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight > 240;
      if (force || !far) requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; });
    }

    /** Take the chat off the page. What was said stays with the server. */
    close() { this.line.end(); this.host.remove(); }
  }

  function icon(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function newId() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  window.OneThread = { open: (options) => new Chat(options) };
  if (script?.dataset.endpoint) {
    const { endpoint, title } = script.dataset;
    const start = () => window.OneThread.open({ endpoint, title });
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", start) : start();
  }
})();
