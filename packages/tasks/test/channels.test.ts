import { getRunningLoop } from '@tsyncio/loop'
import { CancelScope, createTask, openChannel, run, runBlocking, sleep } from '@tsyncio/tasks'
import { describe, expect, it } from 'vitest'

describe('a channel in async functions', () => {
  it('can be iterated, and left without being closed', async () => {
    const seen = await run(async () => {
      const [send, receive] = openChannel<number>(10)
      for (let i = 0; i < 5; i++) send.sendNowait(i)
      send.close()
      const values: unknown[] = []
      for await (const value of receive) {
        values.push(value)
        if (value === 1) break
      }
      values.push(receive.closed)
      for await (const value of receive) values.push(value)
      return values
    })
    expect(seen).toEqual([0, 1, false, 2, 3, 4])
  })

  it('loses nothing to the loser of Promise.race', async () => {
    const left = await run(async () => {
      const [send, receive] = openChannel<string>()
      const winner = createTask(async () => Promise.race([receive.receive(), sleep(1, 'timer')]))
      const won = await winner
      const sender = createTask(() => send.send('kept'))
      await sleep(0)
      const { tasksWaitingReceive } = receive.statistics()
      const kept = receive.receiveNowait()
      await sender
      return [won, tasksWaitingReceive, kept]
    })
    expect(left).toEqual(['timer', 0, 'kept'])
  })

  it('loses nothing to a loser that was woken in the turn in which the race was over', async () => {
    const left = await run(async () => {
      const [send, receive] = openChannel<string>()
      const gate = getRunningLoop().createFuture<string>()
      const racer = createTask(async () => Promise.race([gate, receive.receive()]))
      await sleep(1)
      // Both are woken, the one at the gate first.
      gate.setResult('gate')
      send.sendNowait('kept')
      return [await racer, receive.receiveNowait()]
    })
    expect(left).toEqual(['gate', 'kept'])
  })

  it('sends nothing for the loser of Promise.race', async () => {
    const left = await run(async () => {
      const [send, receive] = openChannel<string>()
      await createTask(async () => Promise.race([send.send('never'), sleep(1, 'timer')]))
      const sender = createTask(() => send.send('kept'))
      await sleep(0)
      const got = await receive.receive()
      await sender
      return [got, send.statistics().tasksWaitingSend]
    })
    expect(left).toEqual(['kept', 0])
  })

  it('works from plain code', async () => {
    const [send, receive] = openChannel<string>()
    const [, got] = await Promise.all([send.send('hello'), receive.receive()])
    expect(got).toBe('hello')
  })
})

describe('a channel', () => {
  it('belongs to the loop of the first task that waits', () => {
    const [, receive] = openChannel<string>()
    const wait = (): void => {
      runBlocking(function* () {
        const scope = new CancelScope()
        scope.cancel()
        yield* scope.run(() => receive.receive())
      })
    }
    wait()
    expect(wait).toThrow(/belongs to another loop/)
  })
})
