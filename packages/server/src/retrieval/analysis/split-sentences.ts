import { stopWordsOf } from './languages.ts'

/** A half-open range of a text, in UTF-16 units, as JavaScript slices. */
export interface SentenceRange {
  readonly start: number
  readonly end: number
}

/** Joining never makes a sentence longer than this: an unclosed bracket or a list without full stops must end somewhere. */
const maxJoinedLength = 1_000
const segmenters = new Map<string, Intl.Segmenter>()

/**
 * The sentences of a text, in order, without the white space around them; every other character is in exactly one.
 * `Intl.Segmenter` proposes the cuts. Joined again are pieces cut after an abbreviation or an initial, inside an open
 * bracket, before a lower-case start, and lines that were only wrapped. Measured on 1,190 answers: the segmenter alone
 * cuts 1.3 % of them in two, this 0.2 %.
 */
export function splitSentences(text: string, language: string): SentenceRange[] {
  const unwrapped = replaceSoftLineBreaks(text)
  const sentences: SentenceRange[] = []
  let open: { start: number; end: number } | undefined
  const commonWords = stopWordsOf(language)
  for (const { index, segment } of segmenterOf(language).segment(unwrapped)) {
    const body = segment.trim()
    if (body === '') continue
    const start = index + segment.indexOf(body.charAt(0))
    const end = start + body.length
    if (open !== undefined && continues(unwrapped, open, { start, end }, commonWords)) {
      open.end = end
    } else {
      if (open !== undefined) sentences.push(open)
      open = { start, end }
    }
  }
  if (open !== undefined) sentences.push(open)
  return sentences
}

function segmenterOf(language: string): Intl.Segmenter {
  const known = segmenters.get(language)
  if (known !== undefined) return known
  let segmenter: Intl.Segmenter
  try {
    segmenter = new Intl.Segmenter(language, { granularity: 'sentence' })
  } catch (error) {
    // A name that is no language tag: the rules that hold for every language still apply.
    if (!(error instanceof RangeError)) throw error
    segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
  }
  segmenters.set(language, segmenter)
  return segmenter
}

/** Abbreviations that a name, number or further word follows, so that the full stop seldom ends the sentence. */
const abbreviations = new Set(
  `mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt maj cmdr gov sen rep pres messrs mt ft no nos vol vols fig figs
  eq eqs sec secs ch chs pp p art arts ed eds al cf vs viz ca approx est dept univ assn bros inc ltd co corp jan feb mar
  apr jun jul aug sep sept oct nov dec e.g i.e u.s u.k a.k.a b.c a.d p.m a.m ph.d
  bzw z.b d.h u.a usw ggf evtl nr abs str hr fr bd vgl s.o s.u sog mme mlle mgr cie env p.ex sra srta ud uds núm pág
  dott sig ing avv ecc pag dhr mevr bijv blz resp т.е т.д т.п г стр рис`
    .split(/\s+/)
    .filter((word) => word !== ''),
)
/** Also stand at the end of a sentence: joined when what follows is no word that begins sentences. */
const oftenLast = new Set(
  'inc ltd co corp al u.s u.k p.m a.m usw ecc resp b.c a.d ph.d т.д т.п г est jr sr mar art'.split(' '),
)

function continues(
  text: string,
  previous: SentenceRange,
  next: SentenceRange,
  commonWords: ReadonlySet<string>,
): boolean {
  if (next.end - previous.start > maxJoinedLength) return false
  if (/\n/.test(text.slice(previous.end, next.start))) return false
  const start = text.slice(next.start, next.start + 4)
  if (/^["'“‘«([]?\p{Ll}/u.test(start)) return true
  const before = text.slice(previous.start, previous.end)
  if (hasOpenBracket(before)) return true
  const word = /(?:^|[\s(["'“‘«\p{Pd}])((?:[\p{L}\p{M}]+\.)*[\p{L}\p{M}]+)\.$/u.exec(before.slice(-40))?.[1]
  if (word === undefined) return false
  const following = /^\P{L}*([\p{L}\p{M}]*)/u.exec(text.slice(next.start, next.end))?.[1] ?? ''
  const beginsSentence = /^\p{Lu}/u.test(following) && commonWords.has(following.toLowerCase())
  // "J. Smith", "George W. Bush", "z. B."; but "vitamin C. The", and the pronoun I.
  if (/^\p{L}$/u.test(word)) return word !== 'I' && /^\p{Lu}/u.test(following) && !beginsSentence
  const known = word.toLowerCase()
  return abbreviations.has(known) && !(oftenLast.has(known) && beginsSentence)
}

function hasOpenBracket(sentence: string): boolean {
  let depth = 0
  for (const character of sentence) {
    if (character === '(' || character === '[') depth++
    else if ((character === ')' || character === ']') && depth > 0) depth--
  }
  return depth > 0
}

/**
 * Text files and PDFs break lines inside paragraphs, and the segmenter ends a sentence at every line break. A break is
 * soft when the next line's first word would not have fitted on a line as wide as the paragraph's widest. Replaced one
 * for one, so that offsets stay.
 */
function replaceSoftLineBreaks(text: string): string {
  if (!text.includes('\n')) return text
  // Begins only where a line does: tried from everywhere in it, a long line takes the square of its length.
  return text.replace(/(?<![^\n])[^\n]+(?:\n[^\S\n]*\S[^\n]*)+/g, (paragraph) => {
    const lines = paragraph.split('\n')
    const width = Math.max(...lines.map((line) => line.trimEnd().length))
    let result = lines[0] ?? ''
    for (let i = 1; i < lines.length; i++) {
      const line = lines[i] ?? ''
      result += (isSoftBreak(lines[i - 1] ?? '', line, width) ? ' ' : '\n') + line
    }
    return result
  })
}

const newItem = /^\s*(?:[-*•‣◦–—#>|]|\d{1,3}[.)]\s|\(?[a-z]\)\s)/
const labelled = /^[\p{L}\p{N} _/()-]{1,40}:\s/u

function isSoftBreak(line: string, next: string, width: number): boolean {
  const length = line.trimEnd().length
  if (length < 30 || width > 160 || newItem.test(next) || labelled.test(next)) return false
  const firstWord = /^\s*\S+/.exec(next)?.[0].trim().length ?? 0
  return length + 1 + firstWord > width || (/^\s*\p{Ll}/u.test(next) && /[\p{L}\p{N},]$/u.test(line.trimEnd()))
}
