#!/usr/bin/env node
import { promisify, parseArgs } from 'node:util';
import { existsSync, readFileSync } from 'node:fs';
import { join as join$1, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { BlockList, isIP } from 'node:net';
import { pino, destination } from 'pino';
import { randomBytes, createHmac, timingSafeEqual, createHash } from 'node:crypto';
import { createServer as createServer$1 } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { stat, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { gzip } from 'node:zlib';
import { Server } from 'socket.io';
import { jwtVerify, errors, SignJWT } from 'jose';
import { lookup } from 'node:dns';
import { Agent, fetch, buildConnector } from 'undici';

/** 16 bytes of chance as 22 characters. */
const RANDOM_ID = /^[A-Za-z0-9_-]{22}$/;
/** What a `messageId` may look like: a random id, or a connector's own id behind its inbox's name. */
const MESSAGE_ID = /^[A-Za-z0-9_-][A-Za-z0-9_.:/@+=-]{5,199}$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/**
 * Bytes as base64url without padding. Written out because `btoa` wants a detour over
 * strings and `Buffer` is not in the browser.
 * @param bytes any number of bytes; 16 make a random id, 32 a visitor key
 */
function idFromBytes(bytes) {
    let text = '';
    for (let index = 0; index < bytes.length; index += 3) {
        const left = bytes.length - index;
        const word = ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
        const letters = left > 2 ? 4 : left + 1;
        for (let letter = 0; letter < letters; letter++)
            text += ALPHABET[(word >> (18 - 6 * letter)) & 63];
    }
    return text;
}

/** The kinds this version draws. Others become `unknown`. */
const PART_KINDS = ['text', 'link', 'file', 'choices', 'data', 'sign-in'];

/** All kinds this version knows, by name. */
const KNOWN = {
    'conversation.opened': true,
    'conversation.closed': true,
    'participant.joined': true,
    'participant.left': true,
    'message.created': true,
    'answer.given': true,
    'run.started': true,
    'run.progressed': true,
    'run.finished': true,
    'run.failed': true,
    'link.requested': true,
    'link.completed': true,
    'link.refused': true,
    'link.expired': true
};
const isEventType = (type) => Object.hasOwn(KNOWN, type);

/** Every error of the wire and of the SDK, one row each; the codes are derived from the rows. */
const ERRORS = {
    'auth.missing': { then: 'stop', fix: 'Send the token that POST /session returned.' },
    'auth.expired': { then: 'renew', fix: 'Fetch a token from POST /session.' },
    'auth.invalid': { then: 'renew', fix: 'Fetch a token from POST /session.' },
    'auth.forbidden': { then: 'stop', fix: 'Ask only for conversations of this visitor.' },
    'origin.refused': { then: 'stop', fix: 'Add the exact origin of the page to "origins" of the gateway.' },
    'inbox.unknown': { then: 'stop', fix: 'Name an inbox that the gateway has.' },
    'version.unsupported': { then: 'stop', fix: 'Load a client of a version that the gateway serves.' },
    'frame.malformed': { then: 'stop', fix: 'Send frames as the protocol describes them.' },
    'frame.tooLarge': { then: 'stop', fix: 'Keep a frame under 64 KiB.' },
    'append.gap': { then: 'retry', fix: 'Send the message numbered "expected" first.' },
    'append.conflict': { then: 'reread', fix: 'Read the log, then send what is absent as a new device.' },
    'append.invalid': { then: 'stop', fix: 'Append only what the protocol allows a visitor.' },
    'append.tooLarge': { then: 'stop', fix: 'Send it in pieces under 32 KiB.' },
    'append.busy': { then: 'retry', fix: 'Wait; the SDK tries again by itself.' },
    'append.discarded': { then: 'stop', fix: 'Send it again as a new message.' },
    'conversation.unknown': { then: 'renew', fix: 'Open a conversation with POST /session.' },
    'conversation.closed': { then: 'stop', fix: 'Begin a new conversation.' },
    'command.unknown': { then: 'stop', fix: 'Type / to see the commands there are.' },
    'command.invalid': { then: 'stop', fix: 'Give the arguments the command asks for.' },
    'run.unknown': { then: 'stop', fix: 'Name a run of this conversation.' },
    'run.ended': { then: 'stop', fix: 'Start the command again.' },
    'gateway.unavailable': { then: 'retry', fix: 'Wait; the SDK tries again by itself.' },
    'client.closed': { then: 'stop', fix: 'Create a new client.' },
    'option.invalid': { then: 'stop', fix: 'Correct the option that the message names.' }
};
/** Text or anything: is it one of our codes? Foreign codes become `frame.malformed` at the edges. */
const isErrorCode = (value) => typeof value === 'string' && Object.hasOwn(ERRORS, value);

/** What one side may ask of the other. Sources: `README.md` rules 20 to 22. */
const LIMITS = {
    /** A whole frame, serialised. Socket.IO's own default of 1 MB is far too much for a chat. */
    frameBytes: 65_536,
    /** Type and body of one message, as UTF-8 JSON. */
    bodyBytes: 32_768,
    /** Appends per second and connection, in the long run … */
    messagesPerSecond: 20,
    /** … and in one burst. */
    burst: 40,
    /** Events in one `events` frame. */
    pageEvents: 200,
    /** Bytes in one `events` frame. */
    pageBytes: 262_144,
    /** Appends of one client under way at a time. */
    windowSize: 8,
    /** How deep foreign JSON may nest. */
    depth: 32,
    /** How many values foreign JSON may hold in all: a client's frame, or one row. */
    values: 5_000,
    /** … and a whole page of rows. */
    pageValues: 200_000,
    /** Conversations in one `hello`. */
    conversations: 20,
    /** Characters in a command's line. */
    commandCharacters: 4_000,
    /** Visitors' tokens live this long, in seconds. */
    tokenSeconds: 900
};

/** What may follow the slash. */
const COMMAND_NAME = /^[a-z][a-z0-9-]{0,31}$/;

const FORBIDDEN_KEYS$1 = new Set(['__proto__', 'constructor', 'prototype']);
/**
 * Is this foreign value plain, finite and small? Runs before any schema, over everything that comes
 * from outside; without recursion, so a value 10^5 deep costs as little as a flat one.
 * @param mostValues default `LIMITS.values`
 * @returns what is wrong with it, or `null`
 */
function findForeignFault(root, mostValues = LIMITS.values) {
    const pending = [{ value: root, depth: 0 }];
    let seen = 0;
    for (let next = pending.pop(); next; next = pending.pop()) {
        if (++seen > mostValues)
            return `more than ${mostValues} values`;
        if (next.depth > LIMITS.depth)
            return `nested deeper than ${LIMITS.depth}`;
        const fault = leafFault(next.value);
        if (fault)
            return fault;
        if (typeof next.value !== 'object' || next.value === null)
            continue;
        for (const [key, value] of Object.entries(next.value)) {
            if (FORBIDDEN_KEYS$1.has(key))
                return `the key "${key}"`;
            pending.push({ value, depth: next.depth + 1 });
        }
    }
    return null;
}
function leafFault(value) {
    switch (typeof value) {
        case 'string':
            return isWellFormed(value) ? null : 'text with half a character';
        case 'number':
            return Number.isFinite(value) ? null : 'a number that is not finite';
        case 'boolean':
            return null;
        case 'object':
            return value === null || Array.isArray(value) || isPlain(value) ? null : 'binary or another object that is not JSON';
        default:
            return `a value of type ${typeof value}`;
    }
}
function isPlain(value) {
    const prototype = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
}
const LONE_SURROGATE$1 = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
/** Lone surrogates cannot be stored as UTF-8 and would come back as something else. */
const isWellFormed = (text) => !LONE_SURROGATE$1.test(text);

/** Addresses that a person may be led to. Everything else (`javascript:`, `data:`, `blob:` …) is shown as text. */
const LINK_SCHEMES = new Set(['https:', 'http:', 'mailto:', 'tel:']);
const FETCH_SCHEMES = new Set(['https:', 'http:']);
const parse = (text) => (URL.canParse(text) ? new URL(text) : null);
/** The address in its normal form when a link may lead there, else `null`. Relative addresses are refused. */
function safeLink(text) {
    const url = parse(text);
    return url && LINK_SCHEMES.has(url.protocol) ? url.href : null;
}
/** The address in its normal form when a picture or file may be fetched from it, else `null`. */
function safeSource(text) {
    const url = parse(text);
    return url && FETCH_SCHEMES.has(url.protocol) ? url.href : null;
}

/** The version of the wire this package describes. A gateway serves it and the two minor versions before it. */
const PROTOCOL_VERSION = 1;
/** One argument as it stands in a hint: `<flow-id>`, `[scope]`, `[params…]`. */
function argumentHint(argument) {
    const name = argument.type === 'list' ? `${argument.name}…` : argument.name;
    return argument.required ? `<${name}>` : `[${name}]`;
}
/** `/run-flow <flow-id> [params…]` */
const commandUsage = (spec) => [`/${spec.name}`, ...spec.args.map(argumentHint)].join(' ');
/**
 * Arguments by name against what the command declares: the same check in the browser before
 * sending and in the gateway before recording. Numbers and yes/no may come as text.
 */
function checkArguments(spec, given) {
    const unknown = Object.keys(given).find((name) => !spec.args.some((argument) => argument.name === name));
    if (unknown !== undefined)
        return { ok: false, text: `/${spec.name} has no argument "${shorten(unknown)}". Usage: ${commandUsage(spec)}` };
    const args = {};
    for (const argument of spec.args) {
        const value = given[argument.name];
        const absent = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
        if (absent && argument.required)
            return { ok: false, text: `/${spec.name} needs ${argumentHint(argument)}${wanted(argument)}. Usage: ${commandUsage(spec)}` };
        if (absent)
            continue;
        const read = readValue(argument, value);
        if ('wrong' in read)
            return { ok: false, text: `${argumentHint(argument)} of /${spec.name} cannot be "${shorten(read.wrong)}"${wanted(argument)}.` };
        args[argument.name] = read.value;
    }
    return { ok: true, args };
}
function readValue(argument, value) {
    switch (argument.type) {
        case 'text':
            return readText(argument, value);
        case 'choice':
            return typeof value === 'string' && argument.choices?.includes(value) ? { value } : { wrong: show(value) };
        case 'number':
            return readNumber(value);
        case 'boolean':
            return readBoolean(value);
        case 'list':
            return readList(argument, value);
        default:
            return argument.type;
    }
}
function readText(argument, value) {
    if (typeof value !== 'string')
        return { wrong: show(value) };
    if (argument.pattern !== undefined && !new RegExp(`^(?:${argument.pattern})$`, 'u').test(value))
        return { wrong: value };
    return { value };
}
function readNumber(value) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? { value: number } : { wrong: show(value) };
}
function readBoolean(value) {
    if (typeof value === 'boolean')
        return { value };
    if (value === 'yes' || value === 'true' || value === 'on')
        return { value: true };
    if (value === 'no' || value === 'false' || value === 'off')
        return { value: false };
    return { wrong: show(value) };
}
function readList(argument, value) {
    const list = Array.isArray(value) ? value : [value];
    const texts = [];
    for (const one of list) {
        const read = readText(argument, one);
        if ('wrong' in read)
            return read;
        texts.push(read.value);
    }
    return { value: texts };
}
function wanted(argument) {
    if (argument.wanted)
        return `: ${argument.wanted}`;
    if (argument.type === 'choice')
        return `: one of ${argument.choices?.join(', ')} is wanted`;
    if (argument.type === 'number')
        return ': a number is wanted';
    if (argument.type === 'boolean')
        return ': yes or no is wanted';
    return '';
}
const show = (value) => (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
const shorten = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

const id = (pattern) => v.pipe(v.string(), v.regex(pattern, 'not an id of this kind'), v.transform((text) => text));
const conversationId = id(RANDOM_ID);
const deviceId = id(RANDOM_ID);
const runId = id(RANDOM_ID);
const linkId = id(RANDOM_ID);
const participantId = id(RANDOM_ID);
const epoch = id(RANDOM_ID);
const messageId = id(MESSAGE_ID);
const logName = v.picklist(['public', 'staff']);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const text$1 = (most) => v.pipe(v.string(), v.maxLength(most));
const instant = v.pipe(v.string(), v.isoTimestamp());
const author = v.object({ id: participantId, role: v.picklist(['visitor', 'agent', 'bot']) });
const participant = v.object({ ...author.entries, name: v.optional(text$1(200)) });
const argumentValue = v.union([text$1(4_000), v.number(), v.boolean(), v.pipe(v.array(text$1(4_000)), v.maxLength(100))]);
const argumentMap = v.record(text$1(64), argumentValue);

/** Longest text of one part. The limit on a visitor's whole message is in `LIMITS.bodyBytes`. */
const TEXT_CHARACTERS$1 = 262_144;
const linkAddress = v.pipe(text$1(4_096), v.check((url) => safeLink(url) !== null, 'not a web address'));
const sourceAddress = v.pipe(text$1(4_096), v.check((url) => safeSource(url) !== null, 'not a web address'));
const anyJson = v.pipe(v.unknown(), v.transform((value) => value));
const SCHEMAS$2 = {
    text: v.object({ kind: v.literal('text'), text: text$1(TEXT_CHARACTERS$1) }),
    link: v.object({ kind: v.literal('link'), url: linkAddress, title: v.optional(text$1(500)) }),
    file: v.object({
        kind: v.literal('file'),
        url: sourceAddress,
        name: text$1(255),
        mediaType: text$1(127),
        bytes: v.optional(count),
        alt: v.optional(text$1(1_000))
    }),
    choices: v.object({
        kind: v.literal('choices'),
        choices: v.pipe(v.array(v.object({ value: text$1(500), label: text$1(500) })), v.minLength(1), v.maxLength(50)),
        text: v.optional(text$1(4_000))
    }),
    data: v.object({ kind: v.literal('data'), value: anyJson, title: v.optional(text$1(500)) }),
    'sign-in': v.object({ kind: v.literal('sign-in'), url: sourceAddress, partner: text$1(100), code: text$1(20), expiresInS: positive })
};
/**
 * One part of a message. A kind this version does not know, or a part that is not as its kind
 * wants, becomes `unknown`: the rest of the message still shows.
 */
const part = v.pipe(v.unknown(), v.transform(toPart));
const parts = v.pipe(v.array(part), v.maxLength(100));
function toPart(value) {
    const kind = typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind).slice(0, 64) : '';
    if (!Object.hasOwn(SCHEMAS$2, kind))
        return { kind: 'unknown', was: kind };
    const parsed = v.safeParse(SCHEMAS$2[kind], value, { abortEarly: true });
    return parsed.success ? parsed.output : { kind: 'unknown', was: kind };
}
/** What a visitor may say: words. Nothing here is lenient. */
const visitorParts = v.pipe(v.array(SCHEMAS$2.text), v.minLength(1), v.maxLength(10));

/** Reads one foreign value: plain and small first, then by its schema. Unknown fields are left out. */
function read(schema, input, mostValues) {
    const fault = findForeignFault(input, mostValues);
    if (fault)
        return { ok: false, text: `The value holds ${fault}.` };
    const parsed = v.safeParse(schema, input, { abortEarly: true });
    if (parsed.success)
        return { ok: true, value: parsed.output };
    const [issue] = parsed.issues;
    const path = v.getDotPath(issue);
    return { ok: false, text: `${path ? `"${path}": ` : ''}${issue.message}` };
}

const hello = v.object({
    v: positive,
    token: text$1(4_096),
    device: deviceId,
    conversations: v.pipe(v.array(v.object({ id: conversationId, log: logName, epoch: v.nullable(epoch), cursor: count, tail: v.nullable(messageId) })), v.maxLength(LIMITS.conversations))
});
const envelope$2 = { conversation: conversationId, deviceSeq: positive, messageId, after: count };
const errorCode = v.picklist(Object.keys(ERRORS));
const append = v.variant('type', [
    v.object({ ...envelope$2, type: v.literal('message.created'), body: v.object({ parts: visitorParts, about: v.optional(messageId) }) }),
    v.object({ ...envelope$2, type: v.literal('answer.given'), body: v.object({ to: messageId, value: text$1(500), label: v.optional(text$1(500)) }) }),
    v.object({ ...envelope$2, type: v.literal('run.started'), body: v.object({ command: text$1(32), args: argumentMap }) }),
    v.object({ ...envelope$2, type: v.literal('void'), body: v.object({ code: v.optional(errorCode) }) })
]);
const SCHEMAS$1 = {
    append,
    read: v.object({ conversation: conversationId, log: logName, from: positive, to: positive }),
    seen: v.object({ conversation: conversationId, got: count, read: count }),
    invoke: v.object({ id: messageId, conversation: conversationId, verb: v.literal('cancel'), args: v.object({ run: runId }) }),
    probe: v.object({}),
    signal: v.object({
        conversation: conversationId,
        signal: v.object({ kind: v.literal('typing'), by: participantId, forMs: v.pipe(count, v.maxValue(30_000)) })
    })
};
const isClientFrameName = (name) => typeof name === 'string' && Object.hasOwn(SCHEMAS$1, name);
/** A client's frame, checked whole. */
const readClientFrame = (name, payload) => read(SCHEMAS$1[name], payload);
const readHello = (payload) => read(hello, payload);
/** A visitor key is 32 random bytes as base64url: nothing that a person could type or guess. */
const VISITOR_KEY = /^[A-Za-z0-9_-]{43}$/;
const sessionRequest = v.object({
    inbox: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    visitorKey: v.optional(v.pipe(v.string(), v.regex(VISITOR_KEY, 'not a visitor key: 43 characters of base64url are wanted')))
});
const readSessionRequest = (payload) => read(sessionRequest, payload);

const argumentSpec = v.object({
    name: v.pipe(text$1(32), v.regex(/^[a-z][a-zA-Z0-9-]*$/, 'not an argument name: small letters, digits and dashes are wanted')),
    type: v.picklist(['text', 'number', 'boolean', 'choice', 'list']),
    required: v.optional(v.boolean()),
    choices: v.optional(v.pipe(v.array(text$1(200)), v.maxLength(200))),
    pattern: v.optional(v.pipe(text$1(500), v.check(compiles, 'not a regular expression'))),
    wanted: v.optional(text$1(300)),
    description: v.optional(text$1(300))
});
const commandSpec = v.object({
    name: v.pipe(v.string(), v.regex(COMMAND_NAME, 'not a command name: a small letter, then small letters, digits and dashes, 32 at most')),
    description: text$1(300),
    args: v.pipe(v.array(argumentSpec), v.maxLength(20), v.check((args) => listComesLast(args), 'an argument of type "list" can only come last'))
});
const commandSpecs = v.pipe(v.array(commandSpec), v.maxLength(200));
function listComesLast(args) {
    return args.slice(0, -1).every((argument) => argument.type !== 'list');
}
function compiles(pattern) {
    try {
        new RegExp(`^(?:${pattern})$`, 'u');
        return true;
    }
    catch {
        return false;
    }
}

const KINDS = new Set(PART_KINDS);
const envelope$1 = v.object({ seq: positive, messageId, type: text$1(64), author, at: v.string(), body: v.record(v.string(), v.unknown()) });
/**
 * An event as a client reads it off its gateway: the envelope is checked, the body was checked by the
 * gateway before it was recorded (`event`). Kinds of events and parts that this version does not know
 * become `unknown`; an event keeps its number, so that no hole opens behind it.
 */
const eventEnvelope = v.pipe(envelope$1, v.transform((found) => {
    const { type, body } = found;
    const hasParts = 'parts' in body;
    if (!isEventType(type) || (hasParts && !Array.isArray(body.parts)))
        return { ...found, type: 'unknown', body: { was: type } };
    return { ...found, type, body: hasParts ? { ...body, parts: body.parts.map(knownPart) } : body };
}));
function knownPart(part) {
    const kind = part?.kind;
    return KINDS.has(kind) ? part : { kind: 'unknown', was: String(kind) };
}

const wireError = v.object({
    code: v.pipe(v.unknown(), v.transform((code) => (isErrorCode(code) ? code : 'frame.malformed'))),
    text: v.optional(text$1(4_000)),
    retryInMs: v.optional(count),
    expected: v.optional(count)
});
const welcomeConversation$1 = v.object({
    id: conversationId,
    log: logName,
    epoch,
    head: count,
    from: positive,
    reset: v.boolean(),
    lastDeviceSeq: count,
    you: participantId,
    receipts: v.array(v.object({ participant: participantId, got: count, read: count }))
});
({
    welcome: v.object({
        v: positive,
        conversations: v.array(welcomeConversation$1),
        commands: commandSpecs,
        limits: v.object({ bodyBytes: positive, messagesPerSecond: positive, burst: positive, windowSize: positive }),
        expiresInS: positive
    }),
    events: v.object({
        conversation: conversationId,
        log: logName,
        epoch,
        from: positive,
        events: v.pipe(v.array(eventEnvelope), v.maxLength(LIMITS.pageEvents))
    }),
    signal: v.object({ conversation: conversationId, signal: v.object({ kind: v.literal('typing'), by: participantId, forMs: count }) }),
    commands: v.object({ commands: commandSpecs }),
    drain: v.object({ spreadMs: count })});
v.union([v.object({ error: wireError }), v.object({ seq: positive, at: text$1(40) }), v.object({ ok: v.literal(true) })]);
v.object({ token: text$1(4_096), expiresInS: positive, conversation: conversationId });
v.object({ error: wireError });

const linkEnd = v.object({ link: linkId, partner: text$1(100) });
const BODIES = {
    'conversation.opened': v.object({ inbox: text$1(100) }),
    'conversation.closed': v.object({ reason: text$1(200) }),
    'participant.joined': v.object({ participant }),
    'participant.left': v.object({ participant: participantId }),
    'message.created': v.object({ parts, about: v.optional(messageId) }),
    'answer.given': v.object({ to: messageId, value: text$1(500), label: v.optional(text$1(500)) }),
    'run.started': v.object({ run: runId, command: text$1(32), args: argumentMap }),
    'run.progressed': v.object({ run: runId, state: v.picklist(['accepted', 'working']), text: v.optional(text$1(4_000)), fraction: v.optional(fraction) }),
    'run.finished': v.object({ run: runId, parts, late: v.optional(v.boolean()) }),
    'run.failed': v.object({
        run: runId,
        reason: v.picklist(['refused', 'failed', 'timedOut', 'cancelled', 'unknownOutcome']),
        text: text$1(4_000),
        again: v.optional(v.boolean()),
        late: v.optional(v.boolean())
    }),
    'link.requested': v.object({ link: linkId, run: v.optional(runId), partner: text$1(100), url: text$1(4_096), code: text$1(20), expiresInS: count }),
    'link.completed': linkEnd,
    'link.refused': linkEnd,
    'link.expired': linkEnd
};
const envelope = v.object({ seq: positive, messageId, type: text$1(64), author, at: instant, body: v.unknown() });
/**
 * One event, whole. The envelope must hold; a kind this version does not know, or a body that is not
 * as its kind wants, becomes `unknown`: it keeps its number, so that no hole opens behind it.
 */
v.pipe(envelope, v.transform((found) => {
    const { type, body } = found;
    const parsed = Object.hasOwn(BODIES, type) ? v.safeParse(BODIES[type], body, { abortEarly: true }) : null;
    if (parsed?.success)
        return { ...found, type, body: parsed.output };
    return { ...found, type: 'unknown', body: { was: type } };
}));

/** The outside did not take it. `retry: false` ends the job: the visitor is told `message`. */
class DeliveryFault extends Error {
    name = 'DeliveryFault';
    retry;
    /** Wait at least this long before the next attempt. */
    retryInMs;
    constructor(message, options) {
        super(message, { cause: options.cause });
        this.retry = options.retry;
        this.retryInMs = options.retryInMs;
    }
}

/** The run waits for its result. */
const WAITING = ['open', 'sent', 'accepted', 'working'];
/** The run was given up, but a result that still comes is shown, marked late. */
const GIVEN_UP = ['timedOut', 'cancelled', 'unknownOutcome'];

/** What the engine needs of the place it runs in: time, chance, a keyed hash, a log. Nothing else comes from there. */
/** Text of whatever was thrown, for the log. */
const reasonOf = (thrown) => (thrown instanceof Error ? thrown.message : String(thrown));

/** Most units in one transaction. Source: `README.md` of the protocol, rule 6 (group commit). */
const GROUP_UNITS = 512;
/**
 * The group commit. The idea: what arrives in one turn of the event loop waits for its end and is
 * written in one transaction; while that is under way the next group collects. First the commit,
 * then the events, then the acknowledgements: nobody sees what is not on disk.
 */
function createAppendQueue(store, { clock, log }, publish) {
    const waiting = [];
    let isBusy = false;
    const resting = [];
    function rest() {
        isBusy = false;
        for (const settle of resting.splice(0))
            settle();
    }
    function flush() {
        const group = takeGroup();
        if (group.length === 0)
            return rest();
        const units = group.flatMap((one) => one.units);
        store.commit(units).then((outcomes) => succeed(group, units, outcomes), (reason) => fail(group, reason));
    }
    function takeGroup() {
        let size = 0;
        const count = waiting.findIndex((one) => (size += one.units.length) > GROUP_UNITS);
        return waiting.splice(0, count === -1 ? waiting.length : Math.max(1, count));
    }
    function succeed(group, units, outcomes) {
        for (const published of storedEvents(units, outcomes))
            publish(published);
        let at = 0;
        for (const one of group)
            one.resolve(outcomes.slice(at, (at += one.units.length)));
        flush();
    }
    function fail(group, reason) {
        log.error({ units: group.length, reason: reasonOf(reason) }, 'the store could not write');
        for (const one of group)
            one.reject(reason);
        flush();
    }
    return {
        commit(units) {
            const { promise, resolve, reject } = deferred();
            waiting.push({ units, resolve, reject });
            if (!isBusy) {
                isBusy = true;
                clock.defer(flush);
            }
            return promise;
        },
        idle() {
            if (!isBusy)
                return Promise.resolve();
            return new Promise((resolve) => resting.push(resolve));
        }
    };
}
/** What the commit made visible: by conversation and log, in order. */
function storedEvents(units, outcomes) {
    const groups = new Map();
    units.forEach(({ event }, index) => {
        const outcome = outcomes[index];
        if (!event || outcome?.kind !== 'stored')
            return;
        const { conversation, log, device: _device, digest: _digest, ...rest } = event;
        const group = groups.get(`${conversation} ${log}`) ?? { conversation, log, events: [] };
        group.events.push({ ...rest, seq: outcome.seq, at: outcome.at });
        groups.set(`${conversation} ${log}`, group);
    });
    return [...groups.values()];
}
function deferred() {
    let resolve = () => { };
    let reject = () => { };
    const promise = new Promise((settle, refuse) => {
        resolve = settle;
        reject = refuse;
    });
    return { promise, resolve, reject };
}

function createAudience() {
    const listeners = new Map();
    return {
        join(conversation, listener) {
            const group = listeners.get(conversation) ?? new Set();
            listeners.set(conversation, group.add(listener));
            return () => {
                group.delete(listener);
                if (group.size === 0)
                    listeners.delete(conversation);
            };
        },
        publish(published) {
            for (const listener of listeners.get(published.conversation) ?? []) {
                if (listener.log !== published.log)
                    continue;
                listener.onPublished(published);
                listener.follower.offer(published);
            }
        },
        signal(conversation, signal, except) {
            for (const { line } of listeners.get(conversation) ?? [])
                if (line !== except)
                    line.send({ name: 'signal', payload: { conversation, signal } });
        }
    };
}

/** First wait, and the longest, between two attempts. */
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** After so many attempts, some ten minutes, the message is given up and the visitor told. */
const MOST_ATTEMPTS = 14;
/**
 * What to do after an attempt that failed.
 * @param attempts made so far, this one included
 * @param fault `null` for anything that is not a DeliveryFault: a defect may pass, so it is tried again
 */
function decideAfterFault(attempts, fault, random) {
    if (fault?.retry === false || attempts >= MOST_ATTEMPTS)
        return { then: 'give up' };
    const grown = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
    return { then: 'again', inMs: Math.round(Math.max(fault?.retryInMs ?? 0, grown * (0.5 + random / 2))) };
}

/** 128 bits of a keyed hash are as good as an id as 128 random ones. */
const ID_CHARACTERS = 22;
/** A random id of 22 characters, of whatever kind the caller needs. */
const randomId = (chance) => idFromBytes(chance.bytes(16));
/** Who a browser is: nobody can go from here back to its key. */
const visitorFromKey = (seal, key) => seal.sign('visitor', key).slice(0, ID_CHARACTERS);
/** A visitor as the others in one conversation see them: another one in each conversation. */
const visitorAuthor = (seal, visitor, conversation) => ({
    id: seal.sign('participant', `${visitor} ${conversation}`).slice(0, ID_CHARACTERS),
    role: 'visitor'
});
/** The machine that answers in an inbox. */
const botAuthor = (seal, inbox, conversation) => ({
    id: seal.sign('participant', `bot ${inbox} ${conversation}`).slice(0, ID_CHARACTERS),
    role: 'bot'
});
/** A messageId out of an outside id: the same one always, and always one that the wire takes. */
function externalMessageId(seal, inbox, externalId) {
    const plain = `${inbox}:${externalId}`;
    return (MESSAGE_ID.test(plain) ? plain : `${inbox}:${seal.digest(externalId)}`);
}

/**
 * An event that the engine or a connector records, in the public log. Its messageId is its key: the
 * same one is recorded once, whatever it says the second time.
 */
function newEvent({ now, ...rest }) {
    return { ...rest, log: 'public', at: new Date(now).toISOString(), device: null, digest: '' };
}

function createDispatcher({ host, store, queue, connectors }, runs) {
    const { clock, chance, log, seal } = host;
    const lanes = new Map();
    const underWay = new Set();
    let isStopped = false;
    function wake(conversation, lane) {
        const [job] = lane.jobs;
        if (!job && !lane.isBusy)
            lanes.delete(conversation);
        if (!job || lane.isBusy || isStopped)
            return;
        lane.cancel?.();
        const waitMs = job.dueAt - clock.now();
        if (waitMs > 0) {
            lane.cancel = clock.setTimer(waitMs, () => wake(conversation, lane));
            return;
        }
        lane.isBusy = true;
        const attempt = work(job).then((left) => settle(lane, left), (reason) => {
            // Not even the outcome could be written: the disk. The job stands in the store as it was.
            log.error({ conversation, seq: job.seq, reason: reasonOf(reason) }, 'a job could not be carried on');
            settle(lane, { ...job, dueAt: clock.now() + 10_000 });
        });
        const settled = attempt.finally(() => {
            underWay.delete(settled);
            lane.isBusy = false;
            wake(conversation, lane);
        });
        underWay.add(settled);
    }
    function settle(lane, left) {
        if (left)
            lane.jobs[0] = left;
        else
            lane.jobs.shift();
    }
    /** One attempt. @returns the job as it stands, or `null` when it is over */
    async function work(job) {
        const connector = connectors.get(job.inbox);
        const [event] = await store.read({ conversation: job.conversation, log: 'public', from: job.seq, to: job.seq }, 1, Number.MAX_SAFE_INTEGER);
        const record = await store.conversation(job.conversation);
        if (!connector || !record || !event || event.type === 'unknown' || !(await isWanted(event)))
            return done(job);
        const tried = { ...job, attempts: job.attempts + 1 };
        let sent = false;
        const delivery = {
            conversation: job.conversation,
            visitor: record.visitor,
            event,
            idempotencyKey: `${job.conversation}:${job.seq}:${job.inbox}`,
            attempt: tried.attempts,
            async markSent() {
                if (!sent)
                    await write({ put: 'job', job: { ...tried, state: 'sent' } });
                sent = true;
            }
        };
        return attemptDelivery(connector, delivery, tried, () => sent);
    }
    async function attemptDelivery(connector, delivery, job, wasSent) {
        try {
            await connector.deliver(delivery);
            return done(job);
        }
        catch (thrown) {
            const fault = thrown instanceof DeliveryFault ? thrown : null;
            log.warn({ conversation: job.conversation, seq: job.seq, inbox: job.inbox, attempt: job.attempts, reason: reasonOf(thrown) }, 'a delivery failed');
            const next = wasSent() ? { then: 'give up' } : decideAfterFault(job.attempts, fault, (chance.bytes(1)[0] ?? 0) / 256);
            if (next.then === 'give up')
                return giveUp(delivery.event, job, fault);
            const later = { ...job, dueAt: clock.now() + next.inMs };
            await write({ put: 'job', job: later });
            return later;
        }
    }
    /** A run that was cancelled meanwhile is not begun. */
    async function isWanted(event) {
        if (event.type !== 'run.started')
            return true;
        const run = await store.run(event.body.run);
        return run !== null && WAITING.includes(run.status);
    }
    async function giveUp(event, job, fault) {
        await write({ put: 'job', job: { ...job, state: 'parked' } });
        const text = fault?.message ?? 'This could not be delivered.';
        if (event.type === 'run.started')
            await runs.fail(event.body.run, { reason: 'failed', text, again: true });
        else
            await tellNotDelivered(event, job, text);
        return null;
    }
    async function tellNotDelivered(event, job, text) {
        const { conversation, inbox } = job;
        const messageId = externalMessageId(seal, inbox, `${event.messageId}:not-delivered`);
        const body = { parts: [{ kind: 'text', text }], about: event.messageId };
        await queue.commit([
            { event: newEvent({ conversation, messageId, type: 'message.created', author: botAuthor(seal, inbox, conversation), body, now: clock.now() }) }
        ]);
    }
    async function done(job) {
        await write({ put: 'jobDone', job });
        return null;
    }
    const write = (put) => queue.commit([{ puts: [put] }]);
    return {
        add(job) {
            const lane = lanes.get(job.conversation) ?? { jobs: [], isBusy: false, cancel: null };
            lanes.set(job.conversation, lane);
            lane.jobs.push(job);
            wake(job.conversation, lane);
        },
        async stop() {
            isStopped = true;
            for (const lane of lanes.values())
                lane.cancel?.();
            await Promise.all(underWay);
        }
    };
}

/** The visitor of this key, and their open conversation in the inbox; both made when they are not there. */
async function enterInbox(core, inbox, visitorKey) {
    const { host, store, connectors } = core;
    const connector = connectors.get(inbox);
    if (!connector)
        return { code: 'inbox.unknown', text: `There is no inbox "${inbox.slice(0, 60)}" here.` };
    // Without a key nobody can come back, so nobody else may, either.
    const visitor = visitorKey === null ? randomId(host.chance) : visitorFromKey(host.seal, visitorKey);
    const now = host.clock.now();
    const fresh = { id: randomId(host.chance), inbox, visitor, status: 'open', createdAt: new Date(now).toISOString() };
    const record = await store.openConversation(fresh, openingEvents(core, fresh, connector.capabilities.participant.name, now));
    return { visitor, conversation: record.id };
}
function openingEvents({ host }, { id, inbox, visitor }, botName, now) {
    const author = visitorAuthor(host.seal, visitor, id);
    const bot = botAuthor(host.seal, inbox, id);
    const event = (key, type, body) => {
        const messageId = externalMessageId(host.seal, inbox, `${id}:${key}`);
        return newEvent({ conversation: id, messageId, type, author, body, now });
    };
    return [
        event('opened', 'conversation.opened', { inbox }),
        event('visitor', 'participant.joined', { participant: author }),
        event('bot', 'participant.joined', { participant: { ...bot, name: botName } })
    ];
}

/** How long to wait before trying again what a deadline could not write. */
const AGAIN_MS = 10_000;
function createDeadlines({ clock, log }) {
    const cancels = new Map();
    function clear(id) {
        cancels.get(id)?.();
        cancels.delete(id);
    }
    function set(id, at, work) {
        clear(id);
        const run = () => {
            cancels.delete(id);
            work().catch((reason) => {
                log.error({ id, reason: reasonOf(reason) }, 'a deadline could not be carried out; it is tried again');
                set(id, clock.now() + AGAIN_MS, work);
            });
        };
        cancels.set(id, clock.setTimer(Math.max(0, at - clock.now()), run));
    }
    return {
        set,
        clear,
        clearAll() {
            for (const id of [...cancels.keys()])
                clear(id);
        }
    };
}

function createSerial$1() {
    const last = new Map();
    return {
        run(key, work) {
            const before = last.get(key) ?? Promise.resolve();
            const mine = before.then(work, work);
            last.set(key, mine);
            const forget = () => {
                if (last.get(key) === mine)
                    last.delete(key);
            };
            mine.then(forget, forget);
            return mine;
        }
    };
}

const ENDED = { 'link.completed': 'completed', 'link.refused': 'refused', 'link.expired': 'expired' };
/** Letters and digits that cannot be mistaken for one another, to be held side by side by eye. */
const CODE_LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** The sign-in ends its run; the run's own deadline must not come first. */
const AFTER_LINK_MS = 30_000;
function createLinks({ host, store, queue }, runs) {
    const { clock, chance, log, seal } = host;
    const serial = createSerial$1();
    const deadlines = createDeadlines(host);
    const code = () => {
        const letters = [...chance.bytes(6)].map((byte) => CODE_LETTERS[byte % CODE_LETTERS.length]);
        return `${letters.slice(0, 3).join('')}-${letters.slice(3).join('')}`;
    };
    function event(link, type, body) {
        const { conversation, inbox } = link;
        const messageId = externalMessageId(seal, inbox, `${link.link}:${type}`);
        return {
            event: newEvent({ conversation, messageId, type, author: botAuthor(seal, inbox, conversation), body, now: clock.now() }),
            puts: [{ put: 'link', link }]
        };
    }
    /** Ends a link that is still asked for; what becomes of its run is written in the same transaction. */
    function end(id, type, extra) {
        return serial.run(id, async () => {
            const link = await store.link(id);
            if (link?.status !== 'requested')
                return 'ended';
            const units = [event({ ...link, status: ENDED[type] }, type, { link: id, partner: link.partner }), ...extra(link)];
            await tellRun(link, type, units);
            deadlines.clear(id);
            log.info({ link: id, inbox: link.inbox, status: ENDED[type] }, 'sign-in ended');
            return 'recorded';
        });
    }
    async function tellRun({ run, partner }, type, units) {
        if (!run)
            await queue.commit(units);
        else if (type === 'link.completed')
            await runs.finish(run, [{ kind: 'text', text: `You are signed in at ${partner}.` }], units);
        else if (type === 'link.refused')
            await runs.fail(run, { reason: 'refused', text: `The sign-in at ${partner} was refused.`, again: true }, units);
        else
            await runs.fail(run, { reason: 'timedOut', text: `The sign-in at ${partner} was not finished in time and has expired.`, again: true }, units);
    }
    function watch(link) {
        deadlines.set(link.link, link.expiresAt, () => end(link.link, 'link.expired', () => []));
    }
    async function request(run, wanted) {
        const record = await store.run(run);
        if (!record)
            return null;
        const { conversation, inbox, visitor } = record;
        const { partner, notes, expiresInMs } = wanted;
        const id = randomId(chance);
        const link = {
            link: id,
            inbox,
            visitor,
            conversation,
            run,
            partner,
            notes,
            status: 'requested',
            code: code(),
            expiresAt: clock.now() + expiresInMs
        };
        const body = { link: id, run, partner, url: wanted.url(id), code: link.code, expiresInS: Math.round(expiresInMs / 1000) };
        await queue.commit([event(link, 'link.requested', body)]);
        watch(link);
        await runs.extend(run, link.expiresAt + AFTER_LINK_MS);
        return link;
    }
    return {
        watch,
        verbs: (inbox) => ({
            request: (wanted) => request(wanted.run, wanted),
            find: async (id) => ofInbox(inbox, await store.link(id)),
            async note(id, notes) {
                await serial.run(id, async () => {
                    const link = await store.link(id);
                    if (link)
                        await queue.commit([{ puts: [{ put: 'link', link: { ...link, notes } }] }]);
                });
            },
            complete: (id, { credential, scope }) => end(id, 'link.completed', (link) => [
                {
                    puts: [
                        { put: 'account', account: { inbox: link.inbox, visitor: link.visitor, credential, scope, connectedAt: new Date(clock.now()).toISOString() } }
                    ]
                }
            ]),
            refuse: (id) => end(id, 'link.refused', () => []),
            account: (visitor) => store.account(inbox, visitor),
            async forget(visitor) {
                await queue.commit([{ puts: [{ put: 'accountGone', inbox, visitor }] }]);
            }
        }),
        stop: () => deadlines.clearAll()
    };
}
const ofInbox = (inbox, found) => (found?.inbox === inbox ? found : null);

/** Longest text of a progress line or a failure, as the schemas of the protocol have it. */
const TEXT_CHARACTERS = 4_000;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/**
 * Parts that every client can read. What stands in the log is sent to every client for ever, so
 * what no client would take (too deep, too many values, half a character) must not get there: it
 * is replaced by a sentence that says so.
 */
function presentableParts(parts$1) {
    // As deep as it will stand in an `events` frame: events, event, body, parts.
    const fault = findForeignFault({ events: [{ body: { parts: parts$1 } }] });
    const known = fault ? null : read(parts, parts$1);
    if (known?.ok)
        return known.value;
    return [{ kind: 'text', text: `This answer cannot be shown: it holds ${fault ?? 'parts that are not as the protocol wants them'}.` }];
}
/** The text, whole characters only, cut to what a client takes. */
function presentableText(text) {
    const whole = text.replace(LONE_SURROGATE, '\uFFFD');
    return whole.length > TEXT_CHARACTERS ? `${whole.slice(0, TEXT_CHARACTERS - 1).replace(LONE_SURROGATE, '')}…` : whole;
}

/** The engine as one inbox's connector sees it. */
function createPort({ host, store, queue, audience }, { inbox, publicUrl, fetch, runs, links }) {
    const { clock, chance, log, seal } = host;
    const replyToken = (run) => seal.sign('reply', `${inbox} ${run}`);
    async function append({ conversation, externalId, parts }) {
        const record = await store.conversation(conversation);
        if (record?.inbox !== inbox || record.status === 'closed')
            return 'ended';
        const messageId = externalMessageId(seal, inbox, externalId);
        const event = newEvent({
            conversation,
            messageId,
            type: 'message.created',
            author: botAuthor(seal, inbox, conversation),
            body: { parts: presentableParts(parts) },
            now: clock.now()
        });
        const [outcome] = await queue.commit([{ event }]);
        return outcome?.kind === 'stored' ? 'recorded' : 'known';
    }
    async function close(conversation, reason) {
        const record = await store.conversation(conversation);
        if (record?.inbox !== inbox || record.status === 'closed')
            return;
        const messageId = externalMessageId(seal, inbox, `${conversation}:closed`);
        const event = newEvent({
            conversation,
            messageId,
            type: 'conversation.closed',
            author: botAuthor(seal, inbox, conversation),
            body: { reason },
            now: clock.now()
        });
        await queue.commit([{ event, puts: [{ put: 'closed', conversation }] }]);
    }
    return {
        inbox,
        publicUrl,
        clock,
        log,
        fetch,
        append,
        close,
        randomId: () => randomId(chance),
        sign: (purpose, text) => seal.sign(`${inbox} ${purpose}`, text),
        equal: (a, b) => seal.equal(a, b),
        typing: (conversation, forMs) => audience.signal(conversation, { kind: 'typing', by: botAuthor(seal, inbox, conversation).id, forMs }),
        run: {
            async find(run) {
                const found = await runs.find(run);
                return found?.inbox === inbox ? found : null;
            },
            waiting: async () => (await store.runsWith(WAITING)).filter((run) => run.inbox === inbox),
            replyToken,
            hasReplyToken: (run, token) => seal.equal(replyToken(run), token),
            note: runs.note,
            accept: runs.accept,
            progress: runs.progress,
            finish: (run, parts) => runs.finish(run, parts),
            fail: (run, failure) => runs.fail(run, failure)
        },
        link: links.verbs(inbox)
    };
}

const FAILED_STATUS = {
    refused: 'failed',
    failed: 'failed',
    timedOut: 'timedOut',
    cancelled: 'cancelled',
    unknownOutcome: 'unknownOutcome'
};
function createRuns({ host, store, queue }) {
    const { clock, log, seal } = host;
    const serial = createSerial$1();
    const deadlines = createDeadlines(host);
    function stepUnit(record, step, allowed) {
        const event = newEvent({
            conversation: record.conversation,
            messageId: runMessageId(record, step.key),
            type: step.type,
            author: botAuthor(seal, record.inbox, record.conversation),
            body: { run: record.run, ...step.body },
            now: clock.now()
        });
        return { event, only: { run: record.run, status: allowed }, puts: [{ put: 'run', run: { ...record, status: step.status } }] };
    }
    const runMessageId = (record, key) => externalMessageId(seal, record.inbox, `${record.run}:${key}`);
    /** One step of one run at a time: what was read of it still holds when it is written. */
    function during(run, step) {
        return serial.run(run, async () => {
            const record = await store.run(run);
            return record ? step(record) : 'ended';
        });
    }
    /** Written while the run waits; once it was given up, written as late; after its end not at all. */
    async function end(record, step, units) {
        const isLate = GIVEN_UP.includes(record.status);
        const lateStep = { ...step, key: `late-${step.key}`, body: { ...step.body, late: true } };
        const unit = isLate ? stepUnit(record, lateStep, GIVEN_UP) : stepUnit(record, step, WAITING);
        const outcome = (await queue.commit([...units, unit])).at(-1);
        const recorded = recordedFrom(outcome);
        if (recorded === 'recorded')
            log.info({ run: record.run, inbox: record.inbox, status: step.status, late: isLate }, 'run ended');
        if (recorded === 'recorded')
            deadlines.clear(record.run);
        return recorded;
    }
    const runs = {
        watch(record) {
            const text = `No answer came within ${inWords(record.deadlineAt - record.startedAt)} (run ${record.run}). If one still comes, it is shown here.`;
            deadlines.set(record.run, record.deadlineAt, () => runs.fail(record.run, { reason: 'timedOut', text, again: true }));
        },
        async extend(run, until) {
            await during(run, async (record) => {
                if (record.deadlineAt >= until || !WAITING.includes(record.status))
                    return 'known';
                const later = { ...record, deadlineAt: until };
                await queue.commit([{ puts: [{ put: 'run', run: later }] }]);
                runs.watch(later);
                return 'recorded';
            });
        },
        find: (run) => store.run(run),
        async note(run, notes) {
            await during(run, async (record) => {
                await queue.commit([{ puts: [{ put: 'run', run: { ...record, notes } }] }]);
                return 'recorded';
            });
        },
        accept: (run) => during(run, async (record) => {
            const step = { key: 'accepted', type: 'run.progressed', status: 'accepted', body: { state: 'accepted' } };
            const [outcome] = await queue.commit([stepUnit(record, step, ['open', 'sent'])]);
            return recordedFrom(outcome);
        }),
        progress: (run, { step: name, ...rest }) => during(run, async (record) => {
            const step = { key: `step-${name}`, type: 'run.progressed', status: 'working', body: { state: 'working', ...presentableProgress(rest) } };
            const [outcome] = await queue.commit([stepUnit(record, step, WAITING)]);
            return recordedFrom(outcome);
        }),
        finish: (run, parts, units = []) => during(run, (record) => end(record, { key: 'end', type: 'run.finished', status: 'finished', body: { parts: presentableParts(parts) } }, units)),
        fail: (run, failure, units = []) => during(run, (record) => end(record, { key: 'end', type: 'run.failed', status: FAILED_STATUS[failure.reason], body: { ...failure, text: presentableText(failure.text) } }, units)),
        stop: () => deadlines.clearAll()
    };
    return runs;
}
function presentableProgress({ text, fraction }) {
    const isKnown = fraction !== undefined && Number.isFinite(fraction);
    return { ...(text === undefined ? {} : { text: presentableText(text) }), ...(isKnown ? { fraction: Math.min(1, Math.max(0, fraction)) } : {}) };
}
function recordedFrom(outcome) {
    if (outcome?.kind === 'stored')
        return 'recorded';
    return outcome?.kind === 'known' ? 'known' : 'ended';
}
function inWords(ms) {
    const minutes = Math.round(ms / 60_000);
    if (minutes >= 1)
        return minutes === 1 ? 'one minute' : `${minutes} minutes`;
    return `${Math.max(1, Math.round(ms / 1000))} seconds`;
}

/** A run without an end is given up after this long, unless its command says otherwise. */
const RUN_TIMEOUT_MS = 600_000;
const encoder = new TextEncoder();
/** A visitor's append as a unit for the store. What is definitely refused still takes its number. */
function unitFromAppend(frame, context) {
    if (frame.type === 'void')
        return voidUnit(frame, context, frame.body.code ?? 'append.discarded', 'The message was discarded.');
    if (context.status === 'closed')
        return voidUnit(frame, context, 'conversation.closed', 'The conversation is closed.');
    const bytes = encoder.encode(JSON.stringify(frame.body)).length;
    if (bytes > LIMITS.bodyBytes)
        return voidUnit(frame, context, 'append.tooLarge', `The message has ${bytes} bytes; ${LIMITS.bodyBytes} are the most.`);
    if (frame.type === 'run.started')
        return runUnit(frame, frame.body, context);
    return { unit: eventUnit(frame, context, frame.type, frame.body), run: null, refusal: null };
}
function runUnit(frame, { command, args }, context) {
    const spec = context.connector.commands.find((one) => one.name === command);
    if (!spec)
        return voidUnit(frame, context, 'command.unknown', `There is no command /${command.slice(0, 40)} here.`);
    const checked = checkArguments(spec, args);
    if (!checked.ok)
        return voidUnit(frame, context, 'command.invalid', checked.text);
    const body = { run: context.freshRun, command, args: checked.args };
    const run = runRecord(frame, spec, body, context);
    return { unit: { ...eventUnit(frame, context, 'run.started', body), puts: [{ put: 'run', run }] }, run, refusal: null };
}
function runRecord(frame, spec, body, { inbox, visitor, now }) {
    const deadlineAt = now + (spec.timeoutMs ?? RUN_TIMEOUT_MS);
    return { ...body, conversation: frame.conversation, inbox, visitor, status: 'open', startedAt: now, deadlineAt, notes: null };
}
function eventUnit(frame, context, type, body) {
    const { conversation, messageId } = frame;
    const { author, digest, now, device, inbox, connector } = context;
    const event = {
        conversation,
        messageId,
        log: 'public',
        type,
        author,
        body,
        at: new Date(now).toISOString(),
        digest,
        device: { id: device, seq: frame.deviceSeq }
    };
    return connector.capabilities.receives.includes(type) ? { event, job: { inbox, dueAt: now } } : { event };
}
function voidUnit(frame, { device }, code, text) {
    const { conversation, messageId, deviceSeq } = frame;
    return { unit: { void: { conversation, messageId, code, device: { id: device, seq: deviceSeq } } }, run: null, refusal: text };
}

/**
 * The log is the queue: a follower keeps two numbers, never events. Whoever is behind, for whatever
 * reason, reads the log in pages until it is not.
 */
function createFollower(line, store, place) {
    const { conversation, log } = place;
    let { sentTo } = place;
    let head = sentTo;
    let running = null;
    let isStopped = false;
    function send(events) {
        const [first] = events;
        if (!first || isStopped)
            return;
        line.send({ name: 'events', payload: { conversation, log, epoch: store.epoch, from: first.seq, events } });
        sentTo = first.seq + events.length - 1;
    }
    async function readOn() {
        try {
            while (sentTo < head && !isStopped) {
                const page = await store.read({ conversation, log, from: sentTo + 1, to: head }, LIMITS.pageEvents, LIMITS.pageBytes);
                if (page.length === 0)
                    return;
                send(page);
            }
        }
        finally {
            // In the same turn as the last look at `head`: whoever raises it later starts anew.
            running = null;
        }
    }
    function catchUp(to) {
        head = Math.max(head, to);
        if (sentTo >= head)
            return Promise.resolve();
        running ??= readOn();
        return running;
    }
    return {
        catchUp,
        offer({ events }) {
            const [first] = events;
            if (!first || isStopped)
                return;
            const last = first.seq + events.length - 1;
            if (!running && first.seq === sentTo + 1 && events.length <= LIMITS.pageEvents) {
                head = Math.max(head, last);
                return send(events);
            }
            // A failed read is told by the next one: the line's client asks for the hole it sees.
            catchUp(last).catch(() => line.close('gateway.unavailable'));
        },
        stop() {
            isStopped = true;
        }
    };
}

/**
 * Takes one token. A clock that goes back adds nothing.
 * @returns the bucket afterwards, and 0 or the wait in ms until the next token
 */
function takeToken(bucket, size, now) {
    const grown = Math.min(size.burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * size.perSecond);
    if (grown >= 1)
        return { bucket: { tokens: grown - 1, at: now }, retryInMs: 0 };
    return { bucket: { tokens: grown, at: now }, retryInMs: Math.ceil(((1 - grown) / size.perSecond) * 1000) };
}

/** Appends of one connection that may wait for their commit. Source: `README.md` of the protocol, rule 21. */
const MOST_WAITING = 100;
/** The gateway's side of one connection: schema, rights and limits, then the engine. */
function createSession(parts) {
    const { core, runs, dispatcher, line, who, connector, device } = parts;
    const { host, store, queue, audience } = core;
    const seats = new Map();
    const bucketSize = { perSecond: core.limits.messagesPerSecond, burst: core.limits.burst };
    let bucket = { tokens: bucketSize.burst, at: host.clock.now() };
    let waiting = 0;
    for (const { record, welcome } of parts.places)
        seats.set(record.id, sit(record.id, record.status === 'closed', welcome.from - 1));
    function sit(conversation, isClosed, sentTo) {
        const follower = createFollower(line, store, { conversation, log: 'public', sentTo });
        const leave = audience.join(conversation, {
            line,
            log: 'public',
            follower,
            onPublished: ({ events }) => {
                if (events.some((event) => event.type === 'conversation.closed'))
                    seat.isClosed = true;
            }
        });
        const seat = {
            isClosed,
            leave() {
                follower.stop();
                leave();
            }
        };
        // Read after joining: what came in between is behind this head, what comes later is offered.
        store
            .head(conversation, 'public')
            .then((head) => follower.catchUp(head))
            .catch((reason) => {
            host.log.error({ conversation, reason: reasonOf(reason) }, 'a client could not catch up');
            line.close('gateway.unavailable');
        });
        return seat;
    }
    async function append(frame, seat) {
        if (waiting >= MOST_WAITING)
            return busy(100);
        const author = visitorAuthor(host.seal, who.visitor, frame.conversation);
        const { unit, run, refusal } = unitFromAppend(frame, {
            device,
            author,
            connector,
            visitor: who.visitor,
            inbox: who.inbox,
            status: seat.isClosed ? 'closed' : 'open',
            now: host.clock.now(),
            digest: host.seal.digest(JSON.stringify([frame.type, frame.body])),
            freshRun: randomId(host.chance)
        });
        waiting++;
        try {
            const [outcome] = await queue.commit([unit]);
            if (outcome?.kind === 'stored')
                takeUp(frame, outcome.seq, run);
            return ackFrom(outcome, refusal);
        }
        catch {
            // The queue has logged why. Nothing was written; the client keeps the message and asks again.
            return busy(1_000);
        }
        finally {
            waiting--;
        }
    }
    function takeUp(frame, seq, run) {
        const { conversation } = frame;
        if (run)
            runs.watch(run);
        if (frame.type !== 'void' && connector.capabilities.receives.includes(frame.type)) {
            dispatcher.add({ conversation, seq, inbox: who.inbox, state: 'waiting', attempts: 0, dueAt: host.clock.now() });
        }
    }
    async function read({ conversation, log, from, to }) {
        if (log !== 'public')
            return { error: { code: 'conversation.unknown' } };
        const events = await store.read({ conversation, log, from, to }, LIMITS.pageEvents, LIMITS.pageBytes);
        const [first] = events;
        if (first)
            line.send({ name: 'events', payload: { conversation, log, epoch: store.epoch, from: first.seq, events } });
        return { ok: true };
    }
    async function seen({ conversation, got, read }) {
        const participant = visitorAuthor(host.seal, who.visitor, conversation).id;
        await queue.commit([{ puts: [{ put: 'receipt', receipt: { conversation, participant, got, read } }] }]);
        return { ok: true };
    }
    async function cancel({ conversation, args }) {
        const run = await store.run(args.run);
        if (run?.conversation !== conversation || run.visitor !== who.visitor)
            return { error: { code: 'run.unknown', text: 'There is no such run in this conversation.' } };
        if (run.status === 'cancelled')
            return { ok: true };
        const recorded = await runs.fail(run.run, { reason: 'cancelled', text: 'Cancelled. If a result still comes, it is shown here.' });
        return recorded === 'ended' ? { error: { code: 'run.ended', text: 'The run has already ended.' } } : { ok: true };
    }
    function signal({ conversation, signal: { forMs } }) {
        audience.signal(conversation, { kind: 'typing', by: visitorAuthor(host.seal, who.visitor, conversation).id, forMs }, line);
        return { ok: true };
    }
    function carryOut(name, payload, seat) {
        switch (name) {
            case 'append':
                return append(payload, seat);
            case 'read':
                return read(payload);
            case 'seen':
                return seen(payload);
            case 'invoke':
                return cancel(payload);
            case 'signal':
                return signal(payload);
            default:
                return { ok: true };
        }
    }
    function refuse(text) {
        const error = { code: 'frame.malformed', text };
        line.send({ name: 'refuse', payload: error });
        line.close(error.code);
        return { error };
    }
    return {
        async receive(name, payload) {
            if (!isClientFrameName(name))
                return refuse(`"${name.slice(0, 40)}" is not a frame of the protocol.`);
            const frame = readClientFrame(name, payload);
            if (!frame.ok)
                return refuse(`A frame "${name}" was not as the protocol wants it. ${frame.text}`);
            if (name === 'probe')
                return { ok: true };
            const taken = takeToken(bucket, bucketSize, host.clock.now());
            bucket = taken.bucket;
            if (taken.retryInMs > 0)
                return busy(taken.retryInMs);
            const seat = 'conversation' in frame.value ? seats.get(frame.value.conversation) : undefined;
            if (!seat)
                return { error: { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' } };
            return carryOut(name, frame.value, seat);
        },
        end() {
            for (const seat of seats.values())
                seat.leave();
            seats.clear();
        }
    };
}
const busy = (retryInMs) => ({ error: { code: 'append.busy', retryInMs } });
function ackFrom(outcome, refusal) {
    switch (outcome?.kind) {
        case 'stored':
        case 'known':
            return { seq: outcome.seq, at: outcome.at };
        case 'void':
            return { error: { code: isErrorCode(outcome.code) ? outcome.code : 'append.discarded', ...(refusal === null ? {} : { text: refusal }) } };
        case 'gap':
            return { error: { code: 'append.gap', expected: outcome.expected } };
        case 'conflict':
            return { error: { code: 'append.conflict', text: 'Another message stands under this id.' } };
        default:
            return busy(1_000);
    }
}

/**
 * Where a client goes on. What it holds counts only if it is of this life of the log (epoch) and
 * of this history (tail): a backup copied back has the old epoch, but another message at the cursor.
 * Who holds nothing gets the newest page.
 */
function decideResume(standing, facts) {
    const newestPage = Math.max(1, facts.head - LIMITS.pageEvents + 1);
    if (standing.cursor === 0)
        return { from: newestPage, reset: standing.epoch !== null && standing.epoch !== facts.epoch };
    const isSame = standing.epoch === facts.epoch && standing.cursor <= facts.head && standing.tail === facts.atCursor;
    return isSame ? { from: standing.cursor + 1, reset: false } : { from: newestPage, reset: true };
}

/** The conversations that a `hello` names, if every one is this visitor's; the same answer for "not yours" and "not there". */
async function findPlaces(core, hello, who) {
    const places = [];
    for (const standing of hello.conversations) {
        const record = await core.store.conversation(standing.id);
        if (!record || record.visitor !== who.visitor || record.inbox !== who.inbox || standing.log !== 'public') {
            return { code: 'conversation.unknown', text: 'There is no such conversation for this visitor.' };
        }
        places.push({ record, welcome: await welcomeConversation(core, standing, hello, who.visitor) });
    }
    return places;
}
async function welcomeConversation({ store, host }, standing, { device }, visitor) {
    const { id, log, cursor } = standing;
    const head = await store.head(id, log);
    const atCursor = cursor > 0 ? await store.messageIdAt(id, log, cursor) : null;
    const receipts = await store.receipts(id);
    return {
        id,
        log,
        epoch: store.epoch,
        head,
        ...decideResume(standing, { epoch: store.epoch, head, atCursor }),
        lastDeviceSeq: await store.lastDeviceSeq(id, device),
        you: visitorAuthor(host.seal, visitor, id).id,
        receipts: receipts.map(({ participant, got, read }) => ({ participant, got, read }))
    };
}
/** The first frame of every connection. */
function welcomeFrame({ limits }, places, connector, expiresInS) {
    return {
        v: PROTOCOL_VERSION,
        conversations: places.map((place) => place.welcome),
        commands: connector.commands.map(offeredCommand),
        limits,
        expiresInS
    };
}
/** What of a command is a client's business. */
const offeredCommand = ({ name, description, args }) => ({ name, description, args });

/** How often connections are looked through for tokens that have ended. */
const EXPIRY_SWEEP_MS = 10_000;
/** How long a stop waits for deliveries under way. What was marked as sent is then left as it is: its run waits for the callback. */
const DELIVERY_GRACE_MS = 3_000;
/** The conversation engine of one process, on one store. */
function createEngine(options) {
    const { store, publicUrl, fetch, clock, chance, seal, log } = options;
    const host = { clock, chance, seal, log };
    const connectors = new Map(options.inboxes.map((inbox) => [inbox.name, inbox.connector]));
    const audience = createAudience();
    const queue = createAppendQueue(store, host, (published) => audience.publish(published));
    const { bodyBytes, messagesPerSecond, burst, windowSize } = LIMITS;
    const limits = { bodyBytes, messagesPerSecond, burst, windowSize, ...options.limits };
    const core = { host, store, queue, audience, connectors, limits };
    const runs = createRuns(core);
    const links = createLinks(core, runs);
    const dispatcher = createDispatcher(core, runs);
    const connections = new Map();
    let cancelSweep = () => { };
    function sweep() {
        const now = clock.now();
        for (const [line, { expiresAt }] of connections) {
            if (expiresAt > now)
                continue;
            line.send({ name: 'refuse', payload: { code: 'auth.expired' } });
            line.close('auth.expired');
        }
        cancelSweep = clock.setTimer(EXPIRY_SWEEP_MS, sweep);
    }
    /** What was left when the process ended: deadlines go on, jobs are taken up, what was begun is not begun again. */
    async function takeUp() {
        for (const run of await store.runsWith(WAITING))
            runs.watch(run);
        for (const link of await store.pendingLinks())
            links.watch(link);
        for (const job of await store.jobs()) {
            if (job.state === 'waiting')
                dispatcher.add(job);
            else
                await queue.commit([{ puts: [{ put: 'jobDone', job }] }]);
        }
    }
    const afterMs = (ms) => new Promise((resolve) => clock.setTimer(ms, resolve));
    function open(line, who, session) {
        const end = () => {
            connections.delete(line);
            session.end();
        };
        const tracked = { receive: (name, payload) => session.receive(name, payload), end };
        connections.set(line, { session: tracked, expiresAt: clock.now() + who.expiresInS * 1000 });
        return tracked;
    }
    return {
        async start() {
            for (const [inbox, connector] of connectors) {
                await connector.start(createPort(core, { inbox, publicUrl, fetch, runs, links }));
                log.info({ inbox }, 'inbox opened');
            }
            await takeUp();
            cancelSweep = clock.setTimer(EXPIRY_SWEEP_MS, sweep);
        },
        enter: (inbox, visitorKey) => enterInbox(core, inbox, visitorKey),
        async connect(line, payload) {
            const hello = readHello(payload);
            if (!hello.ok)
                return { code: 'frame.malformed', text: `The hello was not as the protocol wants it. ${hello.text}` };
            if (hello.value.v !== PROTOCOL_VERSION)
                return { code: 'version.unsupported', text: `Version ${hello.value.v} is not served here; ${PROTOCOL_VERSION} is.` };
            const who = await options.authenticate(hello.value.token);
            if ('code' in who)
                return who;
            const connector = connectors.get(who.inbox);
            if (!connector)
                return { code: 'inbox.unknown', text: 'The inbox of this token is no longer served.' };
            const places = await findPlaces(core, hello.value, who);
            if ('code' in places)
                return places;
            line.send({ name: 'welcome', payload: welcomeFrame(core, places, connector, Math.max(1, Math.floor(who.expiresInS))) });
            return open(line, who, createSession({ core, runs, dispatcher, line, who, connector, places, device: hello.value.device }));
        },
        async handleRequest(inbox, request) {
            const connector = connectors.get(inbox);
            return connector?.handleRequest ? connector.handleRequest(request) : null;
        },
        async stop(spreadMs) {
            cancelSweep();
            for (const line of connections.keys())
                line.send({ name: 'drain', payload: { spreadMs } });
            await Promise.race([dispatcher.stop(), afterMs(DELIVERY_GRACE_MS)]);
            for (const connector of connectors.values())
                await connector.stop();
            runs.stop();
            links.stop();
            await queue.idle();
            for (const [line, { session }] of [...connections]) {
                line.close('drain');
                session.end();
            }
        }
    };
}

/**
 * Whether a message is new, a repeat, out of turn, or a forgery. The idea: a key that was used
 * answers as it did the first time, for the same content only; a key that was not used must be
 * the device's next number.
 */
function decideAppend(facts) {
    const { standing, deviceSeq, lastDeviceSeq } = facts;
    if (standing)
        return decideRepeat(facts, standing);
    if (deviceSeq === null || deviceSeq === lastDeviceSeq + 1)
        return { kind: 'store' };
    // A number at or below the last one with nothing under it was never given out by this log.
    return deviceSeq > lastDeviceSeq ? { kind: 'gap', expected: lastDeviceSeq + 1 } : { kind: 'conflict' };
}
function decideRepeat(facts, standing) {
    if (standing.messageId !== facts.messageId)
        return { kind: 'conflict' };
    if ('void' in standing)
        return { kind: 'void', code: standing.void };
    // Discarded by the user after it had been stored: it is in the log, and the sender must know.
    if (facts.isVoid)
        return { kind: 'known', seq: standing.seq, at: standing.at };
    return standing.digest === facts.digest ? { kind: 'known', seq: standing.seq, at: standing.at } : { kind: 'conflict' };
}

/** All connectors by the name that a configuration uses. Each is loaded only when an inbox names it. */
const CONNECTORS = {
    oih: async () => (await Promise.resolve().then(function () { return index; })).oih
};

/** What a configuration may hold. The message of a schema says what is wanted. */
const whole = (least, most, what) => {
    const wanted = `${what}, a whole number from ${least} to ${most}`;
    // From the environment numbers come as text.
    return v.pipe(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number))], wanted), v.integer(wanted), v.minValue(least, wanted), v.maxValue(most, wanted));
};
const text = (wanted) => v.pipe(v.string(wanted), v.minLength(1, wanted));
const isWebAddress = (found) => URL.canParse(found) && /^https?:$/.test(new URL(found).protocol);
const PUBLIC_URL = 'the address by which browsers and outside systems reach this gateway, without query, "https://chat.example.com" for example';
const publicUrl = v.pipe(v.string(PUBLIC_URL), v.check((found) => isWebAddress(found) && !/[?#@]/.test(found), PUBLIC_URL), v.transform((found) => found.replace(/\/+$/, '')));
const ORIGIN = 'the exact origin of a page: scheme, host and port, nothing behind it';
/** What a browser would send for this page, when it can be told. */
const originOf = (found) => (isWebAddress(found) ? new URL(found).origin : null);
const origin$1 = v.pipe(v.string(ORIGIN), v.check((found) => originOf(found) === found && !found.includes('*'), (issue) => {
    const near = originOf(issue.input);
    return near && !near.includes('*') ? `${ORIGIN}, "${near}" perhaps` : `${ORIGIN}, "https://www.example.com" for example`;
}));
const SECRET = 'a text of at least 32 characters; leave the key out to have one made and kept in the store';
const INBOXES = 'an object with at least one inbox, { "support": { "connector": "…" } } for example';
const CONNECTOR = 'the name of a connector';
/** Inboxes stand in addresses. */
const INBOX_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const NETWORK = 'an address or a network, "10.0.0.0/8" for example';
function isNetwork(found) {
    const [address = '', bits, ...more] = found.split('/');
    const family = isIP(address);
    if (family === 0 || more.length > 0)
        return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
/** An object with these keys and no others; a list is none. */
const section = (entries, wanted) => v.pipe(v.unknown(), v.check((found) => !Array.isArray(found), wanted), v.strictObject(entries, wanted));
const LIMIT_ENTRIES = {
    messagesPerSecond: v.optional(whole(1, 10_000, 'how many frames a second one connection may send'), LIMITS.messagesPerSecond),
    burst: v.optional(whole(1, 100_000, 'how many frames one connection may send at once'), LIMITS.burst),
    bodyBytes: v.optional(whole(1_024, 67_108_864, "the most bytes of a request's body"), 1_048_576),
    frameBytes: v.optional(whole(4_096, 1_048_576, 'the most bytes of a frame'), LIMITS.frameBytes),
    connectionsPerIp: v.optional(whole(1, 1_000_000, 'how many connections one address may hold'), 200),
    sessionsPerMinutePerIp: v.optional(whole(1, 1_000_000, 'how many sessions one address may ask for in a minute'), 120)
};
const OUTBOUND_ENTRIES = {
    allow: v.optional(v.array(v.pipe(v.string(NETWORK), v.check(isNetwork, NETWORK)), `a list of networks, each ${NETWORK}`), [])
};
const ENTRIES = {
    port: v.optional(whole(0, 65_535, 'a port'), 8080),
    host: v.optional(text('a host name or address to listen at, "0.0.0.0" for every network'), '127.0.0.1'),
    publicUrl: v.optional(publicUrl),
    store: v.optional(text('"sqlite:" and the path of a file'), 'sqlite:./parley.db'),
    origins: v.optional(v.array(origin$1, `a list of origins, each ${ORIGIN}`), []),
    secret: v.optional(v.pipe(v.string(SECRET), v.minLength(32, SECRET))),
    inboxes: v.optional(v.record(v.string(), v.looseObject({ connector: v.optional(v.string(CONNECTOR)) }, 'an object { "connector": "…" }'), INBOXES)),
    limits: v.optional(section(LIMIT_ENTRIES, 'an object'), {}),
    outbound: v.optional(section(OUTBOUND_ENTRIES, 'an object { "allow": [] }'), {}),
    home: v.optional(v.pipe(v.string('a web address'), v.check(isWebAddress, 'a web address, "https://www.example.com/" for example'))),
    trustProxy: v.optional(v.union([
        v.boolean(),
        v.pipe(v.picklist(['true', 'false']), v.transform((found) => found === 'true'))
    ], 'true or false'), false)
};
const configSchema = section(ENTRIES, 'an object');
/** The names known at a place, for complaints. */
const KNOWN_KEYS = {
    '': Object.keys(ENTRIES),
    limits: Object.keys(LIMIT_ENTRIES),
    outbound: Object.keys(OUTBOUND_ENTRIES)
};
const WANTED = {
    inboxes: INBOXES,
    connector: CONNECTOR,
    inboxName: 'small letters, digits and dashes, 32 at most, because it stands in addresses'
};
/** Keys whose value is never told. */
const SECRET_KEYS = new Set(['secret']);

/** A mistake of the operator, in one line: told on the terminal without a stack, and the gateway does not start. */
class StartFault extends Error {
    name = 'StartFault';
}
/** Names the key, what was found and what is wanted. */
const startFault = (key, found, wanted) => new StartFault(`${key}: found ${found}; wanted is ${wanted}`);

const ENV = /^env:([A-Za-z_][A-Za-z0-9_]*)$/;
/**
 * The configuration with every `env:NAME` replaced by what the environment holds, at any depth.
 * @returns the values put in, too, so that they can be kept out of messages
 * @throws StartFault when one is not set
 */
function resolveEnvironment(value, environment) {
    const taken = new Map();
    const resolve = (found, path) => {
        if (typeof found === 'string')
            return resolveText(found, path);
        if (Array.isArray(found))
            return found.map((one, index) => resolve(one, join(path, String(index))));
        if (typeof found !== 'object' || found === null)
            return found;
        return Object.fromEntries(Object.entries(found).map(([name, one]) => [name, resolve(one, join(path, name))]));
    };
    const resolveText = (found, path) => {
        const name = ENV.exec(found)?.[1];
        if (name === undefined)
            return found;
        const text = environment[name];
        if (!text)
            throw startFault(path || 'the configuration', `"${found}", but ${name} is not set`, `a value in the environment variable ${name}`);
        taken.set(name, text);
        return text;
    };
    return { value: resolve(value, ''), taken };
}
const join = (path, name) => (path ? `${path}.${name}` : name);
/** Shorter values are too likely to be part of any sentence. */
const LEAST_HIDDEN = 4;
/** The line without anything that came from the environment: it may be a secret that stands at the wrong key. */
function hideTaken(line, taken) {
    let shown = line;
    for (const [name, text] of taken)
        if (text.length >= LEAST_HIDDEN)
            shown = shown.replaceAll(text, `env:${name}`);
    return shown;
}

/** How mistakes in a configuration are told. */
/** What stands at a key, in a few words; a secret is never among them. */
function describeFound(value, isSecret) {
    if (value === undefined)
        return 'nothing';
    if (Array.isArray(value))
        return value.length === 0 ? 'an empty list' : 'a list';
    if (typeof value === 'object' && value !== null)
        return 'an object';
    if (typeof value === 'function')
        return 'a function';
    if (typeof value === 'string' && isSecret)
        return `a text of ${value.length} characters`;
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
/** A key that nobody reads is a typing error most of the time. */
function unknownKey(path, known) {
    const name = path.split('.').at(-1) ?? path;
    const nearest = nearestName(name, known);
    return startFault(path, 'a key that is not known', nearest ? `"${nearest}" perhaps; known are ${known.join(', ')}` : `one of ${known.join(', ')}`);
}
/** The known name most like this one, `null` when none is near. */
function nearestName(name, known) {
    const [nearest] = known.map((one) => ({ one, distance: editDistance(name.toLowerCase(), one.toLowerCase()) })).sort((a, b) => a.distance - b.distance);
    return nearest && nearest.distance <= Math.max(2, Math.floor(name.length / 3)) ? nearest.one : null;
}
/** Levenshtein: how many letters must be put in, taken out or changed. */
function editDistance(from, to) {
    let row = Array.from({ length: to.length + 1 }, (_, index) => index);
    for (const [line, letter] of [...from].entries()) {
        const next = [line + 1];
        for (const [column, other] of [...to].entries()) {
            next.push(Math.min((row[column] ?? 0) + (letter === other ? 0 : 1), (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
        }
        row = next;
    }
    return row.at(-1) ?? 0;
}

/**
 * Reads what an operator wrote.
 * @throws StartFault at the first mistake, in one line that names the key, what was found and what is wanted
 */
function readConfig$1(written, environment) {
    const { value, taken } = resolveEnvironment(written, environment);
    try {
        return { ...checkConfig(value), taken };
    }
    catch (thrown) {
        if (thrown instanceof StartFault)
            throw new StartFault(hideTaken(thrown.message, taken));
        throw thrown;
    }
}
function checkConfig(value) {
    const parsed = v.safeParse(configSchema, value, { abortEarly: true });
    if (!parsed.success)
        throw faultOf$1(parsed.issues[0]);
    const { inboxes, publicUrl, secret, home, ...rest } = parsed.output;
    const names = Object.entries(inboxes ?? {});
    if (names.length === 0)
        throw startFault('inboxes', describeFound(inboxes, false), WANTED.inboxes);
    return {
        ...rest,
        publicUrl: publicUrl ?? null,
        secret: secret ?? null,
        home: home ?? null,
        inboxes: names.map(([name, settings]) => readInbox(name, settings))
    };
}
function readInbox(name, settings) {
    if (!INBOX_NAME.test(name))
        throw startFault(`inboxes.${name}`, `the name ${JSON.stringify(name)}`, WANTED.inboxName);
    if (!settings.connector)
        throw startFault(`inboxes.${name}.connector`, describeFound(settings.connector, false), WANTED.connector);
    return { name, connector: settings.connector, settings };
}
function faultOf$1(issue) {
    const path = v.getDotPath(issue) ?? '';
    const above = path.split('.').slice(0, -1).join('.');
    if (issue.type === 'strict_object' && issue.expected === 'never')
        return unknownKey(path, KNOWN_KEYS[above] ?? []);
    return startFault(path || 'the configuration', describeFound(issue.input, SECRET_KEYS.has(path)), issue.message);
}

const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'];
/** Nobody should log these; should somebody, they do not come out. */
const NEVER = ['token', 'secret', 'password', 'authorization', 'cookie', 'key', 'visitorKey', 'credential', 'text', 'body', 'query', 'url'];
/**
 * The log: one line of JSON each, on the standard output.
 * @param level from `LOG_LEVEL`: debug, info (default), warn, error or silent
 */
function createLog(level) {
    const known = level !== undefined && LEVELS.includes(level) ? level : 'info';
    // Written at once: the last words before a crash are the ones that matter.
    return pino({ level: known, base: null, redact: { paths: NEVER, censor: '…' } }, destination({ dest: 1, sync: true }));
}

/** What the engine asks of the place it runs in, on Node. */
/** Node fires a timer at once whose delay does not fit in 31 bits. */
const LONGEST_TIMER_MS = 2_147_483_647;
const systemClock = {
    now: () => Date.now(),
    setTimer(ms, run) {
        let timer;
        const wait = (left) => {
            const step = Math.min(left, LONGEST_TIMER_MS);
            timer = setTimeout(() => (left > step ? wait(left - step) : run()), step);
        };
        wait(Math.max(0, ms));
        return () => clearTimeout(timer);
    },
    defer(run) {
        setImmediate(run);
    }
};
const systemChance = { bytes: (count) => new Uint8Array(randomBytes(count)) };
/** @param secret of this gateway; every purpose gets its own signatures from it */
function createSeal(secret) {
    return {
        // The length in front keeps ("a", "bc") and ("ab", "c") apart.
        sign: (purpose, text) => createHmac('sha256', secret).update(`${purpose.length}:${purpose}:${text}`).digest('base64url'),
        digest: (text) => createHash('sha256').update(text).digest('base64url'),
        equal(a, b) {
            // Hashes have one length, so that not even the length tells by time.
            const hash = (text) => createHash('sha256').update(text).digest();
            return timingSafeEqual(hash(a), hash(b));
        }
    };
}

/**
 * Whom a limit counts against: the peer's address, of IPv6 the /64 (one household or machine).
 * @param trustProxy a proxy in front appends the address it saw as the last of `X-Forwarded-For`;
 * without one the header is anybody's invention and is not read
 */
function clientAddress(request, trustProxy) {
    const forwarded = trustProxy ? [request.headers['x-forwarded-for']].flat().at(-1)?.split(',').at(-1)?.trim() : undefined;
    return groupOf(forwarded && isIP(forwarded) ? forwarded : (request.socket.remoteAddress ?? ''));
}
function groupOf(address) {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    if (mapped)
        return mapped;
    if (isIP(address) !== 6)
        return address;
    const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
    const front = head ? head.split(':') : [];
    const back = tail ? tail.split(':') : [];
    const all = tail === undefined ? front : [...front, ...Array(Math.max(0, 8 - front.length - back.length)).fill('0'), ...back];
    return `${all
        .slice(0, 4)
        .map((group) => parseInt(group, 16).toString(16))
        .join(':')}::/64`;
}

const STATUS = {
    'address.unknown': 404,
    'origin.refused': 403,
    'inbox.unknown': 404,
    'frame.malformed': 400,
    'frame.tooLarge': 413,
    'append.busy': 429,
    'auth.missing': 401,
    'auth.expired': 401,
    'auth.invalid': 401,
    'auth.forbidden': 403,
    'gateway.unavailable': 503
};
/** `{ "error": { "code", "text" } }` with the status that belongs to the code. */
function refusal(error, headers = {}) {
    const retry = error.retryInMs === undefined ? {} : { 'retry-after': String(Math.ceil(error.retryInMs / 1000)) };
    return json({ error }, { status: STATUS[error.code] ?? 400, headers: { ...retry, ...headers } });
}
const json = (value, init = {}) => new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...init.headers }
});
const plainText = (text, status = 200) => new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } });

/**
 * The raw body, or `null` when it is longer than `limit` bytes: then the rest is not read.
 * A length that was announced is believed only when it is too much.
 */
async function readBody(request, limit) {
    if (Number(request.headers.get('content-length') ?? 0) > limit)
        return null;
    if (!request.body)
        return new Uint8Array();
    const pieces = [];
    let length = 0;
    const reader = request.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const bytes = piece.value;
        length += bytes.length;
        if (length > limit) {
            await reader.cancel();
            return null;
        }
        pieces.push(bytes);
    }
    return new Uint8Array(Buffer.concat(pieces, length));
}

/** Directives that a connector's page may set for itself; the rest is decided here. */
const OF_THE_PAGE = new Set(['style-src', 'form-action', 'img-src']);
const ALWAYS = ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"];
/**
 * Headers of an answer that comes from a connector, made safe: nothing is sniffed or kept, no
 * referrer leaves (addresses carry one-time tokens), and no script runs, whatever the page holds.
 */
function securePage(headers) {
    const answer = new Headers({ 'cache-control': 'no-store', ...headers });
    answer.set('x-content-type-options', 'nosniff');
    answer.set('referrer-policy', 'no-referrer');
    answer.set('x-frame-options', 'DENY');
    answer.set('content-security-policy', policyWith(answer.get('content-security-policy') ?? ''));
    if (!answer.has('content-type'))
        answer.set('content-type', 'text/plain; charset=utf-8');
    return answer;
}
function policyWith(wanted) {
    const own = wanted
        .split(';')
        .map((directive) => directive.trim())
        .filter((directive) => OF_THE_PAGE.has(directive.split(/\s/)[0] ?? ''));
    return [...ALWAYS, ...own].join('; ');
}

/** `/hooks/<inbox>/<path>` and `/accounts/<inbox>/<path>`: handed to the inbox's connector, raw. */
async function openDoor(request, door, inbox, doors) {
    const url = new URL(request.url);
    const path = url.pathname.split('/').slice(3).join('/');
    const body = await readBody(request, doors.bodyBytes);
    if (!body)
        return tooLarge(doors);
    return (await ask(doors, inbox, readRequest(request, url, { door, path, body }))) ?? nothingHere();
}
/**
 * `POST /oih-receiver`: where flows of the Open Integration Hub call back without knowing an inbox.
 * The first inbox of that kind which does not answer 404 has it.
 */
async function openReceiver(request, doors) {
    const body = await readBody(request, doors.bodyBytes);
    if (!body)
        return tooLarge(doors);
    const asked = readRequest(request, new URL(request.url), { door: 'hooks', path: 'oih-receiver', body });
    let last = null;
    for (const inbox of doors.inboxesOf('oih')) {
        const answer = await ask(doors, inbox, asked);
        if (answer && answer.status !== 404)
            return answer;
        last = answer ?? last;
    }
    return last ?? nothingHere();
}
async function ask({ engine, log }, inbox, request) {
    try {
        const answer = await engine.handleRequest(inbox, request);
        return answer && asResponse(answer);
    }
    catch (thrown) {
        log.error({ inbox, door: request.door, reason: reasonOf(thrown) }, 'a request from outside could not be handled');
        return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 });
    }
}
const tooLarge = ({ bodyBytes }) => refusal({ code: 'frame.tooLarge', text: `A body has at most ${bodyBytes} bytes.` }, { connection: 'close' });
const nothingHere = () => refusal({ code: 'address.unknown', text: 'Nothing answers at this address.' });
function readRequest(request, url, rest) {
    return {
        ...rest,
        method: request.method,
        query: withoutPrototype([...url.searchParams]),
        headers: withoutPrototype([...request.headers]),
        cookies: withoutPrototype(readCookies(request.headers.get('cookie') ?? ''))
    };
}
/** Foreign names become keys: they must not reach what every object inherits. */
const withoutPrototype = (entries) => Object.assign(Object.create(null), Object.fromEntries(entries));
function readCookies(header) {
    return header
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.includes('='))
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
}
function asResponse({ status, headers = {}, body }) {
    const isBodiless = status === 204 || status === 304;
    return new Response(isBodiless ? null : (body ?? ''), { status, headers: securePage(headers) });
}

