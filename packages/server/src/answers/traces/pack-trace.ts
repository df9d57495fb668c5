import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { Trace } from './trace.ts'

/** Of the JSON before it is packed. */
export const maxTraceBytes = 256 * 1024
/** Characters kept of each long text, tried in turn until the whole fits. */
const textLimits = [Number.POSITIVE_INFINITY, 16_000, 4_000, 1_000, 200, 0]
const zip = promisify(gzip)
const unzip = promisify(gunzip)

/** A trace as it is stored: bounded, and packed on another thread, which makes a fifth of it. */
export async function packTrace(trace: Trace): Promise<Uint8Array> {
  return await zip(boundTrace(trace))
}

export async function unpackTrace(bytes: Uint8Array): Promise<Trace> {
  // Written by packTrace.
  return JSON.parse((await unzip(bytes)).toString('utf8')) as Trace
}

/** JSON of at most so many bytes: long texts lose their ends, and the note says so. */
function boundTrace(trace: Trace): string {
  for (const limit of textLimits) {
    if (limit !== 0 && roughLength(trace, limit) > maxTraceBytes) continue
    const json = JSON.stringify(limit === Number.POSITIVE_INFINITY ? trace : cutTrace(trace, limit))
    if (Buffer.byteLength(json) <= maxTraceBytes) return json
  }
  const nothing = { searches: [], condensed: null, messages: [], model_calls: [], tools: [] }
  return JSON.stringify({ ...nothing, note: 'Everything was left out: it was too long to keep' } satisfies Trace)
}

/** Without writing it: a prompt of a megabyte is not worth it. */
function roughLength(trace: Trace, limit: number): number {
  return trace.messages.reduce((sum, { content }) => sum + Math.min(content.length, limit), 0)
}

function cutTrace(trace: Trace, limit: number): Trace {
  const cut = (text: string) =>
    text.length <= limit ? text : `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…`
  const isTight = limit <= 1_000
  return {
    searches: trace.searches.map((search) => ({
      ...search,
      query: cut(search.query),
      passages: isTight ? search.passages.slice(0, 10) : search.passages,
    })),
    condensed: trace.condensed && { ...trace.condensed, query: cut(trace.condensed.query) },
    messages: trace.messages.slice(0, isTight ? 200 : undefined).map((message) => ({
      ...message,
      content: cut(message.content),
      tool_calls: message.tool_calls && cut(message.tool_calls),
    })),
    model_calls: trace.model_calls,
    tools: trace.tools.map((tool) => {
      const input = JSON.stringify(tool.input) ?? 'null'
      return input.length <= limit ? tool : { ...tool, input: cut(input) }
    }),
    note: `Texts were cut to ${limit} characters each to keep the trace within ${maxTraceBytes / 1024} KB`,
  }
}
