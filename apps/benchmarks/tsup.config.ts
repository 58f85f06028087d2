import { packageConfig } from '../../tsup.base.js'

export default {
  ...packageConfig({
    main: 'src/main.ts',
    'servers/bun-listen': 'servers/bun-listen.ts',
    'loads/tls': 'loads/tls.ts',
    'servers/node-dgram': 'servers/node-dgram.ts',
    'servers/node-net': 'servers/node-net.ts',
    'servers/node-tls': 'servers/node-tls.ts',
    'servers/tsyncio-callbacks': 'servers/tsyncio-callbacks.ts',
    'servers/tsyncio-datagrams': 'servers/tsyncio-datagrams.ts',
    'servers/tsyncio-protocol': 'servers/tsyncio-protocol.ts',
    'servers/tsyncio-shared': 'servers/tsyncio-shared.ts',
    'servers/tsyncio-tls': 'servers/tsyncio-tls.ts',
    'servers/tsyncio-streams': 'servers/tsyncio-streams.ts',
    'loops/effect': 'loops/effect.ts',
    'loops/effection': 'loops/effection.ts',
    'loops/least': 'loops/least.ts',
    'loops/memory': 'loops/memory.ts',
    'loops/node': 'loops/node.ts',
    'loops/tsyncio': 'loops/tsyncio.ts',
    'spawns/execa': 'spawns/execa.ts',
    'spawns/node': 'spawns/node.ts',
    'spawns/tsyncio': 'spawns/tsyncio.ts',
  }),
  // Measured as they are published.
  external: ['effect', 'effection', 'execa'],
}
