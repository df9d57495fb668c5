import type { Member } from '@quory/sdk'

export type Role = Member['role']

/** From the one who may do least. */
export const roles = ['viewer', 'editor', 'owner'] as const satisfies readonly Role[]
