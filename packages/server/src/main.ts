#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Compiled code is kept between starts: half of a warm start is otherwise spent on parsing it again.
enableCompileCache()
// Stack traces of the built server name the files and lines of its sources.
process.setSourceMapsEnabled(true)
const { runCommand } = await import('./cli/run-command.ts')
await runCommand(process.argv, process.env)
