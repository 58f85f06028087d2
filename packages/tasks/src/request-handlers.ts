// Node runs the handlers of a server in the async context in which the server was made: a
// server that a task has started would answer its requests "inside" of that task, and its
// waits would be cancelled with the task's. Node says on a channel when a request begins, in
// the very context in which its handler is then called; there the context is left.
//
// net has no such channel (`net.server.socket` comes after the handler), nor have upgrades.
const channels = (globalThis.process as NodeJS.Process | undefined)?.getBuiltinModule?.(
  'node:diagnostics_channel',
)

let leaves = false

/** Has every handler of an HTTP request begin with `leave`; the first call counts. */
export function leaveInRequestHandlers(leave: () => void): void {
  if (leaves) return
  leaves = true
  channels?.subscribe('http.server.request.start', leave)
}
