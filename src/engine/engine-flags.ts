// The flags that this process was started with -> those that an engine process is started with.

/** What makes node something else than a program that runs a file: a script in the flags, a check, a prompt, a watch. */
const OTHER_PROGRAMS =
  /^(-[epcivh]{1,3}|--(eval|print|check|interactive|input-type|entry-url|help|version|v8-options|test.*|watch.*|run|(build-|snapshot-).*|experimental-sea-config|prof-process|completion-bash))(=|$)/;
/** The debugger's port can be had once, and a debugger in a measured process would be measured. */
const DEBUGGER = /^--(inspect|debug-port)/;

/** The flags that an engine may have too: with `--eval` it would be this program again, and start another engine. */
export function engineFlags(words: readonly string[]): readonly string[] {
  let isDropped = false;
  return words.filter((word) => {
    // What does not begin with a dash is the value of the flag before it: nothing else stands among the flags.
    if (word.startsWith("-")) isDropped = OTHER_PROGRAMS.test(word) || DEBUGGER.test(word);
    return !isDropped;
  });
}

/** The environment, with the same done to the flags in it. */
export function engineEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: options, ...others } = environment;
  return options === undefined ? others : { ...others, NODE_OPTIONS: engineFlags(options.split(" ")).join(" ") };
}
