#!/usr/bin/env node
// What users install: every tarball, put into an empty folder without a compiler, on
// each Node. The README's examples run there by `import` and by `require`, and a library
// with declarations compiles against it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { promisedOutput, runProgram } from './examples/run.js'
import { nodes } from './nodes/other-nodes.js'
import {
  compileConsumer,
  installInto,
  writeExamples,
  writeNodeTest,
} from './pack/consumer-project.js'
import { faultsOf, packAll, packDependencies } from './pack/tarballs.js'

const counts = { passed: 0, failed: 0 }

/** @param {string} what @param {string[]} faults */
function report(what, faults) {
  counts[faults.length === 0 ? 'passed' : 'failed']++
  console.log(`${faults.length === 0 ? 'good' : 'BAD '}  ${what}`)
  for (const fault of faults) console.log(`      ${fault.trimEnd().replaceAll('\n', '\n      ')}`)
}

/** @param {{ code: string, program: string }} example @param {string} node @param {string} cwd */
async function faultsOfRun({ code, program }, node, cwd) {
  const result = await runProgram(program, { node, cwd })
  // Node 20 and 22 warn about require() of an ES module; that is theirs to say.
  const stderr = result.stderr.replace(/^.*(ExperimentalWarning|--trace-warnings).*\n/gm, '')
  const expected = promisedOutput(code) ?? result.stdout
  return [
    ...(result.code === 0 ? [] : [`exited with ${result.code}`]),
    ...(stderr === '' ? [] : [stderr]),
    ...(result.stdout === expected ? [] : [`printed ${result.stdout}instead of ${expected}`]),
  ]
}

const directory = mkdtempSync(join(tmpdir(), 'tsyncio-pack-'))
try {
  const packed = join(directory, 'tarballs')
  mkdirSync(packed)
  const tarballs = packAll(packed)
  for (const tarball of tarballs) report(`the tarball of ${tarball.name}`, faultsOf(tarball))
  const project = installInto(directory, [
    ...tarballs.map((tarball) => tarball.path),
    ...packDependencies(packed),
  ])
  report('a library with declarations', compileConsumer(project))
  const examples = [...writeExamples(project), writeNodeTest(project)]
  for (const { version, node } of nodes({ own: true })) {
    for (const example of examples) {
      report(`${version}  ${example.name}`, await faultsOfRun(example, node, project))
    }
  }
} finally {
  rmSync(directory, { recursive: true })
}
console.log(`${counts.passed} passed, ${counts.failed} failed`)
process.exitCode = counts.failed === 0 ? 0 : 1
