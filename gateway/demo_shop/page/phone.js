// The phone's thread: what Ada sent, and what reached her device.

import { fill, h } from "/console/static/dom.js";

export function clearThread(thread) {
  fill(thread, h("p", { class: "phone-hint" }, "Text the shop, or tap a sentence below."));
}

/** One text message; `from` is "ada" or "shop". */
export function showText(thread, { from, text }) {
  thread.querySelector(".phone-hint")?.remove();
  thread.append(h("p", { class: from === "ada" ? "sms out" : "sms in" }, text));
  thread.scrollTop = thread.scrollHeight;
}

/** Keep the end of a log in view when its room changes. */
export function keepEnd(log) {
  new ResizeObserver(() => (log.scrollTop = log.scrollHeight)).observe(log);
}