/**
 * May a page with this `Origin` talk to the gateway? Only exact matches with the configuration.
 * A request without the header does not come from a page: nothing ambient (no cookie) authenticates
 * here, so it may do what anybody with a socket may. `null` is a page that hides where it is from.
 */
function isOriginAllowed(origin, allowed) {
    return origin === undefined || allowed.has(origin);
}

/** An inbox's name and a key of 43 characters: a kilobyte is plenty, four leave room for what comes. */
const MOST_BYTES = 4_096;
/** Chromium keeps a preflight for two hours at most. */
const PREFLIGHT_S = 7_200;
/** What the page's browser must be told. Without an allowed origin: nothing, so it keeps the answer from the page. */
function corsHeaders(origin) {
    return { vary: 'Origin', ...(origin === undefined ? {} : { 'access-control-allow-origin': origin }) };
}
const originRefused = () => refusal({ code: 'origin.refused', text: 'Pages of this origin are not allowed. Add it to "origins" in the gateway configuration.' }, { vary: 'Origin' });
function sessionPreflight(request, origins) {
    const origin = request.headers.get('origin') ?? undefined;
    if (!isOriginAllowed(origin, origins))
        return originRefused();
    const allowed = { 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type', 'access-control-max-age': String(PREFLIGHT_S) };
    return new Response(null, { status: 204, headers: { ...corsHeaders(origin), ...allowed } });
}
/** `POST /session`: who the visitor is and a token for it. JSON, also as `text/plain`, which needs no preflight. */
async function openSession(request, address, route) {
    const origin = request.headers.get('origin') ?? undefined;
    if (!isOriginAllowed(origin, route.origins))
        return originRefused();
    const headers = corsHeaders(origin);
    const retryInMs = await route.limit.take(address);
    if (retryInMs > 0)
        return refusal({ code: 'append.busy', text: 'Too many sessions from this address.', retryInMs }, headers);
    const body = await readBody(request, MOST_BYTES);
    if (!body)
        return refusal({ code: 'frame.tooLarge', text: `A session request has at most ${MOST_BYTES} bytes.` }, headers);
    const asked = readSessionRequest(parseJson(body));
    if (!asked.ok)
        return refusal({ code: 'frame.malformed', text: asked.text }, headers);
    try {
        const entered = await route.engine.enter(asked.value.inbox, asked.value.visitorKey ?? null);
        if ('code' in entered)
            return refusal(entered, headers);
        const answer = { ...(await route.tokens.issue(entered.visitor, asked.value.inbox)), conversation: entered.conversation };
        return json(answer, { headers });
    }
    catch (thrown) {
        route.log.error({ reason: reasonOf(thrown) }, 'a session could not be opened');
        return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 }, headers);
    }
}
/** `undefined` for what is no JSON: the schema says so then. */
function parseJson(body) {
    try {
        return JSON.parse(new TextDecoder().decode(body));
    }
    catch {
        return undefined;
    }
}

