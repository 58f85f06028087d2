import { openTerminal, setTerminalMode, type Connection } from '@tsyncio/streams'
import type { StreamReaderOptions } from '@tsyncio/streams'
import { openpty } from '@tsyncio/syscalls'

/**
 * Both ends of a pair of terminals that lets bytes through as they are. The terminal is the
 * near one: a controller that closes hangs up, and what the terminal has not read is lost.
 */
export function rawTerminals(options?: StreamReaderOptions): [Connection, Connection] {
  const fds = new Int32Array(3)
  if (openpty(fds) < 0) throw new Error('no terminal is left')
  const [controller, terminal] = fds as unknown as [number, number]
  setTerminalMode(terminal, { raw: true })
  return [openTerminal(terminal, options), openTerminal(controller, options)]
}
