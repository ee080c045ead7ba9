// The connection: a hello, resume by number, pings, and coming back with growing pauses.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30000;
const PING_EVERY = 25000;
const PONG_WITHIN = 8000;
const STEADY_AFTER = 5000;
const WELCOME_WITHIN = 15000;
const SIGN_IN_TRIES = 3;

/** `hello()` gives the first frame's fields, `onFrame` gets frames, `onState` one of "connecting",
    "open", "waiting", "unavailable" and "sign-in". */
export class Line {
  constructor({ endpoint, hello, onFrame, onState }) {
    Object.assign(this, { endpoint, hello, onFrame, onState });
    this.socket = null;
    this.state = "idle";
    this.tries = 0;
    this.refusedLogins = 0;
    this.timers = {};
    this.wake = () => document.visibilityState === "visible" && this.nudge();
    this.online = () => this.nudge();
    document.addEventListener("visibilitychange", this.wake);
    window.addEventListener("online", this.online);
    window.addEventListener("pageshow", this.wake);
  }

  get open() {
    return this.state === "open";
  }

  /** Begin, once. Afterwards the line looks after itself. */
  start() {
    if (this.state === "idle") this.connect();
  }

  async connect() {
    clearTimeout(this.timers.again);
    this.become("connecting");
    let hello;
    try {
      hello = await this.hello();
    } catch {
      return this.later();
    }
    if (this.state !== "connecting" || this.socket) return;
    let socket;
    try {
      socket = new WebSocket(this.endpoint);
    } catch {
      return this.become("unavailable");
    }
    this.socket = socket;
    this.timers.welcome = setTimeout(() => this.drop(), WELCOME_WITHIN);
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", ...hello })));
    socket.addEventListener("message", (event) => this.socket === socket && this.take(event.data));
    socket.addEventListener("close", (event) => this.socket === socket && this.lost(event.code));
  }

  take(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.type === "pong") {
      clearTimeout(this.timers.pong);
    } else if (frame.type === "welcome") {
      clearTimeout(this.timers.welcome);
      this.refusedLogins = 0;
      this.timers.steady = setTimeout(() => (this.tries = 0), STEADY_AFTER);
      this.timers.ping = setInterval(() => this.ping(PONG_WITHIN), PING_EVERY);
      this.onFrame(frame);
      this.become("open");
    } else if (frame.type === "refused" && !this.open) {
      this.refused(frame);
    } else {
      this.onFrame(frame);
    }
  }

  /** Refused at the door: bring another login, come back later, or give up. */
  refused({ status, reason }) {
    console.warn(`The chat was refused: ${reason}`);
    // Signed in here is somebody else now: forget who it was, and come again.
    if (status === 409) this.onFrame({ type: "conflict" });
    if ((status === 401 || status === 409) && ++this.refusedLogins < SIGN_IN_TRIES) return;
    if (status === 429 || status >= 500) return;
    this.stop(status === 401 || status === 409 ? "sign-in" : "unavailable");
  }

  send(frame) {
    if (!this.open || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  ping(within) {
    if (!this.send({ type: "ping", n: Math.floor(performance.now()) })) return;
    clearTimeout(this.timers.pong);
    this.timers.pong = setTimeout(() => this.drop(), within);
  }

  /** Back in view or back online: a phone may have frozen the socket without closing it. */
  nudge() {
    if (this.state === "waiting") this.connect();
    else if (this.open) this.ping(PONG_WITHIN / 2);
  }

  drop() {
    const socket = this.socket;
    this.lost(0);
    socket?.close();
  }

  lost(code) {
    this.silence();
    this.socket = null;
    if (this.state === "connecting" || this.state === "open") this.later(code === 1012);
  }

  later(restarting = false) {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.tries++);
    const pause = restarting ? 200 + Math.random() * 800 : longest * (0.5 + Math.random() / 2);
    this.become("waiting");
    this.timers.again = setTimeout(() => this.connect(), pause);
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.onState(state);
  }

  silence() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  stop(state = "idle") {
    this.silence();
    const socket = this.socket;
    this.socket = null;
    this.become(state);
    socket?.close(1000);
  }

  end() {
    this.stop();
    document.removeEventListener("visibilitychange", this.wake);
    window.removeEventListener("online", this.online);
    window.removeEventListener("pageshow", this.wake);
  }
}
