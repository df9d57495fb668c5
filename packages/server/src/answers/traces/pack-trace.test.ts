import { expect, it } from 'vitest'
import { maxTraceBytes, packTrace, unpackTrace } from './pack-trace.ts'
import type { Trace } from './trace.ts'

const nothing: Trace = { searches: [], condensed: null, messages: [], model_calls: [], tools: [], note: null }

function prompt(content: string, count = 1): Trace {
  const messages = Array.from({ length: count }, () => ({ role: 'user', content, tool_calls: null }))
  return { ...nothing, messages }
}

it('a trace comes back as it was', async () => {
  const trace = prompt('Why \u0000 not? 🦉'.repeat(1_000))
  expect(await unpackTrace(await packTrace(trace))).toEqual(trace)
})

it.each([
  ['one long text', prompt('🦉 owl '.repeat(100_000))],
  ['many texts', prompt('owl '.repeat(2_000), 500)],
  [
    'an endless tool input',
    {
      ...nothing,
      tools: [{ name: 't', input: { x: 'y'.repeat(10 ** 6) }, started_ms: 0, duration_ms: 1, error: null }],
    },
  ],
])('a trace of %s is cut to its limit, and says so', async (_, trace) => {
  const kept = await unpackTrace(await packTrace(trace))
  expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(maxTraceBytes)
  expect(kept.note).toMatch(/cut|left out/)
  expect(JSON.stringify(kept).isWellFormed()).toBe(true)
})
