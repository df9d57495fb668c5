import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { decodeText } from '../ingestion/parsers/decode-text.ts'
import { findDelimiter } from '../ingestion/parsers/parse-csv.ts'

const sampleBytes = 65_536
/** A quote that is never closed would otherwise gather the rest of the file in memory. */
const maxRecordCharacters = 4_000_000

/** Hands on the rows of a CSV or TSV file in any encoding as they are read; returns the delimiter. */
export async function readCsvRows(
  path: string,
  onRow: (cells: readonly string[]) => void,
  onPause: () => Promise<void>,
): Promise<string> {
  const { encoding, delimiter } = await inspect(path)
  const { parse } = await import('csv-parse')
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: maxRecordCharacters,
    on_record: (record: string[]) => {
      onRow(record)
      return null
    },
  })
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  // Awaited at the end; a failure before that must not count as nobody's.
  ended.catch(() => undefined)
  parser.on('error', reject)
  parser.on('end', resolve)
  parser.resume()
  const decoder = new TextDecoder(encoding)
  for await (const bytes of createReadStream(path, { highWaterMark: sampleBytes })) {
    const { promise: taken, resolve: next } = Promise.withResolvers<void>()
    parser.write(decoder.decode(bytes, { stream: true }), () => next())
    await Promise.race([taken, ended])
    await onPause()
  }
  parser.end(decoder.decode())
  await ended
  return delimiter
}

async function inspect(path: string): Promise<{ encoding: string; delimiter: string }> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0)
  const { text, encoding } = await decodeText(buffer.subarray(0, bytesRead))
  return { encoding, delimiter: findDelimiter(text) }
}
