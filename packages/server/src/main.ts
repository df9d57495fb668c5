#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// Compiled code is kept between starts: half of a warm start is otherwise spent on parsing it again.
enableCompileCache()
const { runCommand } = await import('./cli/run-command.ts')
await runCommand(process.argv, process.env)
