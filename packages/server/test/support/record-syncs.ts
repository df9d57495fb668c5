// Loaded into a server by `--import`: records, in order, what each sync of SQLite's log made safe and what went out to
// clients. `SYNC_RECORD` is the file it appends to; copies of the log as it was at a sync stand beside it.
import fs, { appendFileSync, copyFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'

const record = process.env['SYNC_RECORD'] ?? ''
const log = process.env['SYNC_LOG'] ?? ''
let syncs = 0

/** A disk as slow as this leaves time for whatever does not wait for it. */
const syncMs = 40

const fdatasync = fs.fdatasync
const recorded = (file: number, done: fs.NoParamCallback) => {
  const number = ++syncs
  // What is on the disk when this sync is through is what had been written when it began.
  copyFileSync(log, `${record}.${number}`)
  const finish = () =>
    fdatasync(file, (error) => {
      appendFileSync(record, `${JSON.stringify({ synced: number })}\n`)
      done(error)
    })
  setTimeout(finish, syncMs)
}
Object.assign(fs, { fdatasync: recorded })
syncBuiltinESMExports()

const write = Socket.prototype.write
Socket.prototype.write = function (this: Socket, ...parameters: Parameters<typeof write>) {
  appendFileSync(record, `${JSON.stringify({ sent: String(parameters[0]) })}\n`)
  return write.apply(this, parameters)
} as typeof write
