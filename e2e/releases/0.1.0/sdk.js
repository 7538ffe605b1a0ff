import * as v from 'valibot';
import { atom } from 'nanostores';
import { io } from 'socket.io-client';
import { NodeXHR } from 'engine.io-client';

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
/**
 * The one error class. `message` says what happened, `fix` what to do, `cause` what lay beneath.
 * Recognise it with `ParleyError.is(x)`: a page may hold two copies of this package.
 */
class ParleyError extends Error {
    name = 'ParleyError';
    code;
    fix;
    retryInMs;
    constructor(code, message, options = {}) {
        super(message, { cause: options.cause });
        this.code = code;
        this.fix = ERRORS[code].fix;
        this.retryInMs = options.retryInMs;
    }
    static is(value) {
        return value instanceof Error && value.name === 'ParleyError' && isErrorCode(value.code);
    }
    /** The error that a frame carried, as one to throw. */
    static fromWire(error) {
        return new ParleyError(error.code, error.text ?? ERRORS[error.code].fix, error.retryInMs === undefined ? {} : { retryInMs: error.retryInMs });
    }
}

/** What one side may ask of the other. Sources: `README.md` rules 20 to 22. */
const LIMITS = {
    /** Type and body of one message, as UTF-8 JSON. */
    bodyBytes: 32_768,
    /** Events in one `events` frame. */
    pageEvents: 200,
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
    commandCharacters: 4_000};

/** What may follow the slash. */
const COMMAND_NAME = /^[a-z][a-z0-9-]{0,31}$/;

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
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
            if (FORBIDDEN_KEYS.has(key))
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
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
/** Lone surrogates cannot be stored as UTF-8 and would come back as something else. */
const isWellFormed = (text) => !LONE_SURROGATE.test(text);

/** Addresses that a person may be led to. Everything else (`javascript:`, `data:`, `blob:` …) is shown as text. */
const LINK_SCHEMES = new Set(['https:', 'http:', 'mailto:', 'tel:']);
const FETCH_SCHEMES = new Set(['https:', 'http:']);
const parse$1 = (text) => (URL.canParse(text) ? new URL(text) : null);
/** The address in its normal form when a link may lead there, else `null`. Relative addresses are refused. */
function safeLink(text) {
    const url = parse$1(text);
    return url && LINK_SCHEMES.has(url.protocol) ? url.href : null;
}
/** The address in its normal form when a picture or file may be fetched from it, else `null`. */
function safeSource(text) {
    const url = parse$1(text);
    return url && FETCH_SCHEMES.has(url.protocol) ? url.href : null;
}

/** The version of the wire this package describes. A gateway serves it and the two minor versions before it. */
const PROTOCOL_VERSION = 1;

const COMMAND_LINE = /^\/([A-Za-z][A-Za-z0-9-]{0,31})(?:\s+([\s\S]*))?$/;
/**
 * A line whose first character is `/` followed by a name is a command; `//` sends a literal
 * slash; a slash elsewhere is text.
 */
function readLine(line) {
    if (line.startsWith('//'))
        return { kind: 'text', text: line.slice(1) };
    const match = COMMAND_LINE.exec(line);
    if (!match?.[1])
        return { kind: 'text', text: line };
    return { kind: 'command', name: match[1].toLowerCase(), words: splitWords(match[2] ?? '') };
}
/** Words between blanks; quotes, single or double, hold blanks together. An open quote runs to the end. */
function splitWords(text) {
    const words = [];
    let word = null;
    let quote = '';
    for (const letter of text) {
        if (quote) {
            if (letter === quote)
                quote = '';
            else
                word += letter;
        }
        else if ((letter === '"' || letter === "'") && !word) {
            quote = letter;
            word = word ?? '';
        }
        else if (/\s/.test(letter)) {
            if (word !== null)
                words.push(word);
            word = null;
        }
        else
            word = (word ?? '') + letter;
    }
    if (word !== null)
        words.push(word);
    return words;
}
/** One argument as it stands in a hint: `<flow-id>`, `[scope]`, `[params…]`. */
function argumentHint(argument) {
    const name = argument.type === 'list' ? `${argument.name}…` : argument.name;
    return argument.required ? `<${name}>` : `[${name}]`;
}
/** `/run-flow <flow-id> [params…]` */
const commandUsage = (spec) => [`/${spec.name}`, ...spec.args.map(argumentHint)].join(' ');

/** The words behind a command's name, in the order its arguments are declared. */
function argumentsFromWords(spec, words) {
    const given = {};
    spec.args.forEach((argument, index) => {
        if (argument.type === 'list')
            given[argument.name] = words.slice(index);
        else if (words[index] !== undefined)
            given[argument.name] = words[index];
    });
    const endless = spec.args.at(-1)?.type === 'list';
    const extra = endless ? undefined : words[spec.args.length];
    if (extra !== undefined)
        return { ok: false, text: `/${spec.name} takes ${howMany(spec.args.length)}, but "${shorten(extra)}" came on top. Usage: ${commandUsage(spec)}` };
    return checkArguments(spec, given);
}
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
const howMany = (count) => (count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `${count} arguments`);

const emptyConversation = (floor = 0) => ({
    floor,
    cursor: floor,
    tail: null,
    entries: [],
    participants: {},
    runs: {},
    links: {},
    answers: {},
    status: 'open'
});
/**
 * The conversation after these events. They must follow the cursor without a hole: who receives
 * frames decides that first.
 * @throws RangeError when an event is not the next one
 */
function applyEvents(conversation, events) {
    if (events.length === 0)
        return conversation;
    const draft = { ...conversation, entries: [...conversation.entries] };
    for (const event of events) {
        if (event.seq !== draft.cursor + 1)
            throw new RangeError(`event ${event.seq} came where ${draft.cursor + 1} is next`);
        if (event.type !== 'unknown')
            applyKnown(draft, event);
        draft.cursor = event.seq;
        draft.tail = event.messageId;
    }
    return draft;
}
function applyKnown(draft, event) {
    switch (event.type) {
        case 'conversation.opened':
            return;
        case 'conversation.closed':
            draft.status = 'closed';
            return note(draft, event, { kind: 'closed', reason: event.body.reason });
        case 'participant.joined':
            return joined(draft, event);
        case 'participant.left':
            return note(draft, event, { kind: 'left', participant: event.body.participant });
        case 'message.created':
            draft.entries.push({ ...place(event), kind: 'message', parts: event.body.parts });
            return;
        case 'answer.given':
            return answered(draft, event);
        case 'run.started':
            return runStarted(draft, event);
        case 'run.progressed':
            return runProgressed(draft, event);
        case 'run.finished':
            return runEnded(draft, event, { state: 'finished', parts: event.body.parts, late: event.body.late ?? false });
        case 'run.failed':
            return runEnded(draft, event, {
                state: 'failed',
                reason: event.body.reason,
                text: event.body.text,
                again: event.body.again ?? false,
                late: event.body.late ?? false
            });
        case 'link.requested':
            return linkRequested(draft, event);
        case 'link.completed':
        case 'link.refused':
        case 'link.expired':
            return linkEnded(draft, event);
        default:
            return event;
    }
}
const place = (event) => ({ key: event.messageId, seq: event.seq, author: event.author, at: event.at });
function note(draft, event, notice) {
    draft.entries.push({ ...place(event), kind: 'notice', notice });
}
function joined(draft, event) {
    const { participant } = event.body;
    draft.participants = { ...draft.participants, [participant.id]: participant };
    // A visitor who opens the chat and a bot that answers in it are no news; a person who joins is.
    if (participant.role === 'agent')
        note(draft, event, { kind: 'joined', participant });
}
function answered(draft, event) {
    const { to, value, label } = event.body;
    draft.answers = { ...draft.answers, [to]: value };
    draft.entries.push({ ...place(event), kind: 'message', parts: [{ kind: 'text', text: label ?? value }] });
}
function runStarted(draft, event) {
    const { run, command, args } = event.body;
    draft.runs = { ...draft.runs, [run]: { run, command, args, by: event.author, status: 'started' } };
    draft.entries.push({ ...place(event), kind: 'run', run });
}
function runProgressed(draft, event) {
    const { run, state, text, fraction } = event.body;
    const before = draft.runs[run];
    if (!before || isOver(before))
        return;
    draft.runs = { ...draft.runs, [run]: { ...before, status: state, ...(text === undefined ? {} : { text }), ...(fraction === undefined ? {} : { fraction }) } };
}
function runEnded(draft, event, outcome) {
    const { run } = event.body;
    const before = draft.runs[run];
    // A late result is shown, but the run stays as it ended.
    if (before && !isOver(before))
        draft.runs = { ...draft.runs, [run]: { ...before, status: outcome.state } };
    draft.entries.push({ ...place(event), kind: 'result', run, outcome });
}
const isOver = (run) => run.status === 'finished' || run.status === 'failed';
function linkRequested(draft, event) {
    const { link, partner, url, code, expiresInS } = event.body;
    draft.links = { ...draft.links, [link]: { link, partner, url, code, expiresInS, requestedAt: event.at, status: 'requested' } };
    draft.entries.push({ ...place(event), kind: 'link', link });
}
function linkEnded(draft, event) {
    const { link, partner } = event.body;
    const status = LINK_STATUS[event.type];
    const before = draft.links[link];
    if (before?.status === 'requested')
        draft.links = { ...draft.links, [link]: { ...before, status } };
    note(draft, event, { kind: LINK_NOTICE[event.type], partner });
}
const LINK_STATUS = { 'link.completed': 'completed', 'link.refused': 'refused', 'link.expired': 'expired' };
const LINK_NOTICE = { 'link.completed': 'linked', 'link.refused': 'link-refused', 'link.expired': 'link-expired' };

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
const text = (most) => v.pipe(v.string(), v.maxLength(most));
const instant = v.pipe(v.string(), v.isoTimestamp());
const author = v.object({ id: participantId, role: v.picklist(['visitor', 'agent', 'bot']) });
const participant = v.object({ ...author.entries, name: v.optional(text(200)) });
const argumentValue = v.union([text(4_000), v.number(), v.boolean(), v.pipe(v.array(text(4_000)), v.maxLength(100))]);
const argumentMap = v.record(text(64), argumentValue);

