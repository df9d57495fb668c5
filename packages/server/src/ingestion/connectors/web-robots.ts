import { ConnectorFailure } from './connector.ts'
import type { PoliteClient } from './polite-client.ts'

/** The name that robots.txt and `X-Robots-Tag` can speak to. */
const robotName = 'Quory'
/** RFC 9309: at least this much is to be read; the rest is not. */
const maxRobotsBytes = 512_000
const maxDelayMs = 10_000
/** Checking a pattern with a star takes as long as the pattern times the address: so much of them, and no more. */
const maxStarredCharacters = 20_000

export interface RobotRules {
  isAllowed(url: URL): boolean
  /** How long to wait between two requests; undefined when it does not say. */
  readonly delayMs: number | undefined
  readonly sitemaps: readonly string[]
}

/** What each origin's robots.txt says, read once. */
export class RobotRulesCache {
  readonly #client: PoliteClient
  readonly #rules = new Map<string, Promise<RobotRules>>()

  constructor(client: PoliteClient) {
    this.#client = client
  }

  /** Throws a passing `ConnectorFailure` when the site cannot say: it is then left alone for now, as RFC 9309 has it. */
  for({ origin }: URL, signal: AbortSignal): Promise<RobotRules> {
    const known = this.#rules.get(origin)
    if (known !== undefined) return known
    const reading = readRules(this.#client, `${origin}/robots.txt`, signal)
    this.#rules.set(origin, reading)
    return reading
  }
}

async function readRules(client: PoliteClient, address: string, signal: AbortSignal): Promise<RobotRules> {
  const text = await client.get(address, { signal, maxBytes: maxRobotsBytes * 20 }, async ({ status, body }) => {
    if (status >= 500 || status === 429) {
      const message = `${address} answers ${status}, so the site is not crawled for now.`
      throw new ConnectorFailure(message, { isPassing: true })
    }
    return status >= 400 ? '' : await readStart(body, maxRobotsBytes)
  })
  if (starredCharacters(text) > maxStarredCharacters)
    throw new ConnectorFailure(`${address} has more patterns than can be checked, so the site is not crawled.`)
  const parser = await import('robots-parser')
  // Its declaration is that of an ES module; the package itself is none.
  const parse = parser.default as unknown as typeof parser.default.default
  const robot = parse(address, text)
  const delay = robot.getCrawlDelay(robotName)
  return {
    isAllowed: (url) => robot.isAllowed(url.href, robotName) !== false,
    delayMs: delay !== undefined && delay >= 0 ? Math.min(delay * 1000, maxDelayMs) : undefined,
    sitemaps: robot.getSitemaps(),
  }
}

function starredCharacters(text: string): number {
  const lines = text.split(/[\r\n]+/).filter((line) => line.includes('*') && /^\s*(dis)?allow/i.test(line))
  return lines.reduce((sum, line) => sum + line.length, 0)
}

async function readStart(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size >= maxBytes) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, maxBytes))
}
