import type { DataTable } from '../data-table.ts'
import type { Piece } from './question-piece.ts'
import { type Token, tokenise } from './question-tokens.ts'
import { findPhrase, type Meaning } from './question-words.ts'
import { readQuestion } from './read-question.ts'
import type { TableQuestion } from './table-query.ts'
import { findNames, type TableWords, wordsOf } from './table-words.ts'

export type ParsedQuestion =
  | { readonly type: 'query'; readonly question: TableQuestion }
  /** It speaks of a table and of something to compute, but not so that one thing alone can be meant. */
  | { readonly type: 'unsure'; readonly tables: readonly DataTable[] }
  | { readonly type: 'no' }

const maxTokens = 60

/**
 * What a question asks of a project's tables. Sure or not at all: every word has to be understood, and one table alone
 * has to fit, or the one that is named.
 */
export function parseTableQuestion(text: string, tables: readonly DataTable[]): ParsedQuestion {
  const tokens = tokenise(text)
  if (tokens.length === 0 || tokens.length > maxTokens || tables.length === 0) return { type: 'no' }
  const read = tables.map((table) => {
    const { pieces, language } = findPieces(tokens, wordsOf(table))
    return { table, pieces, question: readQuestion(pieces, table, language) }
  })
  const understood = read.filter(({ question }) => question !== undefined)
  const named = understood.filter(({ pieces }) => pieces.some(({ type }) => type === 'table'))
  const [fit, ...others] = named.length > 0 ? named : understood
  if (fit?.question !== undefined && others.length === 0) return { type: 'query', question: fit.question }
  const meant = fit === undefined ? read.filter(({ pieces }) => speaksOf(pieces)) : [fit, ...others]
  return meant.length === 0 ? { type: 'no' } : { type: 'unsure', tables: meant.map(({ table }) => table) }
}

/** Plainly about a table: something to compute, and its name with a column or two of its columns. */
function speaksOf(pieces: readonly Piece[]): boolean {
  const computes = pieces.some(
    (piece) => piece.type === 'meaning' && ['aggregate', 'most', 'extreme', 'top'].includes(piece.meaning.type),
  )
  const columns = new Set(pieces.flatMap((piece) => (piece.type === 'column' ? [piece.column.name] : [])))
  const isNamed = pieces.some(({ type }) => type === 'table')
  const words = pieces.filter((piece) => piece.type === 'unknown').length
  return computes && words <= pieces.length / 2 && (columns.size >= 2 || (isNamed && columns.size >= 1))
}

function findPieces(tokens: readonly Token[], words: TableWords): { pieces: readonly Piece[]; language: 'en' | 'de' } {
  const pieces: Piece[] = []
  const votes = { en: 0, de: 0 }
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]
    if (token === undefined) break
    if (token.type !== 'word') {
      pieces.push(...pieceOf(token))
      at += 1
      continue
    }
    const rest = lowerWords(tokens, at)
    const phrase = findPhrase(rest)
    const names = findNames(words, rest)
    const longest = names[0]?.length ?? 0
    const isColumn = names.some(({ named, length }) => length === longest && named.type === 'column')
    if (phrase !== undefined && phrase.length >= longest && !(isColumn && isWeak(phrase.meaning))) {
      if (phrase.language !== undefined) votes[phrase.language] += 1
      const text = rest.slice(0, phrase.length).join(' ')
      const meaning = text === 'nach' && isTimeAhead(tokens[at + 1]) ? after : phrase.meaning
      pieces.push({ type: 'meaning', meaning, text })
      at += phrase.length
    } else if (longest > 0) {
      const found = names.filter(({ length }) => length === longest).map(({ named }) => named)
      pieces.push(choosePiece(found, rest.slice(0, longest), token.text))
      at += longest
    } else {
      pieces.push({ type: 'unknown', text: token.text })
      at += 1
    }
  }
  return { pieces, language: votes.de > votes.en ? 'de' : 'en' }
}

/** A column called "year" or "value" is meant by its name. */
function isWeak({ type }: Meaning): boolean {
  return type === 'part' || type === 'filler'
}

function lowerWords(tokens: readonly Token[], from: number): string[] {
  const words: string[] = []
  for (let at = from; at < tokens.length && at < from + 8; at++) {
    const token = tokens[at]
    if (token?.type === 'number') words.push(token.text)
    else if (token?.type === 'word') words.push(token.lower)
    else break
  }
  return words
}

/** "Umsatz nach Region" groups, "nach 2020" is a time. */
const after: Meaning = { type: 'compare', operator: '>' }

function isTimeAhead(token: Token | undefined): boolean {
  return token?.type === 'date' || (token?.type === 'number' && /^(?:19|20)\d{2}$/.test(token.value))
}

/** One column by its name, before the table, before a value; two columns of one name are none. */
function choosePiece(found: readonly TableWords['names'][number][], words: readonly string[], text: string): Piece {
  // "Products" is the table of that name rather than its column "Product".
  const exact = found.filter(({ stems }) => stems.join(' ') === words.join(' '))
  if (exact.some(({ type }) => type === 'table') && exact.every(({ type }) => type === 'table'))
    return { type: 'table' }
  const columns = new Map(found.flatMap((one) => (one.type === 'column' ? [[one.column.name, one.column]] : [])))
  const [column] = columns.values()
  if (columns.size > 1) return { type: 'unknown', text }
  if (column !== undefined) return { type: 'column', column }
  if (found.some(({ type }) => type === 'table')) return { type: 'table' }
  const values = found.flatMap((one) => (one.type === 'value' ? [one] : []))
  const [value] = values
  if (value === undefined || new Set(values.map((one) => one.column.name)).size > 1) return { type: 'unknown', text }
  return { type: 'value', column: value.column, value: value.value }
}

function pieceOf(token: Exclude<Token, { type: 'word' }>): Piece[] {
  switch (token.type) {
    case 'text':
      return [{ type: 'text', value: token.text }]
    case 'number':
      return [{ type: 'number', value: token.value }]
    case 'date':
      return [{ type: 'date', value: token.value }]
    case 'sign': {
      const operator = signs[token.text]
      return operator === undefined
        ? []
        : [{ type: 'meaning', meaning: { type: 'compare', operator }, text: token.text }]
    }
  }
}

const signs: Readonly<Record<string, Extract<Meaning, { type: 'compare' }>['operator']>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  '≤': '<=',
  '≥': '>=',
}
