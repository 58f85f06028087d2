import { checked } from './checked.js'
import { addon } from './load-addon.js'

/** What {@link spawn} starts. */
export interface SpawnSpec {
  /** A path, or a name that is looked for in the `PATH` of `env`. */
  readonly file: string
  /** `argv`: the first is the program's own name. */
  readonly args: readonly string[]
  /** The child's variables; the parent's when left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly cwd?: string | undefined
  /** Which fd of the parent becomes the child's fd 0, 1, 2 ...; -1 leaves it closed. */
  readonly stdio: readonly number[]
  /** Whether the child begins a session (`setsid(2)`). */
  readonly newSession?: boolean | undefined
  /** The process group that the child enters (`setpgid(2)`); 0 for one of its own. */
  readonly processGroup?: number | undefined
}

/** The steps of a child before its program runs; `child.c` has the same list. */
export const spawnSteps = [
  'clone',
  'setsid',
  'setpgid',
  'chdir',
  'dup2',
  'close_range',
  'execve',
] as const

// What Linux looks through when there is no PATH (confstr(_CS_PATH)).
const DEFAULT_PATH = '/bin:/usr/bin'
const SIGNATURE = 'spawn(file, args, env, cwd, stdio, newSession, processGroup, out)'

function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`spawn(): ${what} is not a string`)
  if (value.includes('\0')) throw new TypeError(`spawn(): ${what} contains a NUL character`)
  return value
}

/** Strings as C has them, one behind the other. */
function encode(strings: readonly string[]): Uint8Array {
  return new TextEncoder().encode(strings.map((text) => `${text}\0`).join(''))
}

function variables(env: Readonly<Record<string, string | undefined>>): string[] {
  if (typeof env !== 'object' || env === null) throw new TypeError('spawn(): env is not an object')
  return Object.entries(env)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (name.includes('=')) throw new TypeError(`spawn(): "${name}" in env contains "="`)
      return `${string(name, 'a name in env')}=${string(value, `env.${name}`)}`
    })
}

/** What to try to execute, as execvp(3) would. */
function candidates(file: string, path = DEFAULT_PATH): string[] {
  if (file.includes('/') || file === '') return [file]
  return path.split(':').map((folder) => (folder === '' ? file : `${folder}/${file}`))
}

function fdNumbers(stdio: readonly number[]): Int32Array {
  if (!Array.isArray(stdio)) throw new TypeError('spawn(): stdio is not an array')
  for (const fd of stdio) {
    if (typeof fd !== 'number') throw new TypeError('spawn(): an fd in stdio is not a number')
    if (!(Number.isInteger(fd) && fd >= -1 && fd < 2 ** 31)) {
      throw new RangeError(`spawn(): ${fd} in stdio is not an fd`)
    }
  }
  return Int32Array.from(stdio)
}

/**
 * Starts a program, without copying this process's memory: the calling thread stands
 * still until the program runs or could not be started. The child has default signal
 * dispositions, the thread's signal mask, and no fd but those of `stdio`.
 *
 * @param out `out[0]` takes a pidfd (-1 on Linux before 5.2); on failure `out[1]` is the
 * index in {@link spawnSteps} of the step that failed.
 * @returns the pid, or `-errno`, and then nothing is left of the child. Whoever spawns
 * must wait: `waitid(P_PIDFD, pidfd, ...)`.
 * @throws TypeError for what is no string or contains a NUL, RangeError for what is no fd.
 *
 * @example
 * ```ts
 * import { close, P_PIDFD, spawn, waitid, WEXITED } from '@tsyncio/syscalls'
 *
 * const out = new Int32Array(2)
 * const pid = spawn({ file: 'test', args: ['test', 'a', '=', 'a'], stdio: [0, 1, 2] }, out)
 * const ended = new Int32Array(3)
 * waitid(P_PIDFD, out[0]!, ended, WEXITED)
 * close(out[0]!)
 * console.log(pid === ended[0], ended[2]) // true 0
 * ```
 */
export function spawn(spec: SpawnSpec, out: Int32Array): number {
  if (typeof spec !== 'object' || spec === null) throw new TypeError('spawn(): no spec is given')
  const { file, args, cwd, stdio, newSession = false, processGroup = -1 } = spec
  const env = spec.env ?? globalThis.process?.env ?? {}
  if (!Array.isArray(args)) throw new TypeError('spawn(): args is not an array')
  return checked(
    addon.spawn(
      encode(candidates(string(file, 'file'), env['PATH'])),
      encode(args.map((arg, i) => string(arg, `args[${i}]`))),
      encode(variables(env)),
      cwd === undefined ? null : encode([string(cwd, 'cwd')]),
      fdNumbers(stdio),
      newSession ? 1 : 0,
      processGroup,
      out,
    ),
    SIGNATURE,
  )
}
