import { describe, it } from 'vitest'

import { allExamples } from '../../scripts/examples/collect.js'
import { compileExamples } from '../../scripts/examples/compile.js'
import { promisedOutput, runProgram } from '../../scripts/examples/run.js'

describe.concurrent('every example that a reader sees', () => {
  for (const example of compileExamples(allExamples())) {
    it(`${example.name} compiles`, ({ expect }) => {
      expect(example.errors).toEqual([])
    })

    if (example.runs) {
      it(
        `${example.name} runs, and prints what it says`,
        { timeout: 40_000 },
        async ({ expect }) => {
          const { code, stdout, stderr } = await runProgram(example.program)
          expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
          expect(stdout).toBe(promisedOutput(example.code) ?? stdout)
        },
      )
    }
  }
})
