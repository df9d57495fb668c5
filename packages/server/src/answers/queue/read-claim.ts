import { splitSentences } from '../../retrieval/analysis/split-sentences.ts'
import { findQuotations } from '../citations/find-quotations.ts'

/** What a marker stands behind. */
export interface Claim {
  /** From the marker before it on, or its whole sentence when nothing stands between them. */
  readonly near: string
  readonly sentence: string
  /** What it says that its source says in these words. */
  readonly quotations: readonly string[]
}

const hasWord = /[\p{L}\p{N}]/u
/** What may stand under a block quote, such as "— Handbook, page 3". */
const attribution = /^[\s—–\-(~]*(?:[\p{L}\p{N}][\p{L}\p{N}'’.,:&-]*\s*){0,8}\)?\s*$/u

/**
 * The claim at the end of a text whose markers were taken out; `nearStart` is where the marker before it stood. Without
 * words before the marker the question stands for them.
 */
export function readClaim(text: string, nearStart: number, question: string): Claim {
  const trimmed = text.trimEnd()
  const block = readBlockQuote(trimmed, nearStart)
  if (block !== undefined) return { near: block, sentence: block, quotations: [block] }
  const lineStart = trimmed.lastIndexOf('\n') + 1
  const line = trimmed.slice(lineStart)
  // A quotation mark behind a full stop is no sentence.
  const last = splitSentences(line, 'en').findLast(({ start, end }) => hasWord.test(line.slice(start, end)))
  const sentenceStart = lineStart + (last?.start ?? 0)
  const sentence = trimmed.slice(sentenceStart)
  if (!hasWord.test(sentence)) return { near: question, sentence: question, quotations: [] }
  const rest = trimmed.slice(Math.max(nearStart, sentenceStart))
  // "It is so [1] [2]": both stand behind the same words.
  const isAlone = !hasWord.test(rest)
  const quotations = quotationsOf(
    trimmed,
    isAlone ? 0 : nearStart,
    isAlone ? sentenceStart : trimmed.length - rest.length,
  )
  return { near: isAlone ? sentence : rest, sentence, quotations }
}

/** Those that reach into the marker's own piece: a quotation of several sentences begins before the last of them. */
function quotationsOf(text: string, nearStart: number, pieceStart: number): string[] {
  const from = Math.max(text.lastIndexOf('\n\n') + 1, Math.min(nearStart, pieceStart))
  return findQuotations(text.slice(from))
    .filter(({ end }) => from + end >= pieceStart)
    .map((quotation) => quotation.text)
}

/** The lines of a block quote that the text ends with, or that an attribution follows; without what a marker ended. */
function readBlockQuote(text: string, nearStart: number): string | undefined {
  const from = text.lastIndexOf('\n', nearStart - 1) + 1
  const lines = text.slice(from).split('\n')
  const isQuoted = lines.map((line) => /^\s*>/.test(line))
  let end = lines.length
  if (isQuoted[end - 1] === false && end > 1 && attribution.test(lines[end - 1] ?? '')) {
    end -= 1
    while (end > 0 && lines[end - 1]?.trim() === '') end -= 1
  }
  let start = end
  while (start > 0 && isQuoted[start - 1] === true) start -= 1
  if (start === end) return undefined
  const own = lines.slice(start, end)
  if (start === 0) own[0] = (own[0] ?? '').slice(Math.max(0, nearStart - from))
  const block = own
    .map((line) => line.replace(/^\s*>\s?/, ''))
    .join('\n')
    .trim()
  return hasWord.test(block) ? block : undefined
}
