import { afterCreateTopic } from './after-create-topic.ts'
import { afterTopicDestroyed } from './after-topic-destroyed.ts'
import { afterTopicInfoChanged } from './after-topic-info-changed.ts'
import { beforeCreateTopic } from './before-create-topic.ts'

export const topic = [afterCreateTopic, afterTopicDestroyed, afterTopicInfoChanged, beforeCreateTopic] as const
