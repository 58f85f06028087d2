import { packageConfig } from '../../tsup.base.js'

export default packageConfig({
  main: 'src/main.ts',
  'sample/line-server': 'sample/line-server.ts',
  'sample/line-client': 'sample/line-client.ts',
})
