import { Word } from '../wire.ts'

/** The `Type` of a group that has topics. */
export const Community = Word('Kind of the group that the topic belongs to', ['Community'])