/** Everything that is asked over plain HTTP. */
function createApp(options) {
    const { engine, log, files, origins } = options;
    const doors = { engine, bodyBytes: options.bodyBytes, inboxesOf: options.inboxesOf, log };
    const session = { engine, tokens: options.tokens, origins, limit: options.sessionLimit, log };
    const address = (c) => clientAddress(c.env.incoming, options.trustProxy);
    const app = new Hono();
    app.options('/session', (c) => sessionPreflight(c.req.raw, origins));
    app.post('/session', (c) => openSession(c.req.raw, address(c), session));
    app.get('/parley.js', (c) => files.loader(c.req.raw));
    app.get('/assets/:name', (c) => files.asset(c.req.raw, c.req.param('name')));
    for (const door of ['hooks', 'accounts']) {
        app.all(`/${door}/:inbox`, (c) => openDoor(c.req.raw, door, c.req.param('inbox'), doors));
        app.all(`/${door}/:inbox/*`, (c) => openDoor(c.req.raw, door, c.req.param('inbox'), doors));
    }
    app.post('/oih-receiver', (c) => openReceiver(c.req.raw, doors));
    app.get('/healthz', () => plainText('ok\n'));
    app.get('/readyz', async () => {
        const why = await options.unreadiness();
        return why === null ? plainText('ok\n') : plainText(`${why}\n`, 503);
    });
    app.get('/', (c) => (options.home === null ? plainText('A Parley gateway.\nPages include /parley.js.\n') : c.redirect(options.home, 302)));
    app.notFound(() => refusal({ code: 'address.unknown', text: 'There is nothing at this address.' }));
    app.onError((thrown, c) => {
        // The pattern, not the address: that may hold tokens.
        log.error({ method: c.req.method, route: c.req.routePath, reason: reasonOf(thrown) }, 'a request could not be answered');
        return refusal({ code: 'gateway.unavailable', retryInMs: 1_000 });
    });
    return app;
}
/**
 * The HTTP server, not yet listening. A client has ten seconds for its headers and thirty for the
 * whole request, so that slow senders do not pile up.
 */
