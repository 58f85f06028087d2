import type { AnyReadable, AnyWritable } from '@tsyncio/streams'
import type { Gen } from '@tsyncio/tasks'

import type { ChildStdio } from './child-stdio.js'
import { OutputStream } from './output-stream.js'
import { StdinStream } from './stdin-stream.js'

/** The caller's streams that a child's stdin, stdout and stderr are copied from and to. */
export class StdioStreams {
  readonly stdin: StdinStream | undefined
  readonly stdout: OutputStream | undefined
  readonly stderr: OutputStream | undefined

  /** @throws TypeError if one of them cannot be used here. */
  constructor(stdio: ChildStdio) {
    const [stdin, stdout, stderr] = ([0, 1, 2] as const).map((fd) => stdio.streamOf(fd))
    if (stdin !== undefined) this.stdin = new StdinStream(stdin as AnyReadable)
    try {
      if (stdout !== undefined) this.stdout = new OutputStream(stdout as AnyWritable)
      if (stderr !== undefined) this.stderr = new OutputStream(stderr as AnyWritable)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Waits until the streams have all that was written for them. */
  *copied(): Gen<void> {
    if (this.stdout !== undefined) yield* this.stdout.copied()
    if (this.stderr !== undefined) yield* this.stderr.copied()
  }

  /** There is no child that would read. */
  close(): void {
    this.stdin?.close()
  }
}
