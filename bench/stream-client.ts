import { Agent, request } from 'node:http'
import { benchAnswer, benchModel, firstWord } from './bench-answer.ts'

/** Opens streams evenly over `rampMs`, each on its own connection, and reads them to their ends. */
export interface StreamJob {
  readonly url: string
  /** Where each stream asks: as many streams as paths. */
  readonly paths: readonly string[]
  readonly dialect: 'openai' | 'quory'
  readonly key: string
  readonly rampMs: number
}

export interface StreamResult {
  readonly firstTokenMs: readonly number[]
  /** From the first token to the end. */
  readonly spokenMs: readonly number[]
  /** Streams whose text was the model's, whole. */
  readonly whole: number
  readonly failures: readonly string[]
}

interface OneStream {
  readonly firstTokenMs: number | undefined
  readonly totalMs: number
  readonly status: number
  readonly text: string
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })
const question = 'What do the birds see?'
const bodies = {
  openai: JSON.stringify({ model: benchModel, stream: true, messages: [{ role: 'user', content: question }] }),
  quory: JSON.stringify({ content: question }),
}

function openStream({ url, dialect, key }: StreamJob, path: string): Promise<OneStream> {
  const started = performance.now()
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    authorization: `Bearer ${key}`,
    'content-length': bodies[dialect].length,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method: 'POST', headers, agent }, (response) => {
      let firstTokenMs: number | undefined
      let beginning = ''
      const chunks: string[] = []
      response.setEncoding('utf8').on('data', (chunk: string) => {
        chunks.push(chunk)
        if (firstTokenMs !== undefined) return
        beginning += chunk
        if (beginning.includes(firstWord)) firstTokenMs = performance.now() - started
      })
      response.on('end', () => {
        const totalMs = performance.now() - started
        resolve({ firstTokenMs, totalMs, status: response.statusCode ?? 0, text: chunks.join('') })
      })
      response.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(bodies[dialect])
  })
}

/** The answer's text, put together from the frames that carry it. */
function readText(frames: string, dialect: StreamJob['dialect']): string {
  const lines = frames.split('\n').filter((line) => line.startsWith('data: {'))
  return lines
    .map((line) => JSON.parse(line.slice(6)))
    .map((data) => (dialect === 'openai' ? data.choices[0].delta.content : data.content_chunk) ?? '')
    .join('')
}

async function runJob(job: StreamJob): Promise<StreamResult> {
  const streams = await Promise.all(
    job.paths.map(async (path, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * job.rampMs) / job.paths.length))
      return openStream(job, path)
    }),
  )
  // Only now: taking frames apart while others stream would make those wait.
  const wrong = streams.filter(({ text }) => readText(text, job.dialect) !== benchAnswer)
  return {
    firstTokenMs: streams.flatMap(({ firstTokenMs }) => firstTokenMs ?? []),
    spokenMs: streams.map(({ firstTokenMs, totalMs }) => totalMs - (firstTokenMs ?? totalMs)),
    whole: streams.length - wrong.length,
    failures: wrong.map(({ status, text }) => `${status}: ${text.slice(0, 300)}`),
  }
}

process.on('message', (job: StreamJob) => {
  runJob(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
