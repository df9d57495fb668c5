import type { Config } from '../../config.ts'
import { type Database, inTransaction } from '../../database/database.ts'
import type { WakeUp } from '../../database/wake-up.ts'
import type { ProjectId } from '../../ids.ts'
import type { Logger } from '../../logger.ts'
import { findByWords, readStatistics } from '../words/search-words.ts'
import { analyserVersion } from '../words/segment.ts'
import type { FoundByWords, WordIndex, WordQuery } from '../words/word-index.ts'
import { forgetTextsearch, installExtension, listLargeProjects, readExtension } from './extension-store.ts'
import { requestTextsearch, textsearchKind } from './request-textsearch.ts'
import { findByTextsearch } from './textsearch-index.ts'
import { findTextsearchProject } from './textsearch-store.ts'

interface Opened {
  readonly db: Database
  readonly logger: Logger
}

/** Where pg_textsearch can be used: what searches by it, and what has projects indexed. */
export interface Textsearch {
  readonly words: WordIndex
  /** After a project changed: has it indexed when it has become large. */
  readonly requestWhenLarge: (projectId: ProjectId) => Promise<void>
  /** After a start, in the background: projects that were large already. */
  readonly catchUp: (wakeUp: WakeUp) => AsyncDisposable
}

/** Asks the database once whether it has pg_textsearch. Undefined where it has not, or the settings forbid it. */
export async function openTextsearch(
  opened: Opened,
  { textsearchFrom }: Pick<Config, 'textsearchFrom'>,
): Promise<Textsearch | undefined> {
  const { db } = opened
  if (db.engine !== 'postgres') return undefined
  if (textsearchFrom === undefined) {
    await forgetTextsearch(db)
    return undefined
  }
  if (!(await hasExtension(opened))) return undefined
  return {
    words: new TextsearchWordIndex(opened),
    requestWhenLarge: async (projectId) => {
      const known = await findTextsearchProject(db.query, projectId)
      // Begun and given up: at the next start it is tried again, rather than with every few documents.
      if (known?.version === analyserVersion) return
      if ((await readStatistics(db.query, projectId)).passageCount < textsearchFrom) return
      await inTransaction(db, (tx) => requestTextsearch(tx, projectId))
    },
    catchUp: (wakeUp) => {
      const stopped = new AbortController()
      const done = requestLarge(db, wakeUp, textsearchFrom, stopped.signal).catch((error: unknown) => {
        if (stopped.signal.aborted) return
        opened.logger.warn({ error: String(error) }, 'large projects without pg_textsearch could not be looked for')
      })
      return {
        [Symbol.asyncDispose]: async () => {
          stopped.abort()
          await done
        },
      }
    },
  }
}

async function requestLarge(db: Database, wakeUp: WakeUp, fromPassages: number, signal: AbortSignal): Promise<void> {
  for (const projectId of await listLargeProjects(db.query, fromPassages)) {
    signal.throwIfAborted()
    await inTransaction(db, (tx) => requestTextsearch(tx, projectId))
    wakeUp.notify('job-queued', textsearchKind)
  }
}

async function hasExtension({ db, logger }: Opened): Promise<boolean> {
  const { isInstalled, mayInstall } = await readExtension(db.query)
  if (isInstalled || !mayInstall) return isInstalled
  try {
    await installExtension(db)
    return true
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    logger.warn({ error: String(error) }, 'pg_textsearch is there but cannot be created: large projects do without')
    return false
  }
}

/** By what a project has: the extension's index once it is whole, segments otherwise. */
class TextsearchWordIndex implements WordIndex {
  readonly #opened: Opened
  #hasSaidSo = false

  constructor(opened: Opened) {
    this.#opened = opened
  }

  async find(query: WordQuery): Promise<FoundByWords> {
    const { db } = this.#opened
    const known = await findTextsearchProject(db.query, query.projectId)
    const isWhole = known?.state === 'active' && known.version === analyserVersion
    return (isWhole ? await this.#ask(query) : undefined) ?? (await findByWords(db, query))
  }

  /** Whoever removes the extension or its index loses speed, not answers. */
  async #ask(query: WordQuery): Promise<FoundByWords | undefined> {
    try {
      return await findByTextsearch(this.#opened.db, query)
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined || !isMissing(code)) throw error
      if (!this.#hasSaidSo) {
        this.#opened.logger.warn({ error: String(error) }, 'pg_textsearch does not answer: segments do in its place')
      }
      this.#hasSaidSo = true
      return undefined
    }
  }
}

/** The server's code of an error, when it is the server's. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code))
    ? String(error.code)
    : undefined
}

/** Undefined functions, tables and objects; an index that is broken or not what it was; the extension's own complaints. */
function isMissing(code: string): boolean {
  return code.startsWith('42') || code.startsWith('XX') || code === '22023' || code === '55000' || code === '0A000'
}
