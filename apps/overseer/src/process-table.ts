import { readdirSync, readFileSync } from 'node:fs'

/** What a process and all its descendants use. */
export interface TreeUsage {
  /** How many they are. */
  readonly processes: number
  /** Milliseconds of CPU, those of descendants that have ended included. */
  readonly cpu: number
  /** Bytes in memory; what several share counts several times. */
  readonly memory: number
}

interface Row {
  readonly parent: number
  /** Of itself and the children that it has reaped. */
  readonly cpu: number
}

// The kernel counts time for /proc in hundredths of a second, whatever its own clock does.
const tick = 10

/** All processes of the machine, at one moment. */
export class ProcessTable {
  readonly #rows = new Map<number, Row>()
  readonly #children = new Map<number, number[]>()

  constructor() {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue
      const row = rowOf(name)
      if (row === undefined) continue
      this.#rows.set(Number(name), row)
      const siblings = this.#children.get(row.parent)
      if (siblings === undefined) this.#children.set(row.parent, [Number(name)])
      else siblings.push(Number(name))
    }
  }

  /**
   * What the tree of `pid` uses. Descendants that have lost their parent are children of the
   * tree's guardian, which is the parent of `pid`.
   */
  usageOfTree(pid: number): TreeUsage {
    const guardian = this.#rows.get(pid)?.parent
    if (guardian === undefined || guardian === process.pid) return this.#sum([pid])
    const { processes, cpu, memory } = this.#sum(this.#children.get(guardian) ?? [])
    return { processes, cpu: cpu + (this.#rows.get(guardian)?.cpu ?? 0), memory }
  }

  #sum(pids: readonly number[]): TreeUsage {
    let [processes, cpu, memory] = [0, 0, 0]
    const left = [...pids]
    for (let pid; (pid = left.pop()) !== undefined;) {
      processes++
      cpu += this.#rows.get(pid)?.cpu ?? 0
      memory += residentBytes(pid)
      left.push(...(this.#children.get(pid) ?? []))
    }
    return { processes, cpu, memory }
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // It has ended meanwhile.
  }
}

function rowOf(pid: string): Row | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The name in parentheses may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 15) return undefined
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { parent: Number(fields[1]), cpu: ticks * tick }
}

function residentBytes(pid: number): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? []
  return Number(kibibytes) * 1024
}
