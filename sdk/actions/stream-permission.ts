/** What an account may do with a stream: IStream.Permission. */
export type StreamPermission = 'read' | 'write' | 'edit' | 'grant' | 'delete';

/** The contract's number of each permission. */
export const permissionNumber: Readonly<Record<StreamPermission, number>> = {
  read: 0,
  write: 1,
  edit: 2,
  grant: 3,
  delete: 4
};
