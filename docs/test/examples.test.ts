import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, describe, it } from 'vitest'

import { allExamples } from '../../scripts/examples/collect.js'
import { compileExamples } from '../../scripts/examples/compile.js'
import { promisedOutput, runProgram } from '../../scripts/examples/run.js'

const examples = compileExamples(allExamples())

afterAll(() => {
  for (const { program } of examples) rmSync(dirname(program), { recursive: true, force: true })
})

describe.concurrent('every example that a reader sees', () => {
  for (const { name, code, runs, program, errors } of examples) {
    it(`${name} compiles`, ({ expect }) => {
      expect(errors).toEqual([])
    })

    if (runs) {
      it(`${name} runs, and prints what it says`, { timeout: 40_000 }, async ({ expect }) => {
        const result = await runProgram(program)
        expect(result).toMatchObject({ code: 0, stderr: '' })
        expect(result.stdout).toBe(promisedOutput(code) ?? result.stdout)
      })
    }
  }
})
