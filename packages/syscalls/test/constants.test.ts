import { describe, expect, it } from 'vitest'

import * as constants from '../src/constants.js'
import * as errno from '../src/errno.js'
import * as index from '../src/index.js'
import { addon } from '../src/load-addon.js'

describe('the constants', () => {
  const literals = { ...constants, ...errno } as Record<string, number>

  it("are the C headers', each of them and no other", () => {
    expect(literals).toEqual({ ...addon.constants })
  })

  it('can all be imported from the package', () => {
    expect(index).toMatchObject(literals)
  })
})
