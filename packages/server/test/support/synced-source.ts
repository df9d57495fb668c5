import type { Engine } from '../../src/database/database.ts'
import { newId, type SourceId } from '../../src/ids.ts'
import { createDataJobHandlers } from '../../src/ingestion/job-handlers.ts'
import { createSource } from '../../src/ingestion/manage-source.ts'
import { listFiles } from '../../src/ingestion/source-file-store.ts'
import { findSource } from '../../src/ingestion/source-store.ts'
import { startSync } from '../../src/ingestion/syncs/manage-sync.ts'
import { findSync } from '../../src/ingestion/syncs/source-sync-store.ts'
import { searchPassages } from '../../src/retrieval/search-passages.ts'
import { tidyKind } from '../../src/retrieval/words/request-tidying.ts'
import { createTidyHandler } from '../../src/retrieval/words/tidy-index.ts'
import { openIngestion } from './open-ingestion.ts'
import { RemoteSource } from './remote-source.ts'

/** A source whose service is played by `remote`, in a project of its own, without a server around it. */
export async function openSyncedSource(engine: Engine) {
  const remote = new RemoteSource()
  const opened = await openIngestion(engine, remote.open)
  const { db, projectId, owner } = opened
  const id = newId<SourceId>()
  const configuration = { username: 'acme', access_token: 'ghp_secret' }
  await createSource(opened, owner, { projectId, id, type: 'github', name: 'Code', configuration })
  const ref = { projectId, sourceId: id }
  const startWorker = () =>
    opened.startWorker({ ...createDataJobHandlers(opened), [tidyKind]: createTidyHandler({ db }) })
  return {
    ...opened,
    ref,
    remote,
    startWorker,
    sync: async () => {
      await startSync(opened, owner, ref)
      await using worker = startWorker()
      await worker.idle()
    },
    start: () => startSync(opened, owner, ref),
    source: () => findSource(db.query, ref),
    state: () => findSync(db.query, ref),
    list: async () => Object.fromEntries((await listFiles(db.query, ref, {})).items.map((file) => [file.key, file])),
    documents: () => db.query.selectFrom('documents').select(['id', 'name', 'file_id']).orderBy('name').execute(),
    search: async (query: string) =>
      (await searchPassages({ db }, { projectId, query, limit: 10 }))
        .map(({ documentName }) => documentName)
        .toSorted(),
  }
}
