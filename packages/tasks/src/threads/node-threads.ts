type Threads = NonNullable<ReturnType<typeof load>>

function load() {
  return (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(
    'node:worker_threads',
  )
}

/** @throws Error where there are no threads, as in a browser. */
export function nodeThreads(): Threads {
  const threads = load()
  if (threads === undefined) {
    throw new Error('Threads are those of node:worker_threads, which this runtime does not have.')
  }
  return threads
}
