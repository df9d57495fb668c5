import { z } from 'zod'
import { EgressRefused } from '../../egress/egress-error.ts'
import { parseTarget } from '../../egress/parse-target.ts'
import type { Configuration } from '../source.ts'
import { ConnectorFailure } from './connector.ts'

const paths = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((path) => normalPath(path.trim())))
const settings = z.object({
  url: z.string().trim().min(1),
  crawl: z.enum(['page', 'site']).default('page'),
  max_pages: z.coerce.number().int().min(1).max(10_000).default(200),
  max_depth: z.coerce.number().int().min(0).max(50).default(5),
  include_paths: paths,
  exclude_paths: paths,
})

export interface WebSettings {
  readonly start: URL
  readonly crawl: 'page' | 'site'
  readonly maxPages: number
  readonly maxDepth: number
  readonly includePaths: readonly string[]
  readonly excludePaths: readonly string[]
}

/** Throws a `ConnectorFailure` that names what is wrong. An address without a scheme is taken for https. */
export function readWebSettings(configuration: Configuration): WebSettings {
  const set = Object.entries(configuration).filter(([, value]) => value !== '' && value !== null)
  const parsed = settings.safeParse(Object.fromEntries(set))
  if (!parsed.success) {
    const words = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new ConnectorFailure(`The settings are not right: ${words.join('; ')}.`)
  }
  const { url, crawl, max_pages, max_depth, include_paths, exclude_paths } = parsed.data
  return {
    start: parseStart(url),
    crawl,
    maxPages: max_pages,
    maxDepth: max_depth,
    includePaths: include_paths,
    excludePaths: exclude_paths,
  }
}

function parseStart(text: string): URL {
  try {
    return parseTarget(/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/]+:\d/.test(text) ? text : `https://${text}`)
  } catch (error) {
    if (error instanceof EgressRefused) throw new ConnectorFailure(error.message, { cause: error })
    throw error
  }
}

function normalPath(path: string): string[] {
  if (path === '') return []
  return [new URL(path.startsWith('/') ? path : `/${path}`, 'http://any').pathname]
}
