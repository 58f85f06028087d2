import { ESRCH, kill, osError } from '@tsyncio/syscalls'
import { sleep, type Gen } from '@tsyncio/tasks'
import { readdirSync } from 'node:fs'

import type { Followers } from './followers.js'
import { statFields } from './stat-fields.js'

const firstLook = 2
const longestLook = 100

/**
 * The group that a process is the head of. It may outlive the process, and keeps its
 * number while somebody is in it; once it is known to be empty, nobody is signalled any
 * more, since the number may be somebody else's.
 */
export class ProcessGroup implements Followers {
  readonly #id: number
  #over = false

  constructor(id: number) {
    this.#id = id
  }

  /** Sends a signal to everyone in it; says whether there is anybody. 0 only looks. */
  signal(number: number): boolean {
    if (this.#over) return false
    const result = kill(-this.#id, number)
    if (result < 0 && result !== -ESRCH) throw osError(result, 'kill')
    this.#over = result < 0
    return !this.#over
  }

  /** Waits until nobody of it runs. The kernel tells no one, so this has to look. */
  *ended(): Gen<void> {
    for (let pause = firstLook; this.#runs(); pause = Math.min(2 * pause, longestLook)) {
      yield* sleep(pause)
    }
  }

  // A zombie that nobody reaps, as happens in containers, is still in its group.
  #runs(): boolean {
    return this.signal(0) && readdirSync('/proc').some((name) => this.#hasRunning(name))
  }

  #hasRunning(pid: string): boolean {
    if (!/^\d+$/.test(pid)) return false
    const [state, , group] = statFields(pid)
    return Number(group) === this.#id && state !== 'Z' && state !== 'X'
  }
}
