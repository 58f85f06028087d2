import { execFile } from 'node:child_process'

const MOST_OUTPUT = 1 << 20

/**
 * Runs a program to its end and gives its standard output.
 *
 * @throws Error with what it wrote to its standard error, if it fails.
 */
export function runProgram(command: readonly string[]): Promise<string> {
  const [program, ...args] = command as [string, ...string[]]
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(stderr.trim() || error.message, { cause: error }))
    })
  })
}
