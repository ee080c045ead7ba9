// Times for people: how long ago, the hour, the day.

import { h } from "./dom.js";

const HOUR = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export const hour = (iso) => HOUR.format(new Date(iso));
export const full = (iso) => FULL.format(new Date(iso));

export function day(iso) {
  const then = new Date(iso);
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const days = Math.round((midnight(new Date()) - midnight(then)) / 86400000);
  if (days === 0) return "Today";
  return days === 1 ? "Yesterday" : DAY.format(then);
}

/** The same within a sentence: "today", "yesterday", "Monday 2 March". */
export const dayWords = (iso) => day(iso).replace(/^(T|Y)(?=oday$|esterday$)/, (one) => one.toLowerCase());

/** A moment within a sentence: "today, 14:02", "Monday 2 March, 09:30". */
export const since = (iso) => `${dayWords(iso)}, ${hour(iso)}`;

/** "now", "4 min", "3 h", "2 d". */
export function age(iso) {
  const seconds = Math.max(0, (Date.now() - new Date(iso)) / 1000);
  if (seconds < 60) return seconds < 10 ? "now" : `${Math.floor(seconds / 10) * 10} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

/** An age that grows while it is looked at. */
export function ageSince(iso, className = "row-time") {
  return h("time", { class: className, datetime: iso, title: full(iso), "data-age": "" }, age(iso));
}

setInterval(() => {
  for (const one of document.querySelectorAll("time[data-age]")) one.textContent = age(one.dateTime);
}, 10000);
