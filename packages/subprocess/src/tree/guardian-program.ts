import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { adoptFd, close, guardianFile } from '@tsyncio/syscalls'

import { memoryFile } from './memory-file.js'

const name = 'tsyncio-guardian'

function inMemory(): number {
  return memoryFile(name, readFileSync(guardianFile()), true)
}

/** For systems that execute nothing from memory: a file whose name is gone at once. */
function inFolder(folder: string): number {
  const own = mkdtempSync(join(folder, `${name}-`))
  try {
    const path = join(own, name)
    writeFileSync(path, readFileSync(guardianFile()), { mode: 0o700 })
    return adoptFd(openSync(path, 'r'))
  } finally {
    rmSync(own, { recursive: true })
  }
}

const places: readonly (() => number)[] = [
  inMemory,
  () => inFolder(tmpdir()),
  () => inFolder('/dev/shm'),
  () => inFolder('/var/tmp'),
]

const isRefused = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')

/**
 * The guardian's executable, as an fd. Its file in the package needs no execute bit, and is
 * read once per thread.
 */
class GuardianProgram {
  #place = 0
  #fd: number | undefined

  /** @throws what the last place threw, if the program can be put nowhere. */
  get fd(): number {
    while (this.#fd === undefined) {
      try {
        this.#fd = (places[this.#place] as () => number)()
      } catch (error) {
        if (!this.#goElsewhere()) throw error
      }
    }
    return this.#fd
  }

  /** The system does not execute what lies there; says whether there is another place. */
  refused(error: unknown): boolean {
    if (!isRefused(error) || !this.#goElsewhere()) return false
    if (this.#fd !== undefined) close(this.#fd)
    this.#fd = undefined
    return true
  }

  #goElsewhere(): boolean {
    if (this.#place === places.length - 1) return false
    this.#place++
    return true
  }
}

export const guardianProgram = new GuardianProgram()
