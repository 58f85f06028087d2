import { LimitOverrunError } from '@tsyncio/streams'
import { OSError } from '@tsyncio/syscalls'
import { Event, type Gen } from '@tsyncio/tasks'

/** The bytes that peer and servers agree upon. */
export function pattern(count: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: count }, (_, i) => (i * 7) % 251))
}

function nameOf(error: unknown): string {
  if (error === undefined) return 'none'
  if (error instanceof OSError) return error.code
  return error instanceof LimitOverrunError ? 'LimitOverrunError' : (error as Error).name
}

/** How connections ended, for whoever asks. */
export class Endings {
  #names: string[] = []
  readonly #changed = new Event()

  add(error: unknown): void {
    this.#names.push(nameOf(error))
    this.#changed.set()
  }

  /** Waits until `count` connections have ended. */
  *report(count: number): Gen<string> {
    while (this.#names.length < count) {
      this.#changed.clear()
      yield* this.#changed.wait()
    }
    return this.#names.splice(0).join(' ')
  }
}
