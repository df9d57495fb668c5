import type { EmbeddingModel } from './embedding-model.ts'
import { ModelError } from './language-model.ts'

export async function openLocalEmbeddings(name: string, folder: string): Promise<EmbeddingModel> {
  throw new ModelError('refused', `${name} ${folder}`)
}
