import { Duration, Type } from 'timhook/plugin'

const Patterns = (description: string) => Type.Array(Type.String({ minLength: 1 }), { default: [], description })
const Count = (standard: number, description: string) => Type.Integer({ default: standard, minimum: 0, description })

/** The `options` in the config. */
export const options = Type.Object({
  mode: Type.Enum(['record', 'dry-run', 'remove'], {
    default: 'record',
    description: 'record: record reports; dry-run: also plan removals; remove: also carry them out',
  }),
  groups: Type.Object(
    {
      allow: Patterns('Ids of the groups to work on, with * for any text; empty means all'),
      deny: Patterns('Ids of groups to leave alone, with * for any text; overrides allow'),
    },
    { default: {}, description: 'Which groups to work on' },
  ),
  types: Type.Array(Type.Enum(['Work', 'Public', 'Meeting', 'Community']), {
    default: ['Work', 'Public', 'Meeting'],
    minItems: 1,
    description: 'Types of groups to work on; an AVChatRoom never is, since it has no list of members',
  }),
  targetFree: Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[0-9]{1,2}([.][0-9]{1,3})?%$' })], {
    default: 1,
    expected: 'a number of places, or a share of the cap such as 2%',
    description: 'Places to free up: a number, or a share of the cap such as 2%',
  }),
  minInactivityDays: Type.Integer({
    default: 30,
    minimum: 1,
    description: 'Days without a message before a member may be removed; joining counts as a message',
  }),
  minMembershipDays: Count(14, 'Days since joining before a member may be removed'),
  protectedAccounts: Patterns('Accounts that are never removed; owners, admins and the REST administrator never are'),
  protectedPatterns: Patterns('Patterns of accounts that are never removed, with * for any text, such as vip-*'),
  protectedByData: Patterns(
    'Keys of member data (AppMemberDefinedData): a member with a value under one is never removed',
  ),
  skipOnline: Type.Boolean({
    default: false,
    description: 'Never remove members who are online; queries their status',
  }),
  skipPushOnline: Type.Boolean({
    default: false,
    description: 'With skipOnline: also never remove members who are reached by pushes (PushOnline)',
  }),
  respectReaders: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Never remove members who have at most this many unread messages' }),
  ),
  maxPerRun: Count(20, 'Most removals in one run'),
  maxPerGroupPerDay: Count(50, 'Most removals per group and day (UTC)'),
  maxPerAppPerDay: Count(500, 'Most removals per app and day (UTC)'),
  maxFraction: Type.Number({
    default: 0.05,
    minimum: 0,
    maximum: 1,
    description: 'Largest share of the members that one run may remove; if above 0, at least one member',
  }),
  batchSize: Type.Integer({ default: 20, minimum: 1, maximum: 100, description: 'Members removed by one call' }),
  batchPause: Duration({ default: '1s', description: 'Wait between two batches of a run' }),
  silence: Type.Integer({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: '1: only the removed members are notified; 0: the whole group is',
  }),
  reason: Type.Optional(Type.String({ maxLength: 100, description: 'Reason shown in the notice of a removal' })),
  cooldown: Duration({ default: '10m', description: 'How long a group is left alone after a run' }),
  cooldownWhenNobody: Duration({
    default: '6h',
    description: 'How long a group is left alone if nobody may be removed',
  }),
  readmitGrace: Duration({ default: '7d', description: 'How long a removed member who has rejoined is protected' }),
  pageSize: Type.Integer({ default: 100, minimum: 1, maximum: 100, description: 'Members listed by one call' }),
  pagesPerSecond: Type.Integer({ default: 10, minimum: 1, maximum: 150, description: 'Most pages listed per second' }),
  rereadAfter: Duration({
    default: '1s',
    description: 'How long to wait before reading a member count of one below the cap again, since it may lag',
  }),
  callTimeout: Duration({
    default: '8s',
    min: 3001,
    description: 'Timeout of one call; Tencent itself times out after 3s',
  }),
  tries: Type.Integer({ default: 4, minimum: 1, maximum: 10, description: 'Most attempts of a call' }),
  jobDeadline: Duration({ default: '5m', min: 1000, description: 'Timeout of a whole run' }),
  lease: Duration({ default: '30s', min: 1000, description: 'How long a group stays locked after its process died' }),
  parallelGroups: Type.Integer({ default: 2, minimum: 1, maximum: 20, description: 'Most groups worked on at a time' }),
  raiseCapTo: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Raise the cap of a full group to this before removing anybody' }),
  ),
  stopFile: Type.String({
    default: 'data/group-full.stop',
    minLength: 1,
    description: 'While this file exists nobody is removed; relative to the working directory',
  }),
  announce: Type.Object(
    {
      full: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Sent when the group is full' })),
      roomMade: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 500,
          description: 'Sent when there is room again; {free} is the number of places',
        }),
      ),
    },
    { default: {}, description: 'Messages to the group, in mode remove only; by default none' },
  ),
  hashAccounts: Type.Boolean({
    default: false,
    description: 'Record hashes instead of accounts; removed members can then not be looked up from the records',
  }),
})

/** The options that the plugin gets: checked, with defaults, durations in milliseconds. */
export type Options = Type.StaticDecode<typeof options>
