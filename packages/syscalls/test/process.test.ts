import { spawn as nodeSpawn } from 'node:child_process'
import { once } from 'node:events'

import {
  CLD_KILLED,
  CLD_STOPPED,
  close,
  ECHILD,
  ESRCH,
  getpid,
  kill,
  P_PID,
  P_PIDFD,
  pidfdOpen,
  pidfdSendSignal,
  poll,
  POLLIN,
  SIGKILL,
  SIGSTOP,
  SIGTERM,
  spawn,
  waitid,
  WEXITED,
  WNOHANG,
  WSTOPPED,
} from '@tsyncio/syscalls'
import { describe, expect, it } from 'vitest'

import { expectNoLeaks } from './no-leaks.js'
import { Opened } from './opened.js'
import { waitReadable } from './waiting.js'

expectNoLeaks()

function start(opened: Opened, ...args: string[]): { pid: number; pidfd: number } {
  const out = new Int32Array(2)
  const pid = spawn({ file: args[0]!, args, stdio: [0, 1, 2] }, out)
  expect(pid).toBeGreaterThan(0)
  return { pid, pidfd: opened.fd(out[0]!) }
}

describe('a child', () => {
  it('is not waited for until it has ended; then its pidfd is readable and it is reaped once', () => {
    using opened = new Opened()
    const { pid, pidfd } = start(opened, 'sleep', '1000')
    const out = new Int32Array(3).fill(-1)
    expect(waitid(P_PIDFD, pidfd, out, WEXITED | WNOHANG)).toBe(0)
    expect([...out]).toEqual([0, 0, 0])
    expect(poll(Int32Array.of(pidfd, POLLIN), 1, 0)).toBe(0)
    expect(pidfdSendSignal(pidfd, SIGTERM)).toBe(0)
    waitReadable(pidfd)
    expect(waitid(P_PIDFD, pidfd, out, WEXITED | WNOHANG)).toBe(0)
    expect([...out]).toEqual([pid, CLD_KILLED, SIGTERM])
    expect(waitid(P_PIDFD, pidfd, out, WEXITED | WNOHANG)).toBe(-ECHILD)
    expect(pidfdSendSignal(pidfd, SIGTERM)).toBe(-ESRCH)
  })

  it('that stops is seen when asked for', () => {
    using opened = new Opened()
    const { pid, pidfd } = start(opened, 'sleep', '1000')
    expect(kill(pid, SIGSTOP)).toBe(0)
    const out = new Int32Array(3)
    expect(waitid(P_PID, pid, out, WSTOPPED)).toBe(0)
    expect([...out]).toEqual([pid, CLD_STOPPED, SIGSTOP])
    kill(pid, SIGKILL)
    expect(waitid(P_PIDFD, pidfd, out, WEXITED)).toBe(0)
  })

  it('says what it used', () => {
    using opened = new Opened()
    const { pidfd } = start(opened, 'sh', '-c', 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done')
    const out = new Int32Array(6)
    waitid(P_PIDFD, pidfd, out, WEXITED)
    expect(out[3]! + out[4]!).toBeGreaterThan(0)
    expect(out[5]).toBeGreaterThan(100)
  })
})

describe('pidfdOpen', () => {
  it('gives an fd for a process that exists', () => {
    using opened = new Opened()
    const self = opened.fd(pidfdOpen(getpid(), 0))
    expect(pidfdSendSignal(self, 0)).toBe(0)
    expect(pidfdOpen(2 ** 22 + 1, 0)).toBe(-ESRCH)
  })
})

describe("Node's own children", () => {
  it('are not disturbed by ours, nor ours by them', async () => {
    using opened = new Opened()
    const theirs = nodeSpawn('sh', ['-c', 'read x; exit 5'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    const exited = once(theirs, 'exit')
    const closed = once(theirs, 'close')
    const { pid, pidfd } = start(opened, 'sh', '-c', 'exit 6')
    theirs.stdin.end('x\n')
    expect(await exited).toEqual([5, null])
    await closed
    const out = new Int32Array(3)
    waitid(P_PIDFD, pidfd, out, WEXITED)
    expect([out[0], out[2]]).toEqual([pid, 6])
  })
})

describe('getpid', () => {
  it("is Node's", () => {
    expect(getpid()).toBe(process.pid)
    expect(close(999_999)).toBeLessThan(0)
  })
})
