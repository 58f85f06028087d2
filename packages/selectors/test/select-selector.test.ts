import { SelectSelector } from '@tsyncio/selectors'
import { describeSelector } from '@tsyncio/selectors/testing'

describeSelector('SelectSelector', () => new SelectSelector())
