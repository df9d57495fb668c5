/** What a web page shows of a streamed answer: texts by message, and the metadata that came last. */
export interface ShownMessage {
  readonly user_message: string
  readonly assistant: string
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape
  readonly metadata: any
}
export type Shown = ReadonlyMap<string, ShownMessage>

function append(shown: Map<string, ShownMessage>, json: string): void {
  const record = JSON.parse(json)
  const before = shown.get(record.message_id)
  shown.set(record.message_id, {
    user_message: record.user_message,
    assistant: (before?.assistant ?? '') + record.assistant,
    metadata: record.metadata ?? before?.metadata,
  })
}

/** As Quivr's web page of 2023 read a stream: each network chunk is trimmed, split at `data: `, and each piece parsed. */
export function showAs2023(chunks: readonly Uint8Array[]): Shown {
  const shown = new Map<string, ShownMessage>()
  const decoder = new TextDecoder()
  for (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).trim().split('data: ')
    for (const piece of pieces) if (piece !== '') append(shown, piece)
  }
  return shown
}

/** As that of 2024: the same, but a last piece that is no whole JSON is kept for the next chunk. */
export function showAs2024(chunks: readonly Uint8Array[]): Shown {
  const shown = new Map<string, ShownMessage>()
  const decoder = new TextDecoder()
  let unfinished = ''
  for (const chunk of chunks) {
    const pieces = (unfinished + decoder.decode(chunk, { stream: true })).trim().split('data: ')
    unfinished = ''
    for (const [index, piece] of pieces.entries()) {
      if (piece === '') continue
      try {
        append(shown, piece)
      } catch (error) {
        if (index < pieces.length - 1) throw error
        unfinished = `data: ${piece}`
      }
    }
  }
  if (unfinished !== '') throw new Error(`The stream ended within ${unfinished}`)
  return shown
}

/** A stream's chunks as the network delivered them. */
export async function readChunks(response: Response): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) chunks.push(chunk)
  return chunks
}
