/** What to do with the transport when something is told: a name and its arguments. */
export type Action = readonly [name: string, ...args: (string | number)[]]

/** A shell command, and what a protocol does about it. */
export interface Script {
  readonly name: string
  readonly command: string
  /** What is not named is a pipe. */
  readonly stdio: {
    readonly stdin?: 'null'
    readonly stdout?: 'null'
    readonly stderr?: 'null' | 'stdout'
  }
  /** By what is told: `made`, `data:1`, `lost:0`, `exited`. */
  readonly actions: Readonly<Record<string, Action>>
  /**
   * Whether all has an order. Otherwise the exit of the process and the ends of its pipes
   * come at the same time, and in either order.
   */
  readonly ordered: boolean
}

const patient = 'while :; do sleep 0.01; done'
const none = { stdin: 'null', stdout: 'null', stderr: 'null' } as const

export const scripts: readonly Script[] = [
  {
    name: 'writes, and ends',
    command: 'echo out; echo err >&2; exit 3',
    stdio: {},
    actions: {},
    ordered: false,
  },
  {
    name: 'is a cat whose stdin is closed after its answer',
    command: 'exec cat',
    stdio: {},
    actions: { made: ['write', 'hello', 1], 'data:1': ['close_pipe', 0] },
    ordered: false,
  },
  {
    name: 'has no pipes',
    command: 'exit 5',
    stdio: none,
    actions: {},
    ordered: true,
  },
  {
    name: 'closes its output and lives on',
    command: `trap 'exit 4' TERM; exec >&-; sleep 0.05; exec 2>&-; ${patient}`,
    stdio: { stdin: 'null' },
    actions: { 'lost:2': ['terminate'] },
    ordered: true,
  },
  {
    name: 'ends while a child of its has its pipe',
    command: 'exec 3<&0; (read x; echo late; exec >&-; read y) <&3 & exit 7',
    stdio: { stderr: 'null' },
    actions: { exited: ['write', 'on\n', 1], 'lost:1': ['close_pipe', 0] },
    ordered: true,
  },
  {
    name: 'has one pipe for both',
    command: 'echo 1; echo 2 >&2; echo 3',
    stdio: { stdin: 'null', stderr: 'stdout' },
    actions: {},
    ordered: false,
  },
  {
    name: 'is killed',
    command: 'exec sleep 60',
    stdio: none,
    actions: { made: ['kill'] },
    ordered: true,
  },
  {
    name: 'is sent a signal, and again after its end',
    command: `trap 'exit 9' USR1; echo ready; ${patient}`,
    stdio: { stdin: 'null', stderr: 'null' },
    actions: { 'data:1': ['signal', 'SIGUSR1'], exited: ['signal', 'SIGUSR1'], end: ['kill'] },
    ordered: false,
  },
  {
    name: 'is closed while it runs',
    command: 'exec sleep 60',
    stdio: {},
    actions: { made: ['close'] },
    ordered: false,
  },
  {
    name: 'is closed twice, and after its end',
    command: 'exit 0',
    stdio: none,
    actions: { exited: ['close'], end: ['close'] },
    ordered: true,
  },
  {
    name: 'closes its stdin, of which nothing was written',
    command: `trap 'exit 2' TERM; exec <&-; ${patient}`,
    stdio: { stdout: 'null', stderr: 'null' },
    actions: { 'lost:0': ['terminate'] },
    ordered: true,
  },
  {
    name: 'closes its stdin, of which much was written',
    command: `trap 'exit 2' TERM; read x; exec <&-; ${patient}`,
    stdio: { stdout: 'null', stderr: 'null' },
    actions: { made: ['write', 'line\n', 100_000], 'lost:0': ['terminate'] },
    ordered: true,
  },
  {
    name: 'reads much, late',
    command: 'sleep 0.1; wc -c',
    stdio: { stderr: 'null' },
    actions: { made: ['write', 'x', 500_000], resume: ['close_pipe', 0] },
    ordered: false,
  },
  {
    name: 'is not found',
    command: 'exec no-such-program',
    stdio: { stdin: 'null', stderr: 'null' },
    actions: {},
    ordered: false,
  },
]