/** Longest text of one part. The limit on a visitor's whole message is in `LIMITS.bodyBytes`. */
const TEXT_CHARACTERS = 262_144;
const linkAddress = v.pipe(text(4_096), v.check((url) => safeLink(url) !== null, 'not a web address'));
const sourceAddress = v.pipe(text(4_096), v.check((url) => safeSource(url) !== null, 'not a web address'));
const anyJson = v.pipe(v.unknown(), v.transform((value) => value));
const SCHEMAS$2 = {
    text: v.object({ kind: v.literal('text'), text: text(TEXT_CHARACTERS) }),
    link: v.object({ kind: v.literal('link'), url: linkAddress, title: v.optional(text(500)) }),
    file: v.object({
        kind: v.literal('file'),
        url: sourceAddress,
        name: text(255),
        mediaType: text(127),
        bytes: v.optional(count),
        alt: v.optional(text(1_000))
    }),
    choices: v.object({
        kind: v.literal('choices'),
        choices: v.pipe(v.array(v.object({ value: text(500), label: text(500) })), v.minLength(1), v.maxLength(50)),
        text: v.optional(text(4_000))
    }),
    data: v.object({ kind: v.literal('data'), value: anyJson, title: v.optional(text(500)) }),
    'sign-in': v.object({ kind: v.literal('sign-in'), url: sourceAddress, partner: text(100), code: text(20), expiresInS: positive })
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

v.object({
    v: positive,
    token: text(4_096),
    device: deviceId,
    conversations: v.pipe(v.array(v.object({ id: conversationId, log: logName, epoch: v.nullable(epoch), cursor: count, tail: v.nullable(messageId) })), v.maxLength(LIMITS.conversations))
});
const envelope$2 = { conversation: conversationId, deviceSeq: positive, messageId, after: count };
const errorCode = v.picklist(Object.keys(ERRORS));
v.variant('type', [
    v.object({ ...envelope$2, type: v.literal('message.created'), body: v.object({ parts: visitorParts, about: v.optional(messageId) }) }),
    v.object({ ...envelope$2, type: v.literal('answer.given'), body: v.object({ to: messageId, value: text(500), label: v.optional(text(500)) }) }),
    v.object({ ...envelope$2, type: v.literal('run.started'), body: v.object({ command: text(32), args: argumentMap }) }),
    v.object({ ...envelope$2, type: v.literal('void'), body: v.object({ code: v.optional(errorCode) }) })
]);
({
    read: v.object({ conversation: conversationId, log: logName, from: positive, to: positive }),
    seen: v.object({ conversation: conversationId, got: count, read: count }),
    invoke: v.object({ id: messageId, conversation: conversationId, verb: v.literal('cancel'), args: v.object({ run: runId }) }),
    probe: v.object({}),
    signal: v.object({
        conversation: conversationId,
        signal: v.object({ kind: v.literal('typing'), by: participantId, forMs: v.pipe(count, v.maxValue(30_000)) })
    })
});
/** A visitor key is 32 random bytes as base64url: nothing that a person could type or guess. */
const VISITOR_KEY = /^[A-Za-z0-9_-]{43}$/;
v.object({
    inbox: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    visitorKey: v.optional(v.pipe(v.string(), v.regex(VISITOR_KEY, 'not a visitor key: 43 characters of base64url are wanted')))
});

const argumentSpec = v.object({
    name: v.pipe(text(32), v.regex(/^[a-z][a-zA-Z0-9-]*$/, 'not an argument name: small letters, digits and dashes are wanted')),
    type: v.picklist(['text', 'number', 'boolean', 'choice', 'list']),
    required: v.optional(v.boolean()),
    choices: v.optional(v.pipe(v.array(text(200)), v.maxLength(200))),
    pattern: v.optional(v.pipe(text(500), v.check(compiles, 'not a regular expression'))),
    wanted: v.optional(text(300)),
    description: v.optional(text(300))
});
const commandSpec = v.object({
    name: v.pipe(v.string(), v.regex(COMMAND_NAME, 'not a command name: a small letter, then small letters, digits and dashes, 32 at most')),
    description: text(300),
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
const envelope$1 = v.object({ seq: positive, messageId, type: text(64), author, at: v.string(), body: v.record(v.string(), v.unknown()) });
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
    text: v.optional(text(4_000)),
    retryInMs: v.optional(count),
    expected: v.optional(count)
});
const welcomeConversation = v.object({
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
const SCHEMAS = {
    welcome: v.object({
        v: positive,
        conversations: v.array(welcomeConversation),
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
    drain: v.object({ spreadMs: count }),
    refuse: wireError
};
/** A gateway's frame. A name this version does not know is no fault: pass it by. */
function readServerFrame(name, payload) {
    if (!Object.hasOwn(SCHEMAS, name))
        return { ok: 'unknown' };
    const schema = SCHEMAS[name];
    const result = read(schema, payload, LIMITS.pageValues);
    return result.ok ? { ok: true, value: { name, payload: result.value } } : result;
}
const acks = v.union([v.object({ error: wireError }), v.object({ seq: positive, at: text(40) }), v.object({ ok: v.literal(true) })]);
/** What a gateway answered to a frame, of whatever kind. */
const readAck = (payload) => read(acks, payload);
const sessionAnswer = v.object({ token: text(4_096), expiresInS: positive, conversation: conversationId });
const readSessionAnswer = (payload) => read(sessionAnswer, payload);
const errorAnswer = v.object({ error: wireError });
/** A refusal over HTTP: `{ "error": { "code", "text" } }`. */
const readErrorAnswer = (payload) => read(errorAnswer, payload);

const linkEnd = v.object({ link: linkId, partner: text(100) });
const BODIES = {
    'conversation.opened': v.object({ inbox: text(100) }),
    'conversation.closed': v.object({ reason: text(200) }),
    'participant.joined': v.object({ participant }),
    'participant.left': v.object({ participant: participantId }),
    'message.created': v.object({ parts, about: v.optional(messageId) }),
    'answer.given': v.object({ to: messageId, value: text(500), label: v.optional(text(500)) }),
    'run.started': v.object({ run: runId, command: text(32), args: argumentMap }),
    'run.progressed': v.object({ run: runId, state: v.picklist(['accepted', 'working']), text: v.optional(text(4_000)), fraction: v.optional(fraction) }),
    'run.finished': v.object({ run: runId, parts, late: v.optional(v.boolean()) }),
    'run.failed': v.object({
        run: runId,
        reason: v.picklist(['refused', 'failed', 'timedOut', 'cancelled', 'unknownOutcome']),
        text: text(4_000),
        again: v.optional(v.boolean()),
        late: v.optional(v.boolean())
    }),
    'link.requested': v.object({ link: linkId, run: v.optional(runId), partner: text(100), url: text(4_096), code: text(20), expiresInS: count }),
    'link.completed': linkEnd,
    'link.refused': linkEnd,
    'link.expired': linkEnd
};
const envelope = v.object({ seq: positive, messageId, type: text(64), author, at: instant, body: v.unknown() });
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

/** The line failed or is not there: passes by itself. */
const unavailable = (message, cause) => new ParleyError('gateway.unavailable', message, { cause });
/** Whatever was thrown, as our one class. */
const asParleyError = (reason) => ParleyError.is(reason) ? reason : unavailable(reason instanceof Error ? reason.message : String(reason), reason);

/** `getRandomValues` is there on plain `http://` pages too, `randomUUID` is not. */
const systemRandom = {
    fraction: () => Math.random(),
    bytes: (count) => crypto.getRandomValues(new Uint8Array(count))
};
/** 128 random bits as 22 characters. */
const mintId = (random) => idFromBytes(random.bytes(16));

const SHORTEST_MS$1 = 2_000;
const LONGEST_MS$1 = 15_000;
/** Share of the newest trip in the smoothed one, as TCP has it. */
const SHARE = 1 / 8;
function createPatience() {
    let smoothedMs = null;
    return {
        measured(tripMs) {
            smoothedMs = smoothedMs === null ? tripMs : smoothedMs + SHARE * (tripMs - smoothedMs);
        },
        timeoutMs: () => Math.min(LONGEST_MS$1, Math.max(SHORTEST_MS$1, 4 * (smoothedMs ?? 0)))
    };
}

/** A line that does not answer a probe in this time is dead. Source: delivery rule 7. */
const PROBE_MS = 2_000;
/** Even on a line that lives, a frame is not waited for longer. */
const LONGEST_MS$2 = 15_000;
/**
 * Frames that wait for their answer. The idea: one that is late makes the line be probed; a probe
 * that is not answered ends the line, and so does a frame that is not answered on a line that lives.
 */
function createRequests({ clock, emit, onDead }) {
    const patience = createPatience();
    const waiting = new Set();
    let endedBy = null;
    function end(detail) {
        endedBy ??= detail;
        for (const one of waiting) {
            one.cancelTimer();
            one.reject(unavailable(detail));
        }
        waiting.clear();
    }
    function send(name, payload) {
        return new Promise((resolve, reject) => {
            if (endedBy !== null)
                return reject(unavailable(endedBy));
            const sentAt = clock.now();
            const one = { reject, cancelTimer: () => { } };
            const timeoutMs = name === 'probe' ? PROBE_MS : patience.timeoutMs();
            one.cancelTimer = clock.setTimer(timeoutMs, () => (name === 'probe' ? onDead('The line does not answer.') : doubt(one, sentAt)));
            waiting.add(one);
            emit(name, payload, (answer) => {
                if (!waiting.delete(one))
                    return;
                one.cancelTimer();
                const ack = readAck(answer);
                if (!ack.ok)
                    return reject(unavailable(`The gateway answered ${name} with what is no answer: ${ack.text}`));
                patience.measured(clock.now() - sentAt);
                resolve(ack.value);
            });
        });
    }
    function doubt(one, sentAt) {
        const leftMs = LONGEST_MS$2 - (clock.now() - sentAt);
        if (leftMs <= 0)
            return onDead('The gateway did not answer in time.');
        one.cancelTimer = clock.setTimer(leftMs, () => onDead('The gateway did not answer in time.'));
        // The probe's own end is told to all by `onDead`.
        send('probe', {}).catch(() => { });
    }
    return { send, end };
}

/** A command with its arguments as one would type it. */
const commandText = (command, args) => [`/${command}`, ...Object.values(args).flatMap(wordsOf)].join(' ');
function wordsOf(value) {
    if (typeof value === 'object')
        return value.map(quoted);
    if (typeof value === 'boolean')
        return [value ? 'yes' : 'no'];
    return [quoted(String(value))];
}
const quoted = (word) => (!/[\s"']/.test(word) ? word : word.includes('"') ? `'${word}'` : `"${word}"`);

/** As the protocol's schemas have them; `draft-check.test.ts` holds the two together. */
const ANSWER_CHARACTERS = 500;
const ARGUMENT_CHARACTERS = 4_000;
const LIST_ITEMS = 100;
/**
 * Is this what the gateway will take? Asked before the outbox does: there it would take a number.
 * The whole schema stays on the gateway; here is what a caller of the SDK can get wrong.
 * @throws ParleyError `append.tooLarge`, `append.invalid`
 */
function checkDraft(draft, limitBytes = LIMITS.bodyBytes) {
    const bytes = new TextEncoder().encode(JSON.stringify({ type: draft.type, body: draft.body })).length;
    if (bytes > limitBytes)
        throw new ParleyError('append.tooLarge', `The message has ${bytes} bytes; at most ${limitBytes} are wanted.`);
    const foreign = findForeignFault(draft.body);
    const fault = foreign ? `The message holds ${foreign}.` : bodyFault(draft);
    if (fault)
        throw new ParleyError('append.invalid', fault);
}
function bodyFault(draft) {
    if (draft.type === 'answer.given')
        return answerFault(draft.body);
    if (draft.type === 'run.started')
        return Object.values(draft.body.args).some(isTooLong)
            ? `An argument has more than ${ARGUMENT_CHARACTERS} characters, or more than ${LIST_ITEMS} words.`
            : null;
    return null;
}
function answerFault({ to, value, label = '' }) {
    if (!MESSAGE_ID.test(to))
        return `"${to}" is not the id of a message.`;
    return Math.max(value.length, label.length) > ANSWER_CHARACTERS ? `An answer has at most ${ANSWER_CHARACTERS} characters.` : null;
}
function isTooLong(value) {
    if (typeof value === 'object')
        return value.length > LIST_ITEMS || value.some(isTooLong);
    return typeof value === 'string' && value.length > ARGUMENT_CHARACTERS;
}

function createInOrder() {
    let turn = Promise.resolve();
    return {
        begin(prepare) {
            const prepared = turn.then(prepare);
            // Registered before anybody behind it: begun first, too.
            const begun = prepared.then((start) => start());
            // Who asked is told by `begun`; the turn goes on either way.
            turn = prepared.catch(() => { });
            return begun;
        }
    };
}

/** "Typing" is told this often at most … */
const TYPING_EVERY_MS = 3_000;
/** … and holds this long unless it is told again. */
const TYPING_FOR_MS = 5_000;
/** What a visitor may do in a conversation. Everything is checked before anything is stored or sent. */
function createChat(options) {
    const { conversation, connection, commands, clock, random } = options;
    const { outbox, pageCommands } = conversation;
    let typingToldAt = -Infinity;
    const inOrder = createInOrder();
    async function append(draft) {
        throwIfClosed();
        checkDraft(draft, conversation.bodyBytes());
        options.keys.hold();
        if (connection.$status.get().state === 'idle')
            connection.start();
        return outbox.send(draft, conversation.cursor());
    }
    /** What a command is, and whether it fits, is known before it takes its place. */
    async function prepareCommand(name, check, line) {
        throwIfClosed();
        const command = await find(name);
        if (!command)
            throw new ParleyError('command.unknown', `There is no command /${name}. Type / to see those there are.`);
        const checked = check(command.spec);
        if (!checked.ok)
            throw new ParleyError('command.invalid', checked.text);
        const { run, spec } = command;
        const { args } = checked;
        return run ? () => runInPage(run, line(args), args) : () => append({ type: 'run.started', body: { command: spec.name, args } });
    }
    async function runInPage(run, line, args) {
        await pageCommands.run({ key: mintId(random), line, after: conversation.cursor(), args, run });
        return { seq: null, at: null, messageId: null };
    }
    const place = (draft) => inOrder.begin(async () => () => append(draft));
    /** What the gateway offers is known once it has welcomed. */
    async function find(name) {
        if (!commands.find(name) && !conversation.isWelcomed())
            await options.online();
        return commands.find(name);
    }
    async function prepareLine(line) {
        const read = readLine(line);
        if (read.kind === 'command')
            return prepareCommandLine(line, read.name, read.words);
        if (read.text.trim() === '')
            throw new ParleyError('append.invalid', 'The message is empty.');
        return () => append({ type: 'message.created', body: { parts: [{ kind: 'text', text: read.text }] } });
    }
    async function prepareCommandLine(line, name, words) {
        if (line.length > LIMITS.commandCharacters)
            throw new ParleyError('command.invalid', `A command has at most ${LIMITS.commandCharacters} characters, not ${line.length}.`);
        return prepareCommand(name, (spec) => argumentsFromWords(spec, words), () => line);
    }
    async function retry(key) {
        const item = outbox.items().find((one) => one.messageId === key && one.state === 'failed');
        if (!item)
            throw new ParleyError('append.invalid', 'Only a failed message can be sent again.');
        throwIfClosed();
        await outbox.discard(item.messageId);
        return place(item.draft);
    }
    async function cancel(run) {
        if (!RANDOM_ID.test(run))
            throw new ParleyError('run.unknown', `"${run}" is not the id of a run.`);
        const ack = await conversation.request('invoke', (id) => ({ id: mintId(random), conversation: id, verb: 'cancel', args: { run } }));
        if ('error' in ack)
            throw ParleyError.fromWire(ack.error);
    }
    function setTyping() {
        const by = conversation.you();
        if (!by || clock.now() - typingToldAt < TYPING_EVERY_MS)
            return;
        typingToldAt = clock.now();
        conversation
            .request('signal', (id) => ({ conversation: id, signal: { kind: 'typing', by, forMs: TYPING_FOR_MS } }))
            .catch((reason) => onSignalError(asParleyError(reason)));
    }
    /** A signal may be lost with the line. */
    function onSignalError(error) {
        if (error.code !== 'gateway.unavailable')
            options.onError(error);
    }
    function throwIfClosed() {
        const error = options.closedBy();
        if (error)
            throw error;
    }
    const { $timeline, $status, $participants, $unread, $typing, $hasEarlier, markRead, loadEarlier } = conversation;
    return {
        $timeline,
        $status,
        $participants,
        $commands: commands.$commands,
        $unread,
        $typing,
        $hasEarlier,
        send: (line) => inOrder.begin(() => prepareLine(line)),
        run: (command, args = {}) => inOrder.begin(() => prepareCommand(command, (spec) => checkArguments(spec, args), (given) => commandText(command, given))),
        answer: (messageId, value, label) => place({ type: 'answer.given', body: { to: messageId, value, ...(label === undefined ? {} : { label }) } }),
        cancel,
        retry,
        discard: (key) => outbox.discard(key),
        setTyping,
        markRead,
        loadEarlier
    };
}

const systemClock = {
    now: () => performance.now(),
    setTimer(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
    }
};

/** What a listener of the page threw: shown as the page's own uncaught errors are, and stops nobody else. */
function report(reason) {
    if (typeof reportError === 'function')
        reportError(reason);
    else
        console.error(reason);
}
/** Sets an atom; a subscriber that throws is reported and the caller goes on. */
function publish(store, value) {
    try {
        store.set(value);
    }
    catch (reason) {
        report(reason);
    }
}

/**
 * The one registry. Of the same name, the built-in command counts before the page's, and the page's
 * before the gateway's: what is typed must not change with the state of the line.
 */
function createCommands() {
    const builtIn = new Map([['help', toFound({ name: 'help', description: 'Lists the commands there are.', run: () => help($commands.get()) })]]);
    let ofPage = new Map();
    let ofGateway = new Map();
    const all = () => new Map([...ofGateway, ...ofPage, ...builtIn]);
    const sorted = () => [...all().values()].map(({ spec }) => spec).sort((one, other) => (one.name < other.name ? -1 : 1));
    const $commands = atom(sorted());
    return {
        $commands,
        register(command) {
            const found = toFound(command);
            const { name } = found.spec;
            if (builtIn.has(name) || ofPage.has(name))
                throw invalid$1(`/${name} is taken; another name is wanted.`);
            ofPage = new Map(ofPage).set(name, found);
            publish($commands, sorted());
            return () => {
                if (ofPage.get(name) !== found)
                    return;
                ofPage = new Map([...ofPage].filter(([key]) => key !== name));
                publish($commands, sorted());
            };
        },
        offer(specs) {
            ofGateway = new Map(specs.map((spec) => [spec.name, { spec, run: null }]));
            publish($commands, sorted());
        },
        find: (name) => all().get(name) ?? null
    };
}
const invalid$1 = (message) => new ParleyError('option.invalid', message);
function toFound(command) {
    const { name, description, args = [], run } = command;
    if (!COMMAND_NAME.test(name))
        throw invalid$1(`"${name}" is not a command name: a small letter, then small letters, digits and dashes are wanted.`);
    const spec = read(commandSpec, { name, description, args });
    if (!spec.ok)
        throw invalid$1(`The command /${name} is not as wanted: ${spec.text}`);
    if (typeof run !== 'function')
        throw invalid$1(`The command /${name} has no function "run".`);
    return { spec: spec.value, run: (given) => run.call(command, given) };
}
/** One line for each command, as markdown. */
const help = (commands) => commands.map((spec) => `- \`${commandUsage(spec)}\`: ${spec.description}`).join('\n');

function createAlarm(clock) {
    let deadline = null;
    function clear() {
        deadline?.cancel();
        deadline = null;
    }
    function fire() {
        const run = deadline?.run;
        clear();
        run?.();
    }
    return {
        set(delayMs, run) {
            clear();
            deadline = { at: clock.now() + delayMs, run, cancel: clock.setTimer(delayMs, fire) };
        },
        clear,
        check() {
            if (deadline && clock.now() >= deadline.at)
                fire();
        },
        leftMs: () => deadline && Math.max(0, deadline.at - clock.now())
    };
}

/** Every pair decided; `null`: stays as it is. */
// biome-ignore format: a table is read by its columns
const TRANSITIONS = {
    idle: { start: 'connecting', opened: null, lost: null, timer: null, refused: null, networkLost: null, networkBack: null, stop: 'closed' },
    connecting: { start: null, opened: 'online', lost: 'waiting', timer: 'waiting', refused: 'closed', networkLost: 'offline', networkBack: null, stop: 'closed' },
    online: { start: null, opened: null, lost: 'waiting', timer: null, refused: 'closed', networkLost: 'offline', networkBack: null, stop: 'closed' },
    waiting: { start: 'connecting', opened: null, lost: null, timer: 'connecting', refused: null, networkLost: 'offline', networkBack: 'connecting', stop: 'closed' },
    offline: { start: 'connecting', opened: null, lost: null, timer: 'connecting', refused: null, networkLost: null, networkBack: 'connecting', stop: 'closed' },
    closed: { start: null, opened: null, lost: null, timer: null, refused: null, networkLost: null, networkBack: null, stop: null }
};
/** The state after this input. */
const next = (state, input) => TRANSITIONS[state][input] ?? state;

/** The shortest wait between two attempts, and the base of the first. */
const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;
/**
 * How long to wait before the next connection attempt: decorrelated jitter,
 * so clients dropped together do not come back together, however long the outage.
 * @param previousMs the last delay, 500 at first
 * @param random a number from 0 up to 1
 * @returns milliseconds, between 500 and 30,000
 */
const nextDelayMs = (previousMs, random) => Math.min(LONGEST_MS, SHORTEST_MS + random() * (3 * previousMs - SHORTEST_MS));

/** A line that held this long was a good one: the next wait begins small again. Source: delivery rule 6. */
const STABLE_MS = 30_000;
/** A gateway's wish to wait is heeded, but not for ever. */
const LONGEST_WISH_MS = 300_000;
function createPace(clock, random) {
    let previousMs = SHORTEST_MS;
    let triedAt = -Infinity;
    let upAt = Infinity;
    let hurriedAt = -Infinity;
    let notBefore = -Infinity;
    return {
        tried() {
            triedAt = clock.now();
        },
        up() {
            upAt = clock.now();
            notBefore = -Infinity;
        },
        lostInMs(wishMs = 0) {
            const now = clock.now();
            if (now - upAt >= STABLE_MS)
                previousMs = SHORTEST_MS;
            upAt = Infinity;
            if (notBefore > now)
                return notBefore - now;
            previousMs = nextDelayMs(previousMs, random.fraction);
            notBefore = now + Math.min(wishMs, LONGEST_WISH_MS);
            return Math.max(previousMs, notBefore - now);
        },
        soonInMs: () => Math.max(0, triedAt + SHORTEST_MS - clock.now(), notBefore - clock.now()),
        drainInMs(spreadMs) {
            const delayMs = random.fraction() * Math.min(spreadMs, LONGEST_WISH_MS);
            notBefore = clock.now() + delayMs;
            return delayMs;
        },
        mayHurry() {
            if (clock.now() - hurriedAt < STABLE_MS)
                return false;
            hurriedAt = clock.now();
            return true;
        }
    };
}

/** A token is renewed when a fifth of its life is left, but not earlier than this. */
const MOST_EARLY_MS = 60_000;
function createSessionKeeper(open, clock) {
    let held = null;
    let renewAt = 0;
    function endsIn(seconds) {
        const lifeMs = seconds * 1_000;
        renewAt = clock.now() + lifeMs - Math.min(MOST_EARLY_MS, lifeMs / 5);
    }
    async function renew(signal) {
        const answer = await open(signal);
        held = answer;
        endsIn(answer.expiresInS);
        return answer;
    }
    return {
        get: (signal) => (held && clock.now() < renewAt ? Promise.resolve(held) : renew(signal)),
        renew,
        forget() {
            held = null;
        },
        endsIn,
        renewInMs: () => Math.max(0, renewAt - clock.now())
    };
}

/** Session, transport and `welcome` together may take this long. */
const ATTEMPT_MS = 20_000;
/** Browsers are wrong about being offline at times, so one try in a while all the same. */
const OFFLINE_TRY_MS = 30_000;
/** A renewal that failed is tried again; the old token still holds for a while. */
const RENEW_AGAIN_MS = 15_000;
/** Keeps a transport alive: carries out what `connection-machine` says, when `pace` says. */
function createConnection(options) {
    const { clock, environment } = options;
    const $status = atom({ state: 'idle', attempt: 0, retryInMs: null, error: null });
    const pace = createPace(clock, options.random);
    const alarm = createAlarm(clock);
    const keeper = createSessionKeeper(options.openSession, clock);
    let line = null;
    let stopListening = () => { };
    function move(inputs, facts = {}) {
        const before = $status.get();
        let { state } = before;
        let hasMoved = false;
        for (const input of inputs) {
            hasMoved ||= next(state, input) !== state;
            state = next(state, input);
        }
        if (!hasMoved)
            return;
        if (state !== 'online')
            drop();
        const attempt = state === 'online' ? 0 : before.attempt + (state === 'connecting' ? 1 : 0);
        const retryInMs = state === 'offline' ? OFFLINE_TRY_MS : state === 'waiting' ? (facts.retryInMs ?? pace.lostInMs()) : null;
        if (before.state === 'idle' && state === 'connecting')
            stopListening = environment.listen(onSignal);
        enter(state, retryInMs);
        const error = facts.error ?? (state === 'online' || state === 'closed' ? null : before.error);
        // Last, because a subscriber may call back into this connection.
        publish($status, { state, attempt, retryInMs, error });
    }
    function enter(state, retryInMs) {
        if (state === 'connecting') {
            pace.tried();
            alarm.set(ATTEMPT_MS, () => move(['timer'], { error: unavailable('The gateway did not answer in time.') }));
            open();
        }
        else if (state === 'online') {
            pace.up();
            alarm.set(keeper.renewInMs(), renew);
        }
        else if (retryInMs !== null)
            alarm.set(retryInMs, () => move(['timer']));
        else if (state === 'closed') {
            alarm.clear();
            stopListening();
        }
    }
    function drop() {
        const dropped = line;
        line = null;
        dropped?.abort.abort();
        dropped?.transport?.close();
    }
    function open() {
        const mine = { abort: new AbortController(), transport: null };
        line = mine;
        const dial = (session) => {
            if (line !== mine)
                return;
            const transport = options.openTransport(options.hello(session), {
                onFrame: (frame) => line === mine && received(frame),
                onEnd: (end) => line === mine && ended(end)
            });
            if (line === mine)
                mine.transport = transport;
            else
                transport.close();
        };
        keeper
            .get(mine.abort.signal)
            .then(dial)
            .catch((reason) => {
            if (line === mine)
                fail(asParleyError(reason));
        });
    }
    function received(frame) {
        if (frame.name === 'refuse')
            return ended({ kind: 'refused', error: frame.payload });
        if (frame.name === 'welcome')
            welcomed(frame.payload);
        if ($status.get().state !== 'online')
            return;
        if (frame.name === 'drain')
            alarm.set(pace.drainInMs(frame.payload.spreadMs), reconnect);
        else
            options.onFrame(frame);
    }
    function welcomed(welcome) {
        keeper.endsIn(welcome.expiresInS);
        move(['opened']);
    }
    function ended(end) {
        fail(end.kind === 'refused' ? ParleyError.fromWire(end.error) : unavailable(end.detail));
    }
    /** What an error asks for: a new try, a new token first, or the end. */
    function fail(error) {
        const reaction = ERRORS[error.code].then;
        if (reaction === 'stop')
            return move(['refused'], { error });
        if (reaction === 'renew') {
            keeper.forget();
            if (pace.mayHurry())
                return move(['lost', 'start'], { error });
        }
        move(['lost'], { error, retryInMs: pace.lostInMs(error.retryInMs) });
    }
    const reconnect = () => move(['lost', 'start']);
    function renew() {
        const mine = line;
        if (!mine)
            return;
        keeper.renew(mine.abort.signal).then(() => line === mine && reconnect(), (reason) => line === mine && renewalFailed(asParleyError(reason)));
    }
    function renewalFailed(error) {
        if (ERRORS[error.code].then === 'stop')
            fail(error);
        else
            alarm.set(RENEW_AGAIN_MS, renew);
    }
    function onSignal(signal) {
        if (signal === 'networkLost')
            return move(['networkLost']);
        alarm.check();
        hurry();
        // An answer changes nothing; no answer makes the transport end, which is told by `onEnd`.
        if ($status.get().state === 'online')
            line?.transport?.request('probe', {}).catch(() => { });
    }
    /** One try as soon as may be; the planned one moves forward, it is not added to. */
    function hurry() {
        const { state } = $status.get();
        if (state !== 'waiting' && state !== 'offline')
            return;
        const retryInMs = pace.soonInMs();
        if (retryInMs === 0)
            return move(['networkBack']);
        if (retryInMs >= (alarm.leftMs() ?? Infinity))
            return;
        alarm.set(retryInMs, () => move(['timer']));
        publish($status, { ...$status.get(), retryInMs });
    }
    async function request(name, payload) {
        const mine = line;
        if ($status.get().state !== 'online' || !mine?.transport)
            throw unavailable('There is no connection to the gateway now.');
        const ack = await mine.transport.request(name, payload);
        if ('error' in ack && ERRORS[ack.error.code].then === 'renew' && line === mine)
            fail(ParleyError.fromWire(ack.error));
        return ack;
    }
    function start() {
        if ($status.get().state === 'idle')
            move(['start']);
        else
            hurry();
    }
    return { $status, start, stop: () => move(['stop']), reconnect, request };
}

/** Most rows held beyond a hole. */
const MOST_ASIDE = 256;
const NONE = new Map();
const emptyLog = (epoch = null, floor = 0) => ({
    epoch,
    conversation: emptyConversation(floor),
    events: [],
    aside: NONE,
    below: NONE,
    seen: floor,
    dropped: 0
});
const holdsNothing = (log) => log.events.length === 0;
/** Where this log stands, for `hello`. */
function standingOf(log) {
    if (holdsNothing(log))
        return { epoch: log.epoch, cursor: 0, tail: null };
    return { epoch: log.epoch, cursor: log.conversation.cursor, tail: log.conversation.tail };
}
/** Is what `welcome` speaks of another life of the log than what is held? */
const isOtherLife = (log, welcome) => log.epoch !== null && (welcome.reset || welcome.epoch !== log.epoch);
/** The log as the catch-up after `welcome` finds it: as it was, or anew from where the catch-up begins. */
function enterLog(log, welcome) {
    return isOtherLife(log, welcome) || holdsNothing(log) ? emptyLog(welcome.epoch, welcome.from - 1) : log;
}
/** Rows came: live, caught up, or older ones that were asked for. Those of another life of the log are dropped. */
function receive(log, frame) {
    if (frame.epoch !== log.epoch)
        return { log: { ...log, dropped: log.dropped + frame.events.length }, applied: [], earlier: [] };
    const { floor, cursor } = log.conversation;
    const aside = new Map(log.aside);
    const below = new Map(log.below);
    let { seen, dropped } = log;
    for (const event of frame.events) {
        if (event.seq > seen)
            seen = event.seq;
        if (event.seq > cursor && !aside.has(event.seq))
            aside.set(event.seq, event);
        else if (event.seq <= floor && event.seq > floor - LIMITS.pageEvents)
            below.set(event.seq, event);
        else
            dropped++;
    }
    const applied = takeRun(aside, cursor + 1, 1);
    const earlier = takeRun(below, floor, -1).reverse();
    const grown = { ...log, aside: bounded(aside), below, seen, dropped };
    return { log: append(prepend(grown, earlier), applied), applied, earlier };
}
/** What to ask for, if there is a hole: at most a page. */
function missing(log) {
    const from = log.conversation.cursor + 1;
    if (log.seen < from)
        return null;
    const firstAside = Math.min(...log.aside.keys());
    const to = Number.isFinite(firstAside) ? firstAside - 1 : log.seen;
    return { from, to: Math.min(to, from + LIMITS.pageEvents - 1) };
}
/** What to ask for, so that the floor comes down to `target`; a gateway may answer with less than was asked. */
function missingBelow(log, target) {
    const { floor } = log.conversation;
    return floor > target ? { from: Math.max(target, ...log.below.keys()) + 1, to: floor } : null;
}
/** Takes the rows that follow one another from here on, up or down. */
function takeRun(rows, from, step) {
    const run = [];
    for (let event = rows.get(from); event; event = rows.get(event.seq + step)) {
        run.push(event);
        rows.delete(event.seq);
    }
    return run;
}
/** The lowest rows stay: they are the next to be applied. */
function bounded(aside) {
    if (aside.size <= MOST_ASIDE)
        return aside;
    return new Map([...aside].sort(([one], [other]) => one - other).slice(0, MOST_ASIDE));
}
function append(log, events) {
    if (events.length === 0)
        return log;
    return { ...log, conversation: applyEvents(log.conversation, events), events: [...log.events, ...events] };
}
/**
 * Older rows change what runs, links and answers are known, so all is folded again; the entries
 * there were stay the same objects, because each comes from its own event alone.
 */
function prepend(log, rows) {
    const [first] = rows;
    if (!first)
        return log;
    const start = emptyConversation(first.seq - 1);
    const events = [...rows, ...log.events];
    const entries = [...applyEvents(start, rows).entries, ...log.conversation.entries];
    return { ...log, conversation: { ...applyEvents(start, events), entries }, events };
}

/** Wait before a try that the gateway did not time: longer with each one in a row. */
const RETRY_STEP_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/**
 * Messages that are not acknowledged yet. The idea (delivery rule 4): they go out in deviceSeq
 * order, a window of them at a time. One that has to be sent again makes the outbox wait until all
 * that are under way have their answer, and begin again at the first that has none: what the gateway
 * has already it answers as it did before. A message leaves by its ack, its row, a definite refusal,
 * or the visitor.
 */
function createOutbox(options) {
    const { storage, clock, random } = options;
    const settlers = new Map();
    let items = [];
    let device = null;
    let loading = null;
    let mode = 'stopped';
    let closedBy = null;
    /** Which connection answers belong to. */
    let life = 0;
    let underWay = 0;
    let windowSize = LIMITS.windowSize;
    /** Highest number sent since the last beginning. */
    let sentTo = 0;
    let mustBeginAgain = false;
    let retries = 0;
    let cancelWait = null;
    /** What left since the last restart began, which the store's answer may still name. */
    let gone = new Set();
    const pending = () => items.filter((item) => item.state === 'pending');
    function change(next) {
        items = next;
        options.onChange();
    }
    const store = (done) => void done.catch((reason) => options.onError(asParleyError(reason)));
    const show = (item) => change(items.map((one) => (one.messageId === item.messageId ? item : one)));
    function keep(item) {
        store(storage.put(item));
        show(item);
    }
    function remove(...messageIds) {
        gone = new Set([...gone, ...messageIds]);
        for (const messageId of messageIds)
            store(storage.remove(messageId));
        change(items.filter((one) => !messageIds.includes(one.messageId)));
    }
    function settle(messageId, run) {
        const found = settlers.get(messageId);
        settlers.delete(messageId);
        if (found)
            run(found);
    }
    function pump() {
        if (mode === 'recall' && underWay === 0)
            return restart();
        if (mode !== 'open' || cancelWait)
            return;
        if (mustBeginAgain && underWay > 0)
            return;
        if (mustBeginAgain)
            sentTo = 0;
        mustBeginAgain = false;
        for (const item of pending()) {
            if (underWay >= windowSize)
                return;
            if (item.deviceSeq > sentTo)
                fly(item);
        }
    }
    function fly(item) {
        const mine = life;
        sentTo = item.deviceSeq;
        underWay++;
        const landed = () => {
            if (mine !== life)
                return false;
            underWay--;
            return true;
        };
        options.append({ ...item.draft, deviceSeq: item.deviceSeq, messageId: item.messageId, after: Math.min(item.after, options.cursor()) }).then((ack) => {
            const isCurrent = landed();
            if ('error' in ack)
                refused(item, ack.error, isCurrent);
            else
                acked(item.messageId, ack.seq, ack.at);
            pump();
        }, () => {
            // The line ended, which a new `welcome` repairs; or it did not, then again in a while.
            if (landed())
                again({ code: 'gateway.unavailable' });
            pump();
        });
    }
    function again({ code, retryInMs }) {
        // The answers behind a message that has to come again are gaps, of course.
        if (mustBeginAgain && code === 'append.gap')
            return;
        const isPlainGap = code === 'append.gap' && retries === 0;
        mustBeginAgain = true;
        retries++;
        if (isPlainGap || cancelWait)
            return;
        cancelWait = clock.setTimer(retryInMs ?? Math.min(LONGEST_RETRY_MS, RETRY_STEP_MS * retries), () => {
            cancelWait = null;
            pump();
        });
    }
    function pause() {
        life++;
        underWay = 0;
        sentTo = 0;
        mustBeginAgain = false;
        retries = 0;
        cancelWait?.();
        cancelWait = null;
    }
    function acked(messageId, seq, at) {
        retries = 0;
        const item = items.find((one) => one.messageId === messageId);
        if (!item)
            return;
        settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }));
        if (seq <= options.cursor() || item.draft.type === 'void')
            return remove(messageId);
        keep({ ...item, state: 'acked' });
    }
    function refused(sent, error, isCurrent) {
        const reaction = ERRORS[error.code].then;
        if (reaction === 'stop')
            return failed(sent.messageId, error);
        if (!isCurrent)
            return;
        if (reaction === 'reread' || isLost(error))
            mode = 'recall';
        else
            again(error);
    }
    /** The gateway waits for a number that was acknowledged long ago: it has lost what this client cannot give again. */
    function isLost({ code, expected }) {
        return code === 'append.gap' && expected !== undefined && expected < (pending()[0]?.deviceSeq ?? 0);
    }
    function failed(messageId, error) {
        retries = 0;
        const item = items.find((one) => one.messageId === messageId);
        if (!item)
            return;
        settle(messageId, ({ reject }) => reject(ParleyError.fromWire(error)));
        if (item.draft.type === 'void')
            return remove(messageId);
        keep({ ...item, state: 'failed', error });
    }
    /** Everything not in the log goes out under a new device, after the log was read. */
    function restart() {
        const fresh = mintId(random);
        mode = 'restarting';
        gone = new Set();
        storage.restart(fresh).then((numbered) => {
            device = fresh;
            mode = 'reading';
            change(numbered.filter((item) => !gone.has(item.messageId)));
            options.reconnect();
        }, (reason) => {
            // As if the line were down: the next `welcome` begins again under the old device.
            mode = 'stopped';
            options.onError(asParleyError(reason));
        });
    }
    function load() {
        loading ??= storage.load().then((stored) => {
            device = stored.device;
            change(stored.items);
        }, (reason) => {
            // A storage that failed once may be well the next time it is asked.
            loading = null;
            throw asParleyError(reason);
        });
        return loading;
    }
    return {
        load,
        device: () => device,
        items: () => items,
        async send(draft, after) {
            await load();
            if (closedBy)
                throw closedBy;
            const item = await storage.take({ messageId: mintId(random), draft, after, state: 'pending', error: null });
            if (closedBy)
                throw closedBy;
            const sent = new Promise((resolve, reject) => settlers.set(item.messageId, { resolve, reject }));
            // A restart in between has brought it already, under its new number.
            if (!items.some((one) => one.messageId === item.messageId))
                change([...items, item]);
            pump();
            return sent;
        },
        welcome({ lastDeviceSeq, windowSize: told, isOtherLife }) {
            pause();
            windowSize = Math.min(told, LIMITS.windowSize);
            // In another life of the log even what was acknowledged may be absent.
            if (isOtherLife)
                for (const item of items.filter(({ state }) => state === 'acked'))
                    keep({ ...item, state: 'pending' });
            if (mode === 'restarting' || mode === 'reading' || closedBy)
                return;
            const [first] = pending();
            mode = isOtherLife || (first && lastDeviceSeq < first.deviceSeq - 1) ? 'recall' : 'open';
            pump();
        },
        down() {
            pause();
            if (mode === 'open' || mode === 'recall')
                mode = 'stopped';
        },
        confirm(rows) {
            const waiting = new Set(items.map((item) => item.messageId));
            const arrived = rows.filter((row) => waiting.has(row.messageId));
            for (const { messageId, seq, at } of arrived)
                settle(messageId, ({ resolve }) => resolve({ seq, at, messageId }));
            if (arrived.length > 0)
                remove(...arrived.map((row) => row.messageId));
        },
        mustReadFrom: () => (mode === 'reading' ? Math.min(...pending().map((item) => item.after)) : null),
        logWasRead() {
            if (mode !== 'reading')
                return;
            mode = 'open';
            pump();
        },
        async discard(messageId) {
            const item = items.find((one) => one.messageId === messageId);
            if (!item)
                return;
            settle(messageId, ({ reject }) => reject(new ParleyError('append.discarded', 'The message was discarded before it was sent.')));
            if (item.state !== 'pending')
                return remove(messageId);
            const empty = { ...item, draft: { type: 'void', body: { code: 'append.discarded' } } };
            show(empty);
            await storage.put(empty);
            pump();
        },
        close(error, isRefused) {
            mode = 'stopped';
            closedBy = error;
            cancelWait?.();
            for (const item of pending()) {
                if (isRefused)
                    show({ ...item, state: 'failed', error: { code: error.code, text: error.message } });
                settle(item.messageId, ({ reject }) => reject(error));
            }
        }
    };
}

function createPageCommands(onChange) {
    let locals = [];
    function set(after, item) {
        const isKnown = locals.some((local) => local.item.key === item.key);
        locals = isKnown ? locals.map((local) => (local.item.key === item.key ? { after: local.after, item } : local)) : [...locals, { after, item }];
        onChange();
    }
    return {
        items: () => locals,
        async run({ key, line, after, args, run }) {
            const item = { kind: 'local', key, seq: null, author: null, isMine: true, at: null, line };
            set(after, { ...item, state: 'working', parts: [] });
            try {
                set(after, { ...item, state: 'finished', parts: partsOf(await run(args)) });
            }
            catch (reason) {
                if (!(reason instanceof Error))
                    report(reason);
                set(after, { ...item, state: 'failed', parts: partsOf(reason instanceof Error ? reason.message : undefined) });
            }
        }
    };
}
function partsOf(result) {
    if (typeof result === 'string')
        return [{ kind: 'text', text: result }];
    return result ?? [];
}

/** Older history comes in pieces of this many rows. */
const EARLIER_ROWS = 100;
/** A busy gateway that does not say when to ask again is asked after this long. */
const READ_AGAIN_MS = 1_000;
/** A gateway may answer with less than was asked for, or be busy: both make the reader ask again. */
function createReader({ clock, log, read }) {
    let isFilling = false;
    let loading = null;
    async function ask(range) {
        for (;;) {
            const ack = await read(range);
            if (!('error' in ack))
                return;
            const error = ParleyError.fromWire(ack.error);
            if (ERRORS[error.code].then !== 'retry')
                throw error;
            await new Promise((resolve) => clock.setTimer(error.retryInMs ?? READ_AGAIN_MS, resolve));
        }
    }
    async function askEarlier() {
        const target = Math.max(0, log().conversation.floor - EARLIER_ROWS);
        for (let range = missingBelow(log(), target); range; range = missingBelow(log(), target)) {
            const { below } = log();
            await ask(range);
            if (log().below.size === below.size && log().conversation.floor === range.to)
                break;
        }
        return log().conversation.floor > 0;
    }
    return {
        async fillHole() {
            if (isFilling)
                return;
            isFilling = true;
            try {
                for (let hole = missing(log()); hole; hole = missing(log())) {
                    const { cursor } = log().conversation;
                    await ask(hole);
                    if (log().conversation.cursor === cursor)
                        return;
                }
            }
            finally {
                isFilling = false;
            }
        },
        loadEarlier() {
            loading ??= askEarlier().finally(() => {
                loading = null;
            });
            return loading;
        }
    };
}

/** An entry as views want it. */
function itemOf(entry, context) {
    const { conversation, you } = context;
    const placed = { key: entry.key, seq: entry.seq, author: entry.author, isMine: entry.author.id === you, at: entry.at };
    switch (entry.kind) {
        case 'message':
            return { ...placed, ...SENT, kind: 'message', parts: entry.parts, answer: answerTo(entry, context) };
        case 'run':
            return { ...placed, ...SENT, kind: 'command', ...commandOf(entry, conversation) };
        case 'result':
            return { ...placed, kind: 'result', run: entry.run, outcome: entry.outcome, ...resultOf(entry, context) };
        case 'link':
            return linkOf(entry, placed, conversation);
        case 'notice':
            return { ...placed, kind: 'notice', notice: entry.notice };
        default:
            return entry;
    }
}
/** Is this item still what `itemOf` would make, as far as later events can change it? */
function isCurrent(item, entry, context) {
    switch (entry.kind) {
        case 'message':
            return item.kind === 'message' && item.answer === answerTo(entry, context);
        case 'run':
            return item.kind === 'command' && item.run === runOf(entry, context.conversation);
        case 'result':
            return item.kind === 'result' && item.line === resultOf(entry, context).line;
        case 'link':
            return item.kind === 'link' && item.link === context.conversation.links[entry.link];
        default:
            return true;
    }
}
/** Can a later event change the item of this entry? */
function canChange(entry, { conversation }) {
    switch (entry.kind) {
        case 'message':
            return entry.parts.some((part) => part.kind === 'choices');
        case 'run':
            return !['finished', 'failed'].includes(runOf(entry, conversation)?.status ?? '');
        case 'result':
            return runOf(entry, conversation) === null;
        case 'link':
            return conversation.links[entry.link]?.status === 'requested';
        default:
            return false;
    }
}
/** A message that waits in the outbox; `null` for what is not shown. */
function pendingItem(item, author) {
    const { draft, messageId, state } = item;
    const placed = { key: messageId, seq: null, author, isMine: true, at: null };
    const sendable = {
        status: state === 'pending' ? 'sending' : state === 'acked' ? 'sent' : 'failed',
        error: item.error && ParleyError.fromWire(item.error)
    };
    switch (draft.type) {
        case 'message.created':
            return { ...placed, ...sendable, kind: 'message', parts: draft.body.parts, answer: null };
        case 'answer.given':
            return { ...placed, ...sendable, kind: 'message', parts: [{ kind: 'text', text: draft.body.label ?? draft.body.value }], answer: null };
        case 'run.started':
            return { ...placed, ...sendable, kind: 'command', line: commandText(draft.body.command, draft.body.args), run: null };
        case 'void':
            return null;
        default:
            return draft;
    }
}
const SENT = { status: 'sent', error: null };
const runOf = (entry, conversation) => conversation.runs[entry.run] ?? null;
const answerTo = (entry, { conversation, answering }) => entry.parts.some((part) => part.kind === 'choices') ? (conversation.answers[entry.key] ?? answering.get(entry.key) ?? null) : null;
function commandOf(entry, conversation) {
    const run = runOf(entry, conversation);
    return { line: run ? commandText(run.command, run.args) : '', run };
}
function resultOf(entry, { conversation, you }) {
    const run = runOf(entry, conversation);
    if (!run)
        return { line: null, again: null };
    const mayRepeat = entry.outcome.state === 'failed' && entry.outcome.again && run.by.id === you;
    return { line: commandText(run.command, run.args), again: mayRepeat ? { command: run.command, args: run.args } : null };
}
function linkOf(entry, placed, conversation) {
    const link = conversation.links[entry.link];
    if (!link)
        throw new RangeError(`entry ${entry.seq} is of a link that was never requested`);
    return { ...placed, kind: 'link', link };
}

const NO_ROWS = { entries: [], items: [], changeable: [], you: null };
/**
 * The list that views show (delivery rule 11): rows by seq, the page's own commands where they were
 * given, then what waits in the outbox. The result depends on the input alone; what it remembers
 * only serves to give unchanged items as the same objects, and to touch no more rows than changed.
 */
function createTimeline() {
    let rows = NO_ROWS;
    let pending = new Map();
    let pendingBy = null;
    return ({ conversation, you, outbox, locals }) => {
        const context = { conversation, you, answering: answersIn(outbox) };
        rows = advance(rows, context);
        const author = you && { id: you, role: 'visitor' };
        const known = pendingBy === you ? pending : new Map();
        pending = new Map(outbox.map((item) => [item, known.get(item) ?? pendingItem(item, author)]));
        pendingBy = you;
        const waiting = [...pending.values()].filter((item) => item !== null);
        if (locals.length === 0 && waiting.length === 0)
            return rows.items;
        return [...withLocals(rows.items, locals), ...waiting];
    };
}
function answersIn(outbox) {
    const answers = new Map();
    for (const { draft, state } of outbox)
        if (draft.type === 'answer.given' && state !== 'failed')
            answers.set(draft.body.to, draft.body.value);
    return answers;
}
function advance(before, context) {
    const { entries } = context.conversation;
    const rows = before.you === context.you && isContinued(before.entries, entries) ? refresh(before, context) : rebuild(before, context);
    const from = rows.items.length;
    if (from === entries.length)
        return { ...rows, entries };
    const added = entries.slice(from);
    const changeable = added.flatMap((entry, index) => (canChange(entry, context) ? [from + index] : []));
    return { entries, items: [...rows.items, ...added.map((entry) => itemOf(entry, context))], changeable: [...rows.changeable, ...changeable], you: context.you };
}
/** Do the new entries only come behind the old ones? Entries keep their objects, so both ends tell. */
function isContinued(before, now) {
    return before.length <= now.length && before[0] === (before.length > 0 ? now[0] : undefined) && before.at(-1) === now[before.length - 1];
}
/** The rows there were, with those replaced that a later event changed. */
function refresh(rows, context) {
    const stale = rows.changeable.filter((index) => !isRowCurrent(rows, index, context));
    if (stale.length === 0)
        return rows;
    const items = [...rows.items];
    for (const index of stale) {
        const entry = rows.entries[index];
        if (entry)
            items[index] = itemOf(entry, context);
    }
    const changeable = rows.changeable.filter((index) => isOpen(rows.entries[index], context));
    return { ...rows, items, changeable };
}
function isRowCurrent(rows, index, context) {
    const entry = rows.entries[index];
    const item = rows.items[index];
    return !entry || !item || isCurrent(item, entry, context);
}
const isOpen = (entry, context) => entry !== undefined && canChange(entry, context);
/** All anew, as after a page of older history: items that are as they were stay the same objects. */
function rebuild(before, context) {
    const { entries } = context.conversation;
    const known = before.you === context.you ? new Map(before.entries.map((entry, index) => [entry, before.items[index]])) : new Map();
    const items = entries.map((entry) => {
        const item = known.get(entry);
        return item && isCurrent(item, entry, context) ? item : itemOf(entry, context);
    });
    return { entries, items, changeable: [...entries.keys()].filter((index) => isOpen(entries[index], context)), you: context.you };
}
/** Each of the page's own commands behind the last row there was when it was given. */
function withLocals(rows, locals) {
    const pieces = [];
    let from = 0;
    for (const { after, item } of locals) {
        const to = Math.max(from, firstBeyond(rows, after));
        pieces.push(rows.slice(from, to), [item]);
        from = to;
    }
    return pieces.concat([rows.slice(from)]).flat();
}
/** The index of the first row beyond this seq, by halving. */
function firstBeyond(rows, seq) {
    let low = 0;
    let high = rows.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if ((rows[middle]?.seq ?? 0) > seq)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/** @param onChange `who()` is another list now */
function createTyping(clock, onChange) {
    const cancels = new Map();
    function said(by) {
        cancels.get(by)?.();
        if (cancels.delete(by))
            onChange();
    }
    return {
        heard(by, forMs) {
            const isNew = !cancels.has(by);
            cancels.get(by)?.();
            cancels.set(by, clock.setTimer(forMs, () => said(by)));
            if (isNew)
                onChange();
        },
        said,
        who: () => [...cancels.keys()],
        clear() {
            for (const by of [...cancels.keys()])
                said(by);
        }
    };
}

/** One conversation as it is known here: frames in, the log and all that follows from it out. */
function createConversation(options) {
    const { connection, commands, clock } = options;
    const timeline = createTimeline();
    const $timeline = atom([]);
    const $status = atom('open');
    const $participants = atom([]);
    const $unread = atom(0);
    const $typing = atom([]);
    const $hasEarlier = atom(false);
    const typing = createTyping(clock, () => refreshTyping());
    const pageCommands = createPageCommands(() => refreshTimeline());
    const outbox = createOutbox({
        storage: options.storage,
        clock,
        random: options.random,
        append: (item) => request('append', (conversation) => ({ ...item, conversation })),
        cursor: () => log.conversation.cursor,
        reconnect: connection.reconnect,
        onChange: () => refreshTimeline(),
        onError: options.onError
    });
    let id = null;
    let you = null;
    let log = emptyLog();
    /** The log's head as `welcome` told it. */
    let head = 0;
    /** The session named another conversation than before. */
    let isOtherConversation = false;
    let limits = LIMITS;
    let readTo = 0;
    let isWelcomed = false;
    const request = async (name, payload) => {
        if (!id)
            throw unavailable('There is no conversation yet.');
        return connection.request(name, payload(id));
    };
    const reader = createReader({
        clock,
        log: () => log,
        read: (range) => request('read', (conversation) => ({ conversation, log: 'public', ...range }))
    });
    function refreshTimeline() {
        publish($timeline, timeline({ conversation: log.conversation, you, outbox: outbox.items(), locals: pageCommands.items() }));
    }
    function refreshTyping() {
        const { participants } = log.conversation;
        publish($typing, typing.who().flatMap((by) => participants[by] ?? []));
    }
    function refresh() {
        const { status, participants, floor } = log.conversation;
        refreshTimeline();
        publish($status, status);
        if (participants !== shownParticipants)
            publish($participants, Object.values(participants));
        shownParticipants = participants;
        publish($hasEarlier, floor > 0);
        publish($unread, countUnread());
    }
    let shownParticipants = log.conversation.participants;
    /** Backwards from the end: it costs what it counts. */
    function countUnread() {
        const { entries } = log.conversation;
        let count = 0;
        for (let index = entries.length - 1; index >= 0; index--) {
            const entry = entries[index];
            if (!entry || entry.seq <= readTo)
                break;
            if (entry.author.id !== you)
                count++;
        }
        return count;
    }
    function hello({ token, conversation }) {
        const device = outbox.device();
        if (!device)
            throw new RangeError('hello comes after load');
        if (id !== null && id !== conversation) {
            isOtherConversation = true;
            log = emptyLog();
        }
        id = conversation;
        return { v: PROTOCOL_VERSION, token, device, conversations: [{ id, log: 'public', ...standingOf(log) }] };
    }
    function onFrame(frame) {
        switch (frame.name) {
            case 'welcome':
                return onWelcome(frame.payload);
            case 'events':
                return onEvents(frame.payload);
            case 'signal':
                return frame.payload.conversation === id ? typing.heard(frame.payload.signal.by, frame.payload.signal.forMs) : undefined;
            case 'commands':
                return commands.offer(frame.payload.commands);
            case 'drain':
            case 'refuse':
                // About the line: `connection` has them.
                return;
            default:
                return frame;
        }
    }
    function onWelcome(welcome) {
        const here = welcome.conversations.find((one) => one.id === id && one.log === 'public');
        if (!here)
            return options.onError(new ParleyError('frame.malformed', 'The gateway welcomed without the conversation that was asked for.'));
        const isOther = isOtherConversation || isOtherLife(log, here);
        isOtherConversation = false;
        isWelcomed = true;
        log = enterLog(log, here);
        you = here.you;
        head = here.head;
        limits = welcome.limits;
        commands.offer(welcome.commands);
        enterReceipts(here, isOther);
        outbox.welcome({ lastDeviceSeq: here.lastDeviceSeq, windowSize: welcome.limits.windowSize, isOtherLife: isOther });
        refresh();
        checkReading();
    }
    function enterReceipts({ receipts }, isOther) {
        const told = receipts.find((receipt) => receipt.participant === you)?.read ?? 0;
        readTo = isOther ? told : Math.max(readTo, told);
        if (readTo > told)
            tellRead();
    }
    function onEvents(frame) {
        if (frame.conversation !== id || frame.log !== 'public')
            return;
        const received = receive(log, frame);
        log = received.log;
        const rows = [...received.earlier, ...received.applied];
        for (const row of received.applied)
            typing.said(row.author.id);
        outbox.confirm(rows);
        if (rows.length > 0)
            refresh();
        if (log.conversation.status === 'closed')
            options.keys.ended();
        for (const event of received.applied)
            if (event.type !== 'unknown')
                options.emit(event.type, event);
        checkReading();
        reader.fillHole().catch(onReadError);
    }
    /** A line that is gone is repaired by the next `welcome`; anything else a developer should see. */
    function onReadError(reason) {
        const error = asParleyError(reason);
        if (error.code !== 'gateway.unavailable')
            options.onError(error);
    }
    /** The outbox waits until the log was read from a certain row up to its head. */
    function checkReading() {
        const from = outbox.mustReadFrom();
        if (from === null || log.conversation.cursor < head)
            return;
        if (log.conversation.floor <= from)
            return outbox.logWasRead();
        reader.loadEarlier().catch(onReadError);
    }
    /** Without a line it is lost, and told again after the next `welcome`. */
    function tellRead() {
        const read = readTo;
        request('seen', (conversation) => ({ conversation, got: read, read })).catch(onReadError);
    }
    function markRead() {
        const { cursor } = log.conversation;
        if (cursor <= readTo)
            return;
        readTo = cursor;
        publish($unread, countUnread());
        tellRead();
    }
    return {
        $timeline,
        $status,
        $participants,
        $unread,
        $typing,
        $hasEarlier,
        outbox,
        pageCommands,
        request,
        cursor: () => log.conversation.cursor,
        you: () => you,
        bodyBytes: () => limits.bodyBytes,
        isWelcomed: () => isWelcomed,
        markRead,
        loadEarlier: reader.loadEarlier,
        hello,
        onFrame,
        down() {
            outbox.down();
            typing.clear();
        }
    };
}

/**
 * Listeners by type, in the order they came.
 * @param report gets what a listener threw; the others still run
 */
function createEmitter(report) {
    const listeners = {};
    return {
        on(type, run) {
            const listener = { run };
            listeners[type] = [...(listeners[type] ?? []), listener];
            return () => {
                listeners[type] = (listeners[type] ?? []).filter((one) => one !== listener);
            };
        },
        emit(type, event) {
            const called = listeners[type] ?? [];
            for (const { run } of called) {
                try {
                    run(event);
                }
                catch (reason) {
                    report(reason);
                }
            }
            return called.length > 0;
        }
    };
}

/** Node tells nothing. */
const silence = { listen: () => () => { } };
/** The page's own signals. */
function pageEnvironment(page) {
    return {
        listen(onSignal) {
            const stop = new AbortController();
            const on = (target, type, run) => target.addEventListener(type, run, { signal: stop.signal });
            on(page, 'offline', () => onSignal('networkLost'));
            on(page, 'online', () => onSignal('networkBack'));
            on(page, 'pageshow', () => onSignal('wake'));
            on(page.document, 'visibilitychange', () => {
                if (page.document.visibilityState === 'visible')
                    onSignal('wake');
            });
            return () => stop.abort();
        }
    };
}
/** Asked for when a client is made, not on import: importing touches nothing. */
const systemEnvironment = () => (typeof window === 'undefined' || typeof document === 'undefined' ? silence : pageEnvironment(window));

/** An answer that takes longer does not come. */
const TIMEOUT_MS = 10_000;
/** `POST <url>/session`, without cookies: who the visitor is stands in the body. */
const httpSession = ({ url, clock }) => async (request, signal) => {
    const abort = new AbortController();
    const cancelTimer = clock.setTimer(TIMEOUT_MS, () => abort.abort());
    const onAbort = () => abort.abort();
    signal.addEventListener('abort', onAbort);
    try {
        const response = await fetch(`${url}/session`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(request),
            credentials: 'omit',
            signal: abort.signal
        });
        return answerOf(response.ok, response.status, await response.text());
    }
    catch (reason) {
        throw ParleyError.is(reason) ? reason : unavailable(`${url} cannot be reached.`, reason);
    }
    finally {
        cancelTimer();
        signal.removeEventListener('abort', onAbort);
    }
};
function answerOf(isOk, status, body) {
    const json = parse(body);
    if (isOk) {
        const answer = readSessionAnswer(json);
        if (answer.ok)
            return answer.value;
    }
    else {
        const refusal = readErrorAnswer(json);
        if (refusal.ok)
            throw ParleyError.fromWire(refusal.value.error);
    }
    // A proxy's page in between, most likely; it passes.
    throw unavailable(`POST /session was answered with status ${status} and not as a gateway does.`);
}
/** Not JSON reads as nothing, which no schema takes. */
function parse(body) {
    try {
        return JSON.parse(body);
    }
    catch {
        return undefined;
    }
}

/** An outbox that lives as long as the page: each page is a device of its own. */
function memoryStorage(random) {
    let device = mintId(random);
    let lastDeviceSeq = 0;
    let items = new Map();
    const inOrder = () => [...items.values()].sort((one, other) => one.deviceSeq - other.deviceSeq);
    const set = (item) => {
        items = new Map(items).set(item.messageId, item);
    };
    return {
        load: async () => ({ device, items: inOrder() }),
        async take(draft) {
            const item = { ...draft, deviceSeq: ++lastDeviceSeq };
            set(item);
            return item;
        },
        put: async (item) => set(item),
        async remove(messageId) {
            items = new Map([...items].filter(([key]) => key !== messageId));
        },
        async restart(fresh) {
            device = fresh;
            lastDeviceSeq = 0;
            const kept = inOrder().filter((item) => item.draft.type !== 'void');
            items = new Map(kept.map((item) => [item.messageId, item.state === 'pending' ? { ...item, deviceSeq: ++lastDeviceSeq } : item]));
            return inOrder();
        },
        async clear() {
            device = mintId(random);
            lastDeviceSeq = 0;
            items = new Map();
        }
    };
}

const KEY = /^[A-Za-z0-9_-]{43}$/;
/** The browser's storage, `null` where there is none or the page may not use it. */
function pageStorage() {
    try {
        return typeof localStorage === 'undefined' ? null : localStorage;
    }
    catch {
        // Blocked by the visitor's settings: the key stays in memory, as `KeyRing` promises.
        return null;
    }
}
/**
 * A key ring for one gateway and inbox, under `parley:<url>:<inbox>` as `{"key":"…","open":true}`.
 * A storage that is blocked or full leaves the key in memory.
 */
function createKeyRing(name, random, storage = pageStorage) {
    let key = null;
    let isHeld = false;
    const attempt = (run) => {
        try {
            const found = storage();
            return found ? run(found) : null;
        }
        catch {
            // Blocked or full: memory does.
            return null;
        }
    };
    function find() {
        const kept = attempt((found) => readKey(found.getItem(name)));
        isHeld = kept !== null;
        return kept ?? idFromBytes(random.bytes(32));
    }
    function write(open) {
        key ??= find();
        isHeld = true;
        const value = JSON.stringify({ key, open });
        attempt((found) => found.setItem(name, value));
    }
    return {
        key: () => (key ??= find()),
        hold: () => write(true),
        ended() {
            if (isHeld)
                write(false);
        },
        forget() {
            key = null;
            isHeld = false;
            attempt((found) => found.removeItem(name));
        }
    };
}
function readKey(stored) {
    const value = JSON.parse(stored ?? 'null');
    const key = typeof value === 'object' && value !== null && 'key' in value ? value.key : null;
    return typeof key === 'string' && KEY.test(key) ? key : null;
}

/** The handshake may take this long. */
const CONNECT_MS = 10_000;
/**
 * Frames over Socket.IO: WebSocket, or long-polling at the next attempt where that did not get through. It is only the
 * pipe: reconnecting, sending again and order are ours, so its own are off and nothing is emitted
 * while it is not connected.
 */
function socketIoTransport({ url, clock }) {
    const { origin, pathname } = new URL(url);
    const path = `${pathname.replace(/\/$/, '')}/socket.io/`;
    let transports = ['websocket'];
    /** A proxy may swallow WebSockets without a word: an attempt that got nowhere is followed by one the other way. */
    function changeWay() {
        if (transports[0] !== 'websocket') {
            transports = ['websocket'];
            return;
        }
        Promise.resolve().then(function () { return polling; }).then(({ Polling }) => {
            transports = [Polling];
        }, 
        // Not even a file can be fetched: the line is down, and WebSocket is as good as anything.
        () => { });
    }
    return (hello, events) => {
        let isOver = false;
        let isWelcomed = false;
        const socket = io(origin, {
            path,
            auth: hello,
            transports,
            reconnection: false,
            forceNew: true,
            withCredentials: false,
            timeout: CONNECT_MS
        });
        const requests = createRequests({
            clock,
            emit: (name, payload, onAck) => socket.emit(name, payload, onAck),
            onDead: (detail) => end({ kind: 'lost', detail })
        });
        function finish(detail) {
            isOver = true;
            socket.offAny();
            socket.off();
            socket.disconnect();
            requests.end(detail);
        }
        function end(why) {
            if (isOver)
                return;
            if (!isWelcomed && why.kind === 'lost')
                changeWay();
            finish(why.kind === 'lost' ? why.detail : 'The gateway refused.');
            events.onEnd(why);
        }
        function onFrame(frame) {
            if (frame.name === 'welcome')
                isWelcomed = true;
            events.onFrame(frame);
        }
        // A frame that is unknown, binary or not as its kind wants is passed by: a hole in the log shows by its numbers.
        socket.onAny((name, payload) => {
            const frame = readServerFrame(name, payload);
            if (frame.ok === true && !isOver)
                onFrame(frame.value);
        });
        socket.on('disconnect', (reason) => end({ kind: 'lost', detail: `The connection ended: ${reason}.` }));
        socket.on('connect_error', (error) => end(endOf(error)));
        return {
            request(name, payload) {
                if (!socket.connected && !isOver)
                    end({ kind: 'lost', detail: 'The connection is not open.' });
                return requests.send(name, payload);
            },
            close() {
                if (!isOver)
                    finish('The connection was closed.');
            }
        };
    };
}
/** The gateway's own refusal carries `data`; anything else is the line. */
function endOf(error) {
    const refusal = readServerFrame('refuse', error.data);
    if (refusal.ok === true && refusal.value.name === 'refuse')
        return { kind: 'refused', error: refusal.value.payload };
    return { kind: 'lost', detail: `No connection: ${error.message}.` };
}

/**
 * A client for one inbox of one gateway. It touches nothing outside before `connect()` or the first
 * send, so it can be made while a page is rendered on a server.
 * @throws ParleyError `option.invalid`
 */
function createClient(options) {
    const { url, inbox } = checked(options);
    const { clock = systemClock, random = systemRandom, environment = systemEnvironment(), storage = {} } = options;
    const { openSession = httpSession({ url, clock }), openTransport = socketIoTransport({ url, clock }) } = options;
    const outboxStorage = storage.outbox ?? memoryStorage(random);
    const keys = createKeyRing(`parley:${url}:${inbox}`, random, () => storage.keys ?? pageStorage());
    const emitter = createEmitter(report);
    const commands = createCommands();
    const onError = (error) => {
        if (!emitter.emit('error', error))
            report(error);
    };
    let isLeaving = false;
    const connection = createConnection({
        openSession: async (signal) => {
            await conversation.outbox.load();
            return openSession({ inbox, visitorKey: keys.key() }, signal);
        },
        openTransport,
        clock,
        random,
        environment,
        hello: (session) => conversation.hello(session),
        onFrame: (frame) => conversation.onFrame(frame)
    });
    const conversation = createConversation({ connection, commands, storage: outboxStorage, keys, clock, random, emit: emitter.emit, onError });
    const { $status } = connection;
    /** What ended the line, as a promise's reason. */
    function closedBy() {
        const { state, error } = $status.get();
        return state === 'closed' ? (error ?? new ParleyError('client.closed', 'This client is closed.')) : null;
    }
    $status.listen(({ state }) => {
        const error = closedBy();
        if (state !== 'online')
            conversation.down();
        if (error)
            conversation.outbox.close(error, !isLeaving);
    });
    function connect() {
        connection.start();
        return new Promise((resolve, reject) => {
            const settle = () => {
                const error = closedBy();
                if (error)
                    reject(error);
                if ($status.get().state === 'online')
                    resolve();
                return error !== null || $status.get().state === 'online';
            };
            if (settle())
                return;
            const stop = $status.listen(() => {
                if (settle())
                    stop();
            });
        });
    }
    function close() {
        isLeaving = true;
        connection.stop();
    }
    return {
        $connection: $status,
        commands: { register: commands.register },
        conversation: createChat({ conversation, connection, commands, keys, clock, random, online: connect, closedBy, onError }),
        connect,
        on: emitter.on,
        close,
        async reset() {
            close();
            keys.forget();
            await outboxStorage.clear();
        }
    };
}
/** The options that have no default, in their normal form. */
function checked({ url, inbox }) {
    const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : null;
    if (!parsed || !/^https?:$/.test(parsed.protocol))
        throw invalid('url', url, 'an absolute address with http: or https:');
    if (typeof inbox !== 'string' || inbox === '' || inbox.length > 100)
        throw invalid('inbox', inbox, 'the name of an inbox of the gateway');
    return { url: (parsed.origin + parsed.pathname).replace(/\/+$/, ''), inbox };
}
const invalid = (name, found, wanted) => new ParleyError('option.invalid', `"${name}" is ${JSON.stringify(found) ?? String(found)}; wanted is ${wanted}.`);

var polling = /*#__PURE__*/Object.freeze({
    __proto__: null,
    Polling: NodeXHR
});

export { ParleyError, commandUsage, createClient, safeLink };
