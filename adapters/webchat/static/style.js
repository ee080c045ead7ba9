// The look, in one constructed style sheet: allowed by any content security policy, unseen by the
// page around it. A page sets the variables on `onethread-chat`; light or dark follows its
// `color-scheme`, so that the chat matches the page.

const CSS = `
:host {
  --accent: var(--onethread-accent, #0d6a60);
  --on-accent: var(--onethread-on-accent, #fff);
  --font: var(--onethread-font, "Inter", -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", "Liberation Sans", Arial, sans-serif);
  --radius: var(--onethread-radius, 18px);
  --surface: #fff; --sunken: #f6f7f7; --bubble: #eff1f1; --line: #e3e6e6; --line-strong: #c5cbca;
  --ink: #171b1b; --muted: #5d6665; --tint: var(--accent); --danger: #b3261e; --amber: #fdf3dc; --amber-ink: #6b4a00;
  --shade: 0 0 0 1px rgb(16 24 24 / 5%), 0 2px 6px rgb(16 24 24 / 6%), 0 18px 50px -8px rgb(16 24 24 / 24%);
  display: block; color: var(--ink); font: 400 15px/1.45 var(--font); text-align: start;
  -webkit-font-smoothing: antialiased; -webkit-text-size-adjust: 100%;
}
@supports (color: light-dark(#000, #fff)) {
  :host {
    --surface: light-dark(#fff, #171b1c); --sunken: light-dark(#f6f7f7, #111415); --bubble: light-dark(#eff1f1, #262c2d);
    --line: light-dark(#e3e6e6, #2a3132); --line-strong: light-dark(#c5cbca, #465052); --ink: light-dark(#171b1b, #edf1f0);
    --muted: light-dark(#5d6665, #9aa6a5); --danger: light-dark(#b3261e, #ffaba3);
    --tint: light-dark(color-mix(in oklab, var(--accent), #000 8%), color-mix(in oklab, var(--accent), #fff 48%));
    --amber: light-dark(#fdf3dc, #352a12); --amber-ink: light-dark(#6b4a00, #f0cd85);
    --shade: 0 0 0 1px light-dark(rgb(16 24 24 / 5%), rgb(255 255 255 / 9%)), 0 2px 6px light-dark(rgb(16 24 24 / 6%), rgb(0 0 0 / 40%)), 0 18px 50px -8px light-dark(rgb(16 24 24 / 24%), rgb(0 0 0 / 70%));
  }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; }
:focus-visible { outline: 2px solid var(--tint); outline-offset: 2px; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentcolor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }
.quiet { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher {
  position: fixed; inset-block-end: max(20px, env(safe-area-inset-bottom)); inset-inline-end: max(20px, env(safe-area-inset-right));
  z-index: var(--onethread-layer, 2147483000); display: grid; place-items: center; width: 60px; height: 60px; padding: 0; border: 0; border-radius: 50%;
  background: var(--accent); color: var(--on-accent);
  box-shadow: inset 0 1px 0 rgb(255 255 255 / 18%), 0 1px 2px rgb(16 24 24 / 20%), 0 10px 24px -4px rgb(16 24 24 / 34%);
  transition: transform 160ms ease, box-shadow 160ms ease;
}
.launcher:hover { transform: translateY(-2px); }
.launcher:active { transform: scale(0.96); }
.launcher:focus-visible { outline: 3px solid var(--tint); outline-offset: 3px; }
.launcher .icon { grid-area: 1 / 1; width: 27px; height: 27px; transition: opacity 140ms, transform 200ms; }
.launcher .i-chat { fill: currentcolor; stroke: none; }
.launcher .i-down, .launcher[aria-expanded="true"] .i-chat { opacity: 0; transform: scale(0.6) rotate(-30deg); }
.launcher[aria-expanded="true"] .i-down { opacity: 1; transform: none; }
.badge {
  position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #d42b20; color: #fff; box-shadow: 0 0 0 2.5px var(--surface); font: 650 12px/22px var(--font); font-variant-numeric: tabular-nums;
}

.panel { display: flex; flex-direction: column; min-height: 0; overflow: hidden; background: var(--surface); isolation: isolate; outline: 0; }
.inline .panel { position: relative; height: 100%; }
.inline { height: 100%; }
.floating .panel {
  position: fixed; inset-block-end: max(94px, calc(env(safe-area-inset-bottom) + 94px)); inset-inline-end: max(20px, env(safe-area-inset-right));
  z-index: var(--onethread-layer, 2147483000); width: 392px; max-width: calc(100vw - 40px); height: min(660px, calc(100dvh - 118px));
  border-radius: 20px; box-shadow: var(--shade); animation: rise 200ms cubic-bezier(0.2, 0.8, 0.2, 1);
}
@keyframes rise { from { opacity: 0; transform: translateY(14px) scale(0.985); } }

.head { display: flex; align-items: center; gap: 12px; padding: 14px 18px 13px; padding-inline-end: 12px; border-bottom: 1px solid var(--line); }
.mark { display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 13px; background: linear-gradient(150deg, color-mix(in oklab, var(--accent), #fff 16%), var(--accent) 70%); color: var(--on-accent); font-weight: 650; font-size: 18px; box-shadow: inset 0 0 0 1px rgb(255 255 255 / 12%); }
.names { flex: 1; min-width: 0; }
.title { margin: 0; font-size: 16px; font-weight: 650; line-height: 1.3; letter-spacing: -0.012em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.status { display: flex; align-items: center; gap: 7px; margin: 1px 0 0; color: var(--muted); font-size: 13px; line-height: 1.35; }
.status::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #1f9d61; }
.status.away::before { background: var(--line-strong); }
.ghost { display: grid; place-items: center; flex: none; width: 40px; height: 40px; padding: 0; border: 0; border-radius: 12px; background: none; color: var(--muted); }
.ghost:hover { background: var(--bubble); color: var(--ink); }

.banner { display: flex; align-items: center; justify-content: center; gap: 9px; padding: 7px 16px; background: var(--amber); color: var(--amber-ink); font-size: 13px; font-weight: 500; line-height: 1.35; text-align: center; }
.banner.busy::before { content: ""; flex: none; width: 12px; height: 12px; border: 2px solid currentcolor; border-inline-end-color: transparent; border-radius: 50%; animation: turn 900ms linear infinite; }
@keyframes turn { to { transform: rotate(1turn); } }

.middle { position: relative; flex: 1; min-height: 0; display: flex; }
.scroll { flex: 1; min-width: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 12px; scrollbar-width: thin; scrollbar-color: var(--line-strong) transparent; }
.scroll:focus-visible { outline-offset: -3px; }
.intro { margin: 8px 4px 26px; overflow-wrap: anywhere; }
.intro b { display: block; font-size: 23px; font-weight: 680; line-height: 1.25; letter-spacing: -0.022em; text-wrap: balance; }
.intro p { margin: 6px 0 0; color: var(--muted); font-size: 16px; white-space: pre-line; text-wrap: pretty; }
.log { display: flex; flex-direction: column; }
.day { display: flex; align-items: center; gap: 12px; margin: 18px 2px 14px; color: var(--muted); font-size: 12px; font-weight: 550; }
.day::before, .day::after { content: ""; flex: 1; height: 1px; background: var(--line); }
.day:first-child { margin-block-start: 0; }

.message { display: grid; grid-template-columns: 30px minmax(0, 1fr); column-gap: 8px; margin-block-start: 3px; }
.message.first { margin-block-start: 14px; }
.message:first-child { margin-block-start: 0; }
.message.new { animation: arrive 220ms cubic-bezier(0.2, 0.8, 0.2, 1); }
@keyframes arrive { from { opacity: 0; transform: translateY(8px); } }
.who { grid-column: 2; grid-row: 1; display: flex; align-items: center; gap: 6px; margin: 0 0 4px 2px; margin-inline: 2px 0; color: var(--muted); font-size: 12px; line-height: 1.35; }
.who b { color: var(--ink); font-weight: 600; }
.face { grid-column: 1; grid-row: 2; align-self: end; display: grid; place-items: center; width: 30px; height: 30px; border-radius: 50%; background: color-mix(in oklab, var(--tint) 16%, var(--surface)); color: var(--tint); font-size: 13px; font-weight: 650; }
.face .icon { width: 17px; height: 17px; }
.agent .face { background: var(--accent); color: var(--on-accent); }
.body { grid-column: 2; grid-row: 2; justify-self: start; max-width: min(100%, 480px); padding: 9px 14px; border-radius: var(--radius); border-start-start-radius: 6px; border-end-start-radius: 6px; background: var(--bubble); overflow-wrap: anywhere; }
.message.first .body { border-start-start-radius: var(--radius); }
.mine { grid-template-columns: minmax(0, 1fr); padding-inline-start: 44px; }
.mine .body { grid-column: 1; justify-self: end; border-radius: var(--radius); border-start-end-radius: 6px; border-end-end-radius: 6px; background: var(--accent); color: var(--on-accent); white-space: pre-wrap; }
.mine.first .body { border-start-end-radius: var(--radius); border-start-start-radius: var(--radius); }
.mine.sending .body { opacity: 0.72; }
.mine.failed .body { background: none; box-shadow: inset 0 0 0 1.5px var(--danger); color: var(--ink); }
.meta { grid-column: 2; grid-row: 3; display: flex; align-items: center; gap: 5px; margin: 4px 2px 0; color: var(--muted); font-size: 12px; line-height: 1.4; }
.mine .meta { grid-column: 1; justify-self: end; }
.meta .icon { width: 13px; height: 13px; stroke-width: 2.4; }
.failed .meta { color: var(--danger); }
.again { margin: -4px -4px -4px 0; padding: 4px; border: 0; border-radius: 6px; background: none; color: inherit; font-weight: 600; text-decoration: underline; text-underline-offset: 2px; }
.body > * { margin: 0; }
.body > * + * { margin-block-start: 8px; }
.body :is(ul, ol) { padding-inline-start: 20px; }
.body li + li { margin-block-start: 3px; }
.body li > p { margin: 0; }
.body a { color: var(--tint); font-weight: 550; text-underline-offset: 2px; text-decoration-thickness: 1px; }
.body code { padding: 1px 5px; border-radius: 5px; background: color-mix(in oklab, var(--ink) 9%, transparent); font: 0.9em ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
.body pre { padding: 10px; border-radius: 8px; background: color-mix(in oklab, var(--ink) 7%, transparent); overflow-x: auto; }
.body pre code { padding: 0; background: none; }
.body blockquote { padding-inline-start: 10px; border-inline-start: 3px solid var(--line-strong); color: var(--muted); }
.body h3 { font-size: 15px; font-weight: 650; }
.body hr { border: 0; border-top: 1px solid var(--line-strong); }

.choices { display: flex; flex-wrap: wrap; gap: 8px; margin: 10px 0 2px; padding-inline-start: 38px; }
.choices button { min-height: 38px; max-width: 100%; padding: 7px 15px; border: 1.5px solid color-mix(in oklab, var(--tint) 45%, var(--surface)); border-radius: 19px; background: var(--surface); color: var(--tint); font-size: 14px; font-weight: 550; line-height: 1.35; text-align: start; transition: background 120ms; }
.choices button:hover { background: color-mix(in oklab, var(--tint) 9%, var(--surface)); border-color: var(--tint); }
.typing { display: grid; grid-template-columns: 30px auto; justify-content: start; gap: 8px; margin-block-start: 14px; }
.typing .face { grid-row: 1; }
.dots { display: flex; align-items: center; gap: 4px; height: 39px; padding: 0 15px; border-radius: var(--radius); border-end-start-radius: 6px; background: var(--bubble); }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: think 1.2s ease-in-out infinite; }
.dots i:nth-child(2) { animation-delay: 0.15s; }
.dots i:nth-child(3) { animation-delay: 0.3s; }
@keyframes think { 0%, 60%, 100% { opacity: 0.35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }
.newer { position: absolute; inset-block-end: 10px; inset-inline: 0; width: max-content; margin-inline: auto; display: flex; align-items: center; gap: 6px; min-height: 34px; padding: 4px 14px 4px 10px; border: 1px solid var(--line); border-radius: 17px; background: var(--surface); box-shadow: 0 4px 14px rgb(16 24 24 / 18%); font-size: 13px; font-weight: 550; }
.newer .icon { width: 16px; height: 16px; }

.composer { padding: 10px 14px calc(14px + var(--below, 0px)); }
.box { display: flex; align-items: flex-end; gap: 6px; padding: 5px 5px 5px 16px; padding-inline: 16px 5px; border: 1px solid var(--line-strong); border-radius: 24px; background: var(--surface); transition: border-color 120ms, box-shadow 120ms; }
.box:focus-within { border-color: var(--tint); box-shadow: 0 0 0 3px color-mix(in oklab, var(--tint) 20%, transparent); }
textarea { flex: 1; min-width: 0; height: 36px; max-height: 132px; margin: 0; padding: 7px 0; border: 0; outline: 0; background: none; color: inherit; font: inherit; font-size: 16px; line-height: 22px; resize: none; overflow-y: hidden; scrollbar-width: thin; }
.box textarea:focus-visible { outline: 0; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.send { display: grid; place-items: center; flex: none; width: 36px; height: 36px; padding: 0; border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); transition: background 120ms, color 120ms; }
.send:disabled { background: var(--bubble); color: var(--muted); cursor: default; }
.clip { margin-inline-start: -10px; }
.file { display: flex; align-items: center; gap: 6px; color: inherit; font-weight: 550; overflow-wrap: anywhere; }
.file .icon { width: 17px; height: 17px; }
.left { margin: 6px 16px 0; color: var(--muted); font-size: 12px; text-align: end; }

@media (max-width: 480px), (max-height: 420px) {
  .floating .panel { position: fixed; inset: 0; inset-block-start: var(--top, 0px); width: 100%; max-width: none; height: var(--height, 100dvh); border-radius: 0; box-shadow: none; padding-block-start: env(safe-area-inset-top); }
  .floating.opened .launcher { display: none; }
  .floating { --below: env(safe-area-inset-bottom); }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important; transition: none !important; }
  .dots i { opacity: 0.7; }
}
@media (forced-colors: active) {
  .body, .launcher, .send, .mark, .face { border: 1px solid CanvasText; }
}
`;

let sheet;

/** The sheet, made once for all chats of the page. */
export function styleSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
