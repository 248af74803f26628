// Points of a profile + this machine -> the back end that carries out each, or why none does.

import type { Machine } from "../machine/machine.ts";
import type { Point } from "../profile/profile.ts";
import type { Failure } from "../shared/errors.ts";
import { BACKEND_TRAITS, type BackendName, backendFor, type Method, methodsOf } from "../shared/methods.ts";

export interface NativePoint {
  readonly point: Point;
  readonly backend: BackendName;
}

/** The portable method that comes nearest to a call of one system. */
const PORTABLE_METHOD: Readonly<Partial<Record<Method, Method>>> = {
  pwrite: "writefile",
  io_uring: "writefile",
  libaio: "writefileex",
  pwritev: "gather",
  mmap: "mapped",
  WriteFile: "writefile",
  WriteFileEx: "writefileex",
  WriteFileGather: "gather",
  MapViewOfFile: "mapped",
};

/** `jobs[0].method (rand-write)`: for what concerns every point of a job alike. */
export function whereJob(point: Point, field: string): string {
  return `jobs[${point.jobIndex}].${field} (${point.job})`;
}

function unsupported(point: Point, field: string, what: string, next: string): Failure {
  return { code: "UNSUPPORTED", where: whereJob(point, field), what, next };
}

function absentMethod(point: Point, machine: Machine): Failure {
  const nearest = PORTABLE_METHOD[point.method];
  return unsupported(
    point,
    "method",
    `method ${point.method} does not exist on ${machine.system}`,
    `${nearest === undefined ? "" : `The nearest portable one is ${nearest}. `}Methods here: ${methodsOf(machine.system).join(", ")}`,
  );
}

function nativeFailure({ point, backend }: NativePoint, machine: Machine): Failure | null {
  const { method, queueDepth } = point;
  const unavailable = machine.unavailable[backend];
  if (unavailable !== undefined) {
    const what = `method ${method} (${backend}) cannot be used now: ${unavailable.reason}`;
    return unsupported(point, "method", what, `Use ${unavailable.instead} instead`);
  }
  if (queueDepth > 1 && !BACKEND_TRAITS[backend].queued) {
    const what = `queue depth ${queueDepth} with ${method}, which does one I/O at a time on ${machine.system}`;
    return unsupported(point, "queueDepth", what, "Use queueDepth 1, or method writefile");
  }
  const field = point.polling ? "polling" : point.submitThread ? "submitThread" : null;
  if (field !== null && !BACKEND_TRAITS[backend].ring) {
    const what = `${field} with ${method}, which is no io_uring on ${machine.system}${queueDepth === 1 ? " at queue depth 1" : ""}`;
    return unsupported(
      point,
      field,
      what,
      `Leave ${field} out${machine.system === "linux" ? ", or use method io_uring" : ""}`,
    );
  }
  return null;
}

/** Each point with its back end, and an UNSUPPORTED failure for each that has none or cannot use it now. */
export function nativePoints(
  points: readonly Point[],
  machine: Machine,
): { readonly natives: readonly NativePoint[]; readonly failures: readonly Failure[] } {
  const natives: NativePoint[] = [];
  const failures: Failure[] = [];
  for (const point of points) {
    const backend = backendFor(machine.system, point.method, point.queueDepth, point.completion);
    const failure = backend === null ? absentMethod(point, machine) : nativeFailure({ point, backend }, machine);
    if (failure !== null) failures.push(failure);
    else if (backend !== null) natives.push({ point, backend });
  }
  return { natives, failures };
}
