// The numbers by which io_uring and kernel AIO are driven, against a table taken from the headers, and the headers.

import { expect, onTestFinished, test } from "vitest";
import {
  CQE,
  ENTER,
  FEATURE,
  MAP_OFFSET,
  OPERATION,
  PARAMS,
  PROBE,
  REGISTER,
  SETUP,
  SQE,
  SQE_FIXED_FILE,
  SYSTEM_CALL,
} from "../../../src/platform/linux/io-uring-abi.ts";
import { PWRITEV2_CALL, writeFlags } from "../../../src/platform/linux/flagged-write.ts";
import { IO_FLAG } from "../../../src/platform/platform.ts";
import * as aio from "../../../src/platform/linux/libaio.ts";
import { programInC } from "../../support/c-program.ts";
import { valuesInC } from "../../support/c-values.ts";
import { describeWith, runTool } from "../../support/requirements.ts";

const at = (structure: string, member: string): string => `offsetof(struct ${structure}, ${member})`;
const submissionRing = (member: string): string => at("io_uring_params", `sq_off.${member}`);
const completionRing = (member: string): string => at("io_uring_params", `cq_off.${member}`);
const isArm = process.arch === "arm64";

/** Expression, what the headers of Linux 6.1 make of it, what we use (32-bit words times 4). */
const TABLE: readonly (readonly [string, number, number])[] = [
  ["__NR_io_uring_setup", 425, SYSTEM_CALL.setup],
  ["__NR_io_uring_enter", 426, SYSTEM_CALL.enter],
  ["__NR_io_uring_register", 427, SYSTEM_CALL.register],
  ["IORING_SETUP_SQPOLL", 2, SETUP.submissionPolling],
  ["IORING_SETUP_CQSIZE", 8, SETUP.completionQueueSize],
  ["IORING_SETUP_CLAMP", 16, SETUP.clamp],
  ["IORING_SETUP_COOP_TASKRUN", 256, SETUP.cooperativeTaskRun],
  ["IORING_SETUP_SINGLE_ISSUER", 4096, SETUP.singleIssuer],
  ["IORING_FEAT_SINGLE_MMAP", 1, FEATURE.singleMap],
  ["IORING_FEAT_NODROP", 2, FEATURE.noDrop],
  ["IORING_ENTER_GETEVENTS", 1, ENTER.getEvents],
  ["IORING_ENTER_SQ_WAKEUP", 2, ENTER.submissionWakeUp],
  ["IORING_ENTER_REGISTERED_RING", 16, ENTER.registeredRing],
  ["IORING_OP_READV", 1, OPERATION.readVectored],
  ["IORING_OP_WRITEV", 2, OPERATION.writeVectored],
  ["IORING_OP_READ_FIXED", 4, OPERATION.readFixed],
  ["IORING_OP_WRITE_FIXED", 5, OPERATION.writeFixed],
  ["IORING_OP_ASYNC_CANCEL", 14, OPERATION.asyncCancel],
  ["IORING_OP_READ", 22, OPERATION.read],
  ["IORING_OP_WRITE", 23, OPERATION.write],
  ["IORING_REGISTER_BUFFERS", 0, REGISTER.buffers],
  ["IORING_REGISTER_FILES", 2, REGISTER.files],
  ["IORING_UNREGISTER_FILES", 3, REGISTER.unregisterFiles],
  ["IORING_REGISTER_PROBE", 8, REGISTER.probe],
  ["IORING_REGISTER_RING_FDS", 20, REGISTER.ringDescriptors],
  ["IOSQE_FIXED_FILE", 1, SQE_FIXED_FILE],
  ["IORING_OFF_SQ_RING", 0, MAP_OFFSET.submissionRing],
  ["IORING_OFF_CQ_RING", 0x8000000, MAP_OFFSET.completionRing],
  ["IORING_OFF_SQES", 0x10000000, MAP_OFFSET.submissionEntries],

  ["sizeof(struct io_uring_params)", 120, PARAMS.bytes],
  [at("io_uring_params", "sq_entries"), 0, PARAMS.submissionEntries * 4],
  [at("io_uring_params", "cq_entries"), 4, PARAMS.completionEntries * 4],
  [at("io_uring_params", "flags"), 8, PARAMS.flags * 4],
  [at("io_uring_params", "sq_thread_idle"), 16, PARAMS.submissionThreadIdle * 4],
  [at("io_uring_params", "features"), 20, PARAMS.features * 4],
  [submissionRing("head"), 40, PARAMS.submissionOffsets * 4],
  [submissionRing("tail"), 44, (PARAMS.submissionOffsets + 1) * 4],
  [submissionRing("ring_mask"), 48, (PARAMS.submissionOffsets + 2) * 4],
  [submissionRing("array"), 64, (PARAMS.submissionOffsets + 6) * 4],
  [completionRing("head"), 80, PARAMS.completionOffsets * 4],
  [completionRing("tail"), 84, (PARAMS.completionOffsets + 1) * 4],
  [completionRing("ring_mask"), 88, (PARAMS.completionOffsets + 2) * 4],
  [completionRing("cqes"), 100, (PARAMS.completionOffsets + 5) * 4],

  ["sizeof(struct io_uring_sqe)", 64, SQE.bytes],
  [at("io_uring_sqe", "opcode"), 0, SQE.operation * 4],
  [at("io_uring_sqe", "flags"), 1, SQE.operation * 4 + 1],
  [at("io_uring_sqe", "fd"), 4, SQE.fd * 4],
  [at("io_uring_sqe", "off"), 8, SQE.offset * 4],
  [at("io_uring_sqe", "addr"), 16, SQE.address * 4],
  [at("io_uring_sqe", "len"), 24, SQE.length * 4],
  [at("io_uring_sqe", "rw_flags"), 28, SQE.writeFlags * 4],
  [at("io_uring_sqe", "user_data"), 32, SQE.userData * 4],
  [at("io_uring_sqe", "buf_index"), 40, SQE.bufferIndex * 4],
  ["sizeof(struct io_uring_cqe)", 16, CQE.bytes],
  [at("io_uring_cqe", "user_data"), 0, CQE.userData * 4],
  [at("io_uring_cqe", "res"), 8, CQE.result * 4],
  ["sizeof(struct io_uring_probe)", 16, PROBE.headerBytes],
  ["sizeof(struct io_uring_probe_op)", 8, PROBE.operationBytes],
  [at("io_uring_probe_op", "flags"), 2, 2],
  ["IO_URING_OP_SUPPORTED", 1, PROBE.supported],
  ["sizeof(struct io_uring_rsrc_update)", 16, 16],
  [at("io_uring_rsrc_update", "data"), 8, 8],

  ["__NR_io_setup", isArm ? 0 : 206, aio.SYSTEM_CALL.setup],
  ["__NR_io_destroy", isArm ? 1 : 207, aio.SYSTEM_CALL.destroy],
  ["__NR_io_submit", isArm ? 2 : 209, aio.SYSTEM_CALL.submit],
  ["__NR_io_cancel", isArm ? 3 : 210, aio.SYSTEM_CALL.cancel],
  ["__NR_io_getevents", isArm ? 4 : 208, aio.SYSTEM_CALL.getEvents],
  ["sizeof(aio_context_t)", 8, 8],
  ["IOCB_CMD_PREAD", 0, aio.COMMAND.read],
  ["IOCB_CMD_PWRITE", 1, aio.COMMAND.write],
  ["sizeof(struct iocb)", 64, aio.IOCB.words * 4],
  [at("iocb", "aio_data"), 0, aio.IOCB.data * 4],
  [at("iocb", "aio_rw_flags"), 12, aio.IOCB.writeFlags * 4],
  // The 16-bit number of the operation, with a priority of zero above it.
  [at("iocb", "aio_lio_opcode"), 16, aio.IOCB.command * 4],
  [at("iocb", "aio_reqprio"), 18, aio.IOCB.command * 4 + 2],
  [at("iocb", "aio_fildes"), 20, aio.IOCB.descriptor * 4],
  [at("iocb", "aio_buf"), 24, aio.IOCB.buffer * 4],
  [at("iocb", "aio_nbytes"), 32, aio.IOCB.length * 4],
  [at("iocb", "aio_offset"), 40, aio.IOCB.offset * 4],
  ["sizeof(struct io_event)", 32, aio.EVENT.words * 4],
  [at("io_event", "data"), 0, aio.EVENT.data * 4],
  [at("io_event", "res"), 16, aio.EVENT.result * 4],

  ["__NR_pwritev2", isArm ? 287 : 328, PWRITEV2_CALL],
  ["RWF_DSYNC", 2, writeFlags(IO_FLAG.dsync)],

  // A list of pages, and what clock_gettime and getrusage fill.
  ["sizeof(struct iovec)", 16, 16],
  [at("iovec", "iov_len"), 8, 8],
  [at("timespec", "tv_nsec"), 8, 8],
  ["sizeof(struct rusage)", 144, 144],
  [at("rusage", "ru_utime.tv_usec"), 8, 8],
  [at("rusage", "ru_stime.tv_sec"), 16, 16],
];

