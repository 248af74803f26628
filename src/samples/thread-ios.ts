// Operations -> what each thread counts of them in a result: `readIos`, `writeIos`.

import { TRANSFERS, type TransferName } from "../shared/operations.ts";

type ThreadIos<Value> = { readonly [Name in TransferName as `${Name}Ios`]: Value };

export function threadIos<Value>(of: (name: TransferName, operation: number) => Value): ThreadIos<Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a record made in a loop has no type of its own
  return Object.fromEntries(
    TRANSFERS.map((name, operation) => [`${name}Ios`, of(name, operation)]),
  ) as ThreadIos<Value>;
}
