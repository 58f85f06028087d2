import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import ts from 'typescript'

import { readmeExamples } from '../examples/collect.js'
import { root } from '../published-packages.js'

/** A PATH with Node, npm and a shell, and no compiler. */
function barePath(/** @type {string} */ directory) {
  const bin = join(directory, 'bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(process.execPath, join(bin, 'node'))
  symlinkSync('/bin/sh', join(bin, 'sh'))
  return bin
}

/** Where npm itself is, as a program for Node. */
function npmProgram() {
  const given = process.env['npm_execpath']
  if (given !== undefined) return given
  return join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js')
}

/**
 * An empty folder outside of the repository, into which the tarballs are installed:
 * without scripts, without a compiler, without a network.
 *
 * @param {string} directory
 * @param {string[]} tarballs
 */
export function installInto(directory, tarballs) {
  const project = join(directory, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
  const args = ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', ...tarballs]
  execFileSync(process.execPath, [npmProgram(), ...args], {
    cwd: project,
    env: { PATH: barePath(directory), HOME: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return project
}

/**
 * Copies a test for Node's own runner into the project, where there is no other.
 *
 * @param {string} project
 * @returns {{ name: string, code: string, program: string }}
 */
export function writeNodeTest(project) {
  const program = join(project, 'node-test.mjs')
  copyFileSync(fileURLToPath(new URL('node-test.mjs', import.meta.url)), program)
  return { name: 'tsyncio/testing under node:test', code: '', program }
}

/** As a module, and as a script that requires: there, what awaits needs a function around it. */
const spellings = /** @type {const} */ ({
  import: {
    module: ts.ModuleKind.ES2022,
    extension: 'mjs',
    wrap: (/** @type {string} */ js) => js,
  },
  require: {
    module: ts.ModuleKind.CommonJS,
    extension: 'cjs',
    wrap: (/** @type {string} */ js) => `(async () => {\n${js}\n})()\n`,
  },
})

/**
 * Writes the README's examples into the project, in both spellings.
 *
 * @param {string} project
 * @returns {{ name: string, code: string, program: string }[]}
 */
export function writeExamples(project) {
  return readmeExamples()
    .filter((example) => example.runs)
    .flatMap((example, index) =>
      Object.entries(spellings).map(([spelling, { module, extension, wrap }]) => {
        const { outputText } = ts.transpileModule(example.code, {
          compilerOptions: { module, target: ts.ScriptTarget.ES2022 },
        })
        const program = join(project, `example-${index}.${extension}`)
        writeFileSync(program, wrap(outputText))
        return { name: `${example.name} by ${spelling}`, code: example.code, program }
      }),
    )
}

/**
 * Compiles a user's library against the installed packages, with declarations.
 *
 * @param {string} project
 * @returns {string[]} the compiler's errors
 */
export function compileConsumer(project) {
  const source = join(project, 'consumer.ts')
  copyFileSync(fileURLToPath(new URL('consumer.ts', import.meta.url)), source)
  const program = ts.createProgram([source], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    declaration: true,
    outDir: join(project, 'out'),
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  })
  const { diagnostics } = program.emit()
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${file?.fileName ?? 'consumer'}: ${text}`
  })
}
