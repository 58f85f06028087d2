// Talks to the line server, which is the first process of the Procfile, and goes on
// talking when that is started again.
import { openConnection, OSError, run, sleep, timeout, type Gen } from 'tsyncio'

const port = Number(process.env['SERVER_PORT'] ?? 5000)
const pause = 1000

function* talk(): Gen<void> {
  const { reader, writer } = yield* openConnection({ host: '127.0.0.1', port })
  for (let count = 1; ; count++) {
    writer.write(`message ${count} of ${process.pid}\n`)
    const answer = yield* timeout(pause, () => reader.readLine())
    if (answer === null) return
    console.log(String(answer).trimEnd())
    yield* sleep(pause)
  }
}

await run(function* () {
  for (;;) {
    try {
      yield* talk()
    } catch (error) {
      if (!(error instanceof OSError)) throw error
    }
    console.log(`waits for the server on port ${port}`)
    yield* sleep(pause)
  }
})
