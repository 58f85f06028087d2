#!/usr/bin/env node
// `npm start -- ARGS`: the reference app in this very process, so that Ctrl-C
// and the exit code are its own. Without arguments it runs the sample Procfile.
import { fileURLToPath } from 'node:url'

const sample = fileURLToPath(new URL('../apps/overseer/sample/Procfile', import.meta.url))
if (process.argv.length === 2) process.argv.push('run', sample)

await import(new URL('../apps/overseer/dist/main.js', import.meta.url).href)
