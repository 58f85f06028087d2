import { taskGroup, type Coroutine, type Gen, type Task, type TaskGroup } from 'tsyncio'

import type { Instance } from './instance.js'
import type { ProcessStatus } from './process-status.js'
import { ProcessTable } from './process-table.js'

/** All processes of the formation. */
export class Supervisor {
  readonly #instances: readonly Instance[]
  readonly #tasks: Task[] = []

  constructor(instances: readonly Instance[]) {
    this.#instances = instances
  }

  get statuses(): ProcessStatus[] {
    const table = new ProcessTable()
    return this.#instances.map((instance) => instance.status(table))
  }

  /** Runs them until all are done or stopped. */
  run(): Coroutine<void> {
    return taskGroup((group) => this.#start(group))
  }

  /** Asks all processes to end; called again, kills them. */
  stop(): void {
    for (const task of this.#tasks) task.cancel()
  }

  *#start(group: TaskGroup): Gen<void> {
    for (const instance of this.#instances) {
      this.#tasks.push(group.createTask(instance.supervise(), { name: instance.name }))
    }
  }
}
