// One file of src/ and a function -> the bundle is loaded with that file's part rewritten, in every process and thread.

import { register } from "node:module";

/**
 * For `node --import`. `rewrite` turns the part of the bundle that is made of `file`, e.g. `src/cli/main.ts`, into
 * another one. It is carried into the thread that loads modules, by its text: it can use `parameter` and nothing else.
 *
 * @param {string} file
 * @param {(text: string, parameter: string) => string} rewrite
 * @param {string} parameter
 */
export function rewriteBundle(file, rewrite, parameter = "") {
  const hook = `
    const rewrite = ${rewrite.toString()};
    const begin = ${JSON.stringify(`// ${file}\n`)};
    export async function load(url, context, nextLoad) {
      const loaded = await nextLoad(url, context);
      if (!url.includes("/dist/bundle/")) return loaded;
      const source = String(loaded.source);
      const from = source.indexOf(begin);
      if (from < 0) return loaded;
      const length = source.slice(from + begin.length).search(/^(\\/\\/ (src|node_modules)\\/|export )/m);
      const to = length < 0 ? source.length : from + begin.length + length;
      const text = rewrite(source.slice(from, to), ${JSON.stringify(parameter)});
      return { ...loaded, source: source.slice(0, from) + text + source.slice(to) };
    }
  `;
  register(`data:text/javascript,${encodeURIComponent(hook)}`);
}
