import { spawn } from 'node:child_process'

/**
 * What an example says that it prints: the comments behind its `console.log` calls, when
 * every one of them has such a comment.
 *
 * @param {string} code
 * @returns {string | undefined}
 */
export function promisedOutput(code) {
  const logs = code.split('\n').filter((line) => /console\.log\(/.test(line))
  const comments = logs.map((line) => /console\.log\(.*\)\s*\/\/ ?(.*)$/.exec(line)?.[1])
  if (comments.length === 0 || comments.includes(undefined)) return undefined
  return comments.map((comment) => `${comment}\n`).join('')
}

/**
 * Runs a program in a process of its own.
 *
 * @param {string} program
 * @param {{ node?: string, cwd?: string, deadline?: number }} [options] deadline in milliseconds
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
export function runProgram(program, { node = process.execPath, cwd, deadline = 30_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [program], {
      cwd,
      env: { ...process.env, FORCE_COLOR: '0', NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadline,
      killSignal: 'SIGKILL',
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
