import { Worker } from 'node:worker_threads'

/** Runs a module in a worker thread, and gives the message that it posts. */
export async function inWorker(source: string): Promise<unknown> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    execArgv: [],
  })
  try {
    return await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
    })
  } finally {
    await worker.terminate()
  }
}
