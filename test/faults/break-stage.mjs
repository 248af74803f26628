// DISKBENCH_BREAK=<file of dist>:<function> -> that function throws a TypeError, in whatever process or thread it runs.

import { register } from "node:module";

const [file, name] = (process.env["DISKBENCH_BREAK"] ?? "").split(":");
const hook = `
  export async function load(url, context, nextLoad) {
    const loaded = await nextLoad(url, context);
    if (!url.endsWith("/dist/${file}")) return loaded;
    const source = String(loaded.source);
    const begins = /^export (?:async )?function ${name}\\([^\\n]*\\{$/m;
    if (!begins.test(source)) throw new Error("there is no function ${name} in ${file}");
    return { ...loaded, source: source.replace(begins, '$& if (1) throw new TypeError("broken on purpose");') };
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
