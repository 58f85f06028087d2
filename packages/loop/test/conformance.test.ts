import { PortableDriver, type LoopCore } from '@tsyncio/loop'
import { blockingDrive, describeEventLoop, hostedDrive } from '@tsyncio/loop/testing/vitest'
import { EpollSelector, PollSelector, SelectSelector } from '@tsyncio/selectors'
import { unsupportedReason } from '@tsyncio/syscalls'
import { AbsentSelector } from '../src/absent-selector.js'

const reason = unsupportedReason ?? 'this test does without the native part'

function portable(drain: boolean) {
  return hostedDrive(
    () => ({
      selector: new AbsentSelector(reason),
      driver: (core: LoopCore) => new PortableDriver(core, { drain }),
    }),
    false,
  )
}

if (unsupportedReason === undefined) {
  for (const Selector of [EpollSelector, PollSelector, SelectSelector]) {
    const parts = () => ({ selector: new Selector() })
    describeEventLoop(`hosted, ${Selector.name}`, hostedDrive(parts))
    describeEventLoop(`blocking, ${Selector.name}`, blockingDrive(parts))
  }
} else {
  describeEventLoop(
    'without the binary',
    hostedDrive(() => ({}), false),
  )
}
describeEventLoop('portable', portable(true))
describeEventLoop('portable, without draining', portable(false))
