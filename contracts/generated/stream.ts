// Generated from the contracts by scripts/generate/abis.ts; do not edit.
export const streamAbi = [
  { type: 'constructor', inputs: [], stateMutability: 'nonpayable' },
  { type: 'function', name: 'acceptOwnership', inputs: [], outputs: [], stateMutability: 'nonpayable' },
  { type: 'function', name: 'deleteStream', inputs: [], outputs: [], stateMutability: 'nonpayable' },
  { type: 'function', name: 'deleted', inputs: [], outputs: [{ name: '', type: 'bool' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'description',
    inputs: [],
    outputs: [{ name: '', type: 'string' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'hasPermission',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'permission', type: 'uint8' }
    ],
    outputs: [{ name: '', type: 'bool' }],
    stateMutability: 'view'
  },
  { type: 'function', name: 'name', inputs: [], outputs: [{ name: '', type: 'string' }], stateMutability: 'view' },
  { type: 'function', name: 'owner', inputs: [], outputs: [{ name: '', type: 'address' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'partitions',
    inputs: [],
    outputs: [{ name: '', type: 'uint32' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'pendingOwner',
    inputs: [],
    outputs: [{ name: '', type: 'address' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'permissionUntil',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'permission', type: 'uint8' }
    ],
    outputs: [{ name: '', type: 'uint40' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'registerPublicKey',
    inputs: [{ name: 'publicKey', type: 'bytes32' }],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'setMetadata',
    inputs: [
      { name: 'name_', type: 'string' },
      { name: 'description_', type: 'string' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'setPermission',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'permission', type: 'uint8' },
      { name: 'until', type: 'uint40' }
    ],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  {
    type: 'function',
    name: 'slotDuration',
    inputs: [],
    outputs: [{ name: '', type: 'uint32' }],
    stateMutability: 'view'
  },
  {
    type: 'function',
    name: 'transferOwnership',
    inputs: [{ name: 'newOwner', type: 'address' }],
    outputs: [],
    stateMutability: 'nonpayable'
  },
  { type: 'event', name: 'Deleted', inputs: [{ name: 'account', type: 'address', indexed: true }], anonymous: false },
  {
    type: 'event',
    name: 'MetadataChanged',
    inputs: [
      { name: 'name', type: 'string', indexed: false },
      { name: 'description', type: 'string', indexed: false },
      { name: 'editor', type: 'address', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'OwnershipTransferStarted',
    inputs: [
      { name: 'owner', type: 'address', indexed: true },
      { name: 'pendingOwner', type: 'address', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'OwnershipTransferred',
    inputs: [
      { name: 'previousOwner', type: 'address', indexed: true },
      { name: 'owner', type: 'address', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'PermissionChanged',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'permission', type: 'uint8', indexed: true },
      { name: 'until', type: 'uint40', indexed: false },
      { name: 'grantor', type: 'address', indexed: true }
    ],
    anonymous: false
  },
  {
    type: 'event',
    name: 'PublicKeyRegistered',
    inputs: [
      { name: 'account', type: 'address', indexed: true },
      { name: 'publicKey', type: 'bytes32', indexed: false }
    ],
    anonymous: false
  },
  {
    type: 'error',
    name: 'DescriptionTooLong',
    inputs: [
      { name: 'length', type: 'uint256' },
      { name: 'limit', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'NameLengthInvalid',
    inputs: [
      { name: 'length', type: 'uint256' },
      { name: 'limit', type: 'uint256' }
    ]
  },
  {
    type: 'error',
    name: 'NotOwner',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'owner', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'NotPendingOwner',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'pendingOwner', type: 'address' }
    ]
  },
  {
    type: 'error',
    name: 'PermissionMissing',
    inputs: [
      { name: 'account', type: 'address' },
      { name: 'permission', type: 'uint8' }
    ]
  },
  { type: 'error', name: 'PublicKeyZero', inputs: [] },
  { type: 'error', name: 'StreamDeleted', inputs: [] }
] as const;
