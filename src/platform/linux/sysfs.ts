// /sys/class/block -> the disks and partitions of this machine, with what is known about each.

import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { DeviceFacts } from "../platform.ts";
import { kernelText, listDirectory } from "./kernel-text.ts";

export interface BlockDevice {
  /** `major:minor`. */
  readonly number: string;
  readonly name: string;
  readonly directory: string;
  /** Name of the disk that this is a partition of; null: it is a disk itself. */
  readonly disk: string | null;
  readonly partitionNumber: number | null;
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** Names of the devices made from it: md, dm. */
  readonly holders: readonly string[];
  /** Loop devices: the file or device below, as it was named when it was attached. */
  readonly backingFile: string | null;
}

/** Text of a sysfs attribute without blanks around it; null where it is missing, empty or unreadable. */
export function readAttribute(directory: string, name: string): string | null {
  const text = kernelText(`${directory}/${name}`).replaceAll("\0", "").trim();
  return text === "" ? null : text;
}

function readNumber(directory: string, name: string): number | null {
  const text = readAttribute(directory, name);
  return text === null || !/^\d+$/.test(text) ? null : Number(text);
}

function readDevice(link: string, name: string): BlockDevice[] {
  let directory: string;
  try {
    directory = realpathSync(link);
  } catch {
    // Detached since the directory was listed.
    return [];
  }
  const number = readAttribute(directory, "dev");
  // Hidden paths of a multipath NVMe disk have no device number and no node.
  if (number === null) return [];
  const partitionNumber = readNumber(directory, "partition");
  return [
    {
      number,
      name,
      directory,
      disk: partitionNumber === null ? null : basename(dirname(directory)),
      partitionNumber,
      // Always in units of 512 bytes, whatever the sector.
      sizeBytes: (readNumber(directory, "size") ?? 0) * 512,
      readOnly: readNumber(directory, "ro") === 1,
      holders: listDirectory(`${directory}/holders`),
      backingFile: readAttribute(directory, "loop/backing_file"),
    },
  ];
}

export function readBlockDevices(sysRoot: string): BlockDevice[] {
  const classDirectory = `${sysRoot}/class/block`;
  return listDirectory(classDirectory).flatMap((name) => readDevice(`${classDirectory}/${name}`, name));
}

// SCSI's vital product data: four bytes of header, then the serial number in ASCII (SPC-4, page 80h).
function productDataSerial(directory: string): string | null {
  try {
    const serial = readFileSync(`${directory}/device/vpd_pg80`).toString("latin1", 4).replaceAll("\0", "").trim();
    return serial === "" ? null : serial;
  } catch {
    return null;
  }
}

export function serialOf(disk: BlockDevice): string | null {
  return (
    readAttribute(disk.directory, "serial") ??
    readAttribute(disk.directory, "device/serial") ??
    productDataSerial(disk.directory)
  );
}

/** The world-wide name of a disk, or what is as good: device mapper's own identifier. Null where it has none. */
export function worldWideNameOf(disk: BlockDevice): string | null {
  return (
    readAttribute(disk.directory, "wwid") ??
    readAttribute(disk.directory, "device/wwid") ??
    readAttribute(disk.directory, "dm/uuid")
  );
}

function modelOf(disk: BlockDevice): string | null {
  if (disk.backingFile !== null) return `loop over ${disk.backingFile}`;
  return readAttribute(disk.directory, "device/model") ?? readAttribute(disk.directory, "device/name");
}

/** NVMe, SCSI and ATA, and cards each have their own name for it. */
function firmwareOf(disk: BlockDevice): string | null {
  const names = ["device/firmware_rev", "device/rev", "device/fwrev"];
  return names.map((name) => readAttribute(disk.directory, name)).find((text) => text !== null) ?? null;
}

/** How the disk is attached: `nvme`, `usb`, `ata`, `scsi`, `virtio`, ...; null for devices made of software. */
export function busOf(disk: BlockDevice): string | null {
  const transport = /\/(usb|ata)\d+\//.exec(disk.directory)?.[1];
  if (transport !== undefined) return transport;
  try {
    return basename(readlinkSync(`${disk.directory}/device/subsystem`));
  } catch {
    return null;
  }
}

/** What is known about a device: name and size its own, everything else its disk's. */
export function factsOf(device: BlockDevice, disk: BlockDevice): DeviceFacts {
  const rotational = readNumber(disk.directory, "queue/rotational");
  const polls = readNumber(disk.directory, "queue/io_poll");
  return {
    name: device.name,
    model: modelOf(disk),
    serial: serialOf(disk),
    firmware: firmwareOf(disk),
    sizeBytes: device.sizeBytes,
    logicalSectorBytes: readNumber(disk.directory, "queue/logical_block_size"),
    physicalSectorBytes: readNumber(disk.directory, "queue/physical_block_size"),
    rotational: rotational === null ? null : rotational === 1,
    writeCache: readAttribute(disk.directory, "queue/write_cache"),
    polls: polls === null ? null : polls === 1,
  };
}
