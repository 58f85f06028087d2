import type { Server } from '@tsyncio/streams'
import { run, until, type Gen } from '@tsyncio/tasks'
import { leakCheck } from '@tsyncio/loop/testing/vitest'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

import { protocolServer } from './protocol-server.js'
import { protocolScripts, streamsScripts, type Script } from './scripts.js'
import { streamsServer } from './streams-server.js'

type Seen = unknown[][]

function python(name: string, ...args: string[]) {
  const path = fileURLToPath(new URL(name, import.meta.url))
  return spawn('python3', [path, ...args], { stdio: ['pipe', 'pipe', 'ignore'] })
}

/** What the peer sees of a server, for each script. */
async function seenAt(port: number, scripts: readonly Script[]): Promise<Seen> {
  const peer = python('peer.py', String(port))
  peer.stdin.end(JSON.stringify(scripts))
  return JSON.parse(await text(peer.stdout)) as Seen
}

async function seenOfAsyncio(kind: string, scripts: readonly Script[]): Promise<Seen> {
  const server = python('server.py', kind)
  const exit = once(server, 'exit')
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  const seen = await seenAt(Number(port), scripts)
  server.stdin.end()
  await exit
  return seen
}

async function seenOfOurs(start: () => Gen<Server>, scripts: readonly Script[]): Promise<Seen> {
  return run(function* () {
    const server = yield* start()
    const seen = yield* until(seenAt(server.port, scripts))
    server.close()
    server.abortClients()
    yield* server.waitClosed()
    return seen
  })
}

const kinds = [
  ['streams', streamsServer, streamsScripts],
  ['protocols', protocolServer, protocolScripts],
] as const

describe('a peer that knows nothing but sockets', () => {
  leakCheck()

  it.each(kinds)(
    'sees the same of both servers: %s',
    { timeout: 60_000 },
    async (kind, start, scripts) => {
      const theirs = await seenOfAsyncio(kind, scripts)
      const ours = await seenOfOurs(start, scripts)
      const seen = (all: Seen) => scripts.map((script, i) => ({ script, seen: all[i] }))
      expect(seen(ours)).toEqual(seen(theirs))
      expect(JSON.stringify(theirs)).not.toContain('timed out')
      expect(theirs.flat().length).toBeGreaterThan(scripts.length)
    },
  )
})
