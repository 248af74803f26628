// Names of Windows functions -> callable bindings, in one object that a test can replace by a scripted one.

import koffi, { type LibraryHandle } from "koffi";

/** Addresses, HANDLEs and sizes are numbers; BOOLs are 0 or not 0; DWORD results that fit are declared `int`. */
type Buffer = Uint8Array | null;

/**
 * The functions that diskbench calls. Those in the first group are called once per I/O: they take and give integers
 * only. In the others a Uint8Array stands for a structure; it must not be collected while the system uses it.
 */
export interface Kernel32 {
  WriteFile(handle: number, buffer: number, bytes: number, written: number, overlapped: number): number;
  ReadFile(handle: number, buffer: number, bytes: number, read: number, overlapped: number): number;
  WriteFileEx(handle: number, buffer: number, bytes: number, overlapped: number, routine: number): number;
  ReadFileEx(handle: number, buffer: number, bytes: number, overlapped: number, routine: number): number;
  WriteFileGather(handle: number, segments: number, bytes: number, reserved: number, overlapped: number): number;
  ReadFileScatter(handle: number, segments: number, bytes: number, reserved: number, overlapped: number): number;
  GetLastError(): number;
  GetQueuedCompletionStatusEx(
    port: number,
    entries: number,
    count: number,
    removed: number,
    timeoutMs: number,
    alertable: number,
  ): number;
  WaitForMultipleObjects(count: number, handles: number, all: number, timeoutMs: number): number;
  GetOverlappedResult(handle: number, overlapped: number, transferred: number, wait: number): number;
  SleepEx(timeoutMs: number, alertable: number): number;
  SwitchToThread(): number;
  QueryPerformanceCounter(counter: number): number;
  GetSystemTimePreciseAsFileTime(time: number): void;
  FlushFileBuffers(handle: number): number;
  FlushViewOfFile(address: number, sizeBytes: number): number;
  RtlNtStatusToDosError(status: number): number;

  SetLastError(code: number): void;
  FormatMessageW(
    flags: number,
    source: number,
    code: number,
    language: number,
    text: Buffer,
    size: number,
    list: number,
  ): number;
  QueryPerformanceFrequency(frequency: Buffer): number;
  GetSystemInfo(info: Buffer): void;
  CloseHandle(handle: number): number;
  CancelIoEx(handle: number, overlapped: number): number;
  CreateEventW(security: number, manualReset: number, initial: number, name: string | null): number;
  CreateIoCompletionPort(file: number, port: number, key: number, threads: number): number;
  SetFileCompletionNotificationModes(handle: number, modes: number): number;

  VirtualAlloc(address: number, sizeBytes: number, type: number, protection: number): number;
  VirtualFree(address: number, sizeBytes: number, type: number): number;
  CreateFileMappingW(
    file: number,
    security: number,
    protection: number,
    sizeHigh: number,
    sizeLow: number,
    name: string | null,
  ): number;
  OpenFileMappingW(access: number, inherit: number, name: string): number;
  MapViewOfFileEx(
    section: number,
    access: number,
    offsetHigh: number,
    offsetLow: number,
    sizeBytes: number,
    address: number,
  ): number;
  UnmapViewOfFile(address: number): number;

  CreateFileW(
    path: string,
    access: number,
    share: number,
    security: number,
    disposition: number,
    flags: number,
    template: number,
  ): number;
  GetFileType(handle: number): number;
  GetFileInformationByHandle(handle: number, info: Buffer): number;
  GetFileInformationByHandleEx(handle: number, infoClass: number, info: Buffer, size: number): number;
  SetFileInformationByHandle(handle: number, infoClass: number, info: Buffer, size: number): number;
  SetFileValidData(handle: number, sizeBytes: number): number;
  LockFileEx(handle: number, flags: number, reserved: number, low: number, high: number, overlapped: number): number;
  DeviceIoControl(
    handle: number,
    code: number,
    input: Buffer,
    inputSize: number,
    output: Buffer,
    outputSize: number,
    returned: number,
    overlapped: number,
  ): number;

  GetVolumePathNameW(path: string, mountPoint: Buffer, characters: number): number;
  GetVolumeNameForVolumeMountPointW(mountPoint: string, volume: Buffer, characters: number): number;
  GetVolumeInformationW(
    root: string,
    name: Buffer,
    nameCharacters: number,
    serial: Buffer,
    componentLength: Buffer,
    flags: Buffer,
    fileSystem: Buffer,
    fileSystemCharacters: number,
  ): number;
  GetVolumePathNamesForVolumeNameW(volume: string, paths: Buffer, characters: number, needed: Buffer): number;
  FindFirstVolumeW(volume: Buffer, characters: number): number;
  FindNextVolumeW(search: number, volume: Buffer, characters: number): number;
  FindVolumeClose(search: number): number;
  GetDiskFreeSpaceW(root: string, sectorsPerCluster: Buffer, sectorBytes: Buffer, free: Buffer, total: Buffer): number;
  GetDiskFreeSpaceExW(path: string, freeForUser: Buffer, total: Buffer, free: Buffer): number;
  GetSystemWindowsDirectoryW(path: Buffer, characters: number): number;
  GetSystemPowerStatus(status: Buffer): number;
  CallNtPowerInformation(level: number, input: Buffer, inputSize: number, output: Buffer, outputSize: number): number;

