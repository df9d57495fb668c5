// Loaded into a server by `--import`: from SIGUSR2 on, the disk refuses every sync of SQLite's log.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

let isBroken = false
process.on('SIGUSR2', () => {
  isBroken = true
})
const fdatasync = fs.fdatasync
const failing = (file: number, done: fs.NoParamCallback) =>
  isBroken
    ? setImmediate(() =>
        done(Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' })),
      )
    : fdatasync(file, done)
Object.assign(fs, { fdatasync: failing })
syncBuiltinESMExports()
