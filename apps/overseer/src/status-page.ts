import type { ProcessStatus } from './process-status.js'

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => escapes[char] as string)
}

/** `1 h 2 min`, `2 min 3 s`, `3 s`. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const minutes = Math.floor(seconds / 60)
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}

function row(status: ProcessStatus): string {
  const { name, state, pid, port, uptime, processes, cpu, memory } = status
  const { restarts, lastExit, command } = status
  const cells = [
    `<th scope="row">${escape(name)}</th>`,
    `<td><span class="state ${state}">${state}</span></td>`,
    `<td class="number">${pid ?? ''}</td>`,
    `<td class="number">${port}</td>`,
    `<td class="number">${uptime === null ? '' : duration(uptime)}</td>`,
    `<td class="number">${processes ?? ''}</td>`,
    `<td class="number">${cpu === null ? '' : `${cpu} %`}</td>`,
    `<td class="number">${memory === null ? '' : mebibytes(memory)}</td>`,
    `<td class="number">${restarts}</td>`,
    `<td>${escape(lastExit ?? '')}</td>`,
    `<td><code>${escape(command)}</code></td>`,
  ]
  return `<tr>${cells.join('')}</tr>`
}

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 70rem; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; margin: 0; }
p { margin: 0 0 1.5rem; opacity: 0.65; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.5rem 0.75rem; text-align: left; }
thead th { font-size: 0.8rem; font-weight: 500; opacity: 0.65; white-space: nowrap; }
.number { font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
code { font-size: 0.85rem; overflow-wrap: anywhere; }
.state { border-radius: 1rem; color: #fff; font-size: 0.8rem; padding: 0.1rem 0.6rem; }
.ready { background: #15803d; } .running { background: #1d4ed8; } .waiting { background: #b45309; }
.stopping { background: #9f1239; } .done { background: #52525b; }
`

// The page fetches itself and takes over the new table, so that nothing flickers and a
// selection elsewhere survives.
const script = `
setInterval(async () => {
  try {
    const text = await (await fetch(location.href)).text()
    const page = new DOMParser().parseFromString(text, 'text/html')
    document.querySelector('main').replaceWith(page.querySelector('main'))
  } catch {
    document.querySelector('p').textContent = 'overseer has ended'
  }
}, 1000)
`

/** The page on which a person sees how the processes are. */
export function statusPage(statuses: readonly ProcessStatus[]): string {
  const running = statuses.filter(({ pid }) => pid !== null).length
  const headings = [
    'Process',
    'State',
    'Pid',
    'Port',
    'Running for',
    'Tree',
    'CPU',
    'Memory',
    'Restarts',
    'Last exit',
    'Command',
  ]
  const numbers = new Set(['Pid', 'Port', 'Running for', 'Tree', 'CPU', 'Memory', 'Restarts'])
  const head = headings.map(
    (name) => `<th scope="col"${numbers.has(name) ? ' class="number"' : ''}>${name}</th>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>overseer: ${running} of ${statuses.length} running</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<main>
<h1>overseer</h1>
<p>${running} of ${statuses.length} processes running</p>
<table>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${statuses.map(row).join('\n')}
</tbody>
</table>
</main>
<script>${script}</script>
</html>
`
}
