import type { EventLoop } from '@tsyncio/loop'
import { close, dup, osError } from '@tsyncio/syscalls'
import type { Gen } from '@tsyncio/tasks'

/** Until `fd` is ready. It watches a duplicate, and so disturbs nobody who watches the fd. */
export function* readiness(loop: EventLoop, fd: number, side: 'Reader' | 'Writer'): Gen<void> {
  const watched = dup(fd)
  if (watched < 0) throw osError(watched, 'dup')
  const ready = loop.createFuture<void>()
  const { fds } = loop.core
  try {
    fds[`add${side}`](watched, { run: () => void (ready.done() || ready.setResult()) })
    yield* ready
  } finally {
    fds[`remove${side}`](watched)
    close(watched)
  }
}
