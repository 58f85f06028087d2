import type { EventLoop } from '@tsyncio/loop'
import type { Gen } from '@tsyncio/tasks'

/** Until the fd is readable. */
export function* readable(loop: EventLoop, fd: number): Gen<void> {
  const { fds } = loop.core
  const ready = loop.createFuture<void>()
  const reader = { run: () => void (ready.done() || ready.setResult()) }
  fds.addReader(fd, reader)
  try {
    yield* ready
  } finally {
    fds.removeReader(fd)
  }
}

/** Until the fd is writable. */
export function* writable(loop: EventLoop, fd: number): Gen<void> {
  const { fds } = loop.core
  const ready = loop.createFuture<void>()
  const writer = { run: () => void (ready.done() || ready.setResult()) }
  fds.addWriter(fd, writer)
  try {
    yield* ready
  } finally {
    fds.removeWriter(fd)
  }
}
