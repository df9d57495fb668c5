import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'

/** Quivr's API. */
export function registerQuivr(_services: Services) {
  return async (_server: Server): Promise<void> => undefined
}
