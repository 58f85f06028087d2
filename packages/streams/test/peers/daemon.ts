import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Some servers refuse to be root: then they are `nobody`. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** A directory of nobody's own, removed when the body is done. */
export async function withDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tsyncio-peer-'))
  if (nobody.uid !== undefined) chownSync(directory, nobody.uid, nobody.gid)
  try {
    await body(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function start(command: string, args: readonly string[], cwd: string) {
  const child = spawn(command, args, { ...nobody, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  }
  // A test that hangs and is given up must not leave its server behind.
  const kill = () => void child.kill('SIGKILL')
  process.on('exit', kill)
  child.on('close', () => process.off('exit', kill))
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  return { child, ended, said: () => said }
}

/** Runs a program as nobody, to its end; gives what it has printed. */
export async function runProgram(
  command: string,
  args: readonly string[],
  cwd = tmpdir(),
): Promise<string> {
  const { ended, said } = start(command, args, cwd)
  const [status, signal] = await ended
  if (status === 0) return said()
  throw new Error(`${command} ended with ${status ?? signal}: ${said()}`)
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    if (!socket.closed) {
      socket.destroy()
      await once(socket, 'close')
    }
  }
}

/** Runs a server as nobody, from when it listens until the body is done; then it is reaped. */
export async function withDaemon(
  [command, ...args]: readonly [string, ...string[]],
  { port, directory, stopSignal = 'SIGTERM' }: Daemon,
  body: () => Promise<void>,
): Promise<void> {
  const { child, ended, said } = start(command, args, directory)
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${command} has ended: ${said()}`)
      await sleep(10)
    }
    await body()
  } finally {
    child.kill(stopSignal)
    await ended
  }
}

interface Daemon {
  readonly port: number
  readonly directory: string
  readonly stopSignal?: NodeJS.Signals
}
