import { collapseSpaces } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { parsePlainText } from './parse-plain-text.ts'
import type { ParsedDocument } from './parsed-document.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Deeper than this, a value stands as the JSON it is. */
const maxDepth = 12

/** JSON, or one JSON value a line; anything else of that name is read as plain text and says so. */
export function parseJson(text: string): ParsedDocument {
  const builder = new DocumentBuilder()
  const whole = tryParse(text)
  if (whole !== undefined) addValue(builder, whole, [], 0)
  else if (!addLines(builder, text)) {
    const document = parsePlainText(text, 'code')
    return { ...document, warnings: ['The file is not valid JSON: it was read as plain text.'] }
  }
  return builder.build()
}

/** False when most lines are no JSON. */
function addLines(builder: DocumentBuilder, text: string): boolean {
  const lines = text.split(/\r\n?|\n/)
  const filled = lines.flatMap((line, index) => (line.trim() === '' ? [] : [{ line, row: index + 1 }]))
  const sample = filled.slice(0, 50)
  if (sample.filter(({ line }) => tryParse(line) !== undefined).length <= sample.length / 2) return false
  const bad: number[] = []
  for (const { line, row } of filled) {
    const value = tryParse(line)
    if (value === undefined) bad.push(row)
    else if (isLarge(value)) addValue(builder, value, [], 1)
    else builder.addBlock('table-row', flatten(value, '', 0).join('; '), { row })
  }
  if (bad.length > 0) {
    const first = bad.slice(0, 5).join(', ')
    builder.warnings.push(
      `${bad.length === 1 ? 'Line' : 'Lines'} ${first}${bad.length > 5 ? ' …' : ''} (${bad.length} in all) of JSON could not be read.`,
    )
  }
  return true
}

function tryParse(text: string): Json | undefined {
  try {
    // Numbers too long for a double are kept as they were written.
    const exact = /\d[\d.]{15}/.test(text)
    const value: unknown = exact
      ? JSON.parse(text.replace(/^\ufeff/, ''), keepLongNumber)
      : JSON.parse(text.replace(/^\ufeff/, ''))
    // JSON.parse makes nothing else.
    return value as Json
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function keepLongNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined && context.source.length > 15
    ? context.source
    : value
}

/** Objects are sections with their keys as headings; items of a list are rows; long texts are paragraphs. */
function addValue(builder: DocumentBuilder, value: Json, path: readonly string[], depth: number): void {
  builder.restartHeadings(path)
  if (Array.isArray(value)) {
    if (value.every(isScalar)) builder.addBlock('paragraph', value.map(scalarText).filter(Boolean).join(', '))
    else {
      value.forEach((item, index) => {
        if (depth < maxDepth && isLarge(item)) addValue(builder, item, path, depth + 1)
        else builder.addBlock('table-row', flatten(item, '', 0).join('; '), { row: index + 1 })
      })
    }
  } else if (value !== null && typeof value === 'object') {
    const large: [string, Json][] = []
    for (const [key, item] of Object.entries(value)) {
      if (isScalar(item) || !isLarge(item)) builder.addBlock('table-row', flatten(item, key, 0).join('; '))
      else large.push([key, item])
    }
    for (const [key, item] of large) {
      const name = collapseSpaces(key).slice(0, 100)
      if (depth < maxDepth) addValue(builder, item, name === '' ? path : [...path, name], depth + 1)
      else builder.addBlock('code', `${key}: ${JSON.stringify(item)}`)
    }
  } else builder.addBlock('paragraph', scalarText(value))
}

/** Too much for one line. */
function isLarge(value: Json): boolean {
  return !isScalar(value) && JSON.stringify(value).length > 600
}

function isScalar(value: Json): value is null | boolean | number | string {
  return value === null || typeof value !== 'object'
}

function scalarText(value: Json): string {
  return value === null ? '' : String(value)
}

/** `key: value` and `key.inner: value`; nothing for what is null or empty. */
function flatten(value: Json, name: string, depth: number): string[] {
  if (isScalar(value)) {
    const text = scalarText(value)
    return text.trim() === '' ? [] : [name === '' ? text : `${name}: ${text}`]
  }
  if (depth >= maxDepth) return [`${name}: ${JSON.stringify(value)}`]
  if (Array.isArray(value) && value.every(isScalar)) {
    const text = value
      .map(scalarText)
      .filter((item) => item !== '')
      .join(', ')
    return text === '' ? [] : [name === '' ? text : `${name}: ${text}`]
  }
  const entries = Array.isArray(value) ? value.map((item): [string, Json] => ['', item]) : Object.entries(value)
  return entries.flatMap(([key, item]) => {
    const inner = key === '' ? name : name === '' ? key : `${name}.${key}`
    return flatten(item, inner, depth + 1)
  })
}
