import { deriveKey, SecretBox } from '../../src/secrets/secret-box.ts'

export const testSecrets = new SecretBox({ current: deriveKey('a secret for tests only'), previous: [] })
