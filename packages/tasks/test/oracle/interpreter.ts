import { EventLoop, isCancelled } from '@tsyncio/loop'
import { allTasks, createTask } from '@tsyncio/tasks'
import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import { callbackActions } from './callback-actions.js'
import { CoarseClock } from './coarse-clock.js'
import { outcomeOf } from './describe.js'
import { flows } from './flows.js'
import type { Action, Program, Statement, Trace } from './program.js'
import { syncActions } from './sync-actions.js'
import { syncWaits } from './sync-waits.js'
import type { Actions, Doer, Flows, Scope, Waits } from './table.js'
import { taskActions } from './task-actions.js'
import { taskWaits } from './task-waits.js'
import { World, type Spell, type Steps } from './world.js'

const actions: Actions = { ...callbackActions, ...taskActions, ...syncActions }
const waits: Waits = { ...taskWaits, ...syncWaits }

// Whoever is left waits in vain: all are cancelled at these intervals, this many times.
const patience = 50
const longest = 60

function nameOf(statement: Statement): string {
  if ('on' in statement) return statement.on
  return 'name' in statement ? statement.name : ''
}

/** Runs one program on our loop, in virtual time. */
export class Interpreter {
  readonly world: World
  readonly #loop = new EventLoop({ clock: new CoarseClock() })

  /** @param circles see {@link World}. */
  constructor(spell: Spell, { circles = false } = {}) {
    this.#loop.setExceptionHandler(() => undefined)
    this.world = new World(this.#loop, spell, this, circles)
  }

  async trace(program: Program): Promise<Trace> {
    this.#loop.callSoon(() => {
      const task = createTask(this.world.body('task0', program), { name: 'task0' })
      this.world.things.set('task0', task)
      this.world.names.set(task, 'task0')
    })
    this.#loop.callLater(patience, () => this.#end(1))
    await this.#loop.runForever()
    this.#loop.close()
    return this.world.trace
  }

  act(me: string, action: Action): void {
    const { world } = this
    const { op } = action
    const on = nameOf(action)
    if ('on' in action && !world.things.has(on)) return world.note(me, op, on, 'absent')
    try {
      const carryOut = actions[op] as (action: Action, doer: Doer) => unknown
      world.noteEnd(me, op, on, carryOut(action, { world, me }))
    } catch (error) {
      world.note(me, op, on, 'failed', error)
    }
  }

  *task(me: string, program: Program): Steps {
    const { world } = this
    world.note(me, 'begins', '', 'ok')
    let result
    try {
      result = yield* this.#run(me, program, world.spell(me))
    } catch (error) {
      world.note(me, 'raises', '', 'ok', error)
      throw error
    }
    world.note(me, 'returns', '', 'ok', result)
    return result ?? me
  }

  #end(attempt: number): void {
    const { world } = this
    const rest = allTasks(this.#loop)
    if (rest.size === 0 || attempt === longest) {
      for (const [task, name] of world.names)
        world.note(name, 'ends', '', 'ok', `${outcomeOf(task)} ${task.cancelling()}`)
      return this.#loop.stop()
    }
    world.note('main', 'cancels', '', 'ok', rest.size)
    for (const task of rest) task.cancel()
    this.#loop.callLater(patience, () => this.#end(attempt + 1))
  }

  *#run(me: string, program: Program, spelling: Spelling): Steps {
    for (const statement of program) {
      const result = yield* this.#step(me, statement, spelling)
      if (result !== undefined) return result
    }
    return undefined
  }

  *#step(me: string, statement: Statement, outer: Spelling): Steps {
    const { op } = statement
    if (op in actions) return void this.act(me, statement as Action)
    const { world } = this
    const on = nameOf(statement)
    const isWait = op in waits
    const carryOut = (isWait ? waits : flows)[op as never] as Flows['call'] & Waits['await']
    const scope: Scope = {
      world,
      me,
      spelling: outer,
      run: (program, spelling = outer) => this.#run(me, program, spelling),
    }
    let detail
    try {
      detail = yield* carryOut(statement as never, scope)
    } catch (error) {
      world.note(me, op, on, isCancelled(error) ? 'cancelled' : 'failed', error)
      throw error
    }
    world.noteEnd(me, op, on, detail)
    return isWait ? undefined : detail
  }
}
