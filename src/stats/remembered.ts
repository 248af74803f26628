// A calculation that is needed again and again with the same numbers -> the same, made once for each of them.

/** `calculate`, whose results depend on its arguments alone and are kept. */
export function remembered<Numbers extends number[], Made>(
  calculate: (...numbers: Numbers) => Made,
): (...numbers: Numbers) => Made {
  const known = new Map<string, Made>();
  return (...numbers) => {
    const key = numbers.join();
    const made = known.get(key) ?? calculate(...numbers);
    known.set(key, made);
    return made;
  };
}