function createHttpServer() {
    const server = createServer$1({
        headersTimeout: 10_000,
        requestTimeout: 30_000,
        keepAliveTimeout: 5_000,
        connectionsCheckingInterval: 5_000,
        maxHeaderSize: 16_384
    });
    server.maxHeadersCount = 100;
    return {
        server,
        serve(app) {
            const listener = getRequestListener((request, env) => app.fetch(request, env), { overrideGlobalObjects: false });
            server.on('request', (incoming, outgoing) => {
                void listener(incoming, outgoing);
            });
        }
    };
}

/**
 * The inboxes of a configuration with their connectors, which read their own sections.
 * @throws StartFault in one line
 */
function createInboxes(config, registry = CONNECTORS) {
    return Promise.all(config.inboxes.map((inbox) => createInbox(inbox, registry, config.taken)));
}
async function createInbox({ name, connector: kind, settings }, registry, taken) {
    const load = Object.hasOwn(registry, kind) ? registry[kind] : undefined;
    if (!load)
        throw unknownKind(name, kind, Object.keys(registry));
    const module = await load();
    const read = module.readConfig(settings);
    if (read.ok)
        return { name, connector: module.create(read.value) };
    const key = read.key ? `inboxes.${name}.${read.key}` : `inboxes.${name}`;
    throw new StartFault(hideTaken(startFault(key, read.found, read.wanted).message, taken));
}
function unknownKind(name, kind, known) {
    const nearest = nearestName(kind, known);
    return startFault(`inboxes.${name}.connector`, JSON.stringify(kind), nearest ? `"${nearest}" perhaps; known are ${known.join(', ')}` : `one of ${known.join(', ')}`);
}
/** Origins of the addresses that the operator wrote into the sections of the inboxes: they are allowed as they stand. */
function operatorOrigins(config) {
    const origins = new Set();
    const collect = (value) => {
        if (typeof value === 'string' && /^https?:\/\//i.test(value) && URL.canParse(value))
            origins.add(new URL(value).origin);
        else if (typeof value === 'object' && value !== null)
            Object.values(value).forEach(collect);
    };
    for (const { settings } of config.inboxes)
        collect(settings);
    return origins;
}

/**
 * Listens, and says at which port: 0 takes any that is free.
 * @throws StartFault in one line
 */
function listen(server, port, host) {
    return new Promise((resolve, reject) => {
        const fail = (error) => reject(faultOf(error, port, host));
        server.once('error', fail);
        server.listen(port, host, () => {
            server.off('error', fail);
            const address = server.address();
            resolve(typeof address === 'object' && address ? address.port : port);
        });
    });
}
function faultOf(error, port, host) {
    switch (error.code) {
        case 'EADDRINUSE':
            return startFault('port', `${port}, which another program uses`, 'a free port; the variable PORT overrides it');
        case 'EACCES':
            return startFault('port', `${port}, which this user may not open`, 'a port above 1023');
        default:
            return new StartFault(`host: found ${JSON.stringify(host)}, where this machine cannot listen (${error.code ?? error.message}); wanted is one of its own addresses`, { cause: error });
    }
}
/** A host to listen at is not always one to call. */
const urlOf = (host, port) => `http://${['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`;

/** Loopback, private, link-local, reserved, multicast; from the IANA registries of special addresses. */
const FORBIDDEN = [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    // Of IPv6 only 2000::/3 is in use on the internet; inside it these reach IPv4 or nothing.
    '::/3',
    '4000::/2',
    '8000::/1',
    '2001::/23',
    '2001:db8::/32',
    '2002::/16',
    '3fff::/20'
];
/**
 * @param allow networks that are let through all the same
 * @returns whether a connection to this address may be made
 */
function createAddressGuard(allow) {
    const allowed = listsOf(allow);
    const forbidden = listsOf(FORBIDDEN);
    return (address) => {
        const family = familyOf(address);
        if (family === null)
            return false;
        return allowed[family].check(address, family) || !forbidden[family].check(address, family);
    };
}
const familyOf = (address) => ({ 4: 'ipv4', 6: 'ipv6' })[isIP(address)] ?? null;
/** One list for each family: in one list, a network of IPv6 that covers the mapped addresses holds for all of IPv4. */
function listsOf(networks) {
    const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
    for (const network of networks) {
        const [address = '', bits] = network.split('/');
        const family = familyOf(address);
        if (family)
            lists[family].addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
    }
    return lists;
}

/**
 * `fetch` for connectors. Where the operator did not name the address himself, it is checked when the
 * connection is made, on the very address that is connected to, so that neither a redirect nor a
 * name that changes its address in between leads inside. Redirects are never followed.
 */
function createOutbound({ trusted, allow, lookup, mostBytes = 1_048_576, withinMs = 15_000 }) {
    const isAllowed = createAddressGuard(allow);
    let agents = null;
    const load = async () => (await Promise.resolve().then(function () { return outboundAgents; })).createAgents(isAllowed, lookup, withinMs);
    return {
        async fetch(address, init = {}) {
            const url = webAddress(address);
            const limit = AbortSignal.timeout(withinMs);
            const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
            agents ??= load();
            // The two libraries' types of the same web standard differ in what nobody uses here.
            const asked = { ...init, redirect: 'manual', credentials: 'omit', signal };
            return limited(await (await agents).request(url, asked, trusted.has(url.origin)), mostBytes);
        },
        async close() {
            await (await agents)?.destroy();
        }
    };
}
function webAddress(address) {
    const url = new URL(address);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw new TypeError(`fetch: ${url.protocol} is not a protocol of the web`);
    if (url.username || url.password)
        throw new TypeError('fetch: an address must not hold a user name or password');
    return url;
}
/** Answers that have no body, by their status. */
const BODILESS = new Set([101, 204, 205, 304]);
function limited(answer, mostBytes) {
    const { status, statusText } = answer;
    const headers = new Headers([...answer.headers]);
    if (!answer.body || BODILESS.has(status))
        return new Response(null, { status, statusText, headers });
    let bytes = 0;
    const counted = new TransformStream({
        transform(piece, controller) {
            bytes += piece.byteLength;
            if (bytes > mostBytes)
                controller.error(new Error(`fetch: the answer has more than ${mostBytes} bytes`));
            else
                controller.enqueue(piece);
        }
    });
    return new Response(answer.body.pipeThrough(counted), { status, statusText, headers });
}

function createRateLimit(perMinute) {
    const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
    return {
        async take(key) {
            try {
                await limiter.consume(key);
                return 0;
            }
            catch (refused) {
                if (refused instanceof RateLimiterRes)
                    return Math.max(1, refused.msBeforeNext);
                throw refused;
            }
        }
    };
}
function createTally(most) {
    const held = new Map();
    return {
        isFull: (key) => (held.get(key) ?? 0) >= most,
        add: (key) => {
            held.set(key, (held.get(key) ?? 0) + 1);
        },
        remove(key) {
            const left = (held.get(key) ?? 0) - 1;
            if (left > 0)
                held.set(key, left);
            else
                held.delete(key);
        }
    };
}

/** Anybody may ask; the disk is asked at most this often. */
const KEPT_FOR_MS = 2_000;
/** `null` when new clients may be sent here, or why not. */
function createReadiness({ clock, check, isServing, log }) {
    let last = null;
    return () => {
        if (!isServing())
            return Promise.resolve('starting or draining');
        const now = clock.now();
        if (!last || Math.abs(now - last.at) > KEPT_FOR_MS)
            last = { at: now, result: check().then(() => null, failed) };
        return last.result;
    };
    function failed(thrown) {
        log.error({ reason: reasonOf(thrown) }, 'the store does not write');
        return 'the store does not write';
    }
}

const TYPES = {
    '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.json': 'application/json; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.woff2': 'font/woff2',
    '.map': 'application/json; charset=utf-8'
};
/** One name in one folder: no way up, no hidden file. */
const FILE_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MANIFEST = 'manifest.json';
const compress = promisify(gzip);
/** Where npm put `@parley/widget`, built. */
function findWidgetDir() {
    const places = createRequire(import.meta.url).resolve.paths('@parley/widget') ?? [];
    const found = places.map((place) => join$1(place, '@parley', 'widget')).find((folder) => existsSync(join$1(folder, 'package.json')));
    if (!found)
        throw new Error('the package @parley/widget is not installed beside the gateway');
    return join$1(found, 'dist');
}
/** Longest time that a page may hold a former loader. Source: the design's promise that a release is in use within minutes. */
const LOADER_MAX_AGE_S = 300;
/**
 * @param widgetDir holds `parley.js` and `assets/`; files are read when asked for, and again when they changed
 * @param loaderMaxAgeS how long a browser may keep the loader
 */
function createStaticFiles(widgetDir, loaderMaxAgeS = LOADER_MAX_AGE_S) {
    const kept = new Map();
    async function load(path) {
        const found = await stat(path).catch(ifAbsent);
        if (!found?.isFile())
            return null;
        const before = await kept.get(path);
        if (before?.mtimeMs === found.mtimeMs)
            return before;
        const reading = readKept(path, found.mtimeMs);
        kept.set(path, reading);
        // A file that could not be read is tried again next time.
        reading.catch(() => kept.delete(path));
        return reading;
    }
    async function serve(request, path, cacheControl) {
        const file = await load(path);
        return file ? answer(request, file, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'cache-control': cacheControl }) : unknownFile();
    }
    return {
        loader: (request) => serve(request, join$1(widgetDir, 'parley.js'), `public, max-age=${Math.min(loaderMaxAgeS, LOADER_MAX_AGE_S)}`),
        asset: async (request, name) => FILE_NAME.test(name) && name !== MANIFEST ? serve(request, join$1(widgetDir, 'assets', name), 'public, max-age=31536000, immutable') : unknownFile()
    };
}
const unknownFile = () => refusal({ code: 'address.unknown', text: 'There is no such file.' }, { 'access-control-allow-origin': '*' });
function ifAbsent(thrown) {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
        return null;
    throw thrown;
}
async function readKept(path, mtimeMs) {
    const plain = await readFile(path);
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    return { mtimeMs, etag, plain, zipped: await compress(plain, { level: 9 }) };
}
function answer(request, file, more) {
    const isZipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
    const headers = {
        ...more,
        etag: file.etag,
        vary: 'Accept-Encoding',
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        ...(isZipped ? { 'content-encoding': 'gzip' } : {})
    };
    if (request.headers
        .get('if-none-match')
        ?.split(/\s*,\s*/)
        .some((one) => one.replace(/^W\//, '') === file.etag))
        return new Response(null, { status: 304, headers });
    const body = isZipped ? file.zipped : file.plain;
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(body), { headers: { ...headers, 'content-length': String(body.length) } });
}

/**
 * Hands every event of a client to its session, whatever it holds. It hooks in before Socket.IO's
 * own dispatch and ends there, so no foreign name (`error`, `newListener` …) reaches an emitter.
 */
function receiveFrames(socket, session, log) {
    socket.use((event) => {
        const packet = readPacket(event);
        if (packet)
            take(socket, session, packet, log);
        else
            refuse$1(socket, { code: 'frame.malformed', text: 'An event of the protocol has a name and exactly one object.' });
    });
}
function readPacket(event) {
    const [name, ...rest] = event;
    const last = rest.at(-1);
    const answer = typeof last === 'function' ? last : undefined;
    const values = answer ? rest.slice(0, -1) : rest;
    const [payload] = values;
    if (typeof name !== 'string' || values.length !== 1 || typeof payload !== 'object' || payload === null || Array.isArray(payload))
        return null;
    // No frame is binary; what is nested deeper is found by the session.
    return ArrayBuffer.isView(payload) || payload instanceof ArrayBuffer ? null : { name, payload, answer };
}
/** The last resort stands here: whatever goes wrong with one packet ends one connection, never the process. */
function take(socket, session, { name, payload, answer }, log) {
    const fail = (thrown) => {
        log.error({ socket: socket.id, reason: reasonOf(thrown) }, 'a frame could not be handled');
        refuse$1(socket, { code: 'gateway.unavailable', text: 'The gateway could not handle a frame.' });
    };
    try {
        session
            .receive(name, payload)
            .then((ack) => answer?.(ack))
            .catch(fail);
    }
    catch (thrown) {
        fail(thrown);
    }
}
/** A definite no, then the end of the line. */
function refuse$1(socket, error) {
    socket.emit('refuse', error);
    socket.disconnect(true);
}

/** Rule 10: so much may wait for one slow reader, then it is cut off; it resumes from its cursor. */
const MOST_WAITING_BYTES = 4 * 1_048_576;
function createSocketLine(socket, onSlow) {
    let kept = [];
    let isEnding = false;
    watchWaiting(socket, onSlow);
    const emit = ({ name, payload }) => {
        socket.emit(name, payload);
    };
    return {
        send(frame) {
            if (kept)
                kept.push(frame);
            else
                emit(frame);
        },
        close(why) {
            isEnding = true;
            if (kept)
                return;
            // When the gateway leaves, acknowledgements of the last commit are due in this very turn.
            if (why === 'drain')
                setImmediate(() => socket.disconnect(true));
            else
                socket.disconnect(true);
        },
        open() {
            const frames = kept ?? [];
            kept = null;
            for (const frame of frames)
                emit(frame);
            if (isEnding)
                socket.disconnect(true);
        }
    };
}
/** Counts what the connection has been given and has not yet taken: packets wait while a write is under way. */
function watchWaiting(socket, onSlow) {
    const { conn } = socket;
    let waiting = 0;
    conn.on('packetCreate', (packet) => {
        waiting += typeof packet.data === 'string' ? packet.data.length : 0;
        if (waiting <= MOST_WAITING_BYTES)
            return;
        onSlow();
        conn.close(true);
    });
    conn.on('flush', () => {
        waiting = 0;
    });
}

/** Where clients come in: Socket.IO on the gateway's HTTP server. It carries frames and decides nothing. */
function openSocketDoor(options) {
    const io = createServer(options);
    const admitted = new WeakMap();
    /** A connection says hello once; more of it on the same line would be work for nothing. */
    const known = new WeakSet();
    io.use((socket, next) => {
        const fail = (error) => next(Object.assign(new Error(error.text ?? error.code), { data: error }));
        if (known.has(socket.conn))
            return fail({ code: 'frame.malformed', text: 'A connection says hello once.' });
        known.add(socket.conn);
        admit(socket, options).then((result) => {
            if ('code' in result)
                return fail(result);
            admitted.set(socket, result);
            next();
        }, (thrown) => {
            options.log.error({ socket: socket.id, reason: reasonOf(thrown) }, 'a client could not be admitted');
            fail({ code: 'gateway.unavailable', retryInMs: 1_000 });
        });
    });
    io.on('connection', (socket) => {
        const parts = admitted.get(socket);
        if (!parts)
            return socket.disconnect(true);
        socket.on('error', (thrown) => options.log.warn({ socket: socket.id, reason: reasonOf(thrown) }, 'a socket failed'));
        // A client that leaves the namespace but holds the line would be free to hold it for ever.
        socket.on('disconnect', () => socket.conn.close());
        receiveFrames(socket, parts.session, options.log);
        parts.line.open();
    });
    return { count: () => io.engine.clientsCount, close: async () => io.close() };
}
async function admit(socket, { engine, log }) {
    const line = createSocketLine(socket, () => log.warn({ socket: socket.id }, 'a slow client was cut off'));
    const session = await engine.connect(line, socket.handshake.auth);
    if ('code' in session)
        return session;
    // The line may have gone while the engine was at work; then nobody will say so again.
    if (socket.conn.readyState === 'open')
        socket.conn.once('close', () => session.end());
    else
        session.end();
    return { line, session };
}
function createServer({ server, origins, frameBytes, connections, trustProxy, log }) {
    const io = new Server(server, {
        path: '/socket.io/',
        serveClient: false,
        maxHttpBufferSize: frameBytes,
        pingInterval: 15_000,
        pingTimeout: 10_000,
        connectTimeout: 10_000,
        perMessageDeflate: false,
        httpCompression: false,
        cors: { origin: [...origins], methods: ['GET', 'POST'], maxAge: 7_200 },
        allowRequest: (request, answer) => {
            if (!isOriginAllowed(request.headers.origin, origins))
                return answer('origin.refused', false);
            if (connections.isFull(clientAddress(request, trustProxy)))
                return answer('too many connections', false);
            answer(null, true);
        }
    });
    io.engine.on('connection', (conn) => {
        const address = clientAddress(conn.request, trustProxy);
        connections.add(address);
        conn.once('close', () => connections.remove(address));
    });
    // Malformed requests of strangers are their business, not the operator's: at the lowest level only.
    io.engine.on('connection_error', ({ code }) => log.debug({ code }, 'a connection was refused'));
    return io;
}

const LOG_NUMBER = { public: 0, staff: 1 };
/** Conversations whose ends are remembered; the one used longest ago goes first. */
const REMEMBERED = 10_000;
/** Rows fetched at a time while reading, so that a page of big bodies does not pull in far more than it may hold. */
const READ_AT_ONCE = 32;
/** What an event takes on the wire besides its body, in bytes, about. */
const ENVELOPE_BYTES = 180;
function createSqliteLog(driver) {
    const statements = prepare$2(driver);
    const remembered = new Map();
    function endsOf(conversation) {
        const found = remembered.get(conversation) ?? loadEnds(statements, conversation);
        if (!found)
            return null;
        remembered.delete(conversation);
        remembered.set(conversation, found);
        const [oldest] = remembered.keys();
        if (remembered.size > REMEMBERED && oldest !== undefined)
            remembered.delete(oldest);
        return found;
    }
    return {
        append(row) {
            const ends = endsOf(row.conversation);
            if (!ends)
                throw new Error(`no conversation ${row.conversation} to append to`);
            const decision = decide(statements, ends, row);
            if (decision.kind !== 'store')
                return { outcome: decision, isNew: false };
            return { outcome: 'digest' in row ? storeEvent(statements, ends, row) : storeVoid(statements, ends, row), isNew: true };
        },
        head: (conversation, log) => endsOf(conversation)?.heads[log] ?? 0,
        lastDeviceSeq(conversation, device) {
            const ends = endsOf(conversation);
            return ends ? deviceEnd(statements, ends, device).last : 0;
        },
        messageIdAt(conversation, log, seq) {
            const ends = endsOf(conversation);
            return ends ? (statements.messageIdAt.get(ends.key, LOG_NUMBER[log], seq)?.[0] ?? null) : null;
        },
        read(range, limit, limitBytes) {
            const ends = endsOf(range.conversation);
            return ends ? readPage(statements, ends.key, { range, limit, limitBytes }) : [];
        },
        forget: () => remembered.clear()
    };
}
const prepare$2 = (driver) => ({
    conversation: driver.prepare('select key from conversations where id = ?'),
    head: driver.prepare('select max(seq) from events where conversation = ? and log = ?'),
    device: driver.prepare('select key from devices where conversation = ? and id = ?'),
    lastEvent: driver.prepare('select max(deviceSeq) from events where device = ?'),
    lastVoid: driver.prepare('select max(deviceSeq) from voids where device = ?'),
    eventByDevice: driver.prepare('select messageId, digest, seq, at from events where device = ? and deviceSeq = ?'),
    voidByDevice: driver.prepare('select messageId, code from voids where device = ? and deviceSeq = ?'),
    eventByMessage: driver.prepare('select messageId, digest, seq, at from events where conversation = ? and messageId = ? and device is null'),
    messageIdAt: driver.prepare('select messageId from events where conversation = ? and log = ? and seq = ?'),
    read: driver.prepare('select seq, messageId, type, authorId, authorRole, at, body from events where conversation = ? and log = ? and seq between ? and ? order by seq limit ?'),
    insertDevice: driver.prepare('insert into devices (conversation, id) values (?, ?)'),
    insertEvent: driver.prepare(`insert into events (conversation, log, seq, messageId, device, deviceSeq, digest, type, authorId, authorRole, at, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertVoid: driver.prepare('insert into voids (device, deviceSeq, messageId, code) values (?, ?, ?, ?)')
});
function loadEnds(statements, conversation) {
    const key = statements.conversation.get(conversation)?.[0];
    if (key === undefined)
        return null;
    const head = (log) => statements.head.get(key, LOG_NUMBER[log])?.[0] ?? 0;
    return { key, heads: { public: head('public'), staff: head('staff') }, devices: new Map() };
}
function deviceEnd(statements, ends, device) {
    const found = ends.devices.get(device);
    if (found)
        return found;
    const key = statements.device.get(ends.key, device)?.[0] ?? null;
    const last = key === null ? 0 : Math.max(statements.lastEvent.get(key)?.[0] ?? 0, statements.lastVoid.get(key)?.[0] ?? 0);
    const end = { key, last };
    // A device without a row is not remembered: anybody may ask for as many as he likes.
    if (key !== null)
        ends.devices.set(device, end);
    return end;
}
/** Nothing can stand under a number that was not given yet: then the look-up is left out. */
function decide(statements, ends, row) {
    const end = row.device ? deviceEnd(statements, ends, row.device.id) : null;
    const facts = { messageId: row.messageId, digest: 'digest' in row ? row.digest : '', isVoid: !('digest' in row) };
    if (!row.device || !end)
        return decideAppend({ ...facts, deviceSeq: null, lastDeviceSeq: 0, standing: standingByMessage(statements, ends.key, row.messageId) });
    const standing = end.key !== null && row.device.seq <= end.last ? standingByDevice(statements, end.key, row.device.seq) : null;
    return decideAppend({ ...facts, deviceSeq: row.device.seq, lastDeviceSeq: end.last, standing });
}
const asStanding = ([messageId, digest, seq, at]) => ({ messageId: messageId, digest, seq, at });
function standingByMessage(statements, conversation, messageId) {
    const row = statements.eventByMessage.get(conversation, messageId);
    return row ? asStanding(row) : null;
}
function standingByDevice(statements, device, deviceSeq) {
    const row = statements.eventByDevice.get(device, deviceSeq);
    if (row)
        return asStanding(row);
    const voided = statements.voidByDevice.get(device, deviceSeq);
    return voided ? { messageId: voided[0], void: voided[1] } : null;
}
/** The device's row, made at its first message; its counter moves on. */
function takeDeviceSeq(statements, ends, { id, seq }) {
    const end = deviceEnd(statements, ends, id);
    if (end.key === null) {
        statements.insertDevice.run(ends.key, id);
        return takeDeviceSeq(statements, ends, { id, seq });
    }
    end.last = seq;
    return end.key;
}
function storeEvent(statements, ends, event) {
    const seq = ends.heads[event.log] + 1;
    const device = event.device ? takeDeviceSeq(statements, ends, event.device) : null;
    const { author, at } = event;
    statements.insertEvent.run(ends.key, LOG_NUMBER[event.log], seq, event.messageId, device, event.device?.seq ?? null, event.digest, event.type, author.id, author.role, at, JSON.stringify(event.body));
    ends.heads[event.log] = seq;
    return { kind: 'stored', seq, at };
}
function storeVoid(statements, ends, row) {
    statements.insertVoid.run(takeDeviceSeq(statements, ends, row.device), row.device.seq, row.messageId, row.code);
    return { kind: 'void', code: row.code };
}
const asEvent = ([seq, messageId, type, id, role, at, body]) => ({ seq, messageId: messageId, type, author: { id, role }, at, body: JSON.parse(body) });
function readPage(statements, conversation, { range, limit, limitBytes }) {
    const page = [];
    let bytes = 0;
    for (let from = range.from; page.length < limit;) {
        const atOnce = Math.min(READ_AT_ONCE, limit - page.length);
        const rows = statements.read.all(conversation, LOG_NUMBER[range.log], from, range.to, atOnce);
        for (const row of rows) {
            bytes += row[6].length + ENVELOPE_BYTES;
            if (page.length > 0 && bytes > limitBytes)
                return page;
            page.push(asEvent(row));
            from = row[0] + 1;
        }
        if (rows.length < atOnce)
            return page;
    }
    return page;
}

function createSqliteRecords(driver) {
    const statements = prepare$1(driver);
    return {
        put: (put) => write(statements, put),
        run: (id) => first(statements.run.get(id)),
        runsWith: (status) => every(statements.runsWith.all(JSON.stringify(status))),
        link: (id) => first(statements.link.get(id)),
        pendingLinks: () => every(statements.pendingLinks.all()),
        account: (inbox, visitor) => first(statements.account.get(inbox, visitor)),
        jobs: () => every(statements.jobs.all()),
        receipts: (conversation) => statements.receipts.all(conversation).map(([participant, got, read]) => ({ conversation, participant, got, read }))
    };
}
const prepare$1 = (driver) => ({
    putJob: driver.prepare(`insert into jobs (conversation, seq, inbox, state, record) values (?, ?, ?, ?, ?)
     on conflict do update set state = excluded.state, record = excluded.record`),
    dropJob: driver.prepare('delete from jobs where conversation = ? and seq = ? and inbox = ?'),
    jobs: driver.prepare("select record from jobs where state in ('waiting', 'sent') order by conversation, seq"),
    putRun: driver.prepare(`insert into runs (run, status, startedAt, record) values (?, ?, ?, ?)
     on conflict (run) do update set status = excluded.status, startedAt = excluded.startedAt, record = excluded.record`),
    run: driver.prepare('select record from runs where run = ?'),
    runsWith: driver.prepare('select record from runs where status in (select value from json_each(?)) order by startedAt, key'),
    putLink: driver.prepare(`insert into links (link, status, expiresAt, record) values (?, ?, ?, ?)
     on conflict (link) do update set status = excluded.status, expiresAt = excluded.expiresAt, record = excluded.record`),
    link: driver.prepare('select record from links where link = ?'),
    pendingLinks: driver.prepare("select record from links where status = 'requested' order by expiresAt, key"),
    putAccount: driver.prepare('insert into accounts (inbox, visitor, record) values (?, ?, ?) on conflict do update set record = excluded.record'),
    dropAccount: driver.prepare('delete from accounts where inbox = ? and visitor = ?'),
    account: driver.prepare('select record from accounts where inbox = ? and visitor = ?'),
    close: driver.prepare("update conversations set status = 'closed' where id = ?"),
    putReceipt: driver.prepare(`insert into receipts (conversation, participant, got, read) values (?, ?, ?, ?)
     on conflict do update set got = max(got, excluded.got), read = max(read, excluded.read)`),
    receipts: driver.prepare('select participant, got, read from receipts where conversation = ?')
});
const first = (row) => (row ? JSON.parse(row[0]) : null);
const every = (rows) => rows.map(([record]) => JSON.parse(record));
function write(statements, put) {
    switch (put.put) {
        case 'job':
            return statements.putJob.run(put.job.conversation, put.job.seq, put.job.inbox, put.job.state, JSON.stringify(put.job));
        case 'jobDone':
            return statements.dropJob.run(put.job.conversation, put.job.seq, put.job.inbox);
        case 'run':
            return statements.putRun.run(put.run.run, put.run.status, put.run.startedAt, JSON.stringify(put.run));
        case 'link':
            return statements.putLink.run(put.link.link, put.link.status, put.link.expiresAt, JSON.stringify(put.link));
        case 'account':
            return statements.putAccount.run(put.account.inbox, put.account.visitor, JSON.stringify(put.account));
        case 'accountGone':
            return statements.dropAccount.run(put.inbox, put.visitor);
        case 'closed':
            return statements.close.run(put.conversation);
        case 'receipt':
            return statements.putReceipt.run(put.receipt.conversation, put.receipt.participant, put.receipt.got, put.receipt.read);
        default:
            return put;
    }
}

/**
 * One script per version of the schema, each run once and never changed afterwards.
 *
 * Events stand in the order of arrival, so that writing appends to the end of the file; narrow
 * unique indexes over integers find them (a table clustered by conversation costs two to three
 * times the CPU). What the rows say is not kept a second time: heads and device counters are the
 * maxima of those indexes. Whole records are JSON, for the engine reads and replaces them whole.
 */
const MIGRATIONS = [
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
  `
];
/** Brings the file up to this version, each step in its own transaction. */
function migrate(driver) {
    const found = Number(driver.prepare('pragma user_version').get()?.[0] ?? 0);
    if (found > MIGRATIONS.length) {
        throw new StartFault(`store: the file was written by a newer version (its schema is ${found}, this version knows ${MIGRATIONS.length}); a gateway at least as new is wanted`);
    }
    MIGRATIONS.slice(found).forEach((script, index) => {
        driver.exec(`begin exclusive; ${script}; pragma user_version = ${found + index + 1}; commit`);
    });
}

/**
 * The store in one SQLite file. The driver is synchronous, so a commit is on disk when the function
 * returns, and nothing comes between the statements of a transaction.
 */
function createSqliteStore(driver, chance) {
    takeFile(driver);
    const log = createSqliteLog(driver);
    const records = createSqliteRecords(driver);
    const statements = prepare(driver);
    const inTransaction = transactions(driver, log);
    let isOpen = true;
    function kept(name, fresh) {
        const found = statements.meta.get(name)?.[0];
        if (found !== undefined)
            return found;
        const value = fresh();
        statements.putMeta.run(name, value);
        return value;
    }
    function conversationOf(row) {
        if (!row)
            return null;
        const [id, inbox, visitor, status, createdAt] = row;
        return { id, inbox, visitor, status, createdAt };
    }
    function open(fresh, opening) {
        const found = conversationOf(statements.openConversation.get(fresh.inbox, fresh.visitor));
        if (found)
            return found;
        statements.insertConversation.run(fresh.id, fresh.inbox, fresh.visitor, fresh.status, fresh.createdAt);
        for (const event of opening)
            log.append(event);
        return fresh;
    }
    return {
        epoch: inTransaction(() => kept('epoch', () => idFromBytes(chance.bytes(16)))),
        secret: async (name, fresh) => inTransaction(() => kept(`secret:${name}`, fresh)),
        openConversation: async (fresh, opening) => inTransaction(() => open(fresh, opening)),
        commit: async (units) => inTransaction(() => units.map((unit) => writeUnit(log, records, unit))),
        check: async () => inTransaction(() => statements.putMeta.run('checked', idFromBytes(chance.bytes(16)))),
        conversation: async (id) => conversationOf(statements.conversation.get(id)),
        head: async (conversation, name) => log.head(conversation, name),
        read: async (range, limit, limitBytes) => log.read(range, limit, limitBytes),
        messageIdAt: async (conversation, name, seq) => log.messageIdAt(conversation, name, seq),
        lastDeviceSeq: async (conversation, device) => log.lastDeviceSeq(conversation, device),
        receipts: async (conversation) => records.receipts(conversation),
        run: async (id) => records.run(id),
        runsWith: async (status) => records.runsWith(status),
        link: async (id) => records.link(id),
        pendingLinks: async () => records.pendingLinks(),
        account: async (inbox, visitor) => records.account(inbox, visitor),
        jobs: async () => records.jobs(),
        close: async () => {
            if (isOpen)
                leaveFile(driver);
            isOpen = false;
        }
    };
}
const prepare = (driver) => ({
    meta: driver.prepare('select value from meta where name = ?'),
    putMeta: driver.prepare('insert into meta (name, value) values (?, ?) on conflict do update set value = excluded.value'),
    conversation: driver.prepare('select id, inbox, visitor, status, createdAt from conversations where id = ?'),
    openConversation: driver.prepare("select id, inbox, visitor, status, createdAt from conversations where inbox = ? and visitor = ? and status = 'open'"),
    insertConversation: driver.prepare('insert into conversations (id, inbox, visitor, status, createdAt) values (?, ?, ?, ?, ?)')
});
/**
 * Exclusive, so that a second process is refused; after a kill the lock is free at once. With
 * `synchronous=full` a commit waits for the disk: what was acknowledged survives a power cut.
 */
function takeFile(driver) {
    try {
        driver.exec('pragma locking_mode = exclusive');
        driver.prepare('pragma journal_mode = wal').all();
        driver.exec('pragma synchronous = full; pragma journal_size_limit = 67108864');
        migrate(driver);
        // Reading alone would leave the door open for a second process until the first write.
        driver.exec('begin exclusive; commit');
    }
    catch (thrown) {
        if (thrown.code !== 'SQLITE_BUSY')
            throw thrown;
        throw new StartFault('the file is in use by another process', { cause: thrown });
    }
}
/**
 * Statements outlive the database until they are collected, and hold its locks as long. Out of WAL
 * and out of exclusive locking, which ends at the next reading, nothing is left to hold.
 */
function leaveFile(driver) {
    try {
        driver.prepare('pragma journal_mode = delete').all();
        driver.prepare('pragma locking_mode = normal').all();
        driver.prepare('select count(*) from meta').all();
    }
    finally {
        driver.close();
    }
}
/** Runs the work in one transaction; a failure undoes all of it and is thrown on. */
function transactions(driver, log) {
    const begin = driver.prepare('begin immediate');
    const commit = driver.prepare('commit');
    return (work) => {
        begin.run();
        try {
            const result = work();
            commit.run();
            return result;
        }
        catch (thrown) {
            log.forget();
            if (driver.inTransaction())
                driver.exec('rollback');
            throw thrown;
        }
    };
}
function writeUnit(log, records, unit) {
    if (unit.only && !holds(records, unit.only))
        return { kind: 'skipped' };
    const row = unit.event ?? unit.void;
    const { outcome, isNew } = row ? log.append(row) : NO_ROW;
    if (!isNew)
        return outcome;
    if (unit.job && row && outcome.kind === 'stored') {
        records.put({ put: 'job', job: { conversation: row.conversation, seq: outcome.seq, state: 'waiting', attempts: 0, ...unit.job } });
    }
    for (const put of unit.puts ?? [])
        records.put(put);
    return outcome;
}
const NO_ROW = { outcome: { kind: 'done' }, isNew: true };
function holds(records, only) {
    const run = records.run(only.run);
    return run !== null && only.status.includes(run.status);
}

/**
 * Opens a file with libsql, which has the API of better-sqlite3 and brings its own binary.
 * It is loaded only here, because not every gateway has this store.
 * @param path a file, or `:memory:`
 */
async function openLibsql(path) {
    const { default: Database } = await import('libsql').catch((cause) => {
        throw new StartFault(`store: the SQLite driver (libsql) does not load on ${process.platform}-${process.arch}; another store is wanted`, { cause });
    });
    const database = new Database(path);
    return {
        exec: (sql) => {
            database.exec(sql);
        },
        prepare: (sql) => {
            const statement = database.prepare(sql);
            if (statement.reader)
                statement.raw(true);
            return {
                run: (...values) => {
                    statement.run(values);
                },
                get: (...values) => statement.get(values) ?? undefined,
                all: (...values) => statement.all(values)
            };
        },
        inTransaction: () => database.inTransaction,
        close: () => {
            database.close();
        }
    };
}

const SQLITE = 'sqlite:';
/**
 * Opens the store that the configuration names.
 * @param address `sqlite:./path.db`, or `sqlite::memory:` for one that ends with the process
 * @throws StartFault in one line, when the address is none or the file cannot be had
 */
async function openStore(address, chance) {
    if (!address.startsWith(SQLITE) || address.length === SQLITE.length)
        throw startFault('store', `"${address}"`, '"sqlite:" and the path of a file, "sqlite:./parley.db" for example');
    let driver = null;
    try {
        driver = await openLibsql(address.slice(SQLITE.length));
        return createSqliteStore(driver, chance);
    }
    catch (thrown) {
        driver?.close();
        if (thrown instanceof StartFault && thrown.message.startsWith('store'))
            throw thrown;
        throw new StartFault(`store: "${address}" cannot be opened (${firstLine(reasonOf(thrown))}); a file that only this process uses, in a folder that exists and may be written, is wanted`, {
            cause: thrown
        });
    }
}
const firstLine = (text) => text.split('\n')[0] ?? '';

const ALGORITHM = 'HS256';
const ISSUER = 'parley-gateway';
const AUDIENCE = 'parley-visitor';
/** @param secret of this gateway; the key of tokens is derived from it and used for nothing else */
function createTokens(secret, clock) {
    const key = new Uint8Array(createHmac('sha256', secret).update('visitor tokens').digest());
    const nowS = () => Math.floor(clock.now() / 1000);
    return {
        async issue(visitor, inbox) {
            const now = nowS();
            const token = await new SignJWT({ inbox })
                .setProtectedHeader({ alg: ALGORITHM })
                .setIssuer(ISSUER)
                .setAudience(AUDIENCE)
                .setSubject(visitor)
                .setIssuedAt(now)
                .setNotBefore(now)
                .setExpirationTime(now + LIMITS.tokenSeconds)
                .sign(key);
            return { token, expiresInS: LIMITS.tokenSeconds };
        },
        async authenticate(token) {
            if (!token)
                return { code: 'auth.missing' };
            try {
                const { payload } = await jwtVerify(token, key, {
                    algorithms: [ALGORITHM],
                    issuer: ISSUER,
                    audience: AUDIENCE,
                    requiredClaims: ['sub', 'iat', 'nbf', 'exp'],
                    maxTokenAge: LIMITS.tokenSeconds,
                    currentDate: new Date(clock.now())
                });
                return whoIn(payload, nowS());
            }
            catch (thrown) {
                if (thrown instanceof errors.JWTExpired)
                    return { code: 'auth.expired' };
                if (thrown instanceof errors.JOSEError)
                    return INVALID;
                throw thrown;
            }
        }
    };
}
const INVALID = { code: 'auth.invalid' };
function whoIn({ sub, inbox, iat = 0, exp = 0 }, nowS) {
    if (!sub || typeof inbox !== 'string' || exp - iat > LIMITS.tokenSeconds)
        return INVALID;
    return { visitor: sub, inbox, expiresInS: Math.max(1, Math.floor(exp - nowS)) };
}

/** Rule 14 gives five seconds in all, and the store is still to be closed then. */
const DRAIN_WITHIN_MS = 4_000;
/** Clients come back at a random moment within this time, and one more millisecond for each of them. */
const LEAST_SPREAD_MS = 500;
/** Puts the parts together, in the order in which they need one another. What was opened is closed when a later part fails. */
async function run(config, options) {
    const undo = [];
    try {
        return await assemble(config, options, undo);
    }
    catch (thrown) {
        for (const step of undo.reverse())
            await step();
        throw thrown;
    }
}
async function assemble(config, options, undo) {
    const { log } = options;
    const inboxes = await createInboxes(config, options.connectors);
    const store = await openStore(config.store, systemChance);
    undo.push(() => store.close());
    const secret = config.secret ?? (await store.secret('gateway', () => Buffer.from(systemChance.bytes(32)).toString('base64url')));
    const outbound = createOutbound({ trusted: operatorOrigins(config), allow: config.outbound.allow });
    undo.push(() => outbound.close());
    const http = createHttpServer();
    const port = await listen(http.server, config.port, config.host);
    undo.push(() => closeServer(http.server));
    // Nothing waits until the doors are open, so no request comes before there is something to answer it.
    const url = urlOf(config.host, port);
    const { engine, door, serving } = openDoors({ config, options, inboxes, store, secret, outbound, http, url });
    undo.push(() => door.close());
    await engine.start();
    serving.is = true;
    if (config.origins.length === 0)
        log.warn({}, 'no page may use this gateway: "origins" is empty');
    log.info({ port, inboxes: inboxes.length }, 'gateway started');
    return {
        url,
        async stop() {
            serving.is = false;
            await within(DRAIN_WITHIN_MS, drain({ engine, door, server: http.server }), log);
            await outbound.close();
            await store.close();
            log.info({}, 'gateway stopped');
        }
    };
}
/** The engine, and all the ways in to it. */
function openDoors({ config, options: { log, widgetDir, loaderMaxAgeS }, inboxes, store, secret, outbound, http, url }) {
    const tokens = createTokens(secret, systemClock);
    const engine = createEngine({
        clock: systemClock,
        chance: systemChance,
        seal: createSeal(secret),
        log,
        store,
        inboxes,
        publicUrl: config.publicUrl ?? url,
        limits: { messagesPerSecond: config.limits.messagesPerSecond, burst: config.limits.burst },
        fetch: outbound.fetch,
        authenticate: (token) => tokens.authenticate(token)
    });
    const serving = { is: false };
    const { trustProxy, limits } = config;
    const shared = { engine, origins: new Set(config.origins), trustProxy, log };
    http.serve(createApp({
        ...shared,
        tokens,
        files: createStaticFiles(widgetDir ?? findWidgetDir(), loaderMaxAgeS),
        sessionLimit: createRateLimit(limits.sessionsPerMinutePerIp),
        bodyBytes: limits.bodyBytes,
        home: config.home,
        inboxesOf: (kind) => config.inboxes.filter((inbox) => inbox.connector === kind).map((inbox) => inbox.name),
        unreadiness: createReadiness({ clock: systemClock, check: () => store.check(), isServing: () => serving.is, log })
    }));
    const door = openSocketDoor({ ...shared, server: http.server, frameBytes: limits.frameBytes, connections: createTally(limits.connectionsPerIp) });
    return { engine, door, serving };
}
async function drain({ engine, door, server }) {
    server.close();
    await engine.stop(LEAST_SPREAD_MS + door.count());
    // The lines end when what was sent over them has left; then nothing is open that is still at work.
    await new Promise((resolve) => setImmediate(resolve));
    const closed = door.close();
    await closeServer(server);
    await closed;
}
/** Requests that are being answered get half a second to end. */
async function closeServer(server) {
    const closed = new Promise((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), 500);
    await closed;
    clearTimeout(timer);
}
async function within(ms, work, log) {
    let timer;
    const late = new Promise((resolve) => {
        timer = setTimeout(() => {
            log.warn({ ms }, 'the gateway did not drain in time');
            resolve();
        }, ms);
    });
    await Promise.race([work, late]);
    clearTimeout(timer);
}

/**
 * A gateway, also inside another program.
 * @param config as in a configuration file
 * @throws StartFault in one line, when the configuration is wrong
 */
function createGateway(config, options = {}) {
    const read = readConfig$1(config, options.environment ?? process.env);
    const log = options.log ?? createLog(process.env.LOG_LEVEL);
    let running = null;
    return {
        async start() {
            if (running)
                throw new Error('start() was called before; create another gateway');
            running = run(read, { ...options, log });
            return { url: (await running).url };
        },
        async stop() {
            // A start that failed has put away what it had, and told its caller.
            const parts = await running?.catch(() => null);
            await parts?.stop();
        }
    };
}

const DEFAULT_NAMES = ['parley.config.js', 'parley.config.mjs', 'parley.config.json'];
/**
 * What stands in the configuration file: JSON, or the default export of a module.
 * @param path as given by `--config`; without it the first of the default names that is there
 * @throws StartFault in one line
 */
async function loadConfigFile(path, folder) {
    const found = path ?? DEFAULT_NAMES.find((name) => existsSync(resolve(folder, name)));
    if (found === undefined)
        throw new StartFault(`--config: found nothing, nor ${DEFAULT_NAMES.join(', ')} in ${folder}; wanted is the path of a configuration`);
    const file = resolve(folder, found);
    if (!existsSync(file))
        throw new StartFault(`--config: found "${found}", which is not there; wanted is the path of a configuration`);
    return file.endsWith('.json') ? readJson$2(file, found) : readModule(file, found);
}
function readJson$2(file, name) {
    const text = readFileSync(file, 'utf8');
    try {
        return JSON.parse(text);
    }
    catch (thrown) {
        // The parser's own words quote the file, and a secret may stand there.
        const position = /position (\d+)/.exec(reasonOf(thrown))?.[1];
        const place = position === undefined ? '' : ` (line ${text.slice(0, Number(position)).split('\n').length})`;
        throw new StartFault(`--config: found "${name}", which is not JSON${place}; wanted is JSON without comments, or a .js file`);
    }
}
async function readModule(file, name) {
    const loaded = (await import(pathToFileURL(file).href).catch((cause) => {
        throw new StartFault(`--config: found "${name}", which does not load (${reasonOf(cause).split('\n')[0]}); wanted is a module with a default export`, {
            cause
        });
    }));
    if (loaded.default === undefined)
        throw new StartFault(`--config: found "${name}" without a default export; wanted is "export default { … }"`);
    return loaded.default;
}

const HELP = `parley-gateway [--config parley.config.js|json]

  --config  the configuration; without it parley.config.js, .mjs or .json in this folder
  --help    this text

  PORT       overrides "port"
  LOG_LEVEL  debug, info, warn, error or silent
`;
/** The executable: reads the configuration, runs the gateway until it is told to stop. */
async function main() {
    const { values } = readArguments();
    if (values.help) {
        process.stdout.write(HELP);
        return;
    }
    const log = createLog(process.env.LOG_LEVEL);
    const written = await loadConfigFile(values.config, process.cwd());
    const gateway = createGateway(withPort(written), { log });
    process.on('uncaughtException', (thrown) => {
        // What the process holds can no longer be trusted; whoever runs it starts it again, and clients resume.
        log.error({ reason: reasonOf(thrown), stack: thrown instanceof Error ? thrown.stack : undefined }, 'the gateway failed');
        process.exit(1);
    });
    for (const signal of ['SIGTERM', 'SIGINT']) {
        process.once(signal, () => {
            log.info({ signal }, 'stopping');
            gateway.stop().then(() => process.exit(0), (thrown) => {
                log.error({ reason: reasonOf(thrown) }, 'the gateway did not stop in good order');
                process.exit(1);
            });
        });
    }
    const { url } = await gateway.start();
    process.stdout.write(`${url}\n`);
}
function readArguments() {
    try {
        return parseArgs({ options: { config: { type: 'string' }, help: { type: 'boolean' } } });
    }
    catch (thrown) {
        throw new StartFault(`parley-gateway: ${reasonOf(thrown).split('\n')[0]}`);
    }
}
function withPort(written) {
    const port = process.env.PORT;
    return port && typeof written === 'object' && written !== null ? { ...written, port } : written;
}
main().catch((thrown) => {
    process.stderr.write(`${thrown instanceof StartFault ? thrown.message : String(thrown instanceof Error ? thrown.stack : thrown)}\n`);
    process.exit(1);
});

/** The few plain answers that machines get. */
const plain = (status, body) => ({
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body
});
const OK = plain(200, 'OK');
const NOT_FOUND = plain(404, 'Not found');
const NOT_JSON = plain(400, 'The body must be JSON');
const WRONG_METHOD = { ...plain(405, 'POST is wanted'), headers: { allow: 'POST', 'content-type': 'text/plain; charset=utf-8' } };
const NOT_NOW = plain(503, 'Not now');

/** JSON of a result at most; a page of the log holds 256 KiB. */
const MOST_CHARACTERS = 200_000;
/** A client refuses frames of more than 5,000 values in all. */
const MOST_VALUES = 3_000;
/** A client refuses frames nested deeper than 32; the frame itself takes some. */
const MOST_DEPTH = 20;
function createBudget() {
    let characters = MOST_CHARACTERS;
    let values = MOST_VALUES;
    let wasCut = false;
    function spend(count, valueCount) {
        const isLeft = count <= characters && valueCount <= values;
        if (!isLeft)
            wasCut = true;
        characters -= isLeft ? count : 0;
        values -= isLeft ? valueCount : 0;
        return isLeft;
    }
    return {
        take: (count) => spend(count, 0),
        takeValue: (count) => spend(count, 1),
        cut() {
            wasCut = true;
        },
        isCut: () => wasCut,
        leftCharacters: () => characters
    };
}
/** The value as far as the budget goes; `null` stands for what was left out in between. */
function cutJson(value, budget, depth = 0) {
    if (typeof value === 'string')
        return cutText(value, budget);
    if (typeof value === 'number' && !Number.isFinite(value))
        return budget.take(9) ? String(value) : null;
    if (typeof value !== 'object' || value === null)
        return budget.take(String(value).length) ? value : null;
    if (depth >= MOST_DEPTH) {
        budget.cut();
        return null;
    }
    if (!budget.take(2))
        return null;
    return Array.isArray(value) ? cutList(value, budget, depth) : cutObject(value, budget, depth);
}
function cutList(list, budget, depth) {
    const out = [];
    for (const item of list) {
        if (!budget.takeValue(1))
            break;
        out.push(cutJson(item, budget, depth + 1));
    }
    return out;
}
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
function cutObject(value, budget, depth) {
    const out = {};
    for (const [key, item] of Object.entries(value)) {
        if (FORBIDDEN_KEYS.has(key))
            budget.cut();
        else if (budget.takeValue(key.length + 4))
            out[wellFormed(key)] = cutJson(item, budget, depth + 1);
        else
            break;
    }
    return out;
}
/** Text as far as the budget goes. */
function cutText(text, budget) {
    const most = budget.leftCharacters() - 2;
    const kept = text.length > most ? `${text.slice(0, Math.max(0, most - 1))}…` : text;
    if (kept !== text)
        budget.cut();
    return budget.take(Math.min(kept.length + 2, budget.leftCharacters())) ? wellFormed(kept) : '';
}
/** Halves of characters, which JSON may hold but no client takes, become the replacement sign. */
const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, '\ufffd');
/** A short text for a line of its own, or `undefined` when there is none. */
function shortText(value, most) {
    if (typeof value !== 'string' || value.trim() === '')
        return undefined;
    return wellFormed(value.length > most ? `${value.slice(0, most - 1)}…` : value);
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value) => (typeof value === 'string' ? value : '');
/** Parts a body. The correlation is for machines: it is in no result. */
function readEnvelope(body) {
    if (!isObject(body))
        return { correlation: null, flow: undefined, content: body };
    const { correlation, ...content } = body;
    const found = isObject(correlation) ? correlation : {};
    const flow = textOf(body.flowId ?? found.flowId).toLowerCase() || undefined;
    return { correlation: correlation === undefined ? null : { runId: textOf(found.runId), replyToken: textOf(found.replyToken) }, flow, content };
}
/**
 * Their body, without the correlation → what happened.
 * @param wantsSignIn the run is one that asked for a sign-in; elsewhere `authUrl` is a field like others
 */
function readCallback(content, wantsSignIn) {
    if (!isObject(content))
        return { kind: 'result', value: content };
    const progress = readProgress(content.progress);
    if (progress)
        return progress;
    const failed = readError(content.error);
    if (failed)
        return failed;
    if (wantsSignIn)
        return { kind: 'signIn', url: textOf(content.authUrl) };
    const { result, ...rest } = content;
    return { kind: 'result', value: result !== undefined && Object.keys(rest).length === 0 ? result : content };
}
function readProgress(progress) {
    if (!isObject(progress))
        return null;
    const { fraction: given, step } = progress;
    const fraction = typeof given === 'number' && Number.isFinite(given) ? Math.min(1, Math.max(0, given)) : undefined;
    const text = shortText(progress.text, PROGRESS_CHARACTERS);
    const named = shortText(typeof step === 'number' ? String(step) : step, 100);
    if (fraction === undefined && text === undefined && named === undefined)
        return null;
    return {
        kind: 'progress',
        step: named ?? `${fraction ?? ''} ${text ?? ''}`,
        ...(text === undefined ? {} : { text }),
        ...(fraction === undefined ? {} : { fraction })
    };
}
const PROGRESS_CHARACTERS = 300;
const ERROR_CHARACTERS = 1_000;
/** Codes and words by which the platform, an OAuth server and Microsoft Graph say that a credential is no longer taken. */
const ACCOUNT_GONE = /\b(secret[ ._-]?(is )?(not[ _-]?found|gone|expired|revoked)|no secret found|invalid_grant|InvalidAuthenticationToken|token (has )?(expired|been revoked))\b/i;
function readError(error) {
    if (error === undefined || error === null || error === false || error === '')
        return null;
    const code = isObject(error) ? textOf(error.code) : '';
    const said = isObject(error) ? textOf(error.message) || textOf(error.text) || code : textOf(error);
    const text = shortText(said, ERROR_CHARACTERS) ?? 'The flow reported a fault without saying which.';
    return { kind: 'failed', text, isAccountGone: ACCOUNT_GONE.test(`${code} ${said}`.slice(0, ERROR_CHARACTERS)) };
}

const objectOf = (notes) => (typeof notes === 'object' && notes !== null && !Array.isArray(notes) ? notes : {});
function readRunNotes(notes) {
    const { account, link } = objectOf(notes);
    return { ...(typeof account === 'string' ? { account } : {}), ...(typeof link === 'string' ? { link: link } : {}) };
}
function readLinkNotes(notes) {
    const { authUrl, scope, browser } = objectOf(notes);
    if (typeof authUrl !== 'string' || typeof scope !== 'string')
        return null;
    return { authUrl, scope, ...(typeof browser === 'string' ? { browser } : {}) };
}
/** The notes of a sign-in that can still be used; `null` when it is over. */
function pendingNotes(link, now) {
    return link.status === 'requested' && link.expiresAt > now ? readLinkNotes(link.notes) : null;
}
/** Tells accounts apart without holding the credential. */
const accountMark = (port, credential) => port.sign('oih account', credential);

/**
 * What we read of Open Integration Hub's answers. Read from openintegrationhub/openintegrationhub
 * at 884a8d9a (2025-03-31): lib/webhooks/src/http-api.js, services/iam/src/routes. Unknown fields are left out.
 */
/** Answer of a hook that took the call. It says "accepted", nothing more. */
const hookAccepted = v.object({ data: v.object({ requestId: v.string() }) });
/** Every refusal of a hook: a text, no code. */
const hookRefused = v.object({ error: v.string() });
/** Answer of `POST /login` and of `GET /api/v1/tokens/refresh`. */
const tokenAnswer = v.object({ token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,4096}$/)) });
/** A flow's id is a MongoDB ObjectId. Nothing else may become part of an address. */
const FLOW_ID = /^[0-9a-fA-F]{24}$/;
const FLOW_ID_WANTED = 'a flow id is 24 hexadecimal digits, like 58b41f5da9ee9d0018194bf3';
/** A secret's id is an ObjectId too; other stores may name it otherwise, but never with signs that mean something elsewhere. */
const SECRET_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** How long a sign-in may take: the secret service forgets a pending one after ten minutes (`TTL_AUTHFLOW`). */
const SIGN_IN_MS = 600_000;
/** What is asked for when a visitor names no scope: Microsoft Graph's smallest. */
const DEFAULT_SCOPE = 'User.Read';
const PARAMS = { name: 'params', type: 'list', description: 'Words that the flow gets as they are' };
/** The commands of an inbox: `/run-flow` always, `/auth` and `/me` where a flow is configured for them. */
function commandsOf(config) {
    const timeoutMs = config.runTimeoutMs;
    const runFlow = {
        name: 'run-flow',
        description: `Runs a flow at ${config.partner} and shows its result`,
        args: [
            {
                name: 'flow',
                type: 'text',
                required: true,
                pattern: FLOW_ID.source.replace(/^\^|\$$/g, ''),
                wanted: FLOW_ID_WANTED,
                description: 'The id of the flow'
            },
            PARAMS
        ],
        timeoutMs
    };
    const auth = {
        name: 'auth',
        description: `Connects your account through ${config.partner}`,
        // The scope travels inside a form field; OAuth's own alphabet for it, without blanks (RFC 6749, 3.3).
        args: [
            {
                name: 'scope',
                type: 'text',
                pattern: '[!#-\\x5b\\x5d-~]{1,500}',
                wanted: `what the account is asked for, like ${DEFAULT_SCOPE}`,
                description: `What to ask for; ${DEFAULT_SCOPE} unless told otherwise`
            }
        ],
        timeoutMs: timeoutMs + SIGN_IN_MS
    };
    const me = { name: 'me', description: 'Shows the profile of your connected account', args: [PARAMS], timeoutMs };
    return [runFlow, ...(config.authFlow ? [auth] : []), ...(config.meFlow ? [me] : [])];
}
/** What this inbox answers to words: it does not chat. */
function helpPart(config) {
    const lines = commandsOf(config).map((command) => `- \`${commandUsage(command)}\` – ${command.description}`);
    return {
        kind: 'text',
        text: [`I run flows at ${config.partner}; I do not chat. Type \`/\` and choose:`, '', ...lines, '- `/help` – Lists all commands'].join('\n')
    };
}

