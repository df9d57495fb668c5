import { forEachWord } from '../../retrieval/analysis/analyse-text.ts'
import type { DataTable, TableColumn } from '../data-table.ts'

/** Names and values of a table, as a question may speak of them. */
export interface TableWords {
  readonly table: DataTable
  readonly names: readonly Named[]
}

export type Named =
  | { readonly type: 'table'; readonly stems: readonly string[] }
  | { readonly type: 'column'; readonly stems: readonly string[]; readonly column: TableColumn }
  /** A frequent value of a column of words. */
  | { readonly type: 'value'; readonly stems: readonly string[]; readonly column: TableColumn; readonly value: string }

const maxValueWords = 5

export function wordsOf(table: DataTable): TableWords {
  const stem = table.fileName.replace(/\.[^.]*$/, '')
  const tables = [table.name, stem, table.sheet ?? ''].map((name): Named => ({ type: 'table', stems: stemsOf(name) }))
  const columns = table.columns.flatMap((column): Named[] =>
    [column.label, column.name].map((name) => ({ type: 'column', stems: stemsOf(name), column })),
  )
  const values = table.columns
    .filter(({ type }) => type === 'VARCHAR')
    .flatMap((column) =>
      column.statistics.top.flatMap(({ value }): Named[] => {
        const words =
          String(value)
            .toLowerCase()
            .match(/[\p{L}\p{N}]+/gu) ?? []
        if (words.length === 0 || words.length > maxValueWords) return []
        return [{ type: 'value', stems: words, column, value: String(value) }]
      }),
    )
  return { table, names: [...tables, ...columns, ...values].filter(({ stems }) => stems.length > 0) }
}

/** Both languages' stems of a word, since nobody knows which a table is written in. */
export function stemVariants(word: string): ReadonlySet<string> {
  const known = remembered.get(word)
  if (known !== undefined) return known
  const variants = new Set<string>([word, unaccented(word)])
  for (const language of ['en', 'de'])
    forEachWord(word, language, (_, term) => term !== undefined && variants.add(unaccented(term)))
  if (remembered.size > 20_000) remembered.clear()
  remembered.set(word, variants)
  return variants
}

const remembered = new Map<string, ReadonlySet<string>>()

/** How identifiers write them. */
function unaccented(word: string): string {
  return word.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue').replaceAll('ß', 'ss')
}

/** The words of a name: `unitPrice`, `unit_price` and `Unit price (€)` are two. */
function stemsOf(name: string): string[] {
  const words =
    name
      .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return words.filter((word) => !small.has(word) || words.length === 1)
}

const small = new Set(['the', 'of', 'in', 'a', 'der', 'die', 'das', 'des', 'von'])

/** Every name that the words of a question begin with, longest first; small words in between do not count. */
export function findNames({ names }: TableWords, words: readonly string[]): { named: Named; length: number }[] {
  const found = names.flatMap((named) => {
    const length = matchLength(named, words)
    return length === undefined ? [] : [{ named, length }]
  })
  return found.sort((a, b) => b.length - a.length)
}

function matchLength({ type, stems }: Named, words: readonly string[]): number | undefined {
  let at = 0
  for (const [index, stem] of stems.entries()) {
    if (index > 0 && type !== 'value') while (small.has(words[at] ?? '')) at++
    const word = words[at]
    if (word === undefined) return undefined
    if (type === 'value' ? word !== stem : !isSameWord(word, stem)) return undefined
    at++
  }
  return at
}

function isSameWord(word: string, name: string): boolean {
  if (word === name) return true
  const names = stemVariants(name)
  return [...stemVariants(word)].some((variant) => names.has(variant))
}
