import { getRunningLoop, type Gen } from 'tsyncio'
import { constants } from 'node:os'

import { colour, wantsColour } from './colours.js'
import type { CommandLine } from './command-line.js'
import { requireFreePort } from './free-port.js'
import { Instance } from './instance.js'
import { LinePrinter } from './line-printer.js'
import { requireProgram } from './missing-program.js'
import { makePlan, type Plan } from './plan.js'
import { serveStatus } from './status-server.js'
import { Supervisor } from './supervisor.js'

const self = 'overseer'
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
// What a shell adds to the number of the signal that ended a program.
const bySignal = 128

function makePrinter({ processes }: Plan): LinePrinter {
  return new LinePrinter(process.stdout, [self, ...processes.map(({ name }) => name)])
}

function makeSupervisor({ cwd, processes }: Plan, printer: LinePrinter): Supervisor {
  const coloured = wantsColour(process.env, process.stdout.isTTY)
  return new Supervisor(
    processes.map(({ name, type, index, port, pty, env }) => {
      const paint = coloured ? colour(index) : (text: string) => text
      const print = (lines: readonly string[]): void => printer.print(name, paint, lines)
      return new Instance({ name, command: type.command, port, pty, cwd, env, print })
    }),
  )
}

function* check({ cwd, processes }: Plan): Gen<void> {
  for (const { name, type, port, env } of processes) {
    if (name.endsWith('.1')) yield* requireProgram(type, cwd, env)
    yield* requireFreePort(port, name)
  }
}

/** Has the processes stopped by signals; gives what the program is to exit with. */
function stopBySignals(supervisor: Supervisor, say: (line: string) => void): () => number {
  const loop = getRunningLoop()
  let code = 0
  const stop = (number: number, why: string): void => {
    say(code === 0 ? `${why}: stops all; once more kills them` : `${why}: kills all`)
    if (code === 0) code = bySignal + number
    supervisor.stop()
  }
  for (const signal of stopSignals) {
    loop.addSignalHandler(signal, stop, constants.signals[signal], signal)
  }
  // Nobody reads any more, so there is nobody to say anything to either.
  process.stdout.on('error', () => {
    if (code !== 0) return
    code = bySignal + constants.signals.SIGPIPE
    supervisor.stop()
  })
  return () => code
}

/**
 * Runs a Procfile.
 *
 * @returns what to exit with: 0 when every process has done its work, 128 and the number of
 *   the signal that was asked to stop by.
 * @throws UserError before anything was started.
 */
export function* oversee(commandLine: CommandLine): Gen<number> {
  const plan = makePlan(commandLine, process.env)
  yield* check(plan)
  const printer = makePrinter(plan)
  const say = (line: string): void => printer.print(self, (text) => text, [line])
  const supervisor = makeSupervisor(plan, printer)
  const { statusPort } = commandLine
  const server =
    statusPort === undefined ? undefined : yield* serveStatus(statusPort, () => supervisor.statuses)
  if (server !== undefined) say(`status page on http://127.0.0.1:${server.port}/`)
  const exitCode = stopBySignals(supervisor, say)
  try {
    yield* supervisor.run()
  } finally {
    server?.close()
    server?.abortClients()
  }
  return exitCode()
}
