// The draft of a playbook: the files that somebody has changed, kept in this tab until it is published.

import { change, read } from "./api.js";

const KEPT = "onethread-playbook-draft";

/** A draft over `base`. `changed()` is called whenever it is another; nothing of it leaves this tab
 * but to be looked at. */
export function openDraft(changed) {
  let { base = "", changes = {}, originals = {}, both = [] } = kept();

  function put(name, text) {
    if (text === originals[name]) forgetFile(name);
    else changes[name] = text;
    keep();
    changed();
  }

  function forgetFile(name) {
    delete changes[name];
    delete originals[name];
    both = both.filter((one) => one !== name);
  }

  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ base, changes, originals, both }));

  return {
    /** What goes along with every request about it. */
    body: (more = {}) => ({ base, changes, ...more }),
    files: () => Object.keys(changes),
    dirty: () => Object.keys(changes).length > 0,
    /** The text of a file as the draft has it. */
    async text(name) {
      if (name in changes) return changes[name] ?? "";
      return (await read(`/playbook/file?name=${encodeURIComponent(name)}`)).text;
    },
    /** Change a whole file. */
    async write(name, text) {
      if (!(name in originals)) originals[name] = await textOf(name);
      put(name, text);
    },
    /** Change one value of a file, and leave the rest of it as it is. */
    async set(file, path, value) {
      if (!(file in originals)) originals[file] = await textOf(file);
      const made = await change("/playbook/set", { base, changes, file, path, value });
      put(file, made.text);
    },
    forget() {
      [changes, originals, both] = [{}, {}, []];
      keep();
      changed();
    },
    /** The folder holds something else now: what is changed here stays, and of a file that was
     * changed there too somebody has to say which is to stay. Tells whether it was so. */
    async settle(now) {
      if (base === now) return false;
      const moved = base !== "" && Object.keys(changes).length > 0;
      for (const name of Object.keys(changes)) {
        const there = await textOf(name);
        if (there === changes[name]) forgetFile(name);
        else {
          if (there !== originals[name] && !both.includes(name)) both.push(name);
          originals[name] = there;
        }
      }
      base = now;
      keep();
      return moved;
    },
    /** The files that were changed here and there, with both texts. */
    clashes: () => both.map((name) => ({ name, theirs: originals[name], mine: changes[name] })),
    /** Say which of the two is to stay. */
    decide(name, which) {
      if (which === "theirs") forgetFile(name);
      else both = both.filter((one) => one !== name);
      keep();
      changed();
    },
  };
}

/** A file as the folder holds it; nothing where there is none. */
async function textOf(name) {
  try {
    return (await read(`/playbook/file?name=${encodeURIComponent(name)}`)).text;
  } catch (problem) {
    if (problem.status === 404) return null;
    throw problem;
  }
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}
