import { carelessCatch } from '../src/careless-catch.js'
import { inModule, ruleTester } from './rule-tester.js'

const errors = [{ messageId: 'careless' }]

/** The same in both spellings: `WAIT` is `await` or `yield*`. */
const spelled = (bodies: string[]): string[] =>
  bodies.flatMap((body) => [
    `async function main() { ${body.replaceAll('WAIT', 'await')} }`,
    `function* main() { ${body.replaceAll('WAIT', 'yield*')} }`,
  ])

ruleTester.run('careless-catch', carelessCatch, {
  valid: [
    ...spelled([
      // It throws.
      'try { WAIT sleep(1) } catch (error) { throw error }',
      'try { WAIT sleep(1) } catch (error) { if (!(error instanceof TypeError)) throw error }',
      'try { WAIT sleep(1) } catch (error) { throw new Error("it failed", { cause: error }) }',
      // It asks.
      'try { WAIT sleep(1) } catch (error) { if (isCancelled(error)) return; report(1) }',
      'try { WAIT sleep(1) } catch (error) { console.log(error instanceof CancelledError) }',
      // It keeps the error.
      'try { WAIT sleep(1) } catch (error) { return error }',
      'try { WAIT sleep(1) } catch (error) { return { error } }',
      'let outcome; try { WAIT sleep(1) } catch (error) { outcome = { error: error as Error } } report(outcome)',
      'try { WAIT sleep(1) } catch (error) { report(error) }',
      'try { WAIT sleep(1) } catch (error) { outcomes.push([error, 1]) }',
      // Nothing of the library is waited for in it.
      'try { JSON.parse("{") } catch { WAIT sleep(1) }',
      'WAIT sleep(1); try { report(1) } catch {}',
      'try { createTask(() => sleep(1)) } catch {}',
      'try { report(async () => { await sleep(1) }) } catch {}',
      'try { report(function* () { yield* sleep(1) }) } catch {}',
      // There is no catch.
      'try { WAIT sleep(1) } finally { report(1) }',
      // The task was told to end, and this is how one waits for that.
      'task.cancel(); try { WAIT task } catch {}',
      'task.cancel("enough"); WAIT sleep(1); try { WAIT task } catch (error) { console.log(error) }',
    ]),
    'async function main() { try { await foreign() } catch {} }',
    'async function main() { try { await Promise.all([foreign()]) } catch {} }',
    'function* others() { try { yield* [1, 2] } catch {} }',
    'function* others() { try { yield 1 } catch {} }',
    // Nobody cancels the outermost code of a module.
    'try { await sleep(1) } catch {}',
  ].map(inModule),
  invalid: [
    ...spelled([
      'try { WAIT sleep(1) } catch {}',
      'try { WAIT sleep(1) } catch { return null }',
      'for (;;) { try { WAIT sleep(1) } catch (error) { console.error("again", error) } }',
      'try { WAIT sleep(1) } catch (error) { console.error({ error }) }',
      'try { WAIT sleep(1) } catch (error) { return (error as Error).message }',
      'try { WAIT sleep(1) } catch (error) { report(`failed: ${String(error)}`) }',
      'try { WAIT future } catch {}',
      'try { WAIT task } catch {}',
      'try { WAIT task } catch {} task.cancel()',
      'task.cancel(); try { WAIT future } catch {}',
      'task.cancel(); try { WAIT sleep(1) } catch {}',
      'try { WAIT gather([sleep(1)]) } catch {}',
      'try { WAIT timeout(1, () => sleep(2)) } catch (error) { console.log((error as Error).name) }',
      'try { WAIT until(foreign()) } catch {}',
      'try { if (outcomes.length > 0) { report(WAIT sleep(1, 2)) } } catch {}',
      'try { try { WAIT sleep(1) } finally { report(1) } } catch {}',
      // What a function inside throws is not thrown here.
      'try { WAIT sleep(1) } catch (error) { report(() => { throw new Error("later") }) }',
    ]),
    'function* main() { try { yield* work() } catch {} }',
    'async function main() { try { await Promise.all([foreign(), sleep(1)]) } catch {} }',
    'const main = async () => { try { await Promise.race([task, foreign()]) } catch {} }',
    'class Service { async run() { try { await sleep(1) } catch {} } }',
    'createTask(async () => { try { await sleep(1) } catch {} })',
    'async function main(wait: Task<1> | Promise<1>) { try { await wait } catch {} }',
  ].map((code) => ({ ...inModule(code), errors })),
})
