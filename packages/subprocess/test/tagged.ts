import { readdirSync, readFileSync } from 'node:fs'

let made = 0

/** The name of a variable that only the descendants of one test have. */
export function makeTag(): string {
  return `TSYNCIO_TREE_${process.pid}_${made++}`
}

function textOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return ''
  }
}

/** Everybody who has the variable, as "pid command line"; zombies have none any more. */
export function tagged(tag: string): string[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && textOf(pid, 'environ').includes(`${tag}=`))
    .map((pid) => `${pid} ${textOf(pid, 'cmdline').replaceAll('\0', ' ')}`)
}

/** Waits until `count` have it; says who they are. */
export async function untilTagged(tag: string, count: number): Promise<string[]> {
  for (const end = Date.now() + 20_000; ; ) {
    const found = tagged(tag)
    if (found.length === count || Date.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
