import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSubprocessExec, createSubprocessShell, type Process } from '@tsyncio/subprocess'
import { createTask, run, sleep, type Gen } from '@tsyncio/tasks'

import { inWorker } from './in-worker.js'
import { leakCheck } from './leak-check.js'
import { patient } from './patient.js'
import { Screen } from './screen.js'
import { onEachDriver } from './spellings.js'

leakCheck()

const env = { PATH: process.env['PATH'], TERM: 'xterm-256color', PS1: 'ready> ', LANG: 'C.UTF-8' }

/** bash, with its prompt shown. */
function* bash(): Gen<[Process, Screen]> {
  const shell = yield* createSubprocessExec('bash', ['--norc', '--noprofile', '-i'], {
    pty: true,
    env: { ...env, HISTFILE: undefined },
  })
  const screen = new Screen(shell.pty!)
  yield* screen.shows('ready> ')
  return [shell, screen]
}

/** Until a process is in a state, such as T for stopped. */
function* inState(pid: number, wanted: string): Gen<void> {
  const state = () => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)![0]
  while (state() !== wanted) yield* sleep(1)
}

onEachDriver('bash in a terminal', (runner) => {
  const runs = patient(runner)

  it('prompts, echoes, runs, and ends at Ctrl-D', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('echo $((6 * 7)) naïve\r')
      yield* screen.shows('echo $((6 * 7)) naïve')
      yield* screen.shows('\r\n42 naïve\r\n')
      yield* screen.shows('ready> ')
      screen.type('\x04')
      expect(yield* screen.rest()).toContain('exit')
      expect(yield* shell.wait()).toBe(0)
    })
  })

  it('leads a session whose terminal it is', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      expect(shell.pty!.foregroundGroup).toBe(shell.pid)
      screen.type('cut -d " " -f 5-8 /proc/$$/stat; tty < /dev/tty; ls -x /proc/$$/fd\r')
      const [, group, session] = yield* screen.shows(/\n(\d+) (\d+) \d+ \d+\r\n/)
      expect([Number(group), Number(session)]).toEqual([shell.pid, shell.pid])
      yield* screen.shows('/dev/tty\r\n0  1  2  255\r\n')
      yield* shell.close()
    })
  })

  it('has its foreground interrupted by Ctrl-C, and lives on', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('sh -c "echo started; exec sleep 60"\r')
      yield* screen.shows('\nstarted\r\n')
      while (shell.pty!.foregroundGroup === shell.pid) yield* sleep(1)
      screen.type('\x03')
      yield* screen.shows('^C')
      yield* screen.shows('ready> ')
      screen.type('echo "code $?"\r')
      yield* screen.shows('\ncode 130\r\n')
      screen.type('exit 7\r')
      yield* screen.rest()
      expect(yield* shell.wait()).toBe(7)
    })
  })

  it('controls jobs: in the background, stopped by Ctrl-Z, and back in front', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('sleep 60 &\r')
      const [, background] = yield* screen.shows(/\[1\] (\d+)\r\n/)
      screen.type('sh -c "echo pid $$; exec cat"\r'.replace('$$', '\\$\\$'))
      const [, pid] = yield* screen.shows(/\npid (\d+)\r\n/)
      expect(shell.pty!.foregroundGroup).toBe(Number(pid))
      screen.type('\x1a')
      yield* screen.shows(/\[2\]\+ +Stopped/)
      yield* inState(Number(pid), 'T')
      expect(shell.pty!.foregroundGroup).toBe(shell.pid)
      screen.type('fg\r')
      yield* screen.shows('exec cat"\r\n')
      while (shell.pty!.foregroundGroup !== Number(pid)) yield* sleep(1)
      screen.type('to cat\r')
      yield* screen.shows('to cat\r\nto cat\r\n')
      screen.type('\x04')
      yield* screen.shows('ready> ')
      screen.type('kill %1; wait; jobs; echo "jobs over"\r')
      yield* screen.shows('\njobs over\r\n')
      expect(readdirSync('/proc')).not.toContain(background)
      yield* shell.close()
    })
  })

  it('sees a new size, in stty, tput and a trap of SIGWINCH', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('stty size; tput cols\r')
      yield* screen.shows('\n24 80\r\n80\r\n')
      screen.type(
        'sh -c "trap \'stty size; exit\' WINCH; echo waiting; while :; do sleep 0.01; done"\r',
      )
      yield* screen.shows('\nwaiting\r\n')
      shell.pty!.resize({ columns: 132, rows: 43 })
      yield* screen.shows('43 132\r\n')
      yield* screen.shows('ready> ')
      screen.type('tput cols; tput lines\r')
      yield* screen.shows('\n132\r\n43\r\n')
      expect(shell.pty!.size).toEqual({ columns: 132, rows: 43 })
      yield* shell.close()
    })
  })

  it('is ended by close(), with what it runs, in a moment', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('sleep 61 & sleep 62 | cat\r')
      const [, background] = yield* screen.shows(/\[1\] (\d+)\r\n/)
      while (shell.pty!.foregroundGroup === shell.pid) yield* sleep(1)
      const foreground = String(shell.pty!.foregroundGroup)
      expect(yield* shell.close({ grace: 20_000 })).not.toBe(-9)
      while ([background, foreground].some((pid) => isRunning(pid!))) yield* sleep(1)
    })
  })

  it('gets SIGHUP when the terminal is closed under it', async () => {
    await runs(function* () {
      const [shell, screen] = yield* bash()
      screen.type('echo last\r')
      yield* screen.shows('\nlast\r\n')
      shell.pty!.close()
      expect(yield* shell.wait()).toBe(-1)
      expect(yield* shell.close()).toBe(-1)
    })
  })
})

