import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import {
  EBADF,
  EBUSY,
  EINVAL,
  ENOENT,
  getpid,
  kill,
  O_NONBLOCK,
  pipe2,
  read,
  SIGKILL,
  SIGPIPE,
  signalUnwatch,
  signalWatch,
  SIGSEGV,
  SIGSTOP,
  SIGUSR2,
  SIGWINCH,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks, openFdCount } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable } from './waiting.js'

expectNoLeaks()

const dist = new URL('../dist/index.js', import.meta.url).href

function pipe(opened: Opened): [number, number] {
  return opened.pair((out) => pipe2(out, O_NONBLOCK))
}

function receive(fd: number): number[] {
  const bytes = new Uint8Array(100)
  waitReadable(fd)
  return [...bytes.subarray(0, read(fd, bytes, 0, 100))]
}

describe('a watched signal', () => {
  it('is written to the fd as one byte', () => {
    using opened = new Opened()
    const [from, to] = pipe(opened)
    expect(signalWatch(SIGUSR2, to)).toBe(0)
    kill(getpid(), SIGUSR2)
    expect(receive(from)).toEqual([SIGUSR2])
    expect(signalUnwatch(SIGUSR2)).toBe(0)
  })

  it('does not block when the pipe is full', () => {
    using opened = new Opened()
    const [from, to] = pipe(opened)
    signalWatch(SIGUSR2, to)
    for (let i = 0; i < 70_000; i++) kill(getpid(), SIGUSR2)
    expect(receive(from)).toHaveLength(100)
    signalUnwatch(SIGUSR2)
  })

  it('is not written any more to a pipe that nobody reads, not even SIGPIPE', () => {
    using opened = new Opened()
    const [from, to] = pipe(opened)
    signalWatch(SIGPIPE, to)
    opened.close(from)
    kill(getpid(), SIGPIPE)
    expect(signalUnwatch(SIGPIPE)).toBe(0)
  })

  it('moves to another fd when it is watched again', () => {
    using opened = new Opened()
    const [[, before], [from, to]] = [pipe(opened), pipe(opened)]
    signalWatch(SIGUSR2, before)
    expect(signalWatch(SIGUSR2, to)).toBe(0)
    kill(getpid(), SIGUSR2)
    expect(receive(from)).toEqual([SIGUSR2])
    signalUnwatch(SIGUSR2)
  })

  it("reaches Node's listener too, and Node's alone once it is not watched", async () => {
    using opened = new Opened()
    const [from, to] = pipe(opened)
    const heard: string[] = []
    const listener = (name: string) => heard.push(name)
    process.on('SIGUSR2', listener)
    signalWatch(SIGUSR2, to)
    let next = once(process, 'SIGUSR2')
    kill(getpid(), SIGUSR2)
    await next
    expect(receive(from)).toEqual([SIGUSR2])
    signalUnwatch(SIGUSR2)
    next = once(process, 'SIGUSR2')
    kill(getpid(), SIGUSR2)
    await next
    expect(heard).toEqual(['SIGUSR2', 'SIGUSR2'])
    expect(read(from, new Uint8Array(1), 0, 1)).toBeLessThan(0)
    process.off('SIGUSR2', listener)
  })
})

describe('what cannot be watched', () => {
  it('is refused', () => {
    using opened = new Opened()
    const [, to] = pipe(opened)
    const [, blocking] = opened.pair((out) => pipe2(out, 0))
    for (const signal of [SIGKILL, SIGSTOP, SIGSEGV]) expect(signalWatch(signal, to)).toBe(-EINVAL)
    expect(signalWatch(SIGUSR2, blocking)).toBe(-EINVAL)
    expect(signalWatch(SIGUSR2, 999_999)).toBe(-EBADF)
    expect(signalUnwatch(SIGUSR2)).toBe(-ENOENT)
    for (const signal of [0, -1, 65]) expect(() => signalWatch(signal, to)).toThrow(RangeError)
  })
})

describe('a worker', () => {
  it('has its signals to itself, and gives them up when it is terminated', async () => {
    using opened = new Opened()
    const [from, to] = pipe(opened)
    const before = openFdCount()
    const worker = new Worker(
      `import(${JSON.stringify(dist)}).then((calls) => {
        const out = new Int32Array(2)
        calls.pipe2(out, calls.O_NONBLOCK)
        calls.signalWatch(calls.SIGWINCH, out[1])
        require('node:worker_threads').parentPort.postMessage('watching')
        calls.poll(Int32Array.of(out[0], calls.POLLIN), 1, -1)
        require('node:worker_threads').parentPort.postMessage('seen')
        for (;;) calls.poll(new Int32Array(0), 0, -1)
      })`,
      { eval: true },
    )
    expect(await once(worker, 'message')).toEqual(['watching'])
    expect(signalWatch(SIGWINCH, to)).toBe(-EBUSY)
    kill(getpid(), SIGWINCH)
    expect(await once(worker, 'message')).toEqual(['seen'])
    await worker.terminate()
    expect(signalWatch(SIGWINCH, to)).toBe(0)
    kill(getpid(), SIGWINCH)
    expect(receive(from)).toEqual([SIGWINCH])
    signalUnwatch(SIGWINCH)
    expect(openFdCount()).toBe(before)
  })
})
