import { z } from 'zod'
import { type DocumentId, parseId } from '../../ids.ts'
import type { PassageFilter } from '../../retrieval/passage-filter.ts'

const maxItems = 100
const lastPage = 1_000_000
const page = z.int().min(1).max(lastPage)
const time = z.iso.datetime({ offset: true, local: true }).or(z.iso.date())

// A model's slip in one field must not cost the search: what is not as described counts as not given.
const contextFilter = z.object({
  document_ids: z.array(z.string()).min(1).max(maxItems).optional().catch(undefined),
  media_types: z.array(z.string().min(1)).min(1).max(maxItems).optional().catch(undefined),
  first_page: page.optional().catch(undefined),
  last_page: page.optional().catch(undefined),
  stored_from: time.optional().catch(undefined),
  stored_before: time.optional().catch(undefined),
})

/** What a model asked of the passages beside the words. */
export function readContextFilter(input: Readonly<Record<string, unknown>>): PassageFilter {
  const asked = contextFilter.parse(input)
  const documentIds = asked.document_ids?.flatMap((id) => parseId<DocumentId>(id) ?? [])
  const isPaged = asked.first_page !== undefined || asked.last_page !== undefined
  return {
    documentIds: documentIds?.length === 0 ? undefined : documentIds,
    mediaTypes: asked.media_types?.map((type) => type.toWellFormed().replaceAll('\0', '')),
    storedFrom: toTime(asked.stored_from),
    storedBefore: toTime(asked.stored_before),
    pages: isPaged ? { first: asked.first_page ?? 1, last: asked.last_page ?? lastPage } : undefined,
  }
}

function toTime(text: string | undefined): string | undefined {
  return text === undefined ? undefined : new Date(text).toISOString()
}
