import type { EventLoop } from '@tsyncio/loop'
import type { SpawnSpec } from '@tsyncio/syscalls'

import type { ChildStdio } from './child-stdio.js'
import type { Foreground } from './foreground.js'
import type { TerminalOptions } from './pty/child-terminal.js'
import type { StdioStreams } from './stdio-streams.js'

/** A program that is about to be started, and what there is for it already. */
export interface Start {
  readonly loop: EventLoop
  readonly program: string
  readonly options: TerminalOptions
  readonly spec: SpawnSpec
  readonly stdio: ChildStdio
  readonly streams: StdioStreams
  /** The terminal, if it is lent. */
  readonly foreground: Foreground | undefined
}
