// `diskbench devices`: this machine's disks -> a list with the identity that --confirm wants, or why there is none.

import { jsonText } from "../shared/visible-json.ts";
import { loadPlatform } from "../platform/index.ts";
import type { DeviceListing } from "../platform/platform.ts";
import { humanBytes } from "../shared/units.ts";
import { printGrid } from "./print-grid.ts";
import { print } from "./standard-streams.ts";

function usable({ confirmation, confirmationNote, hazards }: DeviceListing): string {
  if (hazards.length > 0) return `in use: ${hazards.join("; ")}`;
  return confirmation === null ? (confirmationNote ?? "no identity") : "";
}

const HEADINGS = [
  "Device",
  "Size",
  "Free",
  "File system",
  "Sectors",
  "Bus",
  "Write cache",
  "Model",
  "--confirm",
  "Cannot be a raw target because",
];

const size = (bytes: number | null): string => (bytes === null ? "-" : humanBytes(bytes));

export async function devices(flags: { readonly json?: true }): Promise<void> {
  const platform = await loadPlatform();
  const listing = platform.volumes.listDevices();
  if (flags.json === true) {
    await print(jsonText(listing));
    return;
  }
  await printGrid(
    HEADINGS,
    listing.map((device) => [
      device.path,
      size(device.facts.sizeBytes),
      size(device.freeBytes),
      device.fileSystem ?? "-",
      `${device.facts.logicalSectorBytes ?? "?"}/${device.facts.physicalSectorBytes ?? "?"}`,
      device.bus ?? "-",
      device.facts.writeCache ?? "-",
      device.facts.model ?? "-",
      device.confirmation ?? "-",
      usable(device),
    ]),
  );
}
