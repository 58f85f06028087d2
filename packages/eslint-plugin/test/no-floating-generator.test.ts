import { noFloatingGenerator } from '../src/no-floating-generator.js'
import { inModule, ruleTester } from './rule-tester.js'

const errors = [{ messageId: 'floating' }]

ruleTester.run('no-floating-generator', noFloatingGenerator, {
  valid: [
    'function* main() { yield* work() }',
    'createTask(work())',
    'const later = work()',
    'void foreign()',
    'report(work())',
  ].map(inModule),
  invalid: [
    'work()',
    'function* main() { work() }',
    'async function main() { work(); await sleep(1) }',
    'const other = { *run() { yield 1 } }; other.run()',
  ].map((code) => ({ ...inModule(code), errors })),
})
