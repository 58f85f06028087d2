import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const marker = 'OVERSEER_TEST'

/** A folder with these files in it. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'overseer-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const listens = new Promise<boolean>((resolve) => {
    server.on('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
  })
  if (!(await listens)) return false
  server.close()
  await once(server, 'close')
  return true
}

/**
 * A port that nobody listens at, nor at those above it that a few processes of three types
 * get. Below the kernel's range for outgoing connections, which others make all the time.
 */
export async function freePort(): Promise<number> {
  const offsets = [0, 1, 2, 100, 101, 102, 200, 201, 202]
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000)
    const ports = offsets.map((offset) => port + offset)
    if (ports.some((each) => given.has(each))) continue
    for (const each of ports) given.add(each)
    let free = true
    for (const each of ports) free &&= await isFree(each)
    if (free) return port
  }
}

// Tests of one file run beside each other, and not all of them listen at once.
const given = new Set<number>()

/** A running overseer, as a person at a terminal has it. */
export class Overseer {
  readonly #child: ChildProcess
  readonly #id = randomUUID()
  readonly #ended: Promise<unknown[]>
  stdout = ''
  stderr = ''

  constructor(
    args: readonly string[],
    options: { env?: NodeJS.ProcessEnv; cwd?: string; program?: string } = {},
  ) {
    const { NO_COLOR: _no, FORCE_COLOR: _force, PORT: _port, ...plain } = process.env
    this.#child = spawn(process.execPath, [options.program ?? program, ...args], {
      cwd: options.cwd,
      env: { ...plain, ...options.env, [marker]: this.#id },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.#ended = once(this.#child, 'close')
  }

  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1)
  }

  /** Waits until it has printed what `pattern` finds. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout)
      if (found !== null) return found
      const ended = this.#ended.then(() => 'ended')
      if ((await Promise.race([once(this.#child.stdout!, 'data'), ended])) !== 'ended') continue
      const late = pattern.exec(this.stdout)
      if (late !== null) return late
      throw new Error(`It ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`)
    }
  }

  /** What the lines of `name` say, without time and name. */
  said(name: string): string[] {
    const line = new RegExp(`^\\d\\d:\\d\\d:\\d\\d ${name.replace('.', '\\.')} *\\| (.*)$`)
    return this.lines.flatMap((text) => line.exec(text)?.[1] ?? [])
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Nobody reads its output any more. */
  closeOutput(): void {
    this.#child.stdout!.destroy()
  }

  /** Waits for its end: the exit code. */
  async exit(): Promise<number | null> {
    await this.#ended
    return this.#child.exitCode
  }

  /** Waits until there are so many of it, with those whom it started. */
  async hasGrownTo(count: number): Promise<void> {
    while (this.leftovers().length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Waits until nobody of it is left, or of whom it started. */
  async vanished(): Promise<void> {
    while (this.leftovers().length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** The processes that it or anybody it started has left, by pid. */
  leftovers(): string[] {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && this.#isOurs(name))
  }

  #isOurs(pid: string): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${marker}=${this.#id}`)
    } catch {
      return false // It has ended, or is none of ours.
    }
  }
}
