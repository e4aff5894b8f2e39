import { Account, Bool, BoolOrText, Integer, Text, Word } from '../wire.ts'

export const RoomId = Text('Room')

/** The settings of a conference room that can be changed. */
export const roomInfo = {
  RoomId,
  RoomName: Text('Name of the room'),
  Owner_Account: Account('Host'),
  TakeSeatMode: Word('How seats are taken', ['None', 'FreeToTake', 'ApplyToTake']),
  MaxMemberCount: Integer('How many members it can have'),
  IsVideoDisabled: Bool('Whether nobody may use video'),
  IsAudioDisabled: Bool('Whether nobody may use audio'),
  IsMessageDisabled: Bool('Whether nobody may send text'),
  IsScreenSharingDisabled: Bool('Whether nobody may share the screen'),
  IsCloudRecordingDisabled: BoolOrText('Whether it is not recorded; a sample has the text "false"'),
  CustomInfo: Text('Custom data of the app'),
}
