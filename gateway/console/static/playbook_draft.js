// The draft of a playbook: the files that somebody has changed, kept in this tab until it is published.

import { change, read } from "./api.js";

const KEPT = "onethread-playbook-draft";

/** A draft over `base`. `changed()` is called whenever it is another; nothing of it leaves this tab
 * but to be looked at. */
export function openDraft(changed) {
  let { base = "", changes = {}, originals = {} } = kept();

  function put(name, text) {
    if (text === originals[name]) delete changes[name];
    else changes[name] = text;
    if (!(name in changes)) delete originals[name];
    keep();
    changed();
  }

  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ base, changes, originals }));

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
      changes = {};
      originals = {};
      keep();
      changed();
    },
    /** The folder holds something else now: what is changed here stays, unless it was changed there
     * too. Gives the names of the files where both did. */
    async settle(now) {
      if (base === now) return [];
      const both = [];
      for (const name of Object.keys(changes)) {
        const there = await textOf(name);
        if (there !== originals[name]) both.push(name);
        originals[name] = there;
      }
      base = now;
      keep();
      return both;
    },
    /** Take what is there instead of what was changed here. */
    drop(name) {
      delete changes[name];
      delete originals[name];
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
