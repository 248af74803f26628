// The io_uring ABI as include/uapi/linux/io_uring.h has it: numbers and 32-bit word positions, nothing else.

/** System call numbers; the same on x86-64 and arm64. */
export const SYSTEM_CALL = { setup: 425, enter: 426, register: 427 } as const;

export const SETUP = {
  /** IORING_SETUP_IOPOLL: completions are asked for, on queues that the device keeps for it. */
  completionPolling: 1 << 0,
  /** IORING_SETUP_SQPOLL: a thread of the kernel takes what is published. */
  submissionPolling: 1 << 1,
  completionQueueSize: 1 << 3,
  clamp: 1 << 4,
  /** 5.19: completions are run when this thread enters the kernel anyway; no interrupt for them. */
  cooperativeTaskRun: 1 << 8,
  /** 6.0: only this thread submits, so the kernel skips a lock. */
  singleIssuer: 1 << 12,
  /** 6.1: completions are run only when this thread asks for them, in the call that it waits in anyway. */
  deferTaskRun: 1 << 13,
} as const;

export const FEATURE = { singleMap: 1 << 0, noDrop: 1 << 1 } as const;

export const ENTER = { getEvents: 1 << 0, submissionWakeUp: 1 << 1, registeredRing: 1 << 4 } as const;

/** Operations that we use, by the name that the kernel gives them. */
export const OPERATION = {
  readVectored: 1,
  writeVectored: 2,
  readFixed: 4,
  writeFixed: 5,
  asyncCancel: 14,
  read: 22,
  write: 23,
} as const;

export const REGISTER = { buffers: 0, files: 2, unregisterFiles: 3, probe: 8, ringDescriptors: 20 } as const;

/** `sqe.flags`: `fd` is an index into the registered files; the kernel's own threads carry it out. */
export const SQE_FIXED_FILE = 1 << 0;
export const SQE_ASYNC = 1 << 4;

export const MAP_OFFSET = { submissionRing: 0, completionRing: 0x8000000, submissionEntries: 0x10000000 } as const;

/** struct io_uring_params, 120 bytes, in 32-bit words. */
export const PARAMS = {
  bytes: 120,
  submissionEntries: 0,
  completionEntries: 1,
  flags: 2,
  submissionThreadIdle: 4,
  features: 5,
  /** struct io_sqring_offsets, in the order head, tail, ring_mask, ring_entries, flags, dropped, array. */
  submissionOffsets: 10,
  /** struct io_cqring_offsets, in the order head, tail, ring_mask, ring_entries, overflow, cqes. */
  completionOffsets: 20,
} as const;

/** struct io_uring_sqe, 64 bytes, in 32-bit words. */
export const SQE = {
  bytes: 64,
  /** opcode (8 bits), flags (8 bits), ioprio (16 bits) */
  operation: 0,
  fd: 1,
  offset: 2,
  address: 4,
  length: 6,
  /** rw_flags (RWF_*, pwritev2(2)) */
  writeFlags: 7,
  userData: 8,
  /** buf_index in the low 16 bits */
  bufferIndex: 10,
} as const;

/** struct io_uring_cqe, 16 bytes, in 32-bit words. */
export const CQE = { bytes: 16, userData: 0, result: 2 } as const;

/** struct io_uring_probe: header of 16 bytes, then per operation { u8 op, u8 resv, u16 flags, u32 resv2 }. */
export const PROBE = { headerBytes: 16, operationBytes: 8, operations: 64, supported: 1 << 0 } as const;
