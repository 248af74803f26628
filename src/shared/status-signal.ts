// SIGUSR1, which opens node's debugger for whoever is on this machine -> a signal that does nothing of its own accord.

/** Whether whoever started this process has asked for a debugger, on the command line or in the environment. */
function wantsDebugger(): boolean {
  return /(^|\s)--inspect/.test([...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" "));
}

/**
 * To be called before anything else, in every process: people ask dd and fio for a status this way, and node answers
 * with a debugger on port 9229 as long as nobody listens. One that was opened while node itself was starting is closed.
 */
export async function takeStatusSignal(): Promise<void> {
  // Where there is no such signal (Windows) this is an event that never comes.
  process.on("SIGUSR1", () => undefined);
  if (!process.features.inspector || wantsDebugger()) return;
  const inspector = await import("node:inspector");
  if (inspector.url() !== undefined) inspector.close();
}
