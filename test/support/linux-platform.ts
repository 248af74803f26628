// The file and volume parts of the real Linux platform, for tests that need no back end.

import type { TargetPlatform } from "../../src/machine/resolve-target.ts";
import { createVolumes } from "../../src/platform/linux/block-device.ts";
import { createFiles } from "../../src/platform/linux/file.ts";

export const linuxPlatform: TargetPlatform = { system: "linux", files: createFiles(), volumes: createVolumes() };
