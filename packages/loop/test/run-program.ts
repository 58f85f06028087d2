import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly milliseconds: number
}

export interface RunOptions {
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly node?: readonly string[]
  /** How many fds the program may have. */
  readonly mostFds?: number
  /** Called with each piece of standard output, to answer it. */
  readonly onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

// A program that hangs fails its test by what it has not printed.
const patience = 15_000

function collect(stream: NodeJS.ReadableStream, onText: (text: string) => void): () => string {
  let all = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    all += text
    onText(text)
  })
  return () => all
}

/** Runs a program of `test/fixtures`, on the built package, to its end. */
export function runProgram(name: string, options: RunOptions = {}): Promise<Ended> {
  const { args = [], env = {}, node = [], mostFds = 1024, onOutput = () => undefined } = options
  const program = fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url))
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const limited = ['-c', `ulimit -n ${mostFds}; exec "$0" "$@"`, process.execPath]
    const child = spawn('/bin/sh', [...limited, ...node, program, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patience,
      killSignal: 'SIGKILL',
    })
    const stdout = collect(child.stdout, (text) => onOutput(text, (name) => void child.kill(name)))
    const stderr = collect(child.stderr, () => undefined)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const milliseconds = performance.now() - started
      resolve({ code, signal, stdout: stdout(), stderr: stderr(), milliseconds })
    })
  })
}
