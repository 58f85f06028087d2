import type { Column } from './column.js'
import type { Contender } from './contender.js'
import { EchoServer } from './echo-server.js'
import type { LoadReport } from './load-report.js'
import type { NetWork } from './net-works.js'
import { parseProcStat } from './proc-stat.js'
import { generatorShare, refusalOf } from './refusal.js'
import { runLoad } from './run-load.js'
import type { Sample } from './sample.js'
import type { Series } from './series.js'

/** Below 85 %, with room for what the generator's own look at its share misses. */
const GENERATOR_CAP = 0.8

const columns: readonly Column[] = [
  { figure: 'user', title: 'user us/req', digits: 2 },
  { figure: 'system', title: 'system us/req', digits: 2 },
  { figure: 'cpu', title: 'CPU us/req', digits: 2 },
  { figure: 'requestsPerSecond', title: 'req/s', digits: 0 },
  { figure: 'megabytesPerSecond', title: 'MB/s', digits: 0 },
  { figure: 'p50', title: 'p50 us', digits: 0 },
  { figure: 'p99', title: 'p99 us', digits: 0 },
  { figure: 'generatorPercent', title: 'generator %', digits: 0 },
  { figure: 'nappedPercent', title: 'napped %', digits: 0 },
]

function figuresOf(report: LoadReport): Record<string, number> {
  const before = parseProcStat(report.before)
  const after = parseProcStat(report.after)
  const perRequest = 1e6 / report.requests
  const user = (after.user - before.user) * perRequest
  const system = (after.system - before.system) * perRequest
  const requestsPerSecond = report.requests / report.seconds
  return {
    user,
    system,
    cpu: user + system,
    requestsPerSecond,
    megabytesPerSecond: (requestsPerSecond * report.size) / 1e6,
    p50: report.p50,
    p99: report.p99,
    max: report.max,
    requests: report.requests,
    seconds: report.seconds,
    generatorPercent: generatorShare(report) * 100,
    nappedPercent: report.napped * 100,
  }
}

/** The servers, each started anew in every round, under one kind of load. */
export function netSeries(
  { work, load, contenders, bars }: NetWork,
  { warm, seconds }: { readonly warm: number; readonly seconds: number },
): Series {
  async function measure(contender: Contender): Promise<Pick<Sample, 'figures' | 'refused'>> {
    const server = await EchoServer.start(contender)
    try {
      const { port, pid } = server
      const report = await runLoad({ port, pid, warm, seconds, ...load, cap: GENERATOR_CAP })
      const refused = refusalOf(report)
      return { figures: figuresOf(report), ...(refused === undefined ? {} : { refused }) }
    } finally {
      await server[Symbol.asyncDispose]()
    }
  }
  return { work, contenders, columns, bars, measure }
}
