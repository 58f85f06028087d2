import { Channel } from './channel.js'
import { ReceiveChannel } from './receive-channel.js'
import { requireInteger } from './require-integer.js'
import { SendChannel } from './send-channel.js'

/**
 * A way for values from task to task (trio's memory channel), with two ends that are closed
 * apart: unlike with a queue, receivers learn that no more will come, and senders that
 * nobody listens. No value is lost or received twice, whoever is cancelled when.
 *
 * Both ends can be cloned, for several senders and receivers. It belongs to the loop of the
 * first task that waits.
 *
 * @param capacity how many values may be in it without anybody waiting for them. By default
 *   none: a sender waits for a receiver. `Infinity` for no limit; senders then never wait.
 * @throws RangeError if `capacity` is neither an integer from 0 nor Infinity.
 * @example
 * ```ts
 * import { openChannel, run, taskGroup, using } from 'tsyncio'
 *
 * await run(function* () {
 *   const [send, receive] = openChannel<string>()
 *   yield* taskGroup(function* (group) {
 *     group.createTask(() =>
 *       using(send, function* () {
 *         for (const word of ['one', 'two']) yield* send.send(word)
 *       }),
 *     )
 *     for (let step; !(step = yield* receive.next()).done; ) console.log(step.value)
 *     console.log('end')
 *     // one
 *     // two
 *     // end
 *   })
 * })
 * ```
 */
export function openChannel<T>(capacity = 0): [SendChannel<T>, ReceiveChannel<T>] {
  if (capacity !== Infinity) requireInteger(capacity, 'a capacity', 0)
  const channel = new Channel<T>(capacity)
  return [new SendChannel(channel), new ReceiveChannel(channel)]
}
