// The examples that readers see: every ```ts block of the READMEs and of docs/, and of
// every @example in the packages' sources. A block fenced as ```ts no-run is compiled
// but not run (it needs a network, a terminal, or shows what fails).
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../published-packages.js'

/**
 * @typedef {object} Example
 * @property {string} name where it is, as `file:line`
 * @property {string} code
 * @property {boolean} runs
 */

const fence = /^```(ts|typescript)\b(.*)$/

/**
 * @param {string} file the name to give, relative to the root
 * @param {string[]} lines of Markdown
 * @param {number} first the number of the first of them
 * @returns {Example[]}
 */
function examplesIn(file, lines, first = 1) {
  /** @type {Example[]} */
  const examples = []
  /** @type {{ line: number, runs: boolean, code: string[] } | undefined} */
  let open
  for (const [index, line] of lines.entries()) {
    const text = line.trim()
    const start = fence.exec(text)
    if (open === undefined && start !== null) {
      open = { line: first + index, runs: !/\bno-run\b/.test(start[2] ?? ''), code: [] }
    } else if (open !== undefined && text === '```') {
      const code = open.code.join('\n')
      examples.push({ name: `${file}:${open.line}`, code, runs: open.runs })
      open = undefined
    } else {
      open?.code.push(line)
    }
  }
  return examples
}

/** @param {string} file */
function examplesInMarkdown(file) {
  return examplesIn(file, readFileSync(join(root, file), 'utf8').split('\n'))
}

/** @param {string} file */
function examplesInSource(file) {
  const source = readFileSync(join(root, file), 'utf8')
  return [...source.matchAll(/\/\*\*[^]*?\*\//g)].flatMap((comment) => {
    const first = source.slice(0, comment.index).split('\n').length
    const lines = comment[0].split('\n').map((line) => line.replace(/^\s*\/?\*+ ?/, ''))
    return examplesIn(file, lines, first)
  })
}

/** @param {string} directory @param {RegExp} name */
function files(directory, name) {
  return readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file) && !/(^|\/)(node_modules|dist|api|\.vitepress)\//.test(file))
    .map((file) => join(directory, file))
    .sort()
}

/** @returns {Example[]} those of one file of Markdown */
export const readmeExamples = () => examplesInMarkdown('README.md')

/** @returns {Example[]} */
export function allExamples() {
  return [
    ...readmeExamples(),
    ...['ARCHITECTURE.md', 'CONTRIBUTING.md'].flatMap(examplesInMarkdown),
    ...files('docs', /\.md$/).flatMap(examplesInMarkdown),
    ...files('packages', /^[^/]+\/README\.md$/).flatMap(examplesInMarkdown),
    ...files('packages', /^[^/]+\/src\/.*\.ts$/).flatMap(examplesInSource),
  ]
}
