import { DatabaseSync } from 'node:sqlite'
import { serveWork } from '../work-thread.ts'

let database: DatabaseSync | undefined

const work = {
  /** Copies what the log holds into the database file at `path`; syncs the log before and the file after. */
  checkpoint: (path: string) => {
    database ??= open(path)
    database.exec('pragma wal_checkpoint(passive)')
  },
}
export type CheckpointWork = typeof work

function open(path: string): DatabaseSync {
  const opened = new DatabaseSync(path)
  opened.exec('pragma synchronous = normal; pragma checkpoint_fullfsync = on')
  return opened
}

serveWork(work)
