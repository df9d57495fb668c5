import { stat } from 'node:fs/promises'
import { programUrl } from '../program-files.ts'
import { WorkThread } from '../work-thread.ts'
import { type EmbeddingModel, prefixOf } from './embedding-model.ts'
import { ModelError } from './language-model.ts'
import type { LocalEmbeddingWork } from './local-embedding-worker.ts'

/** A model of a folder on this machine, run in a thread of its own; nothing is ever fetched. */
export async function openLocalEmbeddings(name: string, folder: string): Promise<EmbeddingModel> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) throw new ModelError('refused', `There is no folder ${folder}`)
  const thread = new WorkThread<LocalEmbeddingWork>(programUrl('models/local-embedding-worker'))
  try {
    await thread.run('open', { folder })
  } catch (error) {
    await thread[Symbol.asyncDispose]()
    throw localFailure(error)
  }
  return {
    name,
    embed: async ({ texts, purpose, signal }) => {
      signal.throwIfAborted()
      const prefix = prefixOf(folder, purpose)
      try {
        return await thread.run('embed', { texts: texts.map((text) => prefix + text) })
      } catch (error) {
        throw localFailure(error)
      }
    },
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  }
}

function localFailure(error: unknown): ModelError {
  const reason = error instanceof Error ? error.message : String(error)
  return new ModelError('refused', `The local embedding model cannot be used: ${reason}`, { cause: error })
}
