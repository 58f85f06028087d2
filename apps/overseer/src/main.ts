#!/usr/bin/env node
import { KeyboardInterrupt, run } from 'tsyncio'

import { parseCommandLine, usageText } from './command-line.js'
import { oversee } from './oversee.js'
import { UserError } from './user-error.js'

// What a shell gives for a program that Ctrl-C ended.
const interrupted = 130

async function main(args: string[]): Promise<number> {
  try {
    const commandLine = parseCommandLine(args)
    if (commandLine !== undefined) return await run(oversee(commandLine))
    process.stdout.write(usageText)
    return 0
  } catch (error) {
    if (error instanceof KeyboardInterrupt) return interrupted
    if (!(error instanceof UserError)) throw error
    process.stderr.write(`overseer: ${error.message}\n`)
    return error.exitCode
  }
}

process.exitCode = await main(process.argv.slice(2))
