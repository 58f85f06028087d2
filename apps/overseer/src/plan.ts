import { dirname, join, resolve } from 'node:path'
import { existsSync } from 'node:fs'

import type { CommandLine } from './command-line.js'
import { parseEnvFile } from './env-file.js'
import { parseFormation } from './formation.js'
import { basePort, portOf } from './ports.js'
import { parseProcfile, type ProcessType } from './procfile.js'
import { readText } from './read-text.js'
import { parseTerminals } from './terminals.js'
import { UserError } from './user-error.js'

/** One process that is to run. */
export interface PlannedProcess {
  /** `web.1`. */
  readonly name: string
  readonly type: ProcessType
  /** The place of its type in the Procfile, from 0. */
  readonly index: number
  readonly port: number
  /** Whether it runs in a terminal. */
  readonly pty: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What is to run, and where. */
export interface Plan {
  /** The Procfile's folder. */
  readonly cwd: string
  readonly processes: readonly PlannedProcess[]
}

function readEnv(commandLine: CommandLine, cwd: string): Record<string, string> {
  const path = commandLine.envFile ?? join(cwd, '.env')
  if (commandLine.envFile === undefined && !existsSync(path)) return {}
  return parseEnvFile(readText(path), path)
}

/**
 * Reads the Procfile and the `.env`.
 *
 * @throws UserError for what is wrong in them.
 */
export function makePlan(commandLine: CommandLine, environment: NodeJS.ProcessEnv): Plan {
  const { procfile, formation } = commandLine
  const types = parseProcfile(readText(procfile), procfile)
  const cwd = resolve(dirname(procfile))
  const variables = readEnv(commandLine, cwd)
  const base = basePort(commandLine.basePort, variables, environment)
  const counts = parseFormation(formation, types)
  const terminals = parseTerminals(commandLine.pty, types)
  const processes = types.flatMap((type, index) =>
    Array.from({ length: counts.get(type.name) ?? 0 }, (_, i) => {
      const name = `${type.name}.${i + 1}`
      const port = portOf(base, index, i + 1)
      const env = { ...environment, ...variables, PORT: String(port), PS: name }
      return { name, type, index, port, pty: terminals.has(type.name), env }
    }),
  )
  if (processes.length === 0) throw new UserError('there is nothing to run in this formation', 2)
  return { cwd, processes }
}
