// A line of a script or a terminal -> where a command of fio or DiskSpd begins in it, and what starts it.

export type Program = "fio" | "diskspd";

export interface CommandStart {
  readonly program: Program;
  /** What follows the program's name; of a command in quotes, what they hold. */
  readonly rest: string;
  /** What stands before the program, such as `docker run image`; empty: nothing that matters. */
  readonly before: string;
  /** Names of what starts the program: `docker`, `nice`. */
  readonly starters: readonly string[];
}

/** What a terminal shows before a command, and what PowerShell has there. */
const PROMPT =
  /^\s*(?:[$>]\s+|PS [^>\n]{0,200}>\s*|[A-Za-z]:\\[^>\n"]{0,200}>\s*|[\w.-]{1,64}@[\w.-]{1,64}:[^$#\n]{0,200}[$#]\s+)?(?:\$\w{1,64}\s*=\s*)?(?:&\s*)?/;
const TOKEN = /(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g;
const PROGRAM = /^(fio|diskspd)(?:-\d[\w.]*)?(?:\.exe)?$/i;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const OPERATOR = /^(?:&&|\|\|?|;|then|do|!|if|while)$/;
/** Options of containers that a name follows, which may be the program's. */
const NAMES = /^(?:--name|--hostname|-h|-n|--namespace|-c|--container|-l|-w|--workdir)$/;
/** How far into a line a program is looked for. */
const MOST_TOKENS = 200;

/** Programs that start another one, by what that changes. */
export const STARTERS = {
  /** Nothing. */
  plain: new Set("sudo doas time env exec command nohup stdbuf unbuffer setsid call".split(" ")),
  /** On which CPUs it runs, and before whom. */
  placing: new Set("nice ionice chrt taskset numactl cgexec systemd-run start".split(" ")),
  /** In which place: a container, another machine. */
  elsewhere: new Set("docker podman nerdctl kubectl oc crictl lxc ssh wsl chroot nsenter vagrant psexec".split(" ")),
  /** For how long, or under whose eyes. */
  other: new Set(
    "timeout sh bash dash zsh ksh su cmd powershell pwsh watch script strace ltrace perf xargs".split(" "),
  ),
} as const;

const isStarter = (name: string): boolean => Object.values(STARTERS).some((names) => names.has(name));

interface Token {
  /** Without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function tokensOf(line: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const { 0: word, index } of line.matchAll(TOKEN)) {
    const [, , inner] = /^(["'])([^]*)\1$/.exec(word) ?? [];
    tokens.push({ text: inner ?? word.replaceAll(/["']/g, ""), start: index, end: index + word.length });
    if (tokens.length === MOST_TOKENS) break;
  }
  return tokens;
}

/** `C:\tools\DiskSpd.exe` -> `diskspd`. */
const nameOf = ({ text }: Token): string =>
  text.slice(Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) + 1).toLowerCase();

function programOf(token: Token): Program | null {
  const name = PROGRAM.exec(nameOf(token))?.[1];
  return name === "fio" || name === "diskspd" ? name : null;
}

/** The first words of the commands of a line, behind variables of their own. */
function headsOf(tokens: readonly Token[]): readonly number[] {
  const heads: number[] = [];
  let isHead = true;
  for (const [index, { text }] of tokens.entries()) {
    if (OPERATOR.test(text)) isHead = true;
    else if (isHead && !ASSIGNMENT.test(text)) {
      heads.push(index);
      isHead = text.endsWith(";");
    } else if (text.endsWith(";")) isHead = true;
  }
  return heads;
}

/** What the line may run, in lower case: its first command's name, and behind what starts others each word's. */
export function commandNames(line: string): readonly string[] {
  const tokens = tokensOf(line.replace(PROMPT, ""));
  const head = headsOf(tokens)[0] ?? 0;
  const names = tokens.slice(head).map((token) => nameOf(token).replace(/\.exe$/, ""));
  return isStarter(names[0] ?? "") ? names : names.slice(0, 1);
}

/** A program whose name stands as a word of its own somewhere in the line; null: none. */
export function mentions(line: string): Program | null {
  return (
    tokensOf(line)
      .map(programOf)
      .find((program) => program !== null) ?? null
  );
}

function startAt(text: string, tokens: readonly Token[], head: number): CommandStart | null {
  const first = tokens[head];
  if (first === undefined) return null;
  const direct = programOf(first);
  if (direct !== null) return { program: direct, rest: text.slice(first.end), before: "", starters: [] };
  if (!isStarter(nameOf(first).replace(/\.exe$/, ""))) return null;
  const starters: string[] = [];
  for (let index = head; index < tokens.length; index += 1) {
    const token = tokens[index];
    const next = tokens[index + 1];
    if (token === undefined) break;
    const before = text.slice(first.start, token.start).trim();
    const program = programOf(token);
    const isName = NAMES.test(tokens[index - 1]?.text ?? "");
    // An image or a container of the program's name may stand before it.
    const isRepeated = next !== undefined && (programOf(next) !== null || next.text === "--");
    if (program !== null && !isName && !isRepeated) {
      return { program, rest: text.slice(token.end), before, starters };
    }
    const inner = program === null && /\s/.test(token.text) ? commandStart(token.text) : null;
    if (inner !== null) return { ...inner, before, starters: [...starters, ...inner.starters] };
    const name = nameOf(token).replace(/\.exe$/, "");
    if (isStarter(name)) starters.push(name);
  }
  return null;
}

/** Null: no command of fio or DiskSpd is started in it, as far as can be seen. */
export function commandStart(line: string): CommandStart | null {
  const text = line.replace(PROMPT, "");
  const tokens = tokensOf(text);
  for (const head of headsOf(tokens)) {
    const start = startAt(text, tokens, head);
    if (start !== null) return start;
  }
  return null;
}
