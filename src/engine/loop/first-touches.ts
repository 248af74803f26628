// The I/Os on a mapped file, one after the other -> whether each is the first on its unit of the file, which is then read in.

/** One bit per unit of the file that was touched. */
export class FirstTouches {
  readonly #touched: Uint8Array;
  readonly #unitBytes: number;

  constructor(fileSizeBytes: number, unitBytes: number) {
    this.#touched = new Uint8Array(Math.ceil(fileSizeBytes / unitBytes / 8));
    this.#unitBytes = unitBytes;
  }

  /** Whether nothing has touched the unit at `offsetBytes` yet; from now on something has. */
  isFirst(offsetBytes: number): boolean {
    const touched = this.#touched;
    const unit = Math.floor(offsetBytes / this.#unitBytes);
    const bits = touched[unit >>> 3];
    const bit = 1 << (unit & 7);
    if ((bits & bit) !== 0) return false;
    touched[unit >>> 3] = bits | bit;
    return true;
  }
}
