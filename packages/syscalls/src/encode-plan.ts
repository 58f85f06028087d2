import type { SpawnSpec } from './spawn-spec.js'

/** A {@link SpawnSpec} as the native side reads it. */
export interface EncodedPlan {
  /** All but the fds, in one piece that can be sent to another process. */
  readonly bytes: Uint8Array
  /** The fds to go with it, in the order in which `bytes` counts them. */
  readonly fds: Int32Array
}

// The words of the header; `plan.h` has the same list and tells what follows them.
const planWords = [
  'words',
  'fds',
  'groups',
  'files',
  'args',
  'variables',
  'folders',
  'newSession',
  'processGroup',
  'terminal',
  'foreground',
  'uid',
  'gid',
  'umask',
] as const

// What Linux looks through when there is no PATH (confstr(_CS_PATH)).
const DEFAULT_PATH = '/bin:/usr/bin'
const MOST_FDS = 256
const MOST_GROUPS = 65_536
const encoder = new TextEncoder()

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`spawn(): ${what} is not a string`)
  if (value.includes('\0')) throw new TypeError(`spawn(): ${what} contains a NUL character`)
  return value
}

function integer(value: unknown, least: number, most: number, what: string): number {
  if (typeof value !== 'number') throw new TypeError(`spawn(): ${what} is not a number`)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`spawn(): ${what} is ${value}, which is not from ${least} to ${most}`)
}

/** -1, which leaves things as they are, for what is not given. */
function word(value: unknown, most: number, what: string): number {
  return value === undefined ? -1 : integer(value, 0, most, what)
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`spawn(): ${what} is not an array`)
  return value
}

function variables(env: Readonly<Record<string, string | undefined>>): string[] {
  if (typeof env !== 'object' || env === null) throw new TypeError('spawn(): env is not an object')
  return Object.entries(env)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (name.includes('=')) throw new TypeError(`spawn(): "${name}" in env contains "="`)
      return `${text(name, 'a name in env')}=${text(value, `env.${name}`)}`
    })
}

/** What to try to execute, as execvp(3) would. */
function candidates(file: string, path = DEFAULT_PATH): string[] {
  if (file.includes('/') || file === '') return [file]
  return path.split(':').map((folder) => (folder === '' ? file : `${folder}/${file}`))
}

/** The fds of the parent by their numbers in the child. */
function placedFds({ stdio, fds = {} }: SpawnSpec): Map<number, number> {
  const placed = new Map<number, number>()
  list(stdio, 'stdio').forEach((fd, target) => {
    if (integer(fd, -1, 2 ** 31 - 1, `stdio[${target}]`) >= 0) placed.set(target, fd as number)
  })
  if (typeof fds !== 'object' || fds === null) throw new TypeError('spawn(): fds is not an object')
  for (const [name, fd] of Object.entries(fds)) {
    const target = integer(Number(name), 0, 2 ** 31 - 1, `the fd number "${name}" in fds`)
    if (placed.has(target)) throw new RangeError(`spawn(): the fd ${target} is given twice`)
    placed.set(target, integer(fd, 0, 2 ** 31 - 1, `fds[${name}]`))
  }
  if (placed.size > MOST_FDS) throw new RangeError(`spawn(): more than ${MOST_FDS} fds are given`)
  return placed
}

/** No groups are what a changed user has, unless they are given. */
function groupsOf({ groups, uid, gid }: SpawnSpec): number[] | undefined {
  if (groups === undefined) return uid === undefined && gid === undefined ? undefined : []
  const ids = list(groups, 'groups').map((id, i) => integer(id, 0, 2 ** 32 - 2, `groups[${i}]`))
  if (ids.length > MOST_GROUPS) throw new RangeError(`spawn(): more than ${MOST_GROUPS} groups`)
  return ids
}

function requireFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new TypeError('spawn(): newSession is not a boolean')
}

/**
 * Writes what is to be spawned as one piece of bytes: what {@link spawn} hands to its
 * native side, and what another process that spawns for this one can be sent.
 *
 * @throws TypeError for what is no string or contains a NUL, RangeError for what is out of
 *   range.
 *
 * @example
 * ```ts
 * import { encodePlan } from '@tsyncio/syscalls'
 *
 * const plan = encodePlan({ file: '/bin/true', args: ['true'], stdio: [-1, 4], fds: { 9: 5 } })
 * console.log(plan.fds.join()) // 4,5
 * ```
 */
export function encodePlan(spec: SpawnSpec): EncodedPlan {
  if (typeof spec !== 'object' || spec === null) throw new TypeError('spawn(): no spec is given')
  const env = spec.env ?? globalThis.process?.env ?? {}
  const files = candidates(text(spec.file, 'file'), env['PATH'])
  const args = list(spec.args, 'args').map((arg, i) => text(arg, `args[${i}]`))
  if (args.length === 0) throw new RangeError('spawn(): args is empty')
  const strings = variables(env)
  const folders = spec.cwd === undefined ? [] : [text(spec.cwd, 'cwd')]
  const placed = placedFds(spec)
  const groups = groupsOf(spec)
  const values: Readonly<Record<(typeof planWords)[number], number>> = {
    words: planWords.length,
    fds: placed.size,
    groups: groups?.length ?? -1,
    files: files.length,
    args: args.length,
    variables: strings.length,
    folders: folders.length,
    newSession: requireFlag(spec.newSession ?? false) ? 1 : 0,
    processGroup: word(spec.processGroup, 2 ** 31 - 1, 'processGroup'),
    terminal: word(spec.terminal, 2 ** 31 - 1, 'terminal'),
    foreground: word(spec.foreground, 2 ** 31 - 1, 'foreground'),
    uid: word(spec.uid, 2 ** 32 - 2, 'uid'),
    gid: word(spec.gid, 2 ** 32 - 2, 'gid'),
    umask: word(spec.umask, 0o777, 'umask'),
  }
  const numbers = [...planWords.map((name) => values[name]), ...placed.keys(), ...(groups ?? [])]
  const texts = encoder.encode(`${[...files, ...args, ...strings, ...folders].join('\0')}\0`)
  const bytes = new Uint8Array(numbers.length * 4 + texts.length)
  new Int32Array(bytes.buffer, 0, numbers.length).set(numbers)
  bytes.set(texts, numbers.length * 4)
  return { bytes, fds: Int32Array.from(placed.values()) }
}
