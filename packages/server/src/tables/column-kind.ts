import type { ColumnType } from './data-table.ts'

/** How the values of a column may be read. The order is that of preference. */
const kinds = [
  'boolean',
  'integer',
  'decimal-point',
  'decimal-comma',
  'date-iso',
  'date-dmy',
  'date-mdy',
  'timestamp-iso',
  'timestamp-dmy',
  'timestamp-mdy',
  'time',
] as const
export type Kind = (typeof kinds)[number]

const booleans = /^(?:true|false|yes|no|ja|nein|wahr|falsch)$/i
/** No sign `+`, no leading zeros: telephone numbers and postcodes are words. */
const integer = /^-?(?:0|[1-9]\d{0,17})$/
const sign = '[-−]?\\s?'
const currency = '(?:\\p{Sc}\\s?)?'
const unit = '(?:\\s?(?:%|\\p{Sc}))?'
const grouped = (separators: string) => `(?:0|[1-9]\\d{0,17}|[1-9]\\d{0,2}(?:[${separators}]\\d{3}){1,5})`
const point = new RegExp(
  `^${sign}${currency}${sign}${grouped(",'’\\u00a0\\u202f")}?(?:\\.(\\d+))?(?:[eE][-+]?\\d{1,3})?${unit}$`,
  'u',
)
const comma = new RegExp(`^${sign}${currency}${sign}${grouped(".'’\\u00a0\\u202f")}?(?:,(\\d+))?${unit}$`, 'u')
const isoDate = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/
const shortDate = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})$/
const isoTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?(?:Z|UTC|[-+]\d{2}(?::?\d{2})?))?)?$/
const shortTime = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?\s\d{1,2}:\d{2}(?::\d{2})?)?$/
const clock = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/

/** What stands for "no value" in a column that otherwise holds numbers or times. */
export const emptyWords: readonly string[] = [
  'NA',
  'N/A',
  'n/a',
  'NULL',
  'null',
  'NaN',
  'nan',
  '#N/A',
  '-',
  '–',
  '—',
  '?',
]
const isEmptyWord = new Set(emptyWords)

/** Longer ones are words whatever they look like. */
const maxTypedLength = 40
const daysOf = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDate(year: string | undefined, month: string | undefined, day: string | undefined): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  if (y < 1 || d < 1 || d > (daysOf[m - 1] ?? 0)) return false
  return m !== 2 || d !== 29 || (y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0))
}

const tests: Readonly<
  Record<Exclude<Kind, 'integer' | 'decimal-point' | 'decimal-comma'>, (value: string) => boolean>
> = {
  boolean: (value) => booleans.test(value),
  'date-iso': (value) => matches(isoDate, value, (part) => isDate(part[1], part[3], part[4])),
  'date-dmy': (value) => matches(shortDate, value, (part) => isDate(part[4], part[3], part[1])),
  // Nobody writes months first with full stops.
  'date-mdy': (value) => matches(shortDate, value, (part) => part[2] !== '.' && isDate(part[4], part[1], part[3])),
  'timestamp-iso': (value) => matches(isoTime, value, (part) => isDate(part[1], part[2], part[3])),
  'timestamp-dmy': (value) => matches(shortTime, value, (part) => isDate(part[4], part[3], part[1])),
  'timestamp-mdy': (value) => matches(shortTime, value, (part) => part[2] !== '.' && isDate(part[4], part[1], part[3])),
  time: (value) => clock.test(value),
}

function matches(pattern: RegExp, value: string, holds: (part: RegExpExecArray) => boolean): boolean {
  const part = pattern.exec(value)
  return part !== null && holds(part)
}

/** Whether a value alone looks like a number, a time or a yes or no. */
export function looksTyped(value: string): boolean {
  const kind = new ColumnKind()
  kind.add(value)
  return kind.possible.size > 0
}

/** Reads a column's values one after the other and keeps in how many ways all of them could be meant. */
export class ColumnKind {
  readonly possible = new Set<Kind>(kinds)
  count = 0
  emptyWords = 0
  #typed = 0
  #hasUnit = false
  #hasExponent = false
  readonly #units = new Set<string>()
  readonly #digits = { point: { whole: 1, fraction: 0 }, comma: { whole: 1, fraction: 0 } }

  /** Trimmed, not empty. */
  add(value: string): void {
    this.count += 1
    const { possible } = this
    if (possible.size === 0) return
    if (isEmptyWord.has(value)) {
      this.emptyWords += 1
      return
    }
    this.#typed += 1
    if (value.length > maxTypedLength) {
      possible.clear()
      return
    }
    if (possible.has('integer') || possible.has('decimal-point') || possible.has('decimal-comma'))
      this.#addNumber(value)
    for (const kind of possible) {
      if (kind === 'integer' || kind === 'decimal-point' || kind === 'decimal-comma') continue
      if (!tests[kind](value)) possible.delete(kind)
    }
  }

