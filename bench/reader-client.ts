import { createHash } from 'node:crypto'
import { Agent, get } from 'node:http'

/** Opens readers of streams that are there, one connection each, and reads them to their ends. */
export interface ReaderJob {
  readonly key: string
  /** Addresses of streams: a reader for each entry. */
  readonly urls: readonly string[]
}

export interface ReaderResult {
  /** Readers whose stream ended with its answer's end. */
  readonly whole: number
  /** How many different texts the readers of each address got: 1, or events were lost. */
  readonly texts: readonly number[]
  readonly failures: readonly string[]
}

interface Reading {
  readonly url: string
  readonly isWhole: boolean
  readonly hash: string
  readonly failure: string | undefined
}

const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

function read(url: string, key: string): Promise<Reading> {
  return new Promise((resolve) => {
    const fail = (failure: string) => resolve({ url, isWhole: false, hash: '', failure })
    const request = get(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
      if (response.statusCode !== 200) return fail(`${url} answered ${response.statusCode}`)
      const hash = createHash('sha256')
      let tail = ''
      response.on('data', (chunk: Buffer) => {
        const text = chunk.toString('latin1')
        tail = (tail + text).slice(-400)
        hash.update(chunk)
      })
      response.on('end', () => {
        const isWhole = tail.includes('"status":"completed"')
        resolve({ url, isWhole, hash: hash.digest('hex'), failure: isWhole ? undefined : `ended with ${tail}` })
      })
      response.on('error', (error) => fail(String(error)))
      return response
    })
    request.on('error', (error) => fail(String(error)))
  })
}

async function runJob({ key, urls }: ReaderJob): Promise<ReaderResult> {
  const readings = await Promise.all(urls.map((url) => read(url, key)))
  const hashes = new Map<string, Set<string>>()
  for (const { url, hash } of readings) hashes.set(url, (hashes.get(url) ?? new Set()).add(hash))
  return {
    whole: readings.filter(({ isWhole }) => isWhole).length,
    texts: [...hashes.values()].map(({ size }) => size),
    failures: readings.flatMap(({ failure }) => failure ?? []),
  }
}

process.on('message', (job: ReaderJob) => {
  runJob(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
