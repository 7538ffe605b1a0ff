import { StartFault } from '../start-fault.js'
import type { SqliteDriver } from './sqlite-driver.js'

/**
 * One script per version of the schema, each run once and never changed afterwards.
 *
 * Events stand in the order of arrival, so that writing appends to the end of the file; narrow
 * unique indexes over integers find them (a table clustered by conversation costs two to three
 * times the CPU). What the rows say is not kept a second time: heads and device counters are the
 * maxima of those indexes. Whole records are JSON, for the engine reads and replaces them whole.
 */
const MIGRATIONS: readonly string[] = [
  `
  create table meta (name text primary key, value text not null) strict, without rowid;

  create table conversations (
    key integer primary key,
    id text not null unique,
    inbox text not null,
    visitor text not null,
    status text not null,
    createdAt text not null
  ) strict;
  create unique index conversations_open on conversations (inbox, visitor) where status = 'open';

  create table devices (
    key integer primary key,
    conversation integer not null,
    id text not null,
    unique (conversation, id)
  ) strict;

  create table events (
    key integer primary key,
    conversation integer not null,
    log integer not null,
    seq integer not null,
    messageId text not null,
    device integer,
    deviceSeq integer,
    digest text not null,
    type text not null,
    authorId text not null,
    authorRole text not null,
    at text not null,
    body text not null
  ) strict;
  create unique index events_by_seq on events (conversation, log, seq);
  create unique index events_by_device on events (device, deviceSeq) where device is not null;
  create unique index events_by_message on events (conversation, messageId) where device is null;

  create table voids (
    device integer not null,
    deviceSeq integer not null,
    messageId text not null,
    code text not null,
    primary key (device, deviceSeq)
  ) strict, without rowid;

  create table jobs (
    conversation text not null,
    seq integer not null,
    inbox text not null,
    state text not null,
    record text not null,
    primary key (conversation, seq, inbox)
  ) strict, without rowid;

  create table runs (key integer primary key, run text not null unique, status text not null, startedAt integer not null, record text not null) strict;
  create index runs_by_status on runs (status, startedAt);

  create table links (key integer primary key, link text not null unique, status text not null, expiresAt integer not null, record text not null) strict;
  create index links_pending on links (expiresAt) where status = 'requested';

  create table accounts (inbox text not null, visitor text not null, record text not null, primary key (inbox, visitor)) strict, without rowid;

  create table receipts (
    conversation text not null,
    participant text not null,
    got integer not null,
    read integer not null,
    primary key (conversation, participant)
  ) strict, without rowid;
  `,
  // A messageId is in a conversation once, whoever sent it. The index is not unique: files of the first version may hold repeats.
  `
  drop index events_by_message;
  create index events_by_message on events (conversation, messageId);
  alter table conversations add column mergedInto text;
  `,
  // Audit records that wait to be sent, in the order in which they were written.
  `
  create table audits (key integer primary key, id text not null unique, record text not null) strict;
  `,
  // Who answers instead of a conversation's own inbox, whom somebody's word has named, what connectors remember.
  `
  alter table conversations add column answering text;
  create table persons (visitor text primary key, record text not null) strict, without rowid;
  create table notes (conversation text not null, inbox text not null, record text not null, primary key (conversation, inbox)) strict, without rowid;
  `
]

/** Brings the file up to this version, each step in its own transaction. */
export function migrate(driver: SqliteDriver): void {
  const found = Number(driver.prepare('pragma user_version').get()?.[0] ?? 0)
  if (found > MIGRATIONS.length) {
    throw new StartFault(
      `store: the file was written by a newer version (its schema is ${found}, this version knows ${MIGRATIONS.length}); a gateway at least as new is wanted`
    )
  }
  MIGRATIONS.slice(found).forEach((script, index) => {
    driver.exec(`begin exclusive; ${script}; pragma user_version = ${found + index + 1}; commit`)
  })
}
