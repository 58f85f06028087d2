import { EpollSelector } from '@tsyncio/selectors'
import { describeScalableSelector, describeSelector } from '@tsyncio/selectors/testing'

describeSelector('EpollSelector', () => new EpollSelector())
describeScalableSelector('EpollSelector', () => new EpollSelector())
