// DISKBENCH_BREAK=<file of src>:<function> -> that function throws a TypeError, in whatever process or thread it runs.

import { rewriteBundle } from "../support/rewrite-bundle.mjs";

const [file, name] = (process.env["DISKBENCH_BREAK"] ?? "").split(":");
rewriteBundle(
  `src/${file}`,
  (text, functionName) => {
    // Where several functions have the name, all but one get a number.
    const begins = new RegExp(`^(?:async )?function ${functionName}(?:\\$\\d+)?\\([^\\n]*\\{$`, "m");
    // A part of the bundle holds only what is used there.
    return text.replace(begins, '$& if (1) throw new TypeError("broken on purpose");');
  },
  name,
);
