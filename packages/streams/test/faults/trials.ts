import { datagramsSurvive, endpointsSurvive } from './datagrams-survive.js'
import { fdsSurvive } from './fds-survive.js'
import { filesSurvive } from './files-survive.js'
import { survives } from './survives.js'

/** All that is tried while system calls fail, and how often `npm test` does. */
export const trials = [
  { what: 'streams', count: 300, trial: survives },
  { what: 'datagrams', count: 150, trial: datagramsSurvive },
  { what: 'datagrams of endpoints', count: 150, trial: endpointsSurvive },
  { what: 'fds on their way', count: 150, trial: fdsSurvive },
  { what: 'files on their way', count: 100, trial: filesSurvive },
]
