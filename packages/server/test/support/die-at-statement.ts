// Loaded into a server by `--import`: ends it, as a power cut would, when it is about to run a statement that begins with
// `DIE_AT`, on either engine.
import { Socket } from 'node:net'
import { DatabaseSync } from 'node:sqlite'

const statement = process.env['DIE_AT'] ?? ''

function check(text: string | Uint8Array): void {
  if (Buffer.from(text).includes(statement)) process.kill(process.pid, 'SIGKILL')
}

const prepare = DatabaseSync.prototype.prepare
DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...parameters: Parameters<typeof prepare>) {
  check(parameters[0])
  return prepare.apply(this, parameters)
}

const write = Socket.prototype.write
Socket.prototype.write = function (this: Socket, ...parameters: Parameters<typeof write>) {
  check(parameters[0])
  return write.apply(this, parameters)
} as typeof write
