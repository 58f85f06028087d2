import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import ts from 'typescript'

import { root } from '../published-packages.js'

/** @import { Example } from './collect.js' */

/** @typedef {Example & { program: string, errors: string[] }} CompiledExample */

// Strict as a user's own project may be; unused names are an example's good right.
const options = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
}

/**
 * Compiles every example with one call of the compiler. They are written below the
 * root, so that they import the workspace's packages by name, as built.
 *
 * @param {Example[]} examples
 * @returns {CompiledExample[]}
 */
export function compileExamples(examples) {
  const directory = join(root, '.cache', 'examples', String(process.pid))
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n')
  const sources = examples.map((example, index) => {
    const slug = example.name.replace(/[^\w]+/g, '-')
    const source = join(directory, `${index}-${slug}.ts`)
    writeFileSync(source, `${example.code}\n`)
    return source
  })
  const program = ts.createProgram(sources, options)
  program.emit()
  const errors = errorsByFile(program)
  return examples.map((example, index) => {
    const source = /** @type {string} */ (sources[index])
    return {
      ...example,
      program: source.replace(/\.ts$/, '.js'),
      errors: errors.get(source) ?? [],
    }
  })
}

/** @param {ts.Program} program */
function errorsByFile(program) {
  /** @type {Map<string, string[]>} */
  const errors = new Map()
  for (const { file, start, code, messageText } of ts.getPreEmitDiagnostics(program)) {
    const name = file?.fileName ?? ''
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1
    const text = ts.flattenDiagnosticMessageText(messageText, '\n')
    errors.set(name, [...(errors.get(name) ?? []), `line ${line}: TS${code}: ${text}`])
  }
  return errors
}
