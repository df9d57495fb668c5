/** What a text is embedded for: some models are told, and give a question another vector than a passage. */
export type EmbeddingPurpose = 'passage' | 'query'

export interface EmbeddingRequest {
  readonly texts: readonly string[]
  readonly purpose: EmbeddingPurpose
  readonly signal: AbortSignal
}

/** Texts as vectors of one length, in their order. `embed` throws a `ModelError`. */
export interface EmbeddingModel {
  /** Names it and no other: vectors of two names are never compared. */
  readonly name: string
  embed(request: EmbeddingRequest): Promise<readonly Float32Array[]>
  [Symbol.asyncDispose](): Promise<void>
}

/** What the makers of these models say goes in front of each text; without it they rank worse. */
const prefixes: readonly { readonly model: RegExp; readonly query: string; readonly passage: string }[] = [
  { model: /(^|\W|multilingual-)e5-(small|base|large)/i, query: 'query: ', passage: 'passage: ' },
  { model: /nomic-embed-text/i, query: 'search_query: ', passage: 'search_document: ' },
  {
    model: /\bbge-(small|base|large)-en|mxbai-embed|arctic-embed/i,
    query: 'Represent this sentence for searching relevant passages: ',
    passage: '',
  },
]

export function prefixOf(model: string, purpose: EmbeddingPurpose): string {
  return prefixes.find((entry) => entry.model.test(model))?.[purpose] ?? ''
}