/** Whether a process runs that is not ours to reap. */
function isRunning(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}

onEachDriver('a program in a terminal', (runner) => {
  const runs = patient(runner)

  it('may be python3, which is talked with', async () => {
    await runs(function* () {
      const python = yield* createSubprocessExec('python3', ['-q', '-i'], {
        pty: true,
        env: { ...env, PYTHON_BASIC_REPL: '1', PYTHON_HISTORY: '/dev/null' },
      })
      const screen = new Screen(python.pty!)
      yield* screen.shows('>>> ')
      screen.type('import sys; print(sys.stdin.isatty(), 6 * 7)\r')
      yield* screen.shows('True 42\r\n')
      yield* screen.shows('>>> ')
      screen.type('while True: pass\r\r')
      yield* screen.shows('... ')
      yield* sleep(50)
      screen.type('\x03')
      yield* screen.shows('KeyboardInterrupt')
      yield* screen.shows('>>> ')
      screen.type('sys.exit(3)\r')
      yield* screen.rest()
      expect(yield* python.wait()).toBe(3)
    })
  })

  it('reads a password, which is not shown', async () => {
    await runs(function* () {
      const command =
        'stty -echo; printf "Password: "; read secret; stty echo; echo; echo "<$secret>"'
      const program = yield* createSubprocessShell(command, { pty: true })
      const { pty } = program
      const screen = new Screen(pty!)
      yield* screen.shows('Password: ')
      expect(pty!.mode).toEqual({ raw: false, echo: false })
      screen.type('hunter2\r')
      expect(yield* screen.rest()).toBe('\r\n<hunter2>\r\n')
      expect(yield* program.wait()).toBe(0)
    })
  })

  it('gets every byte in raw mode, one by one', async () => {
    await runs(function* () {
      const program = yield* createSubprocessExec('head', ['-c', '256'], { pty: { raw: true } })
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
      program.pty!.writer.write(bytes)
      expect((yield* program.pty!.reader.read())?.equals(bytes)).toBe(true)
      expect(yield* program.wait()).toBe(0)
    })
  })

  it('has its mode changed while it runs', async () => {
    await runs(function* () {
      const cat = yield* createSubprocessExec('cat', [], { pty: true })
      const { pty } = cat
      const screen = new Screen(pty!)
      screen.type('shown\r')
      yield* screen.shows('shown\r\nshown\r\n')
      pty!.setMode({ echo: false })
      screen.type('once\r')
      yield* screen.shows('once\r\n')
      pty!.setMode({ raw: true })
      expect(pty!.mode).toEqual({ raw: true, echo: false })
      screen.type('\x03\r')
      expect(String(yield* pty!.reader.readExactly(2))).toBe('\x03\r')
      pty!.setMode({ raw: false })
      expect(pty!.mode).toEqual({ raw: false, echo: true })
      screen.type('\x03')
      expect(yield* screen.rest()).toBe('^C')
      expect(yield* cat.wait()).toBe(-2)
    })
  })

  it('colours what it shows, and does not without', async () => {
    const command = 'test -t 1 && printf "\\033[31mred\\033[0m" || printf plain'
    await runs(function* () {
      const coloured = yield* createSubprocessShell(command, { pty: true })
      expect(String(yield* coloured.pty!.reader.read())).toBe('\x1b[31mred\x1b[0m')
      const plain = yield* createSubprocessShell(command, { pty: true, stdout: 'pipe' })
      expect(String(yield* plain.stdout!.read())).toBe('plain')
      expect(yield* plain.pty!.reader.read()).toBeNull()
      expect([yield* coloured.wait(), yield* plain.wait()]).toEqual([0, 0])
    })
  })

  it('has a terminal though only its stderr is one', async () => {
    await runs(function* () {
      const program = yield* createSubprocessShell('cat; tty <&2 >&2; echo key > /dev/tty', {
        pty: true,
        stdin: 'pipe',
        stdout: 'pipe',
      })
      program.stdin!.write('through the pipe')
      program.stdin!.close()
      expect(String(yield* program.stdout!.read())).toBe('through the pipe')
      expect(String(yield* program.pty!.reader.read())).toBe(`${program.pty!.path}\r\nkey\r\n`)
      expect(yield* program.wait()).toBe(0)
    })
  })

  it('has what it said last read after close()', async () => {
    await runs(function* () {
      const command = "trap 'seq 3000; exit 3' TERM HUP; echo ready; while :; do sleep 0.01; done"
      const program = yield* createSubprocessShell(command, { pty: true })
      expect(String(yield* program.pty!.reader.readLine())).toBe('ready\r\n')
      expect(yield* program.close()).toBe(3)
      expect(String(yield* program.pty!.reader.read()).endsWith('3000\r\n')).toBe(true)
    })
  })

  it('may be read from by a task that is cancelled, which loses nothing', async () => {
    await runs(function* () {
      const cat = yield* createSubprocessExec('cat', [], { pty: { echo: false } })
      const { reader, writer } = cat.pty!
      const reading = createTask(reader.readLine())
      yield* sleep(0)
      writer.write('half')
      reading.cancel()
      yield* sleep(0)
      expect(reading.cancelled()).toBe(true)
      writer.write(' and half\r')
      expect(String(yield* reader.readLine())).toBe('half and half\r\n')
      yield* cat.close()
    })
  })
})

