import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitepress'

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const layers = ['subprocess', 'streams', 'tasks', 'loop', 'selectors', 'syscalls']

/** The decisions in the order of their numbers, each under its own heading. */
function decisions() {
  const directory = path('design/decisions')
  return readdirSync(directory)
    .filter((file) => /^\d{4}-.*\.md$/.test(file))
    .sort()
    .map((file) => {
      const heading = /^# (.*)$/m.exec(readFileSync(`${directory}/${file}`, 'utf8'))?.[1] ?? file
      return { text: heading, link: `/design/decisions/${file.replace(/\.md$/, '')}` }
    })
}

const api = layers
  .filter((name) => existsSync(path(`api/@tsyncio/${name}`)))
  .map((name) => ({ text: `@tsyncio/${name}`, link: `/api/@tsyncio/${name}/` }))

export default defineConfig({
  title: 'tsyncio',
  description: 'asyncio for TypeScript',
  lang: 'en-GB',
  cleanUrls: true,
  srcExclude: ['test/**', 'node_modules/**'],
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/getting-started' },
      { text: 'From Python', link: '/rosetta' },
      { text: 'API', link: '/api/' },
      { text: 'Design', link: '/design/decisions/' },
    ],
    sidebar: [
      {
        text: 'Guide',
        items: [
          { text: 'Getting started', link: '/guide/getting-started' },
          { text: 'How the loop lives inside Node', link: '/guide/loop-in-node' },
          { text: 'Coroutines and tasks', link: '/guide/coroutines' },
          { text: 'Cancellation', link: '/guide/cancellation' },
          { text: 'Groups and scopes', link: '/guide/groups' },
          { text: 'Waiting for several', link: '/guide/waits' },
          { text: 'Locks and queues', link: '/guide/locks-and-queues' },
          { text: 'Channels', link: '/guide/channels' },
          { text: 'Testing', link: '/guide/testing' },
          { text: 'Work for threads', link: '/guide/threads' },
          { text: 'Beside Node’s own', link: '/guide/beside-node' },
          { text: 'Streams', link: '/guide/streams' },
          { text: 'Servers', link: '/guide/servers' },
          { text: 'Datagrams', link: '/guide/datagrams' },
          { text: 'Bridges', link: '/guide/bridges' },
          { text: 'TLS', link: '/guide/tls' },
          { text: 'Subprocesses', link: '/guide/subprocess' },
          { text: 'Process trees', link: '/guide/process-trees' },
          { text: 'From child_process', link: '/guide/from-child-process' },
          { text: 'Terminals', link: '/guide/terminals' },
          { text: 'Selectors', link: '/selectors' },
          { text: 'The reference app', link: '/guide/overseer' },
          { text: 'Benchmarks', link: '/benchmarks' },
        ],
      },
      {
        text: 'From Python',
        items: [
          { text: 'Rosetta table', link: '/rosetta' },
          { text: 'Differences', link: '/differences' },
        ],
      },
      { text: 'API', items: [{ text: 'All packages', link: '/api/' }, ...api] },
      {
        text: 'Decisions',
        collapsed: true,
        items: [{ text: 'Why they are written', link: '/design/decisions/' }, ...decisions()],
      },
    ],
  },
})
