import { packageConfig } from '../../tsup.base.js'

export default packageConfig({
  main: 'src/main.ts',
  'servers/bun-listen': 'servers/bun-listen.ts',
  'servers/node-net': 'servers/node-net.ts',
  'servers/tsyncio-callbacks': 'servers/tsyncio-callbacks.ts',
  'servers/tsyncio-streams': 'servers/tsyncio-streams.ts',
  'loops/node': 'loops/node.ts',
  'loops/tsyncio': 'loops/tsyncio.ts',
})
