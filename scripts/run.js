import { spawn } from 'node:child_process'

import { root } from './published-packages.js'

/**
 * Runs a program with this terminal and gives its exit code. Ctrl-C goes to it as well;
 * waiting for it here lets it clean up.
 *
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to this process's own
 * @returns {Promise<number>}
 */
export function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/**
 * One run of the suite.
 *
 * @param {string[]} args of vitest
 * @param {Record<string, string>} [env]
 * @param {string} [node] the Node that runs it
 */
export function vitest(args, env = {}, node = process.execPath) {
  return run(node, ['node_modules/vitest/vitest.mjs', 'run', ...args], env)
}
