import type { Cell, QueryResult } from '../data-table.ts'
import type { Condition, Grouping, Measure, TableQuestion } from './table-query.ts'

/** More rows than these are left to the citation. */
const shownRows = 20

/** What was computed and what came out, in words; a table where there are several rows. */
export function describeAnswer(question: TableQuestion, result: QueryResult): string {
  const say = sayings[question.language]
  const where = describeConditions(question.conditions, say)
  const name = `“${question.table.fileName}”${question.table.sheet === null ? '' : `, ${question.table.sheet}`}`
  if (result.rows.length === 0) return say.nothing(name, where)
  if (question.type === 'measure' && question.groups.length === 0) {
    const value = result.rows[0]?.[0] ?? null
    if (value === null) return say.nothing(name, where)
    return say.single(describeMeasure(question.measure, say), name, where, withUnit(value, question.measure, say))
  }
  return `${heading(question, name, where, say)}\n\n${describeRows(result, say)}`
}

function heading(question: TableQuestion, name: string, where: string, say: Saying): string {
  switch (question.type) {
    case 'measure':
      return say.grouped(describeMeasure(question.measure, say), describeGroups(question.groups, say), name, where)
    case 'ranking':
      return say.ranked(describeMeasure(question.measure, say), describeGroups([question.group], say), name, where)
    case 'rows':
      return say.rows(question.column.label, name, where)
    case 'extreme':
      return say.extreme(question.direction, question.column.label, name, where)
  }
}

function describeMeasure({ aggregate, column, isDistinct }: Measure, say: Saying): string {
  if (column === undefined) return say.count
  if (isDistinct) return say.distinct(column.label)
  return `${say[aggregate]} ${column.label}`
}

function describeGroups(groups: readonly Grouping[], say: Saying): string {
  return groups.map(({ column, part }) => (part === undefined ? column.label : say[part])).join(', ')
}

function describeConditions(conditions: readonly Condition[], say: Saying): string {
  const texts = conditions.map(({ column, operator, isNegated, values }) => {
    const not = isNegated ? `${say.not} ` : ''
    if (operator === 'between') return `${column.label} ${not}${say.between} ${values[0]} ${say.and} ${values[1]}`
    if (operator === 'year') return `${column.label} ${not}${say.inYear} ${values[0]}`
    if (operator === 'contains' || operator === 'starts') return `${column.label} ${not}${say[operator]} “${values[0]}”`
    const value = column.type === 'VARCHAR' ? `“${values[0]}”` : values[0]
    return `${column.label} ${not}${operator} ${value}`
  })
  return texts.join(` ${say.and} `)
}

function withUnit(value: Cell, { aggregate, column }: Measure, say: Saying): string {
  const unit = aggregate === 'count' ? null : (column?.unit ?? null)
  return `${formatCell(value, say)}${unit === null ? '' : ` ${unit}`}`
}

function describeRows({ columns, rows, isTruncated }: QueryResult, say: Saying): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replace(/\s+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`
  const lines = [
    line(columns.map((column) => column.name)),
    line(columns.map(() => '---')),
    ...rows.slice(0, shownRows).map((row) => line(row.map((cell) => formatCell(cell, say)))),
  ]
  return rows.length > shownRows || isTruncated ? `${lines.join('\n')}\n\n${say.more(shownRows)}` : lines.join('\n')
}

function formatCell(cell: Cell, { locale }: Saying): string {
  if (cell === null) return ''
  if (typeof cell !== 'number') return String(cell)
  // A year or a number of an order is no quantity to be grouped.
  return cell.toLocaleString(locale, { maximumFractionDigits: 6, useGrouping: Math.abs(cell) >= 10_000 })
}

const english = {
  locale: 'en',
  count: 'number of rows',
  sum: 'total of',
  avg: 'average of',
  min: 'lowest value of',
  max: 'highest value of',
  year: 'year',
  month: 'month',
  not: 'not',
  and: 'and',
  between: 'between',
  inYear: 'in',
  contains: 'contains',
  starts: 'starts with',
  distinct: (label: string) => `number of different values of ${label}`,
  where: (where: string) => (where === '' ? '' : ` where ${where}`),
  single: (measure: string, name: string, where: string, value: string): string =>
    `The ${measure} in ${name}${english.where(where)} is **${value}**.`,
  nothing: (name: string, where: string): string => `There is no such row in ${name}${english.where(where)}.`,
  grouped: (measure: string, groups: string, name: string, where: string): string =>
    `The ${measure} by ${groups} in ${name}${english.where(where)}:`,
  ranked: (measure: string, group: string, name: string, where: string): string =>
    `${group} in the order of the ${measure}, in ${name}${english.where(where)}:`,
  rows: (label: string, name: string, where: string): string =>
    `Rows of ${name} in the order of ${label}${english.where(where)}:`,
  extreme: (direction: 'asc' | 'desc', label: string, name: string, where: string): string =>
    `Where ${label} is ${direction === 'desc' ? 'highest' : 'lowest'} in ${name}${english.where(where)}:`,
  more: (rows: number) => `The first ${rows} rows are shown.`,
}
type Saying = typeof english

const german: Saying = {
  locale: 'de',
  count: 'Anzahl der Zeilen',
  sum: 'Summe von',
  avg: 'Durchschnitt von',
  min: 'kleinster Wert von',
  max: 'größter Wert von',
  year: 'Jahr',
  month: 'Monat',
  not: 'nicht',
  and: 'und',
  between: 'zwischen',
  inYear: 'im Jahr',
  contains: 'enthält',
  starts: 'beginnt mit',
  distinct: (label) => `Anzahl verschiedener Werte von ${label}`,
  where: (where) => (where === '' ? '' : `, wobei ${where}`),
  single: (measure, name, where, value) => `${capital(measure)} in ${name}${german.where(where)}: **${value}**.`,
  nothing: (name, where) => `Dazu gibt es in ${name} keine Zeile${german.where(where)}.`,
  grouped: (measure, groups, name, where) => `${capital(measure)} je ${groups} in ${name}${german.where(where)}:`,
  ranked: (measure, group, name, where) => `${group}, geordnet nach: ${measure}, in ${name}${german.where(where)}:`,
  rows: (label, name, where) => `Zeilen von ${name}, geordnet nach ${label}${german.where(where)}:`,
  extreme: (direction, label, name, where) =>
    `Wo ${label} in ${name} am ${direction === 'desc' ? 'größten' : 'kleinsten'} ist${german.where(where)}:`,
  more: (rows) => `Gezeigt sind die ersten ${rows} Zeilen.`,
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const sayings: Readonly<Record<TableQuestion['language'], Saying>> = { en: english, de: german }
