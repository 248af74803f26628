// Numbers of the Windows SDK headers that diskbench uses, under their own names in groups.

/** GetLastError values that decide something (winerror.h); `errors.ts` has the names of many more. */
export const ERROR = {
  SUCCESS: 0,
  INVALID_FUNCTION: 1,
  FILE_NOT_FOUND: 2,
  PATH_NOT_FOUND: 3,
  ACCESS_DENIED: 5,
  INVALID_HANDLE: 6,
  NOT_ENOUGH_MEMORY: 8,
  WRITE_PROTECT: 19,
  SHARING_VIOLATION: 32,
  LOCK_VIOLATION: 33,
  HANDLE_EOF: 38,
  HANDLE_DISK_FULL: 39,
  NOT_SUPPORTED: 50,
  INVALID_PARAMETER: 87,
  DISK_FULL: 112,
  CALL_NOT_IMPLEMENTED: 120,
  INVALID_NAME: 123,
  FILE_EXISTS: 80,
  ALREADY_EXISTS: 183,
  MORE_DATA: 234,
  WAIT_TIMEOUT: 258,
  OPERATION_ABORTED: 995,
  IO_PENDING: 997,
  NOT_FOUND: 1168,
  NOT_ALL_ASSIGNED: 1300,
  NO_SYSTEM_RESOURCES: 1450,
  WORKING_SET_QUOTA: 1453,
  INVALID_USER_BUFFER: 1784,
  NOT_ENOUGH_QUOTA: 1816,
} as const;

/** ntstatus.h; negative as 32-bit integers: an error or a warning. */
export const STATUS_PENDING = 0x103;

export const INVALID_HANDLE = -1;
/** As a signed DWORD, so that it travels as a small integer. */
export const INFINITE = -1;
export const WAIT_IO_COMPLETION = 192;
export const MAXIMUM_WAIT_OBJECTS = 64;

export const ACCESS = {
  NONE: 0,
  READ_ATTRIBUTES: 0x80,
  DELETE: 0x10000,
  GENERIC_READ: 0x80000000,
  GENERIC_WRITE: 0x40000000,
} as const;
export const SHARE = { READ: 1, WRITE: 2, DELETE: 4, ALL: 7 } as const;
export const DISPOSITION = { CREATE_NEW: 1, OPEN_EXISTING: 3, OPEN_ALWAYS: 4 } as const;

export const FILE_FLAG = {
  WRITE_THROUGH: 0x80000000,
  OVERLAPPED: 0x40000000,
  NO_BUFFERING: 0x20000000,
  RANDOM_ACCESS: 0x10000000,
  SEQUENTIAL_SCAN: 0x08000000,
  BACKUP_SEMANTICS: 0x02000000,
  OPEN_REPARSE_POINT: 0x00200000,
} as const;

export const FILE_ATTRIBUTE = {
  DIRECTORY: 0x10,
  NORMAL: 0x80,
  SPARSE: 0x200,
  REPARSE_POINT: 0x400,
  COMPRESSED: 0x800,
  ENCRYPTED: 0x4000,
} as const;
export const FILE_TYPE = { DISK: 1, CHARACTER: 2, PIPE: 3 } as const;

/** Classes of GetFileInformationByHandleEx and SetFileInformationByHandle. */
export const FILE_INFO = {
  STANDARD: 1,
  DISPOSITION: 4,
  ALLOCATION: 5,
  END_OF_FILE: 6,
  COMPRESSION: 8,
  ATTRIBUTE_TAG: 9,
  STORAGE: 16,
  ID: 18,
  DISPOSITION_EX: 21,
} as const;

export const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS = 1;
export const FILE_SKIP_SET_EVENT_ON_HANDLE = 2;

export const LOCKFILE = { FAIL_IMMEDIATELY: 1, EXCLUSIVE: 2 } as const;

export const MEMORY = { COMMIT: 0x1000, RESERVE: 0x2000, RELEASE: 0x8000 } as const;
export const PAGE = { READONLY: 2, READWRITE: 4 } as const;
export const FILE_MAP = { WRITE: 2, READ: 4 } as const;

/** Control codes of DeviceIoControl (winioctl.h). */
export const CONTROL = {
  STORAGE_GET_DEVICE_NUMBER: 0x2d1080,
  STORAGE_QUERY_PROPERTY: 0x2d1400,
  DISK_PERFORMANCE: 0x70020,
  DISK_GET_DRIVE_GEOMETRY_EX: 0x700a0,
  DISK_GET_DRIVE_LAYOUT_EX: 0x70050,
  DISK_GET_LENGTH_INFO: 0x7405c,
  DISK_IS_WRITABLE: 0x70024,
  VOLUME_GET_VOLUME_DISK_EXTENTS: 0x560000,
  LOCK_VOLUME: 0x90018,
  QUERY_ALLOCATED_RANGES: 0x940cf,
  QUERY_FILE_REGIONS: 0x90284,
} as const;

export const STORAGE_PROPERTY = { DEVICE: 0, WRITE_CACHE: 4, ACCESS_ALIGNMENT: 6, SEEK_PENALTY: 7 } as const;
