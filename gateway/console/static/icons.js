// Our own icons, drawn on a grid of 24 with one stroke width.

const SHAPES = {
  phone: ["M8 3.5h8A1.5 1.5 0 0 1 17.5 5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5Z", "M11 17.5h2"],
  chat: ["M5 5.5h14A1.5 1.5 0 0 1 20.5 7v8a1.5 1.5 0 0 1-1.5 1.5h-6.5L8 20v-3.5H5A1.5 1.5 0 0 1 3.5 15V7A1.5 1.5 0 0 1 5 5.5Z"],
  mail: ["M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6Z", "m4 7.5 8 6 8-6"],
  room: ["M9 4 7.5 20", "M16.5 4 15 20", "M4.5 9h16", "M3.5 15h16"],
  queue: ["M4 13.5 6.5 5h11l2.5 8.5", "M4 13.5V18a1.5 1.5 0 0 0 1.5 1.5h13A1.5 1.5 0 0 0 20 18v-4.5h-5a3 3 0 0 1-6 0H4Z"],
  threads: ["M4 6.5h16", "M4 12h16", "M4 17.5h10"],
  people: ["M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5Z", "M4.5 20c.6-3.6 3.6-5.5 7.5-5.500s6.9 1.9 7.5 5.5"],
  key: ["M8 15.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Z", "M12.500 11H21", "M18 11v4", "M15 11v2.500"],
  trouble: ["M12 4 3 19.500h18L12 4Z", "M12 10v4.5", "M12 17v.01"],
  bot: ["M7 8.500h10a2 2 0 0 1 2 2V16a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.500a2 2 0 0 1 2-2Z", "M12 8.500V5", "M9.5 12.500v1", "M14.5 12.500v1", "M12 5v-.01"],
  person: ["M12 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z", "M5 20c.5-3.5 3.2-5.5 7-5.500s6.5 2 7 5.5"],
  link: ["M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1.2 1.2", "M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1.2-1.2"],
  unlink: ["M15.5 14.200l3.2-3.200A4 4 0 0 0 13 5.300l-1.2 1.2", "M8.5 9.8 5.3 13A4 4 0 0 0 11 18.700l1.2-1.2", "M4 4l16 16"],
  why: ["M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M9.7 9.500a2.4 2.4 0 1 1 3.4 2.300c-.8.4-1.1.9-1.1 1.7", "M12 16.500v.01"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  back: ["M14.5 6 8.5 12l6 6"],
  next: ["M9.5 6l6 6-6 6"],
  send: ["M5 12h13", "m12.5 6.5 5.5 5.5-5.5 5.5"],
  check: ["m5 12.5 4.5 4.500L19 7.5"],
  seen: ["m3 12.5 4 4L15 8", "m11 16 .8.500L20.5 8"],
  clock: ["M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 7.500V12l3 2"],
  failed: ["M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z", "M12 8v5", "M12 16v.01"],
  retry: ["M19.5 12a7.5 7.5 0 1 1-2.3-5.4", "M19.5 4v4.500H15"],
  search: ["M11 17.500a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Z", "m16 16 4 4"],
  shield: ["M12 3.5 5 6v5.500c0 4.3 2.9 7.4 7 9 4.1-1.6 7-4.7 7-9V6l-7-2.500Z"],
  eye: ["M2.500 12c2.400-4.300 5.600-6.500 9.500-6.500s7.100 2.200 9.500 6.500c-2.400 4.300-5.600 6.500-9.500 6.500S4.900 16.300 2.500 12Z", "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z"],
  pin: ["M9 4.500h6l-.8 6.500 3.300 3.500h-11l3.300-3.500L9 4.500Z", "M12 14.500V20"],
  pen: ["M14.5 5.5 18.500 9.500 9 19H5v-4l9.500-9.500Z", "m12.500 7.500 4 4"],
  clip: ["m18.500 11.500-6.700 6.700a4 4 0 0 1-5.700-5.700l7-7a2.700 2.700 0 0 1 3.800 3.800l-6.900 6.900a1.350 1.350 0 0 1-1.900-1.900l6.300-6.300"],
  file: ["M7 3.500h6.500L18 8v12.500H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1Z", "M13.500 3.500V8H18"],
  source: ["m9 8-4.500 4L9 16", "m15 8 4.500 4L15 16"],
  edited: ["M5 19h14", "M14.500 4.500 17.500 7.500 9.500 15.500H6.500v-3l8-8Z"],
  gone: ["M5 7h14", "M9.500 7V4.500h5V7", "M7 7l.8 12.500h8.400L17 7"],
  book: ["M5.5 4.500H17a1.500 1.500 0 0 1 1.500 1.500v13.500H7a1.500 1.500 0 0 1-1.500-1.500V4.500Z", "M5.500 17.500A1.500 1.500 0 0 1 7 16h11.500", "M9 8.500h6"],
  out: ["M14 4.500H6.500A1.5 1.5 0 0 0 5 6v12a1.5 1.5 0 0 0 1.5 1.500H14", "M10.5 12H20", "m16.5 8.5 3.5 3.5-3.5 3.5"],
};

const CHANNELS = { sms: "phone", webchat: "chat", chat: "chat", email: "mail", slack: "room" };
const KINDS = { phone: "phone", login: "person", external: "source", visitor: "chat", email: "mail", "unproved-email": "mail", slack: "room" };

/** One icon; it is decoration unless `label` says what it means. */
export function icon(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  for (const d of SHAPES[name] ?? SHAPES.chat) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** The icon of a channel, labelled with its name unless its name stands beside it. */
export const channelIcon = (channel, label = channelName(channel)) => icon(CHANNELS[channel] ?? "chat", label);

/** The icon of a kind of handle. */
export const handleIcon = (kind) => icon(KINDS[kind] ?? "chat");

/** A channel's name for people. */
export function channelName(channel) {
  return { sms: "SMS", webchat: "Web chat", chat: "Web chat", email: "E-mail", slack: "Slack" }[channel] ?? channel;
}

/** The same within a sentence. */
export const channelWords = (channel) => ({ sms: "SMS", slack: "Slack" })[channel] ?? channelName(channel).toLowerCase();

/** A picture for an empty view: one thread through three knots. */
export function threadPicture() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 160 64");
  svg.setAttribute("class", "thread-picture");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", "M4 44c22 0 22-28 44-28s22 32 40 32 18-24 36-24 18 10 32 10");
  svg.append(line);
  for (const [x, y] of [[48, 16], [88, 48], [124, 24]]) {
    const knot = document.createElementNS(svg.namespaceURI, "circle");
    knot.setAttribute("cx", x);
    knot.setAttribute("cy", y);
    knot.setAttribute("r", 6);
    svg.append(knot);
  }
  return svg;
}
