import { describeSettings, readConfig } from '../config.ts'

export function printConfig(env: Readonly<Record<string, string | undefined>>): void {
  // Says what is wrong before it prints anything.
  readConfig(env)
  for (const { name, meaning, value } of describeSettings(env)) {
    process.stdout.write(`${name}=${value}\n    ${meaning}\n`)
  }
}
