import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { run } from '@tsyncio/tasks'
import * as subprocess from '@tsyncio/subprocess'

const script = `
import asyncio, inspect, json
from asyncio import subprocess
def public(kind): return sorted(name for name in dir(kind) if not name.startswith("_"))
async def main():
    process = await subprocess.create_subprocess_exec("true")
    await process.wait()
    return public(process)
print(json.dumps({
    "all": sorted(subprocess.__all__) + ["DEVNULL", "PIPE", "STDOUT"],
    "loop": ["subprocess_exec", "subprocess_shell"],
    "process": asyncio.run(main()),
    "transport": public(asyncio.SubprocessTransport),
    "protocol": public(asyncio.SubprocessProtocol),
}))`

type Names = Record<'all' | 'loop' | 'process' | 'transport' | 'protocol', string[]>
const python = JSON.parse(String(execFileSync('python3', ['-c', script]))) as Names

const camel = (name: string) =>
  /^[A-Z]/.test(name) ? name : name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

it('has every name of asyncio.subprocess, and what the loop of asyncio has', () => {
  const names = [...python.all, ...python.loop].map(camel)
  expect(names).toContain('createSubprocessShell')
  expect(names.filter((name) => !(name in subprocess))).toEqual([])
})

it('has a process with every name of asyncio’s', async () => {
  await run(async () => {
    const process = await subprocess.createSubprocessExec('true')
    await process.wait()
    const names = python.process.map(camel)
    expect(names).toContain('sendSignal')
    expect(names.filter((name) => !(name in process))).toEqual([])
  })
})

it('has a transport and a protocol with every name of asyncio’s', () => {
  const transport = python.transport.map(camel)
  expect(transport).toContain('getPipeTransport')
  expect(transport.filter((name) => !(name in subprocess.SubprocessTransport.prototype))).toEqual(
    [],
  )
  const source = readFileSync(new URL('../src/protocols/subprocess-protocol.ts', import.meta.url))
  const ours = Array.from(String(source).matchAll(/^ {2}(\w+)\?\(/gm), ([, name]) => name)
  expect(ours.sort()).toEqual(python.protocol.map(camel).sort())
})
