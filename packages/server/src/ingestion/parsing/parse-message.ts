import type { PreparedDocument } from '../../retrieval/prepare-document.ts'
import { ParseFailure, type ParseFailureReason } from '../parsers/parse-failure.ts'
import type { Format } from './detect-media-type.ts'

/** A file as text, passages and their index, ready for `storeDocument`. */
export interface Parsed extends PreparedDocument {
  readonly format: Format
  readonly mediaType: string
  readonly title: string | null
  /** What was left out or guessed, one sentence each. */
  readonly warnings: readonly string[]
}

export interface ParseOrder {
  readonly path: string
  readonly fileName: string
  /** A parser that can stop early gives what it has before this is over. */
  readonly timeoutMs: number
}

type Passage = Parsed['passages'][number]

/** A passage without its text, which the document holds: its UTF-16 range follows instead. */
interface SentPassage extends Omit<Passage, 'text'> {
  readonly from: number
  readonly to: number
}

/** A document in pieces, so that receiving a large one never holds the receiver up. */
export type ParseMessage =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'passages'; readonly passages: readonly SentPassage[] }
  | { readonly type: 'blocks'; readonly blocks: Parsed['index']['blocks'] }
  | {
      readonly type: 'parsed'
      readonly facts: Omit<Parsed, 'text' | 'passages' | 'index'>
      readonly index: Omit<Parsed['index'], 'blocks'>
      readonly memoryBytes: number
    }
  | { readonly type: 'failed'; readonly reason: ParseFailureReason; readonly message: string }

const textPiece = 500_000
const passagesPiece = 500
/** Some two kilobytes each. */
const blocksPiece = 250

/** Sends a document whose passages stand at these UTF-16 ranges of its text, in the same order. */
export async function sendParsed(
  { text, passages, index: { blocks, ...index }, ...facts }: Parsed,
  ranges: readonly { readonly start: number; readonly end: number }[],
  send: (message: ParseMessage) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < text.length; at += textPiece) {
    await send({ type: 'text', text: text.slice(at, at + textPiece) })
  }
  for (let at = 0; at < passages.length; at += passagesPiece) {
    const piece = passages.slice(at, at + passagesPiece).map(({ text: _, ...passage }, index) => {
      const range = ranges[at + index]
      return { ...passage, from: range?.start ?? 0, to: range?.end ?? 0 }
    })
    await send({ type: 'passages', passages: piece })
  }
  for (let at = 0; at < blocks.length; at += blocksPiece) {
    await send({ type: 'blocks', blocks: blocks.slice(at, at + blocksPiece) })
  }
  await send({ type: 'parsed', facts, index, memoryBytes: process.memoryUsage.rss() })
}

/** Puts the pieces together again; the passages' texts are slices that share the document's memory. */
export function receiveParsed(): (message: ParseMessage) => { parsed: Parsed; memoryBytes: number } | undefined {
  const texts: string[] = []
  const sent: SentPassage[] = []
  const blocks: Parsed['index']['blocks'][number][] = []
  return (message) => {
    switch (message.type) {
      case 'text':
        texts.push(message.text)
        return undefined
      case 'passages':
        sent.push(...message.passages)
        return undefined
      case 'blocks':
        blocks.push(...message.blocks)
        return undefined
      case 'failed':
        throw new ParseFailure(message.reason, message.message)
      case 'parsed': {
        const text = texts.join('')
        const passages = sent.map(({ from, to, ...passage }) => ({ ...passage, text: text.slice(from, to) }))
        const index = { ...message.index, blocks }
        return { parsed: { ...message.facts, text, passages, index }, memoryBytes: message.memoryBytes }
      }
    }
  }
}
