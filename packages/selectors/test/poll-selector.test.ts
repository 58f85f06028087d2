import { PollSelector } from '@tsyncio/selectors'
import { describeScalableSelector, describeSelector } from '@tsyncio/selectors/testing'

describeSelector('PollSelector', () => new PollSelector())
describeScalableSelector('PollSelector', () => new PollSelector())
