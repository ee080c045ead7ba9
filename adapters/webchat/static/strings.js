// What the widget says. `widget.js?lang=de` brings another language's words (`words/`), and a page may
// give its own for any of these.

export const STRINGS = {
  open: "Open chat",
  close: "Close chat",
  unread: "{n} unread",
  log: "Messages",
  write: "Write a message",
  send: "Send",
  you: "You",
  bot: "Automatic reply",
  agent: "Agent",
  automatic: "Replies are automatic",
  answering: "{name} is answering",
  person: "A person is answering",
  reading: "A person is reading",
  connecting: "Connecting…",
  reconnecting: "Reconnecting…",
  offline: "You are offline. What you write is sent when you are back.",
  unavailable: "The chat is not available here at the moment.",
  signInAgain: "Please reload this page to go on chatting.",
  sending: "Sending…",
  waiting: "Waiting for connection",
  sent: "Sent",
  failed: "Not sent",
  retry: "Try again",
  typing: "An answer is being written",
  newer: "New messages",
  choices: "Suggested answers",
  attach: "Attach a file",
  tooLarge: "A file may have {n} MB at most.",
  full: "Too much is waiting to be sent. Please wait for the connection.",
  readOnly: "You are looking in on a customer's behalf and cannot write.",
  left: "{n} characters left",
};

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** "Today" and "Yesterday" as the visitor's language says them, otherwise the date. */
export function dayName(date, locale, now = new Date()) {
  const midnight = (one) => new Date(one.getFullYear(), one.getMonth(), one.getDate());
  const days = Math.round((midnight(date) - midnight(now)) / 86400000);
  if (days === 0 || days === -1) {
    const name = new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(days, "day");
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  }
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long", year }).format(date);
}

export const clockTime = (date, locale) =>
  new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" }).format(date);
