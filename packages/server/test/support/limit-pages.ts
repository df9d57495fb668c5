// Loaded into a server by `--import`: from one SIGUSR2 to the next its SQLite file may not grow, which SQLite reports as
// it does a full disk. For machines where a test may not mount a small one.
import { DatabaseSync } from 'node:sqlite'

let database: DatabaseSync | undefined
let isFull = false
const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  if (sql.includes('journal_mode')) database = this
}
process.on('SIGUSR2', () => {
  isFull = !isFull
  if (database !== undefined) exec.call(database, `pragma max_page_count = ${isFull ? 1 : 4_294_967_294}`)
})
