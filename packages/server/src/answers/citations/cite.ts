import type { GeneratedEvent } from '../log/answer-event.ts'
import { CitationWriter, type CiteInput } from './citation-writer.ts'
import { MarkerReader } from './cite-marker.ts'

/**
 * Binds the `[n]` markers of an answer to what their passages say: each is followed by its citation, unless it rests on
 * the same words as one before, and dropped when it rests on nothing. Text passes through as it is; held back is only
 * what may still turn out to be a marker, and a marker until the next character shows which others stand beside it.
 */
export async function* cite(events: AsyncIterable<GeneratedEvent>, input: CiteInput): AsyncGenerator<GeneratedEvent> {
  const reader = new MarkerReader()
  const writer = new CitationWriter(input)
  for await (const event of events) {
    if (event.type === 'text-delta') {
      const pieces = reader.read(event.text)
      // On the way of every token: nothing to wait for unless there is a marker.
      const presented = writer.isPlain(pieces) ? writer.pass(pieces) : await writer.present(pieces)
      for (const one of presented) yield one
      continue
    }
    // A tool call ends what was said before it.
    if (event.type === 'tool-call') {
      for (const one of await writer.present(reader.end())) yield one
      for (const one of await writer.settle()) yield one
    }
    yield event
  }
  for (const one of await writer.present(reader.end())) yield one
  for (const one of await writer.settle()) yield one
  yield { type: 'citation-counts', counts: writer.counts }
}
