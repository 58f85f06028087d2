import { PortableDriver } from '@tsyncio/loop'
import { VirtualClock } from '@tsyncio/loop/testing'
import { unsupportedReason } from '@tsyncio/syscalls'
import { run, runBlocking } from '@tsyncio/tasks'
import { asyncFunctions, describeTasks, generators } from '@tsyncio/tasks/testing/vitest'

describeTasks('generators, hosted', { spelling: generators, run: (main) => run(main) })

describeTasks('async functions, hosted', { spelling: asyncFunctions, run: (main) => run(main) })

// The project "tasks without the binary" runs this file where nothing can block.
if (unsupportedReason === undefined) {
  describeTasks('generators, blocking', {
    spelling: generators,

    run: async (main) => runBlocking(main),
  })
}

describeTasks('generators, in virtual time', {
  spelling: generators,
  run: (main) => run(main, { clock: new VirtualClock() }),
})

describeTasks('async functions, in virtual time', {
  spelling: asyncFunctions,
  run: (main) => run(main, { clock: new VirtualClock() }),
})

describeTasks('async functions, where microtasks cannot be drained', {
  spelling: asyncFunctions,
  run: (main) => run(main, { driver: (core) => new PortableDriver(core, { drain: false }) }),
})