/**
 * A command → the hook to call, or why none is called.
 * @param secretId the account of the visitor who typed the command, and of nobody else
 */
function planCall(config, order, addresses, secretId) {
    switch (order.command) {
        case 'run-flow':
            return planRunFlow(config, order, addresses, secretId);
        case 'auth':
            return planAuth(config, order, addresses);
        case 'me':
            return planMe(config, order, addresses, secretId);
        default:
            return refuse(`There is no command /${order.command} here (run ${order.run}).`);
    }
}
function planRunFlow(config, order, addresses, secretId) {
    const { flow } = order.args;
    // The engine has checked it already; an address is built from it all the same only after this line.
    if (typeof flow !== 'string' || !FLOW_ID.test(flow))
        return refuse(`"${shortText(flow, 60) ?? ''}" is not the id of a flow: ${FLOW_ID_WANTED}. Nothing was run (run ${order.run}).`);
    if (config.allow && !config.allow.includes(flow.toLowerCase()))
        return refuse(`This chat may not run the flow ${flow} (run ${order.run}).`);
    return hook(config, flow, { params: paramsOf(order.args), ...ifSecret(secretId), correlation: correlation(order, addresses) });
}
function planAuth(config, order, addresses) {
    if (!config.authFlow)
        return refuse(`Signing in is not set up in this chat (run ${order.run}).`);
    const { secretName, successUrl } = addresses;
    return hook(config, config.authFlow, { scope: scopeOf(order.args), secretName, successUrl, correlation: correlation(order, addresses) });
}
function planMe(config, order, addresses, secretId) {
    if (!config.meFlow)
        return refuse(`Showing your profile is not set up in this chat (run ${order.run}).`);
    if (!secretId)
        return refuse(`No account is connected yet.${offerAuth(config)} (Run ${order.run}.)`);
    return hook(config, config.meFlow, { params: paramsOf(order.args), secretId, correlation: correlation(order, addresses) });
}
const refuse = (text) => ({ ok: false, failure: { reason: 'refused', text } });
const hook = (config, flow, body) => ({ ok: true, call: { flow, url: `${config.webhooksUrl}/hook/${flow}`, body } });
const correlation = ({ run }, { replyUrl, replyToken }) => ({ runId: run, replyUrl, replyToken });
const paramsOf = ({ params }) => (Array.isArray(params) ? params : []);
const ifSecret = (secretId) => (secretId ? { secretId } : {});
const scopeOf = ({ scope }) => (typeof scope === 'string' && scope !== '' ? scope : DEFAULT_SCOPE);
/** Where signing in is possible, how. */
const offerAuth = (config) => (config.authFlow ? ' Type /auth to connect one.' : '');
/** The flow that a run belongs to. */
function flowOf(config, { command, args }) {
    if (command === 'auth')
        return config.authFlow;
    if (command === 'me')
        return config.meFlow;
    return typeof args.flow === 'string' ? args.flow.toLowerCase() : undefined;
}

