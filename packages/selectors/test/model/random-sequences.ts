import { EVENT_READ, EVENT_WRITE } from '@tsyncio/selectors'
import fc from 'fast-check'
import { Files } from './files.js'
import { Lockstep } from './lockstep.js'

/** Plain data, so that a counterexample can be read. */
interface Operation {
  readonly name: keyof typeof operations
  readonly fd: number
  readonly other: number
  readonly events: number
  readonly data: number
}

type Operate = (files: Files, selectors: Lockstep, operation: Operation) => void

function onOpenFd(work: (files: Files, fd: number, other: number) => void): Operate {
  return (files, _selectors, { fd: number, other }) => {
    const fd = files.anyOpenFd(number)
    if (fd !== undefined) work(files, fd, other)
  }
}

const operations = {
  openPair: (files) => files.openPair(),
  close: onOpenFd((files, fd) => files.close(fd)),
  copy: onOpenFd((files, fd) => files.copy(fd)),
  replace: onOpenFd((files, fd, other) => files.replace(fd, files.anyFd(other))),
  send: onOpenFd((files, fd) => files.send(fd)),
  receive: onOpenFd((files, fd) => files.receive(fd)),
  register: (files, selectors, { fd, events, data }) =>
    selectors.both((selector) => selector.register(files.anyFd(fd), events, data)),
  modify: (files, selectors, { fd, events, data }) =>
    selectors.both((selector) => selector.modify(files.anyFd(fd), events, data)),
  unregister: (files, selectors, { fd }) =>
    selectors.both((selector) => selector.unregister(files.anyFd(fd))),
} satisfies Record<string, Operate>

const names = Object.keys(operations) as (keyof typeof operations)[]

const sequences = fc.array(
  fc.record<Operation>({
    name: fc.constantFrom(...names, 'register', 'register'),
    fd: fc.nat({ max: 1000 }),
    other: fc.nat({ max: 1000 }),
    events: fc.constantFrom(EVENT_READ, EVENT_WRITE, EVENT_READ | EVENT_WRITE),
    data: fc.nat({ max: 2 }),
  }),
  { maxLength: 60, size: 'max' },
)

/**
 * Compares all backends with their models over random sequences of operations.
 *
 * @returns how many sequences were run.
 */
export function compareRandomSequences(seed: number, numRuns: number): number {
  let runs = 0
  const property = fc.property(sequences, (sequence) => {
    runs++
    using files = new Files()
    using selectors = new Lockstep(files)
    files.openPair()
    for (const operation of sequence) {
      operations[operation.name](files, selectors, operation)
      selectors.compare()
    }
  })
  fc.assert(property, { seed, numRuns })
  return runs
}