test.each(TABLE)("%s is %i", (_, stored, used) => {
  expect(used).toBe(stored);
});

/** fs/aio.c has it for itself alone; it has been this since Linux 2.6. */
const AIO_RING = `
  struct aio_ring {
    unsigned id, nr, head, tail, magic, compat_features, incompat_features, header_length;
    struct io_event io_events[];
  };
`;
const AIO_RING_PROGRAM = `
  #include <linux/aio_abi.h>
  #include <stddef.h>
  #include <stdio.h>
  #include <sys/syscall.h>
  #include <unistd.h>
  ${AIO_RING}
  int main(void) {
    aio_context_t context = 0;
    if (syscall(__NR_io_setup, 8, &context) != 0) return 1;
    struct aio_ring *ring = (struct aio_ring *)context;
    printf("[%zu,%zu,%zu,%zu,%zu,%zu,%u,%u,%u,%d]", offsetof(struct aio_ring, nr), offsetof(struct aio_ring, head),
      offsetof(struct aio_ring, tail), offsetof(struct aio_ring, magic), offsetof(struct aio_ring, incompat_features),
      offsetof(struct aio_ring, header_length), ring->magic, ring->incompat_features, ring->header_length,
      ring->nr >= 8 && ring->head == ring->tail);
    return 0;
  }
`;

describeWith(["gcc"], "this machine", () => {
  test("has headers that agree with the table", () => {
    const headers = ["linux/io_uring.h", "linux/aio_abi.h", "sys/syscall.h", "sys/uio.h", "sys/resource.h", "time.h"];
    const found = valuesInC(
      onTestFinished,
      headers,
      TABLE.map(([expression]) => expression),
    );
    expect(found).toEqual(Object.fromEntries(TABLE.map(([expression, stored]) => [expression, stored])));
  });

  test("has a kernel whose AIO ring is the one that we read", () => {
    const { count, head, tail, magic, incompatible, headerBytes, magicValue } = aio.RING;
    const offsets = [count, head, tail, magic, incompatible, headerBytes].map((word) => word * 4);
    const printed: unknown = JSON.parse(runTool(programInC(onTestFinished, AIO_RING_PROGRAM)));
    expect(printed).toEqual([...offsets, magicValue >>> 0, 0, 32, 1]);
  });
});
