import { ContextVariable, type EventLoop } from '@tsyncio/loop'
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from '@tsyncio/tasks'

/** An item's digit is its priority. */
function compare(a: string, b: string): number {
  return a.charCodeAt(0) - b.charCodeAt(0)
}

/** What every program finds. */
export function makeThings(loop: EventLoop): Map<string, unknown> {
  const lock = new Lock()
  return new Map<string, unknown>([
    ['future0', loop.createFuture()],
    ['future1', loop.createFuture()],
    ['future2', loop.createFuture()],
    ['variable0', new ContextVariable('variable0', 'none')],
    ['variable1', new ContextVariable('variable1', 'none')],
    ['lock0', lock],
    ['lock1', new Lock()],
    ['event0', new Event()],
    ['event1', new Event()],
    ['condition0', new Condition()],
    ['condition1', new Condition(lock)],
    ['semaphore0', new Semaphore(1)],
    ['semaphore1', new Semaphore(2)],
    ['bounded0', new BoundedSemaphore(2)],
    ['barrier0', new Barrier(2)],
    ['barrier1', new Barrier(3)],
    ['queue0', new Queue(1)],
    ['queue1', new Queue()],
    ['priority0', new PriorityQueue(3, { compare })],
    ['lifo0', new LifoQueue(2)],
  ])
}
