import { splitSentences } from '../retrieval/analysis/split-sentences.ts'
import { commonPath, type NewPassage, type PlaceChange } from '../retrieval/passage.ts'
import type { Block, ParsedDocument } from './parsers/parsed-document.ts'
import { countWords } from './training/count-words.ts'

/** Best of 14 settings measured on questions with known answers, together with the cut at paragraph ends. */
const maxWords = 180
const overlapWords = 35

/** What is never cut: a sentence, a table row, a line of code, a heading. */
interface Unit {
  readonly start: number
  readonly end: number
  readonly words: number
  readonly block: Block
  /** Begins its block. */
  readonly isFirst: boolean
}

/** Packs whole units into passages: never over a page, slide or sheet, and cut early where a paragraph or section ends. */
export function splitPassages(document: Pick<ParsedDocument, 'text' | 'blocks'>, language: string): NewPassage[] {
  const passages: NewPassage[] = []
  let open: Unit[] = []
  let words = 0
  // How many of the open units the passage before holds already.
  let repeated = 0
  const close = (next: readonly Unit[], overlap: number) => {
    if (open.length > repeated) passages.push(makePassage(document.text, open))
    open = [...next]
    words = open.reduce((sum, unit) => sum + unit.words, 0)
    repeated = overlap
  }
  for (const unit of splitUnits(document, language)) {
    const last = open.at(-1)
    if (last !== undefined && !isSamePlace(last, unit)) close([], 0)
    else if (last !== undefined && words >= maxWords / 4 && isNextDefinition(last, unit)) close([], 0)
    else if (last !== undefined && words + unit.words > maxWords) {
      // A heading at the end belongs to what follows.
      const headings = open.splice(open.findLastIndex((each) => !isHeading(each)) + 1)
      const overlap = headings.length > 0 ? [] : findOverlap(open, unit)
      if (open.length > 0) close([...overlap, ...headings], overlap.length)
      else open = headings
    } else if (last !== undefined && words >= maxWords / 2 && mayEnd(last, unit)) {
      const overlap = findOverlap(open, unit)
      close(overlap, overlap.length)
    }
    open.push(unit)
    words += unit.words
  }
  close([], 0)
  return passages
}

function isHeading(unit: Unit): boolean {
  return unit.block.kind === 'heading'
}

function isSamePlace(a: Unit, b: Unit): boolean {
  return a.block.page === b.block.page && a.block.sheet === b.block.sheet
}

function isSameSection(a: Unit, b: Unit): boolean {
  const [one, other] = [a.block.headingPath, b.block.headingPath]
  return one.length === other.length && one.every((heading, index) => heading === other[index])
}

/** A function or class of source code begins: one that is not tiny gets a passage of its own. */
function isNextDefinition(last: Unit, next: Unit): boolean {
  return last.block.kind === 'code' && next.block.kind === 'code' && !isSameSection(last, next)
}

/** At the end of a paragraph or section; rows and the lines of one definition are packed full. */
function mayEnd(last: Unit, next: Unit): boolean {
  if (!next.isFirst || isHeading(last)) return false
  if (isHeading(next)) return true
  if (next.block.kind === 'code' && last.block.kind === 'code' && next.block.headingPath.length > 0) return false
  return !(last.block.kind === 'table-row' && next.block.kind === 'table-row')
}

/** The last whole sentences, so that what a sentence refers to is found with it. */
function findOverlap(units: readonly Unit[], next: Unit): Unit[] {
  let words = 0
  let first = units.length
  for (let i = units.length - 1; i > 0; i--) {
    const unit = units[i]
    if (unit === undefined || !isProse(unit) || !isProse(next) || !isSameSection(unit, next)) break
    words += unit.words
    if (words > overlapWords) break
    first = i
  }
  return units.slice(first)
}

function isProse({ block: { kind } }: Unit): boolean {
  return kind === 'paragraph' || kind === 'list-item' || kind === 'note'
}

