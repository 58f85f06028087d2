import { describe, expect, it } from 'vitest'
import { getRunningLoop, isCancelled } from '@tsyncio/loop'
import type { WriteTransport } from '@tsyncio/streams'
import { createTask, gather, run, sleep, type Gen } from '@tsyncio/tasks'
import {
  DEVNULL,
  subprocessExec,
  subprocessShell,
  SubprocessTransport,
  type Process,
  type SubprocessProtocol,
} from '@tsyncio/subprocess'

import { children } from './children.js'
import { failureOf } from './failure-of.js'
import { leakCheck } from './leak-check.js'
import { onEachDriver } from './spellings.js'

leakCheck()

/** Notes what it is told. */
class Notes implements SubprocessProtocol {
  readonly notes: string[] = []
  readonly ended = getRunningLoop().createFuture<void>()

  connectionMade(transport: SubprocessTransport): void {
    this.notes.push(`made ${transport instanceof SubprocessTransport}`)
  }

  pipeDataReceived(fd: number, data: Buffer): void {
    this.notes.push(`${fd}: ${String(data).trim()}`)
  }

  processExited(): void {
    this.notes.push('exited')
  }

  connectionLost(): void {
    this.ended.setResult()
  }
}

const quiet = { stdin: DEVNULL, stdout: DEVNULL, stderr: DEVNULL } as const