/** What a flow brought back, as people see it. Foreign text goes in, parts that every client takes come out. */
function resultParts(value) {
    const budget = createBudget();
    const parts = partsOf(value, budget);
    return budget.isCut() ? [...parts, { kind: 'text', text: 'The result was too large to show in full; the end was left out.' }] : parts;
}
function partsOf(value, budget) {
    if (value === null)
        return [{ kind: 'text', text: 'Done. The flow brought back no result.' }];
    if (typeof value === 'string')
        return [textPart(value, budget)];
    if (typeof value !== 'object')
        return [{ kind: 'text', text: String(value) }];
    if (isEmpty(value))
        return [{ kind: 'text', text: 'Done. The flow brought back no result.' }];
    const link = lonelyLink(value);
    return [link ?? { kind: 'data', value: cutJson(value, budget) }];
}
const isEmpty = (value) => Object.keys(value).length === 0;
function textPart(text, budget) {
    const address = text.trim();
    if (!/\s/.test(address) && /^https?:\/\//i.test(address) && address.length <= ADDRESS_CHARACTERS) {
        const picture = safeSource(address);
        if (picture && isPicture(picture))
            return { kind: 'file', url: picture, name: fileName(picture), mediaType: pictureType(picture) };
        const link = safeLink(address);
        if (link)
            return { kind: 'link', url: link };
    }
    return { kind: 'text', text: text === '' ? 'Done. The flow brought back no result.' : cutText(text, budget) };
}
/** `{ url, title? }` and nothing else. */
function lonelyLink(value) {
    const { url, title, ...rest } = value;
    if (typeof url !== 'string' || url.length > ADDRESS_CHARACTERS || !isEmpty(rest))
        return null;
    const link = safeLink(url);
    if (link === null || (title !== undefined && typeof title !== 'string'))
        return null;
    return { kind: 'link', url: link, ...(title ? { title: cutText(title, createBudget()).slice(0, 500) } : {}) };
}
/** As the parts' schema has it. */
const ADDRESS_CHARACTERS = 4_096;
const PICTURES = {
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    avif: 'image/avif'
};
const extension = (url) => /\.([a-z]{3,4})$/i.exec(new URL(url).pathname)?.[1]?.toLowerCase() ?? '';
const isPicture = (url) => Object.hasOwn(PICTURES, extension(url));
const pictureType = (url) => PICTURES[extension(url)] ?? 'application/octet-stream';
const fileName = (url) => (new URL(url).pathname.split('/').at(-1) || 'picture').slice(-255);

