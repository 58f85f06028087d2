// A worker that opens fds of every kind and then waits for ever, as workerData says.
import { parentPort, workerData } from 'node:worker_threads'

import * as calls from '../../dist/index.js'

const out = new Int32Array(8)
const epoll = calls.epollCreate1(calls.EPOLL_CLOEXEC)
calls.pipe2(out, calls.O_NONBLOCK)
const [reader, writer] = out
calls.epollCtl(epoll, calls.EPOLL_CTL_ADD, reader, calls.EPOLLIN)
calls.socket(calls.AF_INET, calls.SOCK_STREAM, 0)
calls.socketpair(calls.AF_UNIX, calls.SOCK_STREAM, 0, out)
calls.eventfd(0, 0)
calls.timerfdCreate(calls.CLOCK_MONOTONIC, 0)
calls.pidfdOpen(calls.getpid(), 0)
calls.dup(writer)
calls.sendmsg(out[0], [new Uint8Array(1)], 0, null, Int32Array.of(reader, writer))
calls.recvmsg(out[1], [new Uint8Array(1)], 0, null, out)

const waits = {
  epoll: () => calls.epollWait(epoll, new Int32Array(2), 1, -1),
  poll: () => calls.poll(Int32Array.of(reader, calls.POLLIN), 1, -1),
  select: () =>
    calls.select(Int32Array.of(reader), 1, new Int32Array(0), 0, new Int32Array(0), 0, -1),
}
const wait = waits[workerData]

parentPort.postMessage('waiting')
for (;;) wait()