onEachDriver('a subprocess transport', (runs) => {
  it('gives the process, its pipes, and its code', async () => {
    await runs(function* () {
      const [transport, protocol] = yield* subprocessExec(() => new Notes(), 'cat', [], {
        stderr: 'null',
      })
      expect(transport.getPid()).toBe(children()[0])
      expect((transport.getExtraInfo('subprocess') as Process).pid).toBe(transport.getPid())
      expect(transport.getExtraInfo('anything')).toBe(undefined)
      expect(transport.getReturncode()).toBe(null)
      expect(transport.getPipeTransport(2)).toBe(null)
      expect(transport.getPipeTransport(7)).toBe(null)
      expect(transport.getProtocol()).toBe(protocol)
      expect(String(transport)).toMatch(/^<SubprocessTransport <Process \d+ running>>$/)
      const stdin = transport.getPipeTransport(0) as WriteTransport
      stdin.write('hello\n')
      stdin.writeEof()
      yield* protocol.ended
      expect(protocol.notes.slice(0, 2)).toEqual(['made true', '1: hello'])
      expect(transport.getReturncode()).toBe(0)
      expect(transport.isClosing()).toBe(true)
      transport.sendSignal('SIGTERM')
      transport.close()
    })
  })

  it('tells another protocol from here on', async () => {
    await runs(function* () {
      const [transport, first] = yield* subprocessShell(() => new Notes(), 'read x; echo later')
      const second = new Notes()
      transport.setProtocol(second)
      ;(transport.getPipeTransport(0) as WriteTransport).write('\n')
      yield* second.ended
      expect(first.notes).toEqual(['made true'])
      expect(second.notes).toContain('1: later')
    })
  })

  it('kills the process when it is closed, and closes the pipes', async () => {
    await runs(function* () {
      const [transport, protocol] = yield* subprocessShell(() => new Notes(), 'exec sleep 60')
      expect(transport.isClosing()).toBe(false)
      transport.close()
      expect(transport.isClosing()).toBe(true)
      yield* protocol.ended
      expect(transport.getReturncode()).toBe(-9)
    })
  })

  it('kills the process when it is not made before it is cancelled', async () => {
    await runs(function* () {
      for (let turns = 0; turns < 4; turns++) {
        const task = createTask(subprocessExec(() => new Notes(), 'sleep', ['60']))
        for (let turn = 0; turn < turns; turn++) yield* sleep(0)
        const wasDone = task.done()
        if (!wasDone) task.cancel()
        const [outcome] = yield* gather([task], { returnExceptions: true })
        if (outcome.status === 'fulfilled') {
          const [transport, protocol] = outcome.value
          transport.close()
          yield* protocol.ended
        } else expect(isCancelled(outcome.reason)).toBe(true)
        expect(wasDone).toBe(outcome.status === 'fulfilled')
        expect(children()).toEqual([])
      }
    })
  })

  it('is not made when the factory fails, or the program does not start', async () => {
    await runs(function* () {
      const reason = new Error('no protocol')
      const factory = (): Notes => {
        throw reason
      }
      expect(yield* failureOf(() => subprocessExec(factory, 'sleep', ['60']))).toBe(reason)
      expect(children()).toEqual([])
      const error = yield* failureOf(() => subprocessExec(() => new Notes(), 'no-such-program'))
      expect(error).toMatchObject({ code: 'ENOENT' })
    })
  })

  it('reports what a protocol throws, and goes on', async () => {
    await runs(function* () {
      const reports: string[] = []
      getRunningLoop().setExceptionHandler((_loop, { exception }) => {
        reports.push((exception as Error).message)
      })
      class Careless extends Notes {
        override connectionMade(): void {
          throw new Error('in connectionMade')
        }

        override pipeDataReceived(): void {
          throw new Error('in pipeDataReceived')
        }

        override processExited(): void {
          throw new Error('in processExited')
        }
      }
      const [, protocol] = yield* subprocessShell(() => new Careless(), 'echo 1')
      yield* protocol.ended
      expect(reports.sort()).toEqual([
        'in connectionMade',
        'in pipeDataReceived',
        'in processExited',
      ])
    })
  })

  it('has a protocol that need not know anything', async () => {
    await runs(function* () {
      const [transport] = yield* subprocessShell(() => ({}), 'echo 1; exit 3', { stdin: 'null' })
      while (!transport.isClosing()) yield* sleep(1)
      expect(transport.getReturncode()).toBe(3)
    })
  })

  it('ends with its loop', async () => {
    let transport: SubprocessTransport | undefined
    await runs(function* (): Gen<void> {
      const made = yield* subprocessExec(() => ({}), 'sleep', ['60'], quiet)
      transport = made[0]
    })
    expect(transport!.getReturncode()).toBe(-9)
    transport!.close()
  })

  it('leaves no fd of this process to its child, and no stdin of ours', async () => {
    await runs(function* () {
      const [, protocol] = yield* subprocessShell(
        () => new Notes(),
        'exec ls -l /proc/self/fd | grep -v "fd/\\|/proc/" | wc -l',
        { stdin: 'null', stderr: 'null' },
      )
      yield* protocol.ended
      // The line of the sum, and the three.
      expect(protocol.notes).toContain('1: 4')
    })
  })
})

describe('a subprocess transport in async code', () => {
  it('tells its protocol', async () => {
    await run(async () => {
      const [transport, protocol] = await subprocessExec(() => new Notes(), 'echo', ['hello'])
      await protocol.ended
      expect(protocol.notes).toContain('1: hello')
      expect(transport.getReturncode()).toBe(0)
    })
  })
})

describe('a bad argument of subprocessExec', () => {
  it('is refused at the door', () => {
    const factory = () => ({})
    expect(() => subprocessExec(7 as never, 'true')).toThrow(/a function that makes a protocol/)
    expect(() => subprocessExec(factory, 7 as never)).toThrow(/the program, got 7/)
    expect(() => subprocessExec(factory, 'true', 'x' as never)).toThrow(/array of arguments/)
    expect(() => subprocessExec(factory, 'true', [], 1 as never)).toThrow(/options/)
    expect(() => subprocessExec(factory, 'true', [], { cwd: 1 as never })).toThrow(/"cwd"/)
    expect(() => subprocessShell(factory, 7 as never)).toThrow(/the command, got 7/)
    expect(() => subprocessShell(null as never, 'true')).toThrow(TypeError)
  })
})