/** Work under one key one after another, under different keys side by side. */
function createSerial() {
    const last = new Map();
    return (key, work) => {
        const before = last.get(key) ?? Promise.resolve();
        const mine = before.then(work, work);
        const forget = () => {
            if (last.get(key) === mine)
                last.delete(key);
        };
        last.set(key, mine);
        mine.then(forget, forget);
        return mine;
    };
}

function readCallbackPath(path) {
    if (path === 'oih-receiver')
        return { kind: 'receiver' };
    const [, run] = /^runs\/([^/]+)$/.exec(path) ?? [];
    return run !== undefined && RANDOM_ID.test(run) ? { kind: 'run', run } : null;
}
/** A run that was given up still takes a result, which is then shown as late; an ended one has used its secret up. */
const TAKES_RESULT = {
    open: true,
    sent: true,
    accepted: true,
    working: true,
    timedOut: true,
    cancelled: true,
    unknownOutcome: true,
    finished: false,
    failed: false
};
const TOKEN_HEADER = 'x-parley-reply-token';
/**
 * The run a callback may speak for: one that still takes a result, and whose own secret the caller has.
 * Whatever is wrong, the answer is `null`, so that nobody learns which runs there are.
 */
async function findCallbackRun(port, config, path, request, envelope) {
    const token = request.headers[TOKEN_HEADER] ?? envelope.correlation?.replyToken ?? '';
    const run = path.kind === 'run' ? path.run : (envelope.correlation?.runId ?? '');
    if (path.kind === 'receiver' && envelope.correlation === null && token === '' && config.legacyCallback)
        return onlyWaitingRun(port, config, envelope.flow);
    if (!RANDOM_ID.test(run) || token.length > 200 || !port.run.hasReplyToken(run, token))
        return null;
    const record = await port.run.find(run);
    return record && TAKES_RESULT[record.status] ? record : null;
}
/** Without a secret there is no telling whose result it is, unless only one person waits for any. */
async function onlyWaitingRun(port, config, flow) {
    const waiting = (await port.run.waiting()).filter((run) => flow === undefined || flowOf(config, run) === flow);
    return waiting.length === 1 ? (waiting[0] ?? null) : null;
}

/** The door where flows call back. It answers when what they said is on disk. */
function createCallbacks(port, config, signIn) {
    const serial = createSerial();
    return async (request) => {
        const path = readCallbackPath(request.path);
        if (!path)
            return NOT_FOUND;
        if (request.method !== 'POST')
            return WRONG_METHOD;
        const body = readJson$1(request.body);
        if (body === undefined)
            return NOT_JSON;
        const envelope = readEnvelope(body);
        const run = await findCallbackRun(port, config, path, request, envelope);
        if (!run)
            return NOT_FOUND;
        const callback = readCallback(envelope.content, run.command === 'auth');
        const recorded = await serial(run.run, () => carryOut(run, callback));
        return recorded === 'ended' ? NOT_FOUND : OK;
    };
    async function carryOut(run, callback) {
        switch (callback.kind) {
            case 'progress': {
                const { kind: _, ...progress } = callback;
                return port.run.progress(run.run, progress);
            }
            case 'failed':
                return fail(run, callback);
            case 'signIn':
                return signIn.request(run, callback.url);
            case 'result':
                return port.run.finish(run.run, resultParts(callback.value));
            default:
                return callback;
        }
    }
    async function fail(run, { text, isAccountGone }) {
        const account = isAccountGone ? await port.link.account(run.visitor) : null;
        // Only the account that this run used: the visitor may have connected another one meanwhile.
        if (!account || readRunNotes(run.notes).account !== accountMark(port, account.credential)) {
            return port.run.fail(run.run, { reason: 'failed', text: `${text} (Run ${run.run}.)` });
        }
        await port.link.forget(run.visitor);
        port.log.info({ inbox: port.inbox, run: run.run }, 'account forgotten: the partner no longer takes it');
        return port.run.fail(run.run, {
            reason: 'failed',
            text: `Your account is no longer accepted, so it was disconnected.${offerAuth(config)} (Run ${run.run}: ${text})`
        });
    }
}
/** `undefined` when it is not JSON in UTF-8. */
function readJson$1(body) {
    try {
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    }
    catch {
        return undefined;
    }
}

/**
 * Reads a configuration by its schema and turns the first fault into key, found and wanted.
 * @param secrets keys whose value is never told, not even when it is wrong
 */
function readBySchema(schema, value, secrets) {
    const parsed = v.safeParse(schema, value, { abortEarly: true });
    if (parsed.success)
        return { ok: true, value: parsed.output };
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? '';
    if (issue.type === 'strict_object' && issue.expected === 'never')
        return { ok: false, key, found: 'an unknown key', wanted: `one of ${knownKeys(schema, key).join(', ')}` };
    // A missing key is told by the object it is missing in; what is wanted there, the key's own schema knows.
    const wanted = issue.received === 'undefined' && key ? wantedAt(schema, key) : issue.message;
    const found = issue.received === 'undefined' ? 'nothing' : secrets.includes(key) ? kindOf(issue.input) : issue.received;
    return { ok: false, key, found: found.slice(0, 100), wanted };
}
const kindOf = (value) => (typeof value === 'string' ? `a text of ${value.length} characters` : `a ${typeof value}`);
function entriesOf(schema) {
    const { entries, wrapped, pipe } = (schema ?? {});
    return entries ?? (wrapped ? entriesOf(wrapped) : pipe?.[0] ? entriesOf(pipe[0]) : {});
}
const schemaAt = (schema, path) => path.reduce((found, name) => entriesOf(found)[name], schema);
/** The keys that stand beside the unknown one. */
const knownKeys = (schema, key) => Object.keys(entriesOf(schemaAt(schema, key.split('.').slice(0, -1))));
function wantedAt(schema, key) {
    const parsed = v.safeParse(schemaAt(schema, key.split('.')), undefined);
    return parsed.issues?.[0]?.message ?? 'a value';
}

const address = v.pipe(v.string('a web address, like https://hub.example.com'), v.check((text) => isPlainAddress(text), 'an http or https address without user name, query or fragment, like https://hub.example.com'), v.transform((text) => text.replace(/\/+$/, '')));
const origin = v.pipe(v.string('an origin, like https://login.example.com'), v.check((text) => URL.canParse(text) && new URL(text).origin === text, 'an origin and nothing else: scheme, host and port, like https://login.example.com'));
const flowId = v.pipe(v.string(FLOW_ID_WANTED), v.regex(FLOW_ID, FLOW_ID_WANTED));
const words = (what) => v.pipe(v.string(what), v.minLength(1, what), v.maxLength(100, what));
const secretText = (what) => v.pipe(v.string(what), v.regex(/^[\x21-\x7e]{1,4096}$/, what));
const duration = (most) => {
    const wanted = `a number of milliseconds from 1000 to ${most}`;
    return v.pipe(v.number(wanted), v.integer(wanted), v.minValue(1_000, wanted), v.maxValue(most, wanted));
};
const commandFlow = v.strictObject({ flow: flowId }, 'an object { "flow": "<flow id>" }');
const schema = v.strictObject({
    connector: v.optional(v.literal('oih', '"oih"')),
    webhooksUrl: address,
    flowsUrl: v.optional(address),
    iamUrl: v.optional(address),
    secretsUrl: v.optional(address),
    token: v.optional(secretText('the platform token: printable characters without blanks')),
    username: v.optional(words('a user name of 1 to 100 characters')),
    password: v.optional(v.pipe(v.string('a text'), v.minLength(1, 'a text that is not empty'))),
    commands: v.optional(v.strictObject({ auth: v.optional(commandFlow), me: v.optional(commandFlow) }, 'an object with "auth" and "me"'), {}),
    runFlow: v.optional(v.strictObject({ allow: v.optional(v.array(flowId, 'a list of flow ids')) }, 'an object { "allow": [...] }'), {}),
    signInOrigins: v.optional(v.array(origin, 'a list of origins')),
    title: v.optional(words('the name of the site, 1 to 100 characters')),
    partner: v.optional(words('the name of the platform, 1 to 100 characters'), 'Open Integration Hub'),
    // A day: longer and the visitor has forgotten what was asked.
    runTimeoutMs: v.optional(duration(86_400_000), 600_000),
    // The platform holds back a 404 for one second; ten leave room for a slow start.
    postTimeoutMs: v.optional(duration(60_000), 10_000),
    legacyCallback: v.optional(v.boolean('true or false'), false)
}, 'an object');
const SECRETS = ['token', 'password'];
function readConfig(value) {
    const read = readBySchema(schema, value, SECRETS);
    if (!read.ok)
        return read;
    const fault = findConflict(read.value);
    return fault ? { ok: false, ...fault } : { ok: true, value: fillIn(read.value) };
}
/** Keys that are right each by itself but not together. */
function findConflict(written) {
    const { token, username, password, iamUrl, secretsUrl, signInOrigins, commands } = written;
    if (token && username)
        return { key: 'username', found: 'a user name beside a token', wanted: 'either token, or username and password' };
    if ((username === undefined) !== (password === undefined))
        return { key: username ? 'password' : 'username', found: 'nothing', wanted: 'username and password, both or neither' };
    if (username && !iamUrl)
        return { key: 'iamUrl', found: 'nothing', wanted: 'the address of IAM, where username and password are taken to' };
    if (commands.auth && !secretsUrl && !signInOrigins?.length) {
        return { key: 'signInOrigins', found: 'nothing', wanted: 'the origins to which a sign-in may lead, because commands.auth is set' };
    }
    return null;
}
function fillIn(written) {
    const { webhooksUrl, iamUrl, token, username, password, commands, runFlow, secretsUrl, title, partner, runTimeoutMs, postTimeoutMs, legacyCallback } = written;
    return {
        webhooksUrl,
        iamUrl,
        token,
        login: username !== undefined && password !== undefined ? { username, password } : undefined,
        authFlow: commands.auth?.flow.toLowerCase(),
        meFlow: commands.me?.flow.toLowerCase(),
        allow: runFlow.allow?.map((flow) => flow.toLowerCase()),
        signInOrigins: written.signInOrigins ?? (secretsUrl ? [new URL(secretsUrl).origin] : []),
        title,
        partner,
        runTimeoutMs,
        postTimeoutMs,
        legacyCallback
    };
}
function isPlainAddress(text) {
    if (!URL.canParse(text))
        return false;
    const { protocol, username, password, search, hash } = new URL(text);
    return (protocol === 'https:' || protocol === 'http:') && !username && !password && !search && !hash;
}

