// So many arrivals -> one moment: when the last of them has come.

export interface Latch {
  arrive(): void;
  readonly isOpen: Promise<void>;
}

export function latchOf(arrivals: number): Latch {
  let left = arrivals;
  let open: (() => void) | null = null;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return {
    isOpen,
    arrive() {
      left -= 1;
      if (left === 0) open?.();
    },
  };
}
