import {
  FdsLostError,
  receiveFds,
  sendFds,
  takeFds,
  type Connection,
  type FdMessage,
} from '@tsyncio/streams'
import type { SeededRandom } from '@tsyncio/streams/testing/vitest'
import { AF_UNIX, close, OSError, osError, pipe2, SOCK_DGRAM, socketpair } from '@tsyncio/syscalls'
import { coroutine, createTask } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'
import { fstatSync } from 'node:fs'
import { expect } from 'vitest'

import { connected, unixPlace } from '../pairs.js'
import { underFaults } from './under-faults.js'

const mostMessages = 20
const mostFds = 5
const end = 'the end'

/** Bytes with fds, which are known again by their inodes. */
interface Message {
  readonly fds: number[]
  readonly inodes: string
}

const inodesOf = (fds: readonly number[]): string => fds.map((fd) => fstatSync(fd).ino).join()

function closeAll(fds: Iterable<number>): void {
  for (const fd of fds) close(fd)
}

function messagesOf(random: SeededRandom): Message[] {
  return Array.from({ length: random.size(mostMessages) }, () => {
    const fds = Array.from({ length: random.below(mostFds + 1) }, () => {
      const ends = new Int32Array(2)
      const result = pipe2(ends, 0)
      if (result < 0) throw osError(result, 'pipe2')
      close(ends[1] as number)
      return ends[0] as number
    })
    return { fds, inodes: inodesOf(fds) }
  })
}

/** Receives messages in order until one fails: gives how many came. */
function* receiveOver(
  { wait }: Spelling,
  connection: Connection,
  messages: readonly Message[],
): Generator<unknown, number, unknown> {
  let came = 0
  try {
    for (let line; (line = yield* wait(connection.reader.readLine())) !== null; came++) {
      if (!String(line).endsWith('\n')) break
      const { fds, inodes } = messages[came] as Message
      expect(String(line)).toBe(`message ${came}\n`)
      const taken = takeFds(connection, fds.length)
      expect(inodesOf(taken)).toBe(inodes)
      closeAll(taken)
    }
  } catch (error) {
    if (!(error instanceof OSError) && !(error instanceof FdsLostError)) throw error
  }
  return came
}

function* overConnections(
  spelling: Spelling,
  messages: readonly Message[],
): Generator<unknown, void, unknown> {
  const { body, wait } = spelling
  const options = { maxFds: mostMessages * mostFds }
  const [near, far] = yield* wait(coroutine(connected(unixPlace, options)))
  const receiving = createTask(body(() => receiveOver(spelling, far, messages)))
  let failure: unknown
  try {
    for (const [i, { fds }] of messages.entries()) {
      yield* wait(sendFds(near, `message ${i}\n`, fds))
    }
    near.writer.close()
    yield* wait(near.writer.waitClosed())
  } catch (error) {
    expect(error).toBeInstanceOf(OSError)
    failure = error
    near.writer.close()
  }
  const came = yield* wait(receiving)
  failure ??= far.reader.exception()
  if (failure === undefined) expect(came, 'messages that came').toBe(messages.length)
  for (const { writer } of [near, far]) yield* wait(writer[Symbol.asyncDispose]())
}

/** Receives whole messages, up to the end. */
function* receiveRaw(
  { wait }: Spelling,
  fd: number,
  came: FdMessage[],
): Generator<unknown, void, unknown> {
  for (;;) {
    try {
      const message = yield* wait(receiveFds(fd, 100, mostFds))
      if (String(message!.data) === end) return
      came.push(message!)
    } catch (error) {
      expect(error).toBeInstanceOf(OSError)
    }
  }
}

/** Sends all of them: gives those that no error came for. */
function* sendRaw(
  { wait }: Spelling,
  fd: number,
  messages: ReadonlyMap<string, Message>,
): Generator<unknown, string[], unknown> {
  const sent: string[] = []
  for (const [data, { fds }] of messages) {
    try {
      yield* wait(sendFds(fd, data, fds))
      sent.push(data)
    } catch (error) {
      expect(error).toBeInstanceOf(OSError)
    }
  }
  return sent
}

function* overFds(spelling: Spelling, list: readonly Message[]): Generator<unknown, void, unknown> {
  const { body, wait } = spelling
  const ends = new Int32Array(2)
  const result = socketpair(AF_UNIX, SOCK_DGRAM, 0, ends)
  if (result < 0) throw osError(result, 'socketpair')
  const [from, to] = ends as unknown as [number, number]
  const messages = new Map(list.map((message, i) => [`message ${i}`, message]))
  const came: FdMessage[] = []
  try {
    const receiving = createTask(body(() => receiveRaw(spelling, to, came)))
    const sent = yield* sendRaw(spelling, from, messages)
    const last = new Map([[end, { fds: [], inodes: '' }]])
    while ((yield* sendRaw(spelling, from, last)).length === 0);
    yield* wait(receiving)
    expect(came.map(({ data }) => String(data))).toEqual(sent)
    for (const { data, fds, truncated } of came) {
      const { inodes } = messages.get(String(data)) as Message
      if (!truncated) expect(inodesOf(fds)).toBe(inodes)
    }
  } finally {
    for (const { fds } of came) closeAll(fds)
    closeAll(ends)
  }
}

/** Messages with fds, over a connection or a socket: gives the faults that they survived. */
export function fdsSurvive(seed: number): Promise<string[]> {
  return underFaults(seed, function* (spelling, random) {
    const messages = messagesOf(random)
    try {
      yield* (random.below(2) === 0 ? overConnections : overFds)(spelling, messages)
    } finally {
      for (const { fds } of messages) closeAll(fds)
    }
  })
}
