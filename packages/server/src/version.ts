import manifest from '../package.json' with { type: 'json' }

/** Of this program, as nodes of a cluster tell each other. */
export const version: string = manifest.version