function makePassage(text: string, open: readonly Unit[]): NewPassage {
  const body = open.filter((unit) => !isHeading(unit))
  const headingPath =
    body.length > 0
      ? commonPath(body.map((unit) => unit.block.headingPath))
      : (open[0]?.block.headingPath.slice(0, -1) ?? [])
  // Headings that the path holds are not said twice: the path is indexed in front of the text.
  const inPath = (unit: Unit) =>
    isHeading(unit) && unit.block.headingPath.every((heading, i) => heading === headingPath[i])
  const units = body.length > 0 ? open.slice(open.findIndex((unit) => !inPath(unit))) : open
  const first = units[0]
  const start = first?.start ?? 0
  const end = units.at(-1)?.end ?? 0
  const rows = units.flatMap((unit) => unit.block.row ?? [])
  return {
    text: text.slice(start, end),
    headingPath,
    page: first?.block.page ?? null,
    sheet: first?.block.sheet ?? null,
    rowStart: rows[0] ?? null,
    rowEnd: rows.at(-1) ?? null,
    start,
    end,
    changes: findChanges(units, headingPath),
  }
}

function findChanges(units: readonly Unit[], headingPath: readonly string[]): PlaceChange[] | null {
  const changes = units.flatMap((unit, index): PlaceChange[] => {
    const previous = units[index - 1]
    const { block, start } = unit
    if (previous !== undefined && previous.block.row === block.row && isSameSection(previous, unit)) return []
    return [{ start, headingPath: block.headingPath, row: block.row }]
  })
  const [only] = changes
  return changes.length === 1 && only?.headingPath.length === headingPath.length ? null : changes
}

function* splitUnits({ text, blocks }: Pick<ParsedDocument, 'text' | 'blocks'>, language: string): Generator<Unit> {
  for (let i = 0; i < blocks.length; ) {
    // Blocks that only a blank separates are one paragraph over two pages; its sentences are found across.
    let after = i + 1
    while (after < blocks.length && text.slice(blocks[after - 1]?.end, blocks[after]?.start) === ' ') after++
    const group = blocks.slice(i, after)
    yield* unitsOf(text, group, language)
    i = after
  }
}

function* unitsOf(text: string, group: readonly Block[], language: string): Generator<Unit> {
  const [first] = group
  const last = group.at(-1)
  if (first === undefined || last === undefined) return
  let current = 0
  for (const range of cutBlock(text, first.start, last.end, first.kind, language)) {
    for (const { start, end } of cutLong(text, range)) {
      while ((group[current + 1]?.start ?? Number.POSITIVE_INFINITY) <= start) current++
      const isFirst = start === first.start
      yield { start, end, words: weigh(text.slice(start, end)), block: group[current] ?? first, isFirst }
    }
  }
}

interface Range {
  readonly start: number
  readonly end: number
}

function cutBlock(text: string, start: number, end: number, kind: Block['kind'], language: string): Range[] {
  if (kind === 'heading' || kind === 'table-row') return [{ start, end }]
  const body = text.slice(start, end)
  const ranges = kind === 'code' ? splitLines(body) : splitSentences(body, language)
  return ranges.map((range) => ({ start: start + range.start, end: start + range.end }))
}

function splitLines(text: string): Range[] {
  return [...text.matchAll(/[^\n]*\S[^\n]*/g)].map((line) => ({ start: line.index, end: line.index + line[0].length }))
}

/** Rows of signs and the like have no words but fill a passage all the same. */
function weigh(text: string): number {
  return Math.max(countWords(text), text.length / 25)
}

/** A unit too long for any passage is cut between words, or, where there are none, between characters. */
function cutLong(text: string, { start, end }: Range): Range[] {
  const whole = text.slice(start, end)
  const weight = weigh(whole)
  if (weight <= maxWords) return [{ start, end }]
  const length = Math.max(1, Math.floor((whole.length / weight) * maxWords))
  const pieces: Range[] = []
  for (let from = start; from < end; ) {
    const to = from + length >= end ? end : findCut(text, from, from + length)
    const piece = text.slice(from, to)
    const trimmed = piece.trim()
    const at = from + (piece.length - piece.trimStart().length)
    if (trimmed !== '') pieces.push({ start: at, end: at + trimmed.length })
    from = to
  }
  return pieces
}

function findCut(text: string, from: number, to: number): number {
  const blank = text.slice(from, to).search(/\s\S*$/)
  if (blank > (to - from) / 2) return from + blank
  // Never between the halves of a surrogate pair.
  const code = text.charCodeAt(to - 1)
  return code >= 0xd800 && code < 0xdc00 && to - 1 > from ? to - 1 : to
}