/** What a failed call is for the visitor: one plain sentence with the run's id, whether it may have been run, whether to offer it again. */
function failureOf(fault, platform, run) {
    switch (fault.kind) {
        case 'unreachable':
            return refused({ text: `${platform} cannot be reached at the moment, so nothing was run`, again: true }, run);
        case 'noAnswer':
            return unknown(`${platform} did not answer in time`, run);
        case 'notTheirs':
            return unknown(`${platform} gave an answer that is not one of its own`, run);
        case 'status':
            return fault.status >= 500 || fault.status < 400
                ? unknown(fault.isTheirs
                    ? `${platform} reported a fault of its own (${fault.status})`
                    : `${platform} gave an answer that is not one of its own (${fault.status})`, run)
                : refused(saidTo(fault.status, platform), run);
        default:
            return fault;
    }
}
function saidTo(status, platform) {
    switch (status) {
        case 401:
        case 403:
            return { text: `${platform} does not allow this chat to run that flow` };
        case 404:
            return { text: `That flow does not exist at ${platform}, or it is not started`, again: true };
        case 413:
            return { text: `That was too much for ${platform} to take at once` };
        case 415:
            return { text: `${platform} did not take the request in the form it was sent` };
        case 429:
            return { text: `${platform} has too much to do at the moment`, again: true };
        default:
            return { text: `${platform} refused the request (${status})` };
    }
}
const refused = ({ text, again }, run) => ({ reason: 'refused', text: `${text} (run ${run}).`, ...(again ? { again } : {}) });
const unknown = (text, run) => ({
    reason: 'unknownOutcome',
    text: `${text}, so it is not known whether the flow runs (run ${run}). If its result still comes, it is shown here.`,
    again: true
});
/** Codes of a connection that never came about. Anything else may have happened after the request had left. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** Did this `fetch` fail before anything was sent? */
function neverConnected(thrown) {
    let cause = thrown;
    for (let depth = 0; depth < 5 && cause instanceof Error; depth++) {
        if ('code' in cause && typeof cause.code === 'string' && NEVER_CONNECTED.has(cause.code))
            return true;
        cause = cause.cause;
    }
    return false;
}

/** Runs work that can be broken off, and breaks it off after `ms` on the given clock. */
async function withinTime(clock, ms, work) {
    const abort = new AbortController();
    const cancel = clock.setTimer(ms, () => abort.abort(new Error(`no answer within ${ms} ms`)));
    try {
        return await work(abort.signal);
    }
    finally {
        cancel();
    }
}

/**
 * Posts one hook. It is posted a second time only where the platform said that it did not take the
 * token: then nothing was run.
 */
async function postHook(port, call, platformToken, first, timeoutMs) {
    const outcome = await postOnce(port, call, first, timeoutMs);
    if (first.kind !== 'token' || !isTokenRefused(outcome))
        return outcome;
    const renewed = await platformToken.renew();
    return renewed.kind === 'token' ? postOnce(port, call, renewed, timeoutMs) : outcome;
}
/** The platform says 403 with a body of its own where a token has ended (never 401, but what stands before it may). */
const isTokenRefused = (outcome) => outcome.kind === 'status' && (outcome.status === 401 || (outcome.status === 403 && outcome.isTheirs));
async function postOnce(port, { url, body }, state, timeoutMs) {
    const headers = {
        'content-type': 'application/json',
        'x-request-id': body.correlation.runId,
        ...(state.kind === 'token' ? { authorization: `Bearer ${state.token}` } : {})
    };
    try {
        return await withinTime(port.clock, timeoutMs, async (signal) => {
            // A redirect is not followed: the token is for the configured address only.
            const response = await port.fetch(url, { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual', signal });
            return outcomeOf(response.status, await response.text());
        });
    }
    catch (thrown) {
        return { kind: neverConnected(thrown) ? 'unreachable' : 'noAnswer' };
    }
}
/** What an answer means. Only a 2xx in the platform's own shape says that the call was taken. */
function outcomeOf(status, text) {
    const answer = readJson(text);
    if (status >= 200 && status < 300)
        return v.is(hookAccepted, answer) ? { kind: 'accepted' } : { kind: 'notTheirs' };
    return { kind: 'status', status, isTheirs: v.is(hookRefused, answer) };
}
function readJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return null;
    }
}

/** Events on their way to the platform: commands become hooks, words get a hint at the commands. */
function createDeliver(port, config, token, signIn) {
    const { run } = port;
    return async (delivery) => {
        const { event } = delivery;
        if (event.type === 'run.started')
            await deliverRun(delivery, event);
        else if (event.type === 'message.created' && event.author.role === 'visitor') {
            await port.append({ conversation: delivery.conversation, externalId: `help:${event.messageId}`, parts: [helpPart(config)] });
        }
    };
    async function deliverRun(delivery, { body: order }) {
        // Fetched by the visitor of this very delivery: nobody's command travels with another's account.
        const account = await port.link.account(delivery.visitor);
        const planned = planCall(config, order, addressesOf(order.run), account?.credential ?? null);
        if (!planned.ok) {
            await run.fail(order.run, planned.failure);
            return;
        }
        const state = await token.current();
        if (state.kind === 'unreachable')
            throw new DeliveryFault(`${config.partner} cannot be reached at the moment, so nothing was run (run ${order.run}).`, { retry: true });
        if (state.kind === 'refused') {
            await run.fail(order.run, {
                reason: 'refused',
                text: `${config.partner} does not accept this chat's own sign-in, so nothing was run (run ${order.run}).`
            });
            return;
        }
        if (account && planned.call.body.secretId)
            await run.note(order.run, { account: accountMark(port, account.credential) });
        await delivery.markSent();
        const outcome = await postHook(port, planned.call, token, state, config.postTimeoutMs);
        if (outcome.kind === 'accepted')
            await run.accept(order.run);
        else {
            port.log.warn({ inbox: port.inbox, run: order.run, flow: planned.call.flow, outcome: outcome.kind, status: outcome.kind === 'status' ? outcome.status : null }, 'hook was not taken');
            await run.fail(order.run, failureOf(outcome, config.partner, order.run));
        }
    }
    function addressesOf(id) {
        return {
            replyUrl: `${port.publicUrl}/hooks/${encodeURIComponent(port.inbox)}/runs/${id}`,
            replyToken: run.replyToken(id),
            successUrl: signIn.successUrl(id),
            secretName: `parley-${port.inbox}`
        };
    }
}

/** Tokens die after three hours without use (`IAM_JWT_EXPIRES`), so an idle gateway uses its own every two. */
const KEEP_ALIVE_MS = 2 * 3_600_000;
function createPlatformToken(port, config) {
    const { iamUrl, login } = config;
    let token = config.token;
    let renewedAt = port.clock.now();
    let underWay = null;
    let cancel = () => { };
    const isOwned = token !== undefined || login !== undefined;
    async function fetchToken() {
        if (!iamUrl)
            return { kind: 'refused' };
        const refreshed = token === undefined ? 'refused' : await ask(`${iamUrl}/api/v1/tokens/refresh`, { headers: { authorization: `Bearer ${token}` } });
        const found = refreshed === 'refused' && login
            ? await ask(`${iamUrl}/login`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(login) })
            : refreshed;
        if (typeof found !== 'object') {
            port.log.warn({ inbox: port.inbox, outcome: found }, 'platform token could not be renewed');
            return { kind: found };
        }
        token = found.token;
        renewedAt = port.clock.now();
        port.log.debug({ inbox: port.inbox }, 'platform token renewed');
        return { kind: 'token', token };
    }
    async function ask(url, init) {
        try {
            const { status, text } = await withinTime(port.clock, config.postTimeoutMs, async (signal) => {
                const response = await port.fetch(url, { ...init, redirect: 'manual', signal });
                return { status: response.status, text: await response.text() };
            });
            if (status >= 500 || status === 429)
                return 'unreachable';
            const read = v.safeParse(tokenAnswer, status === 200 ? JSON.parse(text) : null);
            return read.success ? read.output : 'refused';
        }
        catch {
            // Not even the reason is told: it could quote the request.
            return 'unreachable';
        }
    }
    function renew() {
        if (!isOwned)
            return Promise.resolve({ kind: 'none' });
        underWay ??= fetchToken().finally(() => {
            underWay = null;
        });
        return underWay;
    }
    const keepAlive = () => {
        cancel = port.clock.setTimer(KEEP_ALIVE_MS, () => {
            keepAlive();
            void renew();
        });
    };
    return {
        async current() {
            if (!isOwned)
                return { kind: 'none' };
            if (token === undefined)
                return renew();
            const isOld = iamUrl !== undefined && port.clock.now() - renewedAt >= KEEP_ALIVE_MS;
            const renewed = isOld ? await renew() : null;
            return renewed?.kind === 'token' ? renewed : { kind: 'token', token };
        },
        renew,
        start() {
            cancel();
            if (isOwned && iamUrl)
                keepAlive();
        },
        stop: () => cancel()
    };
}

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
function html(strings, ...values) {
    const filled = values.map((value) => (typeof value === 'string' ? escapeText(value) : value.markup));
    return { markup: strings.map((text, index) => text + (filled[index] ?? '')).join('') };
}
const STYLE = {
    markup: `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:light-dark(#f3f4f8,#15171d);color:light-dark(#1b1d24,#eceef4)}
main{box-sizing:border-box;width:min(28rem,100%);padding:2rem;background:light-dark(#fff,#20232b);border-radius:1rem;box-shadow:0 .5rem 2rem #0002}
h1{margin:0 0 1rem;font-size:1.35rem;line-height:1.3}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.code{display:block;margin:0 0 1rem;padding:.75rem;border:2px dashed light-dark(#8a8fa3,#71768a);border-radius:.5rem;font:600 1.75rem/1 ui-monospace,monospace;letter-spacing:.15em;text-align:center}
button{box-sizing:border-box;width:100%;min-height:3rem;border:0;border-radius:.5rem;font:inherit;font-weight:600;color:#fff;background:#3347c9;cursor:pointer}
button:hover{background:#2838a5}
button:focus-visible{outline:3px solid light-dark(#1b1d24,#fff);outline-offset:2px}
small{display:block;margin-top:1rem;color:light-dark(#565b6e,#a9aec0)}`
};
function page({ status, title, nonce, cookie }, content) {
    const { markup } = html `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${title}</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main></body>
</html>
`;
    return { status, headers: { ...headersOf(nonce), ...(cookie ? { 'set-cookie': cookie } : {}) }, body: markup };
}
/**
 * Addresses of these pages carry one-time tokens, so no referrer and no cache. No `form-action`: browsers hold it
 * against every redirect behind the form, and where a partner's sign-in goes on the way is not ours to know.
 */
const headersOf = (nonce) => ({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store'
});
/** "Is this yours?": who asks, and the code that the chat shows. */
function startPage({ nonce, cookie, site, inbox, partner, code, scope, leadsTo, link, proof }) {
    return page({ status: 200, title: `Connect your account to ${site}`, nonce, cookie }, html `<p>The chat “${inbox}” on <strong>${site}</strong> asks to use your account
through ${partner}, with the permission <strong>${scope}</strong>. You will sign in at <strong>${leadsTo}</strong>.</p>
<p>Continue only if you asked for this yourself and the chat shows the same code:</p>
<strong class="code">${code}</strong>
<form method="post" action="start">
<input type="hidden" name="link" value="${link}"><input type="hidden" name="proof" value="${proof}"><button type="submit">Continue</button></form>
<small>If somebody sent you this address, close this window: otherwise they would get to use your account.</small>`);
}
/** One thing to know, nothing to do. */
function notePage(nonce, status, title, text) {
    return page({ status, title, nonce }, html `<p>${text}</p>`);
}

/** As long as the platform keeps a sign-in open. */
const COOKIE_SECONDS = 600;
/** What people's browsers meet on a sign-in: the page before it, the way there, the way back. */
function createSignInDoor(port, config, linkOfReturn) {
    const site = config.title ?? new URL(port.publicUrl).host;
    const isSecure = port.publicUrl.startsWith('https:');
    // One cookie for each sign-in: a second one in the same browser must not end the first.
    const cookieName = (link) => `parley-sign-in-${link}`;
    const browserHash = (cookie) => port.sign('oih browser', cookie);
    const proofOf = (link, cookie) => port.sign('oih continue', `${link} ${cookie}`);
    const cookieOf = (request, link) => {
        const value = Object.hasOwn(request.cookies, cookieName(link)) ? request.cookies[cookieName(link)] : undefined;
        return value !== undefined && RANDOM_ID.test(value) ? value : null;
    };
    const say = (status, title, text) => notePage(port.randomId(), status, title, text);
    const unknown = () => say(404, 'This sign-in is not known', 'The address is wrong, or it is too old. Go back to the chat and type /auth to begin again.');
    const over = ({ status }) => status === 'completed'
        ? say(410, 'This sign-in is done already', 'The account is connected. You can close this window and go on in the chat.')
        : say(410, 'This sign-in is over', 'It was refused or took longer than ten minutes, and nothing was connected. Go back to the chat and type /auth to begin again.');
    async function findLink(id) {
        const link = id !== undefined && RANDOM_ID.test(id) ? await port.link.find(id) : null;
        return link?.inbox === port.inbox ? link : null;
    }
    async function start(request) {
        const link = await findLink(request.query.link);
        if (!link)
            return unknown();
        const notes = pendingNotes(link, port.clock.now());
        if (!notes)
            return over(link);
        const cookie = cookieOf(request, link.link) ?? port.randomId();
        return startPage({
            nonce: port.randomId(),
            cookie: `${cookieName(link.link)}=${cookie}; Path=/accounts/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`,
            site,
            inbox: port.inbox,
            partner: config.partner,
            code: link.code,
            scope: notes.scope,
            leadsTo: new URL(notes.authUrl).host,
            link: link.link,
            proof: proofOf(link.link, cookie)
        });
    }
    /** "Continue" was pressed: this browser, and no other, may bring the account back. */
    async function goOn(request) {
        const form = new URLSearchParams(new TextDecoder().decode(request.body.subarray(0, 2_000)));
        const link = await findLink(form.get('link') ?? undefined);
        if (!link)
            return unknown();
        const notes = pendingNotes(link, port.clock.now());
        if (!notes)
            return over(link);
        const cookie = cookieOf(request, link.link);
        if (!cookie || !port.equal(proofOf(link.link, cookie), form.get('proof') ?? '')) {
            return say(403, 'This did not work', 'This browser keeps no cookie for the sign-in. Allow cookies for this site, then open the link in the chat again.');
        }
        await port.link.note(link.link, { ...notes, browser: browserHash(cookie) });
        return { status: 303, headers: { location: notes.authUrl, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } };
    }
    async function comeBack(request, run, token) {
        const link = await linkOfReturn(run, token);
        if (!link)
            return unknown();
        const notes = pendingNotes(link, port.clock.now());
        if (!notes)
            return over(link);
        if (!isSameBrowser(request, link, notes))
            return say(403, 'Another browser began this sign-in', 'Nothing was connected. Open the link in the chat again and finish the sign-in in the same browser.');
        const { secretId = '', error } = request.query;
        if (error !== undefined && secretId === '')
            return refuse(link);
        if (!SECRET_ID.test(secretId))
            return say(400, 'The sign-in did not work', `${config.partner} sent no account along, so nothing was connected. Go back to the chat and type /auth to begin again.`);
        const recorded = await port.link.complete(link.link, { credential: secretId, scope: notes.scope });
        if (recorded === 'ended')
            return over((await port.link.find(link.link)) ?? link);
        return say(200, 'Your account is connected', 'You can close this window and go on in the chat.');
    }
    async function refuse(link) {
        await port.link.refuse(link.link);
        return say(200, 'Nothing was connected', 'The sign-in was refused. You can close this window; the chat knows.');
    }
    function isSameBrowser(request, link, { browser }) {
        const cookie = cookieOf(request, link.link);
        return cookie !== null && browser !== undefined && port.equal(browserHash(cookie), browser);
    }
    return async (request) => {
        const [, run, token] = /^callback\/([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/.exec(request.path) ?? [];
        if (request.path === 'start' && request.method === 'GET')
            return start(request);
        if (request.path === 'start' && request.method === 'POST')
            return goOn(request);
        if (run !== undefined && token !== undefined && request.method === 'GET')
            return comeBack(request, run, token);
        return unknown();
    };
}

function createSignIn(port, config) {
    const base = `${port.publicUrl}/accounts/${encodeURIComponent(port.inbox)}`;
    const returnToken = (run) => port.sign('oih sign-in', run);
    async function request(run, authUrl) {
        // Read again: another callback of this run may have come in between.
        const notes = readRunNotes((await port.run.find(run.run))?.notes ?? null);
        if (notes.link)
            return 'known';
        const address = allowedAddress(authUrl, config.signInOrigins);
        if (!address) {
            port.log.warn({ inbox: port.inbox, run: run.run }, 'the sign-in address is not one of signInOrigins');
            return port.run.fail(run.run, { reason: 'failed', text: `${config.partner} sent no sign-in address that this chat may lead to (run ${run.run}).` });
        }
        const link = await port.link.request({
            run: run.run,
            partner: config.partner,
            expiresInMs: SIGN_IN_MS,
            notes: { authUrl: address, scope: scopeOf(run.args) },
            url: (id) => `${base}/start?link=${id}`
        });
        if (!link)
            return 'ended';
        await port.run.note(run.run, { ...notes, link: link.link });
        return 'recorded';
    }
    /** The link that a returning browser speaks of: by the run's own token only. */
    async function linkOfReturn(run, token) {
        if (!port.equal(returnToken(run), token))
            return null;
        const record = await port.run.find(run);
        const { link } = readRunNotes(record?.notes ?? null);
        return link ? port.link.find(link) : null;
    }
    return {
        successUrl: (run) => `${base}/callback/${run}.${returnToken(run)}`,
        request,
        handle: createSignInDoor(port, config, linkOfReturn)
    };
}
/** The address in its normal form, when a sign-in may lead there. */
function allowedAddress(text, origins) {
    const address = text.length <= 4_096 ? safeSource(text) : null;
    if (!address)
        return null;
    const { origin, username, password } = new URL(address);
    return origins.includes(origin) && !username && !password ? address : null;
}

/** Open Integration Hub: commands run flows, flows call back. */
const oih = { readConfig, create: createOih };
function createOih(config) {
    let running = null;
    return {
        capabilities: { receives: ['run.started', 'message.created'], page: false, deduplicates: false, participant: { name: config.partner } },
        commands: commandsOf(config),
        start(port) {
            running ??= open(port, config);
        },
        async deliver(delivery) {
            if (!running)
                throw new DeliveryFault('The connector is not started.', { retry: true });
            await running.deliver(delivery);
        },
        async handleRequest(request) {
            if (!running)
                return NOT_FOUND;
            return running[request.door](request);
        },
        stop() {
            running?.stop();
            running = null;
        }
    };
}
function open(port, config) {
    const token = createPlatformToken(port, config);
    const signIn = createSignIn(port, config);
    token.start();
    return {
        deliver: createDeliver(port, config, token, signIn),
        hooks: guarded(port, createCallbacks(port, config, signIn)),
        accounts: guarded(port, signIn.handle),
        stop: () => token.stop()
    };
}
/** A store that cannot write is our fault, not the caller's: 503, so that it may come again. */
function guarded(port, door) {
    return async (request) => {
        try {
            return await door(request);
        }
        catch (thrown) {
            port.log.error({ inbox: port.inbox, door: request.door, reason: thrown instanceof Error ? thrown.message : String(thrown) }, 'a request could not be handled');
            return NOT_NOW;
        }
    };
}

var index = /*#__PURE__*/Object.freeze({
    __proto__: null,
    oih: oih
});

/** A file of its own, because loading undici takes its time and is only needed at the first request. */
function createAgents(isAllowed, lookup = systemLookup, timeout) {
    const open = new Agent({ connect: { timeout } });
    const guarded = new Agent({ connect: guardedConnector(isAllowed, lookup, timeout) });
    return {
        request: (url, init, isTrusted) => fetch(url, { ...init, dispatcher: isTrusted ? open : guarded }),
        async destroy() {
            await Promise.all([open.destroy(), guarded.destroy()]);
        }
    };
}
const systemLookup = (host, answer) => lookup(host, { all: true }, (error, addresses) => answer(error, addresses));
function guardedConnector(isAllowed, lookup, timeout) {
    const forbidden = (host) => new Error(`fetch: ${host} is not an address that may be reached; see "outbound.allow"`);
    const connect = buildConnector({
        timeout,
        // Not called for literal addresses; those are checked below.
        lookup(host, asked, answer) {
            lookup(host, (error, addresses) => {
                const [first] = addresses ?? [];
                if (error || !first)
                    return answer(error ?? new Error(`fetch: ${host} has no address`), '');
                if (!addresses.every(({ address }) => isAllowed(address)))
                    return answer(forbidden(host), '');
                if (asked.all)
                    answer(null, [...addresses]);
                else
                    answer(null, first.address, first.family);
            });
        }
    });
    return (where, answer) => {
        const host = where.hostname.replace(/^\[|\]$/g, '');
        if (isIP(host) && !isAllowed(host))
            return answer(forbidden(host), null);
        connect(where, answer);
    };
}

var outboundAgents = /*#__PURE__*/Object.freeze({
    __proto__: null,
    createAgents: createAgents
});
