import { getEventLoop } from '@tsyncio/loop'
import { setTerminalMode, setTerminalSize } from '@tsyncio/streams'
import { close, dup, openpty, osError } from '@tsyncio/syscalls'

import { Pty, type PtyFds } from './pty.js'
import { requirePtyOptions, sizeOf, type PtyOptions } from './pty-options.js'

function openPair(): [fds: PtyFds, path: string] {
  const out = new Int32Array(3)
  const result = openpty(out)
  if (result < 0) throw osError(result, 'openpty', { path: '/dev/ptmx' })
  const [controller, terminal, number] = out as unknown as [number, number, number]
  const held = dup(controller)
  if (held >= 0) return [{ controller, terminal, held }, `/dev/pts/${number}`]
  close(controller)
  close(terminal)
  throw osError(held, 'dup')
}

/**
 * Opens a terminal for programs to run in, and the other side of it, where this process
 * reads what they show and writes what is typed (Python's `pty.openpty`, `pty(7)`).
 * To start a program in one, `createSubprocessExec` has the option `pty`.
 *
 * @throws OSError if there are no more terminals or fds; TypeError or RangeError for bad
 *   options.
 * @example
 * ```ts
 * import { createSubprocessExec, openPty, run } from 'tsyncio'
 *
 * await run(async () => {
 *   await using pty = openPty({ columns: 100, rows: 30 })
 *   const { fd } = pty
 *   const stty = await createSubprocessExec('stty', ['size'], { stdin: fd, stdout: fd })
 *   pty.closeTerminal()
 *   for await (const line of pty.reader) console.log(String(line).trim()) // 30 100
 *   await stty.wait()
 * })
 * ```
 */
export function openPty(options: PtyOptions = {}): Pty {
  requirePtyOptions(options)
  const loop = getEventLoop()
  const [fds, path] = openPair()
  const { terminal } = fds
  try {
    const { raw, echo } = options
    setTerminalSize(terminal, sizeOf(options))
    // A pair has the usual mode when it is new.
    if (raw === true || echo === false) {
      setTerminalMode(
        terminal,
        echo === undefined ? { raw: raw === true } : { raw: raw === true, echo },
      )
    }
    return new Pty(loop, fds, path, options)
  } catch (error) {
    for (const fd of Object.values(fds) as number[]) close(fd)
    throw error
  }
}
