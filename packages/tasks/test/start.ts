import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface Started {
  readonly child: ChildProcess
  readonly out: Promise<string>
  readonly err: Promise<string>
  readonly exit: Promise<[number | null, string | null]>
}

/** Starts a program of `fixtures`, under this very Node. */
export function start(
  name: string,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Started {
  const path = fileURLToPath(new URL(`fixtures/${name}.mjs`, import.meta.url))
  const child = spawn(process.execPath, [...flags, path, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err] = [text(child.stdout), text(child.stderr)]
  return { child, out, err, exit: once(child, 'exit') as Promise<[number | null, string | null]> }
}
