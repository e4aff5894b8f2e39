import { Duration, Type } from 'timhook/plugin'

const Patterns = (description: string) => Type.Array(Type.String({ minLength: 1 }), { default: [], description })
const Count = (standard: number, description: string) => Type.Integer({ default: standard, minimum: 0, description })

/** The `options` in the config. */
export const options = Type.Object({
  mode: Type.Enum(['record', 'dry-run', 'remove'], {
    default: 'record',
    description: 'record: keep what is reported; dry-run: plan as well, and remove nobody; remove: do it',
  }),
  groups: Type.Object(
    {
      allow: Patterns('Ids of the groups that are worked on, * stands for any text; none means all'),
      deny: Patterns('Ids of groups that are left alone, * stands for any text; wins over allow'),
    },
    { default: {}, description: 'Which groups' },
  ),
  types: Type.Array(Type.Enum(['Work', 'Public', 'Meeting', 'Community']), {
    default: ['Work', 'Public', 'Meeting'],
    minItems: 1,
    description: 'Types of groups; an AVChatRoom has no list of members and is never worked on',
  }),
  targetFree: Type.Union([Type.Integer({ minimum: 1 }), Type.String({ pattern: '^[0-9]{1,2}([.][0-9]{1,3})?%$' })], {
    default: 1,
    expected: 'a number of places, or a share of the cap such as 2%',
    description: 'How many places are to be free: a number, or a share of the cap such as 2%',
  }),
  minInactivityDays: Type.Integer({
    default: 30,
    minimum: 1,
    description: 'Days without a message before a member may be removed; joining counts as one',
  }),
  minMembershipDays: Count(14, 'Days since joining before a member may be removed'),
  protectedAccounts: Patterns('Accounts that are never removed; owners, admins and the administrator never are'),
  protectedPatterns: Patterns('The same for accounts that fit, * stands for any text, as in vip-*'),
  protectedByData: Patterns('Keys of member data (AppMemberDefinedData): a value under one of them protects'),
  skipOnline: Type.Boolean({
    default: false,
    description: 'Leave alone who is online; needs the status to be queried',
  }),
  skipPushOnline: Type.Boolean({
    default: false,
    description: 'With skipOnline: leave alone who is reached by pushes too (PushOnline)',
  }),
  respectReaders: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Leave alone who has at most so many messages unread' }),
  ),
  maxPerRun: Count(20, 'Removals requested in one run'),
  maxPerGroupPerDay: Count(50, 'Removals requested in one group and day (UTC)'),
  maxPerAppPerDay: Count(500, 'Removals requested in one app and day (UTC)'),
  maxFraction: Type.Number({
    default: 0.05,
    minimum: 0,
    maximum: 1,
    description: 'Share of the members that one run may remove; above 0 always at least one',
  }),
  batchSize: Type.Integer({ default: 20, minimum: 1, maximum: 100, description: 'Members removed by one call' }),
  batchPause: Duration({ default: '1s', description: 'Wait between two batches of a run' }),
  silence: Type.Integer({
    default: 1,
    minimum: 0,
    maximum: 1,
    description: '1: only those removed are told; 0: the group is told',
  }),
  reason: Type.Optional(Type.String({ maxLength: 100, description: 'Reason that the notice of a removal shows' })),
  cooldown: Duration({ default: '10m', description: 'Rest of a group after a run' }),
  cooldownWhenNobody: Duration({ default: '6h', description: 'Rest of a group in which nobody may be removed' }),
  readmitGrace: Duration({ default: '7d', description: 'How long somebody removed and back again is left alone' }),
  pageSize: Type.Integer({ default: 100, minimum: 1, maximum: 100, description: 'Members listed by one call' }),
  pagesPerSecond: Type.Integer({ default: 10, minimum: 1, maximum: 150, description: 'Pace of the listing' }),
  rereadAfter: Duration({
    default: '1s',
    description: 'Wait before a count of one below the cap is read again, since it may lag behind the last to join',
  }),
  callTimeout: Duration({ default: '8s', min: 3001, description: 'How long one call may take; Tencent stops at 3s' }),
  tries: Type.Integer({ default: 4, minimum: 1, maximum: 10, description: 'How often a call is sent at most' }),
  jobDeadline: Duration({ default: '5m', min: 1000, description: 'How long a run may take in all' }),
  lease: Duration({ default: '30s', min: 1000, description: 'How long a group is held by a process that died' }),
  parallelGroups: Type.Integer({ default: 2, minimum: 1, maximum: 20, description: 'Groups worked on at a time' }),
  raiseCapTo: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Raise the cap of a full group to this before anybody is removed' }),
  ),
  stopFile: Type.String({
    default: 'data/group-full.stop',
    minLength: 1,
    description: 'Nobody is removed while this file is there; relative to the working directory',
  }),
  announce: Type.Object(
    {
      full: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'When the group is full' })),
      roomMade: Type.Optional(
        Type.String({ minLength: 1, maxLength: 500, description: 'When there is room again; {free} is the number' }),
      ),
    },
    { default: {}, description: 'Messages to the group, in mode remove only; none unless given' },
  ),
  hashAccounts: Type.Boolean({
    default: false,
    description: 'Keep hashes in place of accounts in the records of runs; then nobody can be added back from them',
  }),
})

/** The options that the plugin gets: checked, with defaults, durations in milliseconds. */
export type Options = Type.StaticDecode<typeof options>
