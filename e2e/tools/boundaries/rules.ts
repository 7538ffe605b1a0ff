/**
 * Who may import whom. `protocol ◄ sdk ◄ widget` · `protocol ◄ engine ◄ gateway` ·
 * `engine (connector contract only) ◄ connectors ◄ gateway`. A package that is missing here may import nothing.
 */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  sdk: ['protocol'],
  widget: ['protocol', 'sdk'],
  desk: ['protocol', 'sdk'],
  engine: ['protocol'],
  connectors: ['protocol', 'engine'],
  gateway: ['protocol', 'engine', 'connectors'],
  conformance: ['protocol', 'sdk', 'connectors']
}

/** Packages that run in a page too, so nothing of Node may be in them. */
export const WITHOUT_NODE: readonly string[] = ['protocol', 'engine', 'sdk', 'widget', 'desk']

/** Packages without any I/O: time, chance and the outside are handed to them. */
export const WITHOUT_IO: readonly string[] = ['protocol', 'engine']

/** Except for these files of theirs: a page has no program around the engine that could hand it time and chance. */
export const WITH_IO: readonly string[] = ['packages/engine/src/in-page/page-host.ts']

/** What of the engine is the connector contract and is there at run time. Types are free. */
export const CONTRACT_VALUES: readonly string[] = ['DeliveryFault']

/** Connectors that may run in a page: no visitor gets a secret by them. */
export const PAGE_CONNECTORS: readonly string[] = ['script', 'webhook', 'lch', 'openfire']

/** Folders beside the connectors that belong to several of them, and to which. They may run in a page, too. */
export const SHARED_BY_CONNECTORS: Readonly<Record<string, readonly string[]>> = { dms: ['pega-dms', 'lch', 'labb-chat-hook'] }

/** Files that may use what developers have: tests, contract suites, fixtures. They are in no bundle of a visitor. */
export const isForTests = (path: string): boolean =>
  /\.(?:test|spec)\.tsx?$|\/(?:conformance|fixtures|contracts)\/|^packages\/engine\/src\/testing\//.test(path)
