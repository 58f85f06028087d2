import { request } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'

import { folderWith, freePort, Overseer } from './overseer.js'

interface ProcessUsage {
  processes: number
  cpu: number
  memory: number
}

async function started(procfile: string): Promise<{ overseer: Overseer; url: string }> {
  const base = String(await freePort())
  const overseer = new Overseer(['run', '-p', base, '--status-port', '0'], {
    cwd: folderWith({ Procfile: procfile }),
  })
  onTestFinished(() => {
    for (const pid of overseer.leftovers()) process.kill(Number(pid), 'SIGKILL')
  })
  const [, url] = await overseer.printed(/status page on (http:\/\/127\.0\.0\.1:\d+)\//)
  return { overseer, url: url! }
}

function statusFor(url: string, options: { host?: string; method?: string }): Promise<number> {
  const { host = '127.0.0.1', method = 'GET' } = options
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { host } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!))
    })
    call.on('error', reject).end()
  })
}

it('serves what the processes do as JSON and as a page', async () => {
  const { overseer, url } = await started(
    'web: exec sleep 60 # <b>&\nlate: echo up; exit 3\ndone: true\n',
  )
  await overseer.printed(/done\.1 +\| exited with code 0/)
  await overseer.printed(/late\.1 +\| restarts in 1 s/)
  const response = await fetch(`${url}/api/processes`)
  expect(response.headers.get('content-type')).toBe('application/json')
  const { processes } = (await response.json()) as { processes: Record<string, unknown>[] }
  expect(processes).toEqual([
    {
      name: 'web.1',
      command: 'exec sleep 60 # <b>&',
      port: expect.any(Number),
      state: 'running',
      pid: expect.any(Number),
      restarts: 0,
      uptime: expect.any(Number),
      processes: 1,
      cpu: expect.any(Number),
      memory: expect.any(Number),
      lastExit: null,
    },
    expect.objectContaining({
      name: 'late.1',
      state: 'waiting',
      pid: null,
      restarts: 1,
      uptime: null,
      lastExit: 'exited with code 3',
    }),
    expect.objectContaining({ name: 'done.1', state: 'done', pid: null, restarts: 0 }),
  ])
  const page = await fetch(`${url}/`)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const html = await page.text()
  expect(html).toContain('1 of 3 processes running')
  expect(html).toContain('exec sleep 60 # &lt;b&gt;&amp;')
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/)
  overseer.signal('SIGINT')
  expect(await overseer.exit()).toBe(130)
  expect(overseer.leftovers()).toEqual([])
})

it('shows what each tree uses, daemons included', async () => {
  const { overseer, url } = await started(
    `busy: setsid -f sh -c 'while :; do :; done'; echo up; exec sleep 60\nidle: exec sleep 60\n`,
  )
  await overseer.printed(/busy\.1 +\| up/)
  let busy: ProcessUsage, idle: ProcessUsage
  do {
    const { processes } = (await (await fetch(`${url}/api/processes`)).json()) as {
      processes: [ProcessUsage, ProcessUsage]
    }
    ;[busy, idle] = processes
  } while (busy.cpu === 0)
  expect(busy.processes).toBe(2)
  expect(idle).toMatchObject({ processes: 1, cpu: 0 })
  expect(busy.memory).toBeGreaterThan(idle.memory)
  expect(idle.memory).toBeGreaterThan(100_000)
  const html = await (await fetch(`${url}/`)).text()
  expect(html).toMatch(/<td class="number">\d+ %<\/td><td class="number">\d+\.\d MiB<\/td>/)
  overseer.signal('SIGTERM')
  expect(await overseer.exit()).toBe(143)
  expect(overseer.leftovers()).toEqual([])
})

it('answers many at once, and nothing else', async () => {
  const { overseer, url } = await started('a: exec sleep 60')
  const answers = await Promise.all(
    Array.from({ length: 50 }, async () => (await fetch(`${url}/api/processes`)).json()),
  )
  expect(answers).toHaveLength(50)
  expect(await statusFor(`${url}/nothing`, {})).toBe(404)
  expect(await statusFor(`${url}/`, { method: 'POST' })).toBe(405)
  expect(await statusFor(`${url}/`, { method: 'HEAD' })).toBe(200)
  expect(await statusFor(`${url}/`, { host: 'evil.example' })).toBe(403)
  overseer.signal('SIGTERM')
  expect(await overseer.exit()).toBe(143)
})
