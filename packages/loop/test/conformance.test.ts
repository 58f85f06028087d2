import { EpollSelector, PollSelector, SelectSelector } from '@tsyncio/selectors'
import { blockingDrive, describeEventLoop, hostedDrive } from '@tsyncio/loop/testing'
import { PortableDriver } from '@tsyncio/loop'
import { AbsentSelector } from '../src/absent-selector.js'

for (const Selector of [EpollSelector, PollSelector, SelectSelector]) {
  const parts = () => ({ selector: new Selector() })
  describeEventLoop(`hosted, ${Selector.name}`, hostedDrive(parts))
  describeEventLoop(`blocking, ${Selector.name}`, blockingDrive(parts))
}

const portable = (drain: boolean) => () => ({
  selector: new AbsentSelector('this test has none'),
  driver: (core: ConstructorParameters<typeof PortableDriver>[0]) =>
    new PortableDriver(core, { drain }),
})
describeEventLoop('portable', hostedDrive(portable(true), false))
describeEventLoop('portable, without draining', hostedDrive(portable(false), false))
