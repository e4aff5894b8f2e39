// Where the table differs from the documents, by name.

/**
 * Fields whose type on the wire is another one than the documents' tables say, with a value of either kind: both are
 * accepted. `*` stands for every callback that has the field, or for the beginning of the field's name.
 */
export const otherTypes: Readonly<Record<string, { documented: unknown; seen: unknown; why: string }>> = {
  '* EventTime': { documented: 1670574414123, seen: '1670574414123', why: 'quoted in samples' },
  '* *_Account': { documented: 'jared', seen: 144115216631667, why: 'bare integers in samples of live rooms' },
  'Follow.CallbackAfterCloudRecordingChanged EventInfo.UserId': {
    documented: 'jared',
    seen: 144115216631667,
    why: 'an account by another name',
  },
  'Call.CallbackAfterRecordChanged Callback.EventInfo.UserId': {
    documented: 'jared',
    seen: 144115216631667,
    why: 'an account by another name',
  },
  'ContentCallback.ResultNotify TextContent': {
    documented: ['red packet'],
    seen: 'red packet',
    why: 'a string by the table of intl 77840',
  },
  'Group.CallbackAfterCreateGroup UserDefinedDataList.Value': {
    documented: 'hello',
    seen: { nested: [1] },
    why: 'any value in a public model',
  },
  'Group.CallbackAfterCreateTopic UserDefinedDataList.Value': {
    documented: 'hello',
    seen: 7,
    why: 'any value in a public model',
  },
  'Group.CallbackAfterGroupInfoChanged UserDefinedDataList.Value': {
    documented: 'hello',
    seen: true,
    why: 'any value in a public model',
  },
  'Group.CallbackAfterTopicDestroyed TopicIdList': {
    documented: '@TGS#_A@TOPIC#_B',
    seen: ['@TGS#_A@TOPIC#_B'],
    why: 'an array in the sample',
  },
  'Live.CallbackAfterCreateRoomReachingThreshold CurRoomCount': {
    documented: '400',
    seen: 400,
    why: 'an integer in the sample',
  },
  'Live.CallbackAfterCreateRoomReachingThreshold MaxRoomCount': {
    documented: [500],
    seen: 500,
    why: 'an integer in the sample',
  },
  'Live.CallbackAfterEndBattle FromRoomInfo': {
    documented: 'room',
    seen: { RoomId: 'room', Owner_Account: 'jared', Score: 30 },
    why: 'an object in the sample',
  },
  'Live.CallbackAfterStartBattle FromRoomInfo': {
    documented: 'room',
    seen: { RoomId: 'room', Owner_Account: 'jared' },
    why: 'an object in the sample',
  },
  'Profile.CallbackPortraitSet ProfileItem.Value': { documented: 3, seen: 'Jared', why: 'both are documented' },
  'Room.CallbackAfterCreateRoom RoomInfo.IsCloudRecordingDisabled': {
    documented: false,
    seen: 'false',
    why: 'shares its shape with the update',
  },
  'Room.CallbackAfterUpdateRoomInfo RoomInfo.IsCloudRecordingDisabled': {
    documented: false,
    seen: 'false',
    why: 'text in the sample',
  },
}

/** Fields of the table that the notes' tables lack. */
export const extraFields: Readonly<Record<string, string>> = {
  'Bot.OnC2CMessage SyncOtherMachine': 'seen in traffic of 2023',
  'Bot.OnC2CMessage SupportMessageExtension': 'seen in traffic of 2023',
  'ContentCallback.ResultNotify CallbackCommand': 'the body has no command; every definition names its own',
  'Group.CallbackAfterCreateGroup groupID': "the page's table spells GroupId so",
  'Group.CallbackAfterCreateGroup InviteOption': 'seen in traffic of 2023',
  'Group.CallbackAfterGroupFull TopicId': 'in the newest edition of the page',
  'Bot.OnGroupMessage AtRobotAccount': 'name of AtRobots_Account in a public model of 2025',
  'Bot.OnGroupMessage IsPlaceMsg': 'in public models of group messages',
  'Group.CallbackAfterMemberFieldChanged Modified_Account': 'name of Member_Account in a public model of 2025',
  'Group.CallbackAfterSendMsg IsPlaceMsg': 'in public models of group messages',
  'Group.CallbackBeforeCreateGroup InviteOption': 'in a bug report of 2024',
  'Group.CallbackBeforeSendMsg IsPlaceMsg': 'in public models of group messages',
  'Group.CallbackSendMsgException IsPlaceMsg': 'in public models of group messages',
  'Group.CallbackBeforeCreateGroup CreatedGroupNum': 'name of CreateGroupNum on the page of 2022',
  'Group.CallbackBeforeCreateGroup CreatedNum': 'name of CreateGroupNum on the page of 2020',
  'OfficialAccount.CallbackBeforeAddSubscriber answer RefusedMembers_Account':
    "name of RefusedSubscribers_Account in the page's text",
  'Push.AllMemberPush CallbackCommand': 'the body has no command; every definition names its own',
  'Push.OfflinePush CallbackCommand': 'the body has no command; every definition names its own',
}

/** Fields with values in the table, where the documents name none. */
export const extraValues: Readonly<Record<string, string>> = {
  'Group.CallbackAfterReadReceipt Type': 'the kinds of groups that other callbacks list',
  'Room.CallbackAfterUpdateRoomInfo RoomInfo.TakeSeatMode': 'those of the creation',
}

/** Callbacks that need not have a message: the page says nothing, or not every event has one. */
export const withoutMessage: readonly string[] = ['C2C.CallbackAfterModifyMsg', 'Desk.SessionEventNotify']