describe('in async functions', () => {
  it('a program in a terminal is ended by `await using`', async () => {
    const path = await run(async () => {
      await using shell = await createSubprocessExec('bash', ['--norc', '-i'], { pty: true, env })
      shell.pty!.writer.write('exec cat\r')
      for await (const line of shell.pty!.reader) if (String(line).includes('exec cat')) break
      return shell.pty!.path
    })
    expect(readdirSync('/dev/pts')).not.toContain(path.slice('/dev/pts/'.length))
  })
})

describe('in a worker', () => {
  it('a program runs in a terminal, on both drivers', async () => {
    const entry = (name: string): string =>
      JSON.stringify(new URL(`../../${name}/dist/index.js`, import.meta.url).href)
    const source = `
      import { parentPort } from 'node:worker_threads'
      import { run, runBlocking } from ${entry('tasks')}
      import { createSubprocessExec } from ${entry('subprocess')}
      function* main() {
        const stty = yield* createSubprocessExec('stty', ['size'], { pty: { columns: 7, rows: 5 } })
        const size = String(yield* stty.pty.reader.read()).trim()
        return size + ', ' + (yield* stty.wait())
      }
      parentPort.postMessage([await run(main), runBlocking(main)])`
    expect(await inWorker(source)).toEqual(['5 7, 0', '5 7, 0'])
  })
})
