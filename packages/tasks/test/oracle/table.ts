import type { Spelling } from '@tsyncio/tasks/testing/vitest'

import type { Action, Flow, Of, Program, Wait } from './program.js'
import type { Steps, World } from './world.js'

/** Whose statement it is. */
export interface Doer {
  readonly world: World
  readonly me: string
}

/** Whose statement it is, if that waits. */
export interface Scope extends Doer {
  readonly spelling: Spelling
  /** Carries out what is inside, in the same spelling or in another. */
  run(program: Program, spelling?: Spelling): Steps
}

/** How actions are carried out; what they give goes into the trace. */
export type Actions = { [Op in Action['op']]: (action: Of<Op>, doer: Doer) => unknown }

/** How waits are carried out; what they give goes into the trace. */
export type Waits = { [Op in Wait['op']]: (wait: Of<Op>, scope: Scope) => Steps<unknown> }

/** How the flow of a program is carried out; what this gives, the body returns. */
export type Flows = { [Op in Flow['op']]: (flow: Of<Op>, scope: Scope) => Steps }