  #addNumber(value: string): void {
    const { possible } = this
    if (integer.test(value)) {
      const whole = value.length - (value.startsWith('-') ? 1 : 0)
      this.#widen('point', whole, 0)
      this.#widen('comma', whole, 0)
      return
    }
    possible.delete('integer')
    const hasDigit = /\d/.test(value)
    if (possible.has('decimal-point')) {
      const part = hasDigit ? point.exec(value) : null
      if (part === null) possible.delete('decimal-point')
      else this.#widen('point', countDigits(value) - (part[1]?.length ?? 0), part[1]?.length ?? 0)
    }
    if (possible.has('decimal-comma')) {
      const part = hasDigit ? comma.exec(value) : null
      if (part === null) possible.delete('decimal-comma')
      else this.#widen('comma', countDigits(value) - (part[1]?.length ?? 0), part[1]?.length ?? 0)
    }
    if (/[eE]/.test(value)) this.#hasExponent = true
    const unit = /[%\p{Sc}]/u.exec(value)?.[0]
    if (unit !== undefined) this.#units.add(unit)
    if (unit !== undefined || /[^\d.eE+-]/.test(value)) this.#hasUnit = true
  }

  #widen(reading: 'point' | 'comma', whole: number, fraction: number): void {
    const digits = this.#digits[reading]
    digits.whole = Math.max(digits.whole, whole)
    digits.fraction = Math.max(digits.fraction, fraction)
  }

  /** How to read the column, with what the file's other columns say of its numbers and dates. */
  settle({ decimal, date }: Locale): SettledKind {
    const { possible } = this
    const isAmbiguous = possible.has('date-dmy') && possible.has('date-mdy')
    const isAmbiguousTime = !possible.has('date-dmy') && possible.has('timestamp-dmy') && possible.has('timestamp-mdy')
    if (this.#typed === 0) return words
    // Two kinds of money in one column cannot be added up.
    if (this.#units.size > 1) return words
    const kind = kinds.find(
      (one) =>
        possible.has(one) &&
        !(one === 'decimal-point' && decimal === 'comma' && possible.has('decimal-comma')) &&
        !((one === 'date-dmy' || one === 'timestamp-dmy') && (isAmbiguous || isAmbiguousTime) && date !== 'dmy') &&
        !((one === 'date-mdy' || one === 'timestamp-mdy') && (isAmbiguous || isAmbiguousTime) && date !== 'mdy'),
    )
    if (kind === undefined) return { ...words, isUnclear: isAmbiguous || isAmbiguousTime }
    const unit = this.#units.values().next().value ?? null
    return { kind, type: this.#typeOf(kind), hasUnit: this.#hasUnit, unit, isUnclear: false }
  }

  #typeOf(kind: Kind): ColumnType {
    switch (kind) {
      case 'boolean':
        return 'BOOLEAN'
      case 'integer':
        return 'BIGINT'
      case 'decimal-point':
      case 'decimal-comma': {
        const { whole, fraction } = this.#digits[kind === 'decimal-point' ? 'point' : 'comma']
        if (this.#hasExponent || whole + fraction > 18) return 'DOUBLE'
        return fraction === 0 ? 'BIGINT' : `DECIMAL(18,${fraction})`
      }
      case 'date-iso':
      case 'date-dmy':
      case 'date-mdy':
        return 'DATE'
      case 'time':
        return 'TIME'
      default:
        return 'TIMESTAMP'
    }
  }
}

function countDigits(value: string): number {
  const exponent = value.search(/[eE]/)
  return (exponent === -1 ? value : value.slice(0, exponent)).replace(/\D/g, '').length
}

export interface SettledKind {
  readonly kind: Kind | 'words'
  readonly type: ColumnType
  /** Something beside digits stands in the numbers: a currency, a percent sign, separators. */
  readonly hasUnit: boolean
  readonly unit: string | null
  /** All are dates whose day and month cannot be told apart. */
  readonly isUnclear: boolean
}

const words: SettledKind = { kind: 'words', type: 'VARCHAR', hasUnit: false, unit: null, isUnclear: false }

/** How a file writes decimals and dates; `undefined` when it does not show. */
export interface Locale {
  readonly decimal: 'point' | 'comma' | undefined
  readonly date: 'dmy' | 'mdy' | undefined
}

/** What the columns that can be read in one way only say of the others. */
export function findLocale(columns: readonly ColumnKind[], delimiter: string): Locale {
  const only = (one: Kind, other: Kind) =>
    columns.some(({ possible }) => possible.has(one) && !possible.has(other) && !possible.has('integer'))
  const hasComma = only('decimal-comma', 'decimal-point')
  const hasPoint = only('decimal-point', 'decimal-comma')
  const isDmy = only('date-dmy', 'date-mdy') || only('timestamp-dmy', 'timestamp-mdy')
  const isMdy = only('date-mdy', 'date-dmy') || only('timestamp-mdy', 'timestamp-dmy')
  const byDelimiter = delimiter === ';' && !hasPoint ? 'comma' : undefined
  return {
    decimal: hasComma === hasPoint ? byDelimiter : hasComma ? 'comma' : 'point',
    date: isDmy === isMdy ? undefined : isDmy ? 'dmy' : 'mdy',
  }
}
