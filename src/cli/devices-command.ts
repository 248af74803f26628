// `diskbench devices`: this machine's disks -> a list with the identity that --confirm wants, or why there is none.

import { loadPlatform } from "../platform/index.ts";
import type { DeviceListing } from "../platform/platform.ts";
import { humanBytes } from "../shared/units.ts";
import { printGrid } from "./print-grid.ts";

function usable({ confirmation, confirmationNote, hazards }: DeviceListing): string {
  if (hazards.length > 0) return `in use: ${hazards.join("; ")}`;
  return confirmation === null ? (confirmationNote ?? "no identity") : "";
}

export async function devices(flags: { readonly json?: true }): Promise<void> {
  const platform = await loadPlatform();
  const listing = platform.volumes.listDevices();
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(listing, null, 2)}\n`);
    return;
  }
  printGrid(
    ["Device", "Size", "Sectors", "Model", "--confirm", "Cannot be a raw target because"],
    listing.map((device) => [
      device.path,
      device.facts.sizeBytes === null ? "-" : humanBytes(device.facts.sizeBytes),
      `${device.facts.logicalSectorBytes ?? "?"}/${device.facts.physicalSectorBytes ?? "?"}`,
      device.facts.model ?? "-",
      device.confirmation ?? "-",
      usable(device),
    ]),
  );
}