  GetCurrentProcess(): number;
  OpenProcessToken(process: number, access: number, token: Buffer): number;
  LookupPrivilegeValueW(system: string | null, name: string, luid: Buffer): number;
  AdjustTokenPrivileges(
    token: number,
    disableAll: number,
    wanted: Buffer,
    size: number,
    previous: Buffer,
    previousSize: Buffer,
  ): number;
  RegGetValueW(
    root: number,
    key: string,
    value: string,
    flags: number,
    type: Buffer,
    data: Buffer,
    dataSize: Buffer,
  ): number;
}

// `int` where the header says DWORD or NTSTATUS: the bits are the same and the number needs no allocation.
const PROTOTYPES: Readonly<Record<keyof Kernel32, string>> = {
  WriteFile: "int WriteFile(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  ReadFile: "int ReadFile(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  WriteFileEx: "int WriteFileEx(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  ReadFileEx: "int ReadFileEx(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  WriteFileGather: "int WriteFileGather(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  ReadFileScatter: "int ReadFileScatter(intptr_t, uintptr_t, uint32_t, uintptr_t, uintptr_t)",
  GetLastError: "int GetLastError()",
  GetQueuedCompletionStatusEx: "int GetQueuedCompletionStatusEx(intptr_t, uintptr_t, uint32_t, uintptr_t, int, int)",
  WaitForMultipleObjects: "int WaitForMultipleObjects(uint32_t, uintptr_t, int, int)",
  GetOverlappedResult: "int GetOverlappedResult(intptr_t, uintptr_t, uintptr_t, int)",
  SleepEx: "int SleepEx(int, int)",
  SwitchToThread: "int SwitchToThread()",
  QueryPerformanceCounter: "int QueryPerformanceCounter(uintptr_t)",
  GetSystemTimePreciseAsFileTime: "void GetSystemTimePreciseAsFileTime(uintptr_t)",
  FlushFileBuffers: "int FlushFileBuffers(intptr_t)",
  FlushViewOfFile: "int FlushViewOfFile(uintptr_t, size_t)",
  RtlNtStatusToDosError: "int RtlNtStatusToDosError(int)",
  SetLastError: "void SetLastError(uint32_t)",
  FormatMessageW: "uint32_t FormatMessageW(uint32_t, uintptr_t, uint32_t, uint32_t, void *, uint32_t, uintptr_t)",
  QueryPerformanceFrequency: "int QueryPerformanceFrequency(void *)",
  GetSystemInfo: "void GetSystemInfo(void *)",
  CloseHandle: "int CloseHandle(intptr_t)",
  CancelIoEx: "int CancelIoEx(intptr_t, uintptr_t)",
  CreateEventW: "intptr_t CreateEventW(uintptr_t, int, int, str16)",
  CreateIoCompletionPort: "intptr_t CreateIoCompletionPort(intptr_t, intptr_t, uintptr_t, uint32_t)",
  SetFileCompletionNotificationModes: "int SetFileCompletionNotificationModes(intptr_t, uint8_t)",
  VirtualAlloc: "uintptr_t VirtualAlloc(uintptr_t, size_t, uint32_t, uint32_t)",
  VirtualFree: "int VirtualFree(uintptr_t, size_t, uint32_t)",
  CreateFileMappingW: "intptr_t CreateFileMappingW(intptr_t, uintptr_t, uint32_t, uint32_t, uint32_t, str16)",
  OpenFileMappingW: "intptr_t OpenFileMappingW(uint32_t, int, str16)",
  MapViewOfFileEx: "uintptr_t MapViewOfFileEx(intptr_t, uint32_t, uint32_t, uint32_t, size_t, uintptr_t)",
  UnmapViewOfFile: "int UnmapViewOfFile(uintptr_t)",
  CreateFileW: "intptr_t CreateFileW(str16, uint32_t, uint32_t, uintptr_t, uint32_t, uint32_t, intptr_t)",
  GetFileType: "uint32_t GetFileType(intptr_t)",
  GetFileInformationByHandle: "int GetFileInformationByHandle(intptr_t, void *)",
  GetFileInformationByHandleEx: "int GetFileInformationByHandleEx(intptr_t, int, void *, uint32_t)",
  SetFileInformationByHandle: "int SetFileInformationByHandle(intptr_t, int, void *, uint32_t)",
  SetFileValidData: "int SetFileValidData(intptr_t, int64_t)",
  LockFileEx: "int LockFileEx(intptr_t, uint32_t, uint32_t, uint32_t, uint32_t, uintptr_t)",
  DeviceIoControl: "int DeviceIoControl(intptr_t, uint32_t, void *, uint32_t, void *, uint32_t, uintptr_t, uintptr_t)",
  GetVolumePathNameW: "int GetVolumePathNameW(str16, void *, uint32_t)",
  GetVolumeNameForVolumeMountPointW: "int GetVolumeNameForVolumeMountPointW(str16, void *, uint32_t)",
  GetVolumeInformationW: "int GetVolumeInformationW(str16, void *, uint32_t, void *, void *, void *, void *, uint32_t)",
  GetVolumePathNamesForVolumeNameW: "int GetVolumePathNamesForVolumeNameW(str16, void *, uint32_t, void *)",
  FindFirstVolumeW: "intptr_t FindFirstVolumeW(void *, uint32_t)",
  FindNextVolumeW: "int FindNextVolumeW(intptr_t, void *, uint32_t)",
  FindVolumeClose: "int FindVolumeClose(intptr_t)",
  GetDiskFreeSpaceW: "int GetDiskFreeSpaceW(str16, void *, void *, void *, void *)",
  GetDiskFreeSpaceExW: "int GetDiskFreeSpaceExW(str16, void *, void *, void *)",
  GetSystemWindowsDirectoryW: "uint32_t GetSystemWindowsDirectoryW(void *, uint32_t)",
  GetSystemPowerStatus: "int GetSystemPowerStatus(void *)",
  CallNtPowerInformation: "int CallNtPowerInformation(int, void *, uint32_t, void *, uint32_t)",
  GetCurrentProcess: "intptr_t GetCurrentProcess()",
  OpenProcessToken: "int OpenProcessToken(intptr_t, uint32_t, void *)",
  LookupPrivilegeValueW: "int LookupPrivilegeValueW(str16, str16, void *)",
  AdjustTokenPrivileges: "int AdjustTokenPrivileges(intptr_t, int, void *, uint32_t, void *, void *)",
  RegGetValueW: "int RegGetValueW(intptr_t, str16, str16, uint32_t, void *, void *, void *)",
};

const LIBRARY_OF: Readonly<Partial<Record<keyof Kernel32, string>>> = {
  RtlNtStatusToDosError: "ntdll.dll",
  CallNtPowerInformation: "powrprof.dll",
  OpenProcessToken: "advapi32.dll",
  LookupPrivilegeValueW: "advapi32.dll",
  AdjustTokenPrivileges: "advapi32.dll",
  RegGetValueW: "advapi32.dll",
};

/** A completion routine that the system can call, on the thread that made it, while that thread waits alertably. */
export interface CompletionRoutine {
  readonly address: number;
  release(): void;
}

export interface Win32 {
  readonly kernel32: Kernel32;
  /** The version of Wine that plays Windows here; null: it is the real one. */
  readonly wineVersion: string | null;
  /** Native memory as bytes: typed-array speed, 30 us once. */
  view(address: number, sizeBytes: number): Uint8Array;
  /** An LPOVERLAPPED_COMPLETION_ROUTINE of this thread. It must not throw. `overlappedLow`: low half of the address. */
  completionRoutine(
    routine: (code: number, transferredBytes: number, overlappedLow: number) => void,
  ): CompletionRoutine;
}

/** Wine's ntdll tells what it is (https://wiki.winehq.org/Developer_FAQ). */
function wineVersion(ntdll: LibraryHandle): string | null {
  try {
    return String(ntdll.func("str wine_get_version()")());
  } catch {
    return null;
  }
}

/** Binds everything, for this thread alone: koffi's functions do not cross threads. */
export function loadWin32(): Win32 {
  const libraries = new Map<string, LibraryHandle>();
  const library = (name: string): LibraryHandle => {
    const loaded = libraries.get(name) ?? koffi.load(name);
    libraries.set(name, loaded);
    return loaded;
  };
  const bound = (Object.keys(PROTOTYPES) as (keyof Kernel32)[]).map((name) => [
    name,
    library(LIBRARY_OF[name] ?? "kernel32.dll").func(PROTOTYPES[name]),
  ]);
  // The third parameter is a pointer. Taken as `int` it arrives as a small integer, its low half: pointers travel in
  // a whole register on x64 and arm64, and the wider type would be boxed at each completion.
  const routineType = koffi.pointer(koffi.proto("void", ["int", "int", "int"]));
  return {
    kernel32: Object.fromEntries(bound) as Kernel32,
    wineVersion: wineVersion(library("ntdll.dll")),
    view: (address, sizeBytes) => new Uint8Array(koffi.view(address, sizeBytes)),
    completionRoutine(routine) {
      const registered = koffi.register(routine, routineType);
      return { address: Number(registered), release: () => koffi.unregister(registered) };
    },
  };
}
