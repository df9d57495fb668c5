import type { App } from '../app.ts'
import type { Config } from '../config.ts'

/** Where the data is and who answers: what every node says of itself when it starts. */
export function describeStart(models: App['models'], config: Config): string[] {
  return [
    `  data     ${config.databaseUrl === undefined ? config.dataDir : `PostgreSQL at ${new URL(config.databaseUrl).host}`}`,
    `  answers  ${describeModel(models, config)}`,
  ]
}

function describeModel(models: App['models'], config: Config): string {
  if (!models.hasProviders) {
    return 'no model is configured: answers are sentences quoted from your documents (quory/extractive)'
  }
  return config.models.defaultModel ?? 'the first model that the configured provider lists'
}
