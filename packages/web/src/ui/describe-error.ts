import { QuoryRequestError } from '@quory/sdk'
import type { TFunction } from 'i18next'

/** What went wrong, for a person: the server's own words, or that there is no server. */
export function describeError(error: unknown, t: TFunction): string {
  return error instanceof QuoryRequestError ? error.message : t('ui.notReached')
}
