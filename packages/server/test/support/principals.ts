import type { Principal } from '../../src/accounts/principal.ts'
import { createUser } from '../../src/accounts/user-store.ts'
import type { Database } from '../../src/database/database.ts'
import type { KeyScope, UserRole } from '../../src/database/schema.ts'
import { newId } from '../../src/ids.ts'

const operator: Principal = { userId: newId(), email: 'operator@example.com', role: 'admin', scope: 'admin' }
let people = 0

/** A stored user, as one who asks. */
export async function aPrincipal(
  db: Database,
  options: { role?: UserRole; scope?: KeyScope } = {},
): Promise<Principal> {
  const { role = 'user', scope = 'admin' } = options
  const user = await createUser(db.query, operator, { email: `person-${++people}@example.com`, role })
  return { userId: user.id, email: user.email, role, scope }
}

export function aNewProject(name: string, organization_id = 'acme') {
  return { name, organization_id, isNameUnique: true }
}
