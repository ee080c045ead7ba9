// The floating button, and what opening means: focus, Escape, a full screen on phones with the
// composer above the keyboard.

import { h, icon, setText } from "./dom.js";
import { fill } from "./strings.js";

const PHONE = "(max-width: 480px), (max-height: 420px)";

export class Launcher {
  constructor({ strings, host, frame, panel, onChange }) {
    Object.assign(this, { strings, host, frame, panel, onChange });
    this.badge = h("span", { class: "badge", hidden: true });
    this.button = h("button", { class: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => (this.opened ? this.hide() : this.show()) }, icon("chat"), icon("down"), this.badge);
    this.opened = false;
    this.phone = matchMedia(PHONE);
    this.fit = () => this.measure();
    panel.root.hidden = true;
    panel.root.addEventListener("keydown", (event) => this.key(event));
    this.count(0);
  }

  count(unread) {
    this.badge.hidden = !unread;
    setText(this.badge, unread > 99 ? "99+" : String(unread));
    const words = this.opened ? this.strings.close : this.strings.open;
    this.button.setAttribute("aria-label", unread ? `${words}, ${fill(this.strings.unread, { n: unread })}` : words);
  }

  show() {
    if (this.opened) return;
    this.opened = true;
    this.panel.root.hidden = false;
    this.frame.classList.add("opened");
    this.button.setAttribute("aria-expanded", "true");
    this.measure();
    window.visualViewport?.addEventListener("resize", this.fit);
    window.visualViewport?.addEventListener("scroll", this.fit);
    this.phone.addEventListener("change", this.fit);
    this.panel.toEnd();
    // On a touch screen the keyboard should not jump up before the visitor wants to write.
    (matchMedia("(pointer: coarse)").matches ? this.panel.root : this.panel.text).focus();
    this.onChange(true);
  }

  hide() {
    if (!this.opened) return;
    this.opened = false;
    this.panel.root.hidden = true;
    this.frame.classList.remove("opened");
    this.button.setAttribute("aria-expanded", "false");
    this.release();
    this.button.focus();
    this.onChange(false);
  }

  release() {
    window.visualViewport?.removeEventListener("resize", this.fit);
    window.visualViewport?.removeEventListener("scroll", this.fit);
    this.phone.removeEventListener("change", this.fit);
    this.lock(false);
  }

  /** What is visible above an on-screen keyboard is what the chat fills; whoever zooms in looks at a
      part of it. */
  measure() {
    const view = window.visualViewport;
    const full = this.phone.matches;
    this.panel.root.setAttribute("aria-modal", String(full));
    this.lock(full);
    if (!view || view.scale > 1.02) return;
    this.host.style.setProperty("--height", `${view.height}px`);
    this.host.style.setProperty("--top", `${view.offsetTop}px`);
  }

  /** The page behind a full screen does not scroll. */
  lock(locked) {
    const root = document.documentElement;
    if (locked && this.before === undefined) {
      this.before = root.style.getPropertyValue("overflow");
      root.style.setProperty("overflow", "hidden");
    } else if (!locked && this.before !== undefined) {
      root.style.setProperty("overflow", this.before);
      this.before = undefined;
    }
  }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.hide();
    } else if (event.key === "Tab" && this.phone.matches) {
      this.keepInside(event);
    }
  }

  keepInside(event) {
    const all = this.panel.root.querySelectorAll("button:not(:disabled), a[href], textarea, [tabindex='0']");
    const stops = [...all].filter((one) => one.checkVisibility());
    const active = this.panel.root.getRootNode().activeElement;
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (active !== edge && active !== this.panel.root) return;
    if (active === this.panel.root && !event.shiftKey) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}
