import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { QuoryError } from '../../errors.ts'
import { decodeText } from '../parsers/decode-text.ts'
import { findDelimiter } from '../parsers/parse-csv.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { detectMediaType } from './detect-media-type.ts'

export interface CsvShape {
  /** Without the header. */
  readonly rowCount: number
  readonly columns: readonly string[]
}

const sampleBytes = 65_536
/** A quote that is never closed would otherwise gather the rest of the file in memory. */
const maxRecordCharacters = 1_000_000

/** Reads a whole CSV file as a stream; a 400 in words when it is none. Rows may be shorter than the header, not longer. */
export async function inspectCsv(path: string): Promise<CsvShape> {
  try {
    return await readShape(path)
  } catch (error) {
    if (error instanceof ParseFailure || isCsvError(error)) {
      throw new QuoryError('unsupported_file', `Invalid CSV file: ${error.message}`, { cause: error })
    }
    throw error
  }
}

async function readShape(path: string): Promise<CsvShape> {
  const sample = await readSample(path)
  detectMediaType('table.csv', sample)
  const { text, encoding } = await decodeText(sample)
  const { parse } = await import('csv-parse')
  let columns: string[] | undefined
  let rowCount = 0
  const parser = parse({
    bom: true,
    delimiter: findDelimiter(text),
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordCharacters,
    on_record: (record: string[], { lines }) => {
      if (columns === undefined) columns = record
      else if (record.length > columns.length) {
        const reason = `Expected ${columns.length} fields in line ${lines}, saw ${record.length}`
        throw new ParseFailure('damaged', reason)
      } else rowCount += 1
      return null
    },
  })
  parser.resume()
  await pipeline(Readable.from(decodeStream(path, encoding)), parser)
  if (columns === undefined) throw new ParseFailure('empty', 'No columns to parse from file')
  return { rowCount, columns }
}

async function readSample(path: string): Promise<Uint8Array> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0)
  return buffer.subarray(0, bytesRead)
}

async function* decodeStream(path: string, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  for await (const bytes of createReadStream(path, { highWaterMark: sampleBytes })) {
    yield decoder.decode(bytes, { stream: true })
  }
  yield decoder.decode()
}

function isCsvError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')
}
